"""tskit check: looks at a source before anybody relies on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path  # noqa: TC003  # Typer reads the annotations while it runs
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.casebook import nearby, refuse_casebook, seen_from
from tskit.cli.checked import keep, write
from tskit.cli.described import save_description
from tskit.cli.screen import say
from tskit.errors import DataError, NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tskit.cases import CheckReport
    from tskit.model import Casebook

__all__ = ["check"]


def check(
    *,
    source: Annotated[str, typer.Argument(help="A file, folder or pattern, or a source named in the casebook.")],
    profile: Annotated[str, typer.Option("--profile", help="The profile to use instead of the one that fits.")] = "",
    dates: Annotated[str, typer.Option("--dates", help="The order of dates: iso, dmy, mdy or ymd.")] = "",
    zone: Annotated[str, typer.Option("--tz", help="The zone that times were written in, as in Asia/Singapore.")] = "",
    encoding: Annotated[
        str, typer.Option("--encoding", help="The file's encoding, as in cp1252, where it is not UTF-8.")
    ] = "",
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Write the rows that are kept apart there; it holds case data.")
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft-profile", help="Write a first draft of a profile into the casebook.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write the report there, not into checks/.")] = None,
    against: Annotated[
        str, typer.Option("--against", help="Say what differs from another snapshot or source, as in dw@2.")
    ] = "",
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
) -> None:
    """Say how a source reads: what is kept, what is not and why, what to answer, and which metrics it can give."""
    from tskit.cases import Answers
    from tskit.cases import check as look

    book = nearby(casebook)
    if against:
        _hold_against(source, against, book=book, as_json=as_json, report=report)
        return
    if draft:
        _require_casebook(book)
        if save_description(source, book):
            return
    refuse_casebook(source)
    answers = Answers(dates, zone, encoding)
    found = look(seen_from(book, source), casebook=book, profile=profile, answers=answers, rejects=rejects)
    _tell(_body(found, book) if as_json else _lines(found, book), report, book=book, source=found.source)
    if rejects and found.is_loadable:
        say(f"The rows that were kept apart are in {rejects.resolve()}; it holds case data.", err=True)
    _go_on(found, book, draft=draft, is_answered=answers != Answers())


def _go_on(found: CheckReport, book: Casebook, *, draft: bool, is_answered: bool) -> None:
    if draft:
        _save(found, book)
    elif is_answered:
        _say_how_to_keep(book)
    _judge(found)


def _hold_against(source: str, against: str, *, book: Casebook, as_json: bool, report: Path | None) -> None:
    """Say what differs between two loads; how a source reads is asked without it."""
    from tskit.cli.against import difference

    found = difference(source, against=against, book=book)
    _tell(found.as_json() if as_json else found.lines(), report, book=book, source=f"{source}-against-{against}")


def _tell(said: Mapping[str, object] | Iterator[str], asked: Path | None, *, book: Casebook, source: str) -> None:
    """Print a report, as lines or as JSON, and keep it where it was asked for, else in the casebook."""
    is_json = isinstance(said, Mapping)
    text = json.dumps(said, indent=1, ensure_ascii=False) if is_json else "\n".join(said)
    say(text)
    suffix = ".json" if is_json else ".txt"
    path = write(text, asked) if asked else keep(text, folder=book.root, source=source, suffix=suffix)
    if path:
        say(f"This report is kept in {path.resolve()}", err=True)


def _judge(found: CheckReport) -> None:
    """Fail where the source gives no case, so that a script that checks before it runs stops there."""
    if not found.is_loadable:
        raise DataError("The source cannot be loaded yet; answer the questions above.")
    if not found.has_cases:
        raise NoDataError("The source has no row that can be kept as a case; the reasons stand above.")


def _body(found: CheckReport, book: Casebook) -> dict[str, object]:
    needs = _needs(found, book)
    answers = [name for name, columns in needs.items() if not columns]
    return {**found.as_json(), "answers": answers, "unlocks": {k: list(v) for k, v in needs.items() if v}}


def _lines(found: CheckReport, book: Casebook) -> Iterator[str]:
    yield from found.lines()
    needs = _needs(found, book)
    answers = [name for name, columns in needs.items() if not columns]
    if found.columns:
        yield f"Metrics that it can give ({len(answers)} of {len(needs)}): {', '.join(answers)}."
        for columns in dict.fromkeys(columns for columns in needs.values() if columns):
            unlocked = [name for name, wanted in needs.items() if wanted == columns]
            yield f"  with {' and '.join(columns)} also: {', '.join(unlocked)}"


def _needs(found: CheckReport, book: Casebook) -> dict[str, tuple[str, ...]]:
    from tskit.metrics import answerable

    return answerable(_columns(found, book))


def _columns(found: CheckReport, book: Casebook) -> Collection[str]:
    named, _ = book.asked(found.source)
    if named is None or not (named.events or named.sheets) or not found.has_cases:
        return found.columns
    # What several files give together is known for certain once they are joined.
    from tskit.cases import load
    from tskit.metrics import columns_of
    from tskit.model import Scope

    return columns_of(load(Scope(source=found.source), casebook=book))


def _require_casebook(book: Casebook) -> None:
    if not (book.root / "casebook.toml").is_file():
        raise ParameterError(
            "A profile lives in a casebook, and there is none here. Make this folder one with: tskit init ."
        )


def _save(found: CheckReport, book: Casebook) -> None:
    from tskit.cases import save_draft

    path = save_draft(found, casebook=book)
    say(f"The draft of a profile is {path}; read it before you rely on it.", err=True)
    if found.is_loadable:
        say(f"Then: tskit run trend_report -p source={quote(found.source)}", err=True)
    else:
        say(f"Fill in what is open, then: tskit check {quote(found.source)}", err=True)


def _say_how_to_keep(book: Casebook) -> None:
    is_book = (book.root / "casebook.toml").is_file()
    where = "" if is_book else " (a profile lives in a casebook: make this folder one with tskit init .)"
    say(f"These answers hold for this look alone. To keep them, add --draft-profile{where}.", err=True)
