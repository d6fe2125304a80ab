"""tskit tags: shows, exchanges and verifies what people tagged, and says how far they agree."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from tskit.cli import actions, rounds, whys
from tskit.cli.asked import own_name
from tskit.cli.casebook import casebook_of
from tskit.cli.screen import counting, pour, say
from tskit.cli.verified import expected_heads, verify_logs
from tskit.cli.whole import whole_file
from tskit.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from tskit.causes import Imported, Loadable, Taxonomy
    from tskit.model import Casebook

__all__ = ["app"]

app = typer.Typer(help="Show, exchange and verify what people tagged.", no_args_is_help=True)
app.add_typer(rounds.app, name="round")
app.add_typer(actions.app, name="action")
app.add_typer(whys.app, name="why")

_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
_Until = Annotated[
    str, typer.Option("--until", help="As of a day, a time, or a number of entries, as in #412; now otherwise.")
]
_WithNotes = Annotated[
    bool,
    typer.Option(
        "--with-notes", help="With notes and the words of evidence, which can quote a case; left out otherwise."
    ),
]
_FORMATS = ("jsonl", "csv", "data-loader")
_TAGS = "tags"
_BY = ("", "cause", "market", "content_language", "pair")


@app.command()
def log(
    *,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many of the newest entries.")] = 20,
    case: Annotated[str, typer.Option("--case", help="Only this case.")] = "",
    person: Annotated[str, typer.Option("--person", help="Only this person or rule.")] = "",
    until: _Until = "",
    with_notes: _WithNotes = False,
    casebook: _Casebook = None,
) -> None:
    """Show the newest judgements, those that were taken back as well, the newest last."""
    from tskit.calendars import moment_of
    from tskit.causes import open_log, written

    book = casebook_of(casebook)
    tags = open_log(book)
    found = written(tags, until=moment_of(until, zone=book.zone), subject=case, tagger=person, with_notes=with_notes)
    for row in found.tail(last).itertuples(index=False):
        say(_line(row, tags.taxonomy, book))
        for line in f"{row.evidence}\n{row.note}".split("\n") if with_notes else ():
            if line:
                say(f"    {line}")
    if found.empty:
        say("Nothing was tagged yet." if not case + person + until else "No entry fits.")


@app.command("import")
def import_(
    *,
    file: Annotated[Path, typer.Argument(help="A file of JSON lines (.jsonl) or CSV (.csv).")],
    casebook: _Casebook = None,
) -> None:
    """Write the judgements of a file into the log: all of them or, where a line does not hold up, none."""
    from tskit.causes import import_file, open_log

    tags = open_log(casebook_of(casebook))
    with counting(f"Reading {file.name}") as progress:
        found = import_file(tags, file, now=datetime.now(UTC), by=own_name(), progress=progress)
    say(_imported(found))


@app.command()
def export(
    *,
    to: Annotated[
        str, typer.Option("--to", help="The form: jsonl, csv or data-loader; by the file's ending otherwise.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; the screen otherwise.")] = None,
    until: _Until = "",
    with_notes: _WithNotes = False,
    casebook: _Casebook = None,
) -> None:
    """Write what people tagged: every entry, or for Salesforce Data Loader the settled cause of each case."""
    from tskit.calendars import moment_of
    from tskit.causes import export_csv, export_jsonl, loadable, loader_fields, open_log

    form = _form(to, out)
    if with_notes and form == "data-loader":
        raise ParameterError("Notes are no field of data-loader; export them with --to jsonl or --to csv.")
    book = casebook_of(casebook)
    tags, moment = open_log(book), moment_of(until, zone=book.zone)
    if form == "data-loader":
        found = loadable(tags, loader_fields(book), until=moment)
        _write([found.text], out)
        say(_loadable(found), err=True)
        if not found.cases:
            raise NoDataError("No case is settled and has an id of Salesforce: the file holds none.")
        return
    writer = export_csv if form == "csv" else export_jsonl
    _write(writer(tags, until=moment, with_notes=with_notes), out)
    if not with_notes:
        say("Notes, and evidence that is no address, are left out; --with-notes adds them.", err=True)


@app.command()
def agreement(
    *,
    round_: Annotated[str, typer.Option("--round", help="One blind round; everything that was tagged otherwise.")] = "",
    level: Annotated[int, typer.Option("--level", min=1, max=2, help="The level of the taxonomy.")] = 1,
    by: Annotated[str, typer.Option("--by", help="One of cause, market, content_language, pair.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where market and language are looked up.")] = "",
    casebook: _Casebook = None,
) -> None:
    """Say how far people agree, with 95 % intervals."""
    from tskit.causes import agreement as measured
    from tskit.causes import open_log

    if by not in _BY:
        raise ParameterError.unknown(by, _BY[1:], what="way to divide agreement")
    book = casebook_of(casebook)
    cases = _cases(book, source) if by in ("market", "content_language") else None
    depth: Literal[1, 2] = 1 if level == 1 else 2
    found = measured(open_log(book), round=round_, level=depth, by=by, cases=cases)  # pyright: ignore[reportArgumentType]  # checked above
    if not found["items"].any():
        raise NoDataError("No case was tagged by two people yet. Draw a sample, and assign each case to two.")
    for line in _table(found):
        say(line)


@app.command()
def verify(
    *,
    expect: Annotated[
        str, typer.Option("--expect", metavar="COUNT:DIGEST", help="What an earlier verify said of tags.")
    ] = "",
    casebook: _Casebook = None,
) -> None:
    """Check that no entry was changed, removed or put in since it was written; fail with 15 where one was."""
    from tskit.causes import open_log

    expected = expected_heads([expect] if expect else [], about=_TAGS)
    store = open_log(casebook_of(casebook)).store
    verify_logs(store, sorted({_TAGS, *store.logs()}), expected=expected)


@app.command()
def copy(
    *,
    to: Annotated[str, typer.Argument(help="The URL of a PostgreSQL database, or a file that is to be made.")],
    casebook: _Casebook = None,
) -> None:
    """Copy every log, digests and all, to another database, as when a team outgrows a file."""
    from tskit.causes import open_log
    from tskit.records import copy_records, open_store

    source = open_log(casebook_of(casebook)).store
    place = to if "://" in to else Path(to).resolve()
    with open_store(place) as target:
        for name, count in copy_records(source, to=target).items():
            say(f"{name}: {count:,} entries are there")
    say(f'To work there from now on, write records = "{place}" into casebook.toml.', err=True)


def _line(row: Any, taxonomy: Taxonomy, book: Casebook) -> str:  # noqa: ANN401  # a row of a frame
    at = row.tagged_at.astimezone(ZoneInfo(book.zone)).isoformat(" ", timespec="minutes")
    causes = [f"{cause} {taxonomy.name(cause)}" for cause in (row.cause, *row.contributing) if cause]
    said = {
        "tag": f"{' + '.join(causes)} ({row.confidence})",
        "skip": "skipped",
        "flag": "flagged",
        "undo": "took back what was said before",
    }[row.kind]
    trigger = f", set off by {row.trigger} {taxonomy.name(row.trigger)}" if row.trigger else ""
    brought = f"  (brought by {row.brought_by})" if row.brought_by not in ("", row.tagger) else ""
    return f"{at}  {row.tagger}  {row.case_id}  {said}{trigger}{f'  [{row.round}]' if row.round else ''}{brought}"


def _imported(found: Imported) -> str:
    told = f"{found.added:,} entries are written"
    told += f", {found.known:,} were in the log already." if found.known else "."
    if found.foreign:
        told += (
            f" {found.foreign:,} name a cause of another taxonomy; a [renamed] entry in taxonomy.toml carries them on."
        )
    return told


def _loadable(found: Loadable) -> str:
    told = f"{found.cases:,} cases"
    if found.disputed:
        told += f"; {found.disputed:,} disputed ones wait for adjudication"
    if found.elsewhere:
        told += f"; {found.elsewhere:,} have an id that is none of Salesforce's, and are left out"
    return f"{told}."


def _form(to: str, out: Path | None) -> str:
    form = to or (out.suffix.lower().removeprefix(".") if out else "") or "jsonl"
    if form not in _FORMATS:
        raise ParameterError.unknown(form, _FORMATS, what="form")
    return form


def _write(parts: Iterable[str], out: Path | None) -> None:
    """Write to the screen, or to a file."""
    if out is None:
        for part in parts:
            pour(part)
        return
    whole_file(parts, out)
    say(f"Written to {out}", err=True)


def _cases(book: Casebook, source: str) -> Any:  # noqa: ANN401  # a lazy table, Any by its stubs
    from tskit.cases import load, require_copy
    from tskit.model import Scope

    case_set = load(Scope(source=source), casebook=book)
    require_copy(case_set)
    return case_set.cases


def _table(found: pd.DataFrame) -> Iterator[str]:
    """Yield the lines of a frame, and below it once what its last column, `note`, says of the rows."""
    told = found.drop(columns="note")
    for name in ("value", "low", "high"):
        told[name] = found[name].astype("float64").map("{:.2f}".format).where(found[name].notna(), "")
    said = [[part for part in str(note or "").split("; ") if part] for note in found["note"]]
    numbers = {part: number for number, part in enumerate(dict.fromkeys(part for parts in said for part in parts), 1)}
    told["see"] = [" ".join(f"({numbers[part]})" for part in parts) for parts in said]
    cells = [list(map(str, told.columns)), *([str(value) for value in row] for row in told.to_numpy())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from (f"({number}) {part}" for part, number in numbers.items())
