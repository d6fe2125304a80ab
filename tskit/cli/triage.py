"""tskit triage: the open queue, the most urgent case first, each with the reason for its place."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import datetime, timedelta
from pathlib import Path  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from tskit.cli.casebook import casebook_of, seen_from
from tskit.cli.screen import say
from tskit.cli.whole import whole_file
from tskit.errors import ParameterError
from tskit.text import neutralise, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.model import Casebook, Triage
    from tskit.patterns import Triaged

__all__ = ["triage"]

_Top = Annotated[int, typer.Option("--top", "-n", min=1, help="How many cases to show; the file holds all.")]
_Queues = Annotated[list[str] | None, typer.Option("--queue", help="Only what this queue holds; may be repeated.")]
_Markets = Annotated[list[str] | None, typer.Option("--market", help="Only this market; may be repeated.")]
_Until = Annotated[
    str, typer.Option("--until", help="As of a day or a time, in the casebook's zone; the end of the data otherwise.")
]
_Out = Annotated[Path | None, typer.Option("--out", "-o", help="A CSV file for the whole order, with every column.")]
_Source = Annotated[str, typer.Option("--source", help="Which source; the casebook's first otherwise.")]
_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]

_SOON = 4
_NARROW = 80
_UNSEEN = 5


def triage(
    *,
    top: _Top = 20,
    queue: _Queues = None,
    market: _Markets = None,
    until: _Until = "",
    out: _Out = None,
    source: _Source = "",
    casebook: _Casebook = None,
) -> None:
    """Order the open queue by harm, reach, deadline and evidence of spread, and say why each case stands where it does."""
    from tskit.cases import load
    from tskit.model import Scope
    from tskit.patterns import triage as triaged

    book = casebook_of(casebook)
    case_set = load(Scope(source=seen_from(book, source)), casebook=book)
    found = triaged(case_set, until=_moment(until, book), queues=queue or (), markets=market or ())
    if out is not None and out.suffix.lower() != ".csv":
        raise ParameterError(f"--out writes CSV: name a file that ends in .csv, not {out.name!r}.")
    _show(found, book, top=top)
    if out is not None:
        whole_file(_sheet(found), out)
        say(f"Written to {out}", err=True)


def _moment(text: str, book: Casebook) -> datetime | None:
    from tskit.calendars import moment_of

    moment = moment_of(text, zone=book.zone)
    if isinstance(moment, int):
        raise ParameterError("--until takes a day (2026-10-05) or a time (2026-10-05T09:30), no number of entries.")
    return moment


def _show(found: Triaged, book: Casebook, *, top: int) -> None:
    at = found.until.astimezone(ZoneInfo(book.zone))
    as_of = f"{at:%A} {at.day} {at:%B %Y, %H:%M}, {book.zone}"
    if found.frame.empty:
        say("Nothing is open.")
    else:
        _draw(found, top=top)
        say("")
        count = len(found.frame)
        soon = found.due_within(_SOON)
        known = bool(found.frame["due_at"].notna().any())
        due = (
            f"{found.overdue:,} overdue, {soon:,} due within {_SOON} h" if known else "by when any is due is not known"
        )
        say(f"{count:,} open, {due}.")
        if count > top:
            say(f"The first {top:,} are shown; --top shows more, --out FILE.csv writes all.")
    say(f"As of {as_of}.")
    if found.unknown:
        say(f"Left out: {_cases(found.unknown)} of which nobody can tell whether they are open.")
    if found.loss:
        say(found.loss)
    if found.unjudged:
        say(
            f"The source lacks a column for these deadlines, which therefore count for no case: {'; '.join(found.unjudged)}."
        )
    if not found.frame.empty:
        for line in _weights(found.weights):
            say(line)


def _cases(number: int) -> str:
    return f"{number:,} case" if number == 1 else f"{number:,} cases"


def _weights(weights: Triage) -> Iterator[str]:
    """Yield what gives how many points, and where to change it."""
    harm = ", ".join(f"{name} {points:g}" for name, points in weights.harm.items())
    yield f"Points: {harm}, and S3 comes first whatever the rest;"
    yield f"  reach {weights.reach:g} for each tenfold;"
    yield f"  deadline up to {weights.deadline:g} within {weights.deadline_hours:g} h, {weights.overdue:g} once it has passed;"
    yield f"  spread {weights.spread:g} for each doubling of other reports in {weights.spread_hours:g} h."
    yield "They are set in [triage] of casebook.toml."


def _draw(found: Triaged, *, top: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False)
    for name, style in (("#", "right"), ("Case", "left"), ("Left", "left"), ("Points", "right"), ("Why", "left")):
        drawn.add_column(name, justify=style, no_wrap=name not in ("Case", "Why"), overflow="fold")  # pyright: ignore[reportArgumentType]  # rich knows these words
    rows: Iterator[Any] = found.frame.head(top).itertuples(index=False)
    for row in rows:
        # Made harmless before it is measured, since the screen shows it so.
        cells = (str(row.rank), _name(row), _left(row.hours_left), f"{row.score:,.1f}", str(row.why))
        drawn.add_row(*(Text(neutralise(cell)) for cell in cells))
    width = max(_NARROW, shutil.get_terminal_size((_NARROW, 24)).columns)
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    for line in console.render_lines(drawn, pad=False):
        say("".join(segment.text for segment in line).rstrip())


def _name(row: Any) -> str:  # noqa: ANN401  # a row of a frame
    """Return the number that people use for the case, or its id."""
    return str(row.case_number) if isinstance(row.case_number, str) and row.case_number else str(row.case_id)


def _left(hours: float) -> str:
    if hours != hours:  # noqa: PLR0124  # only a missing number differs from itself
        return "not known"
    length = span(timedelta(seconds=round(abs(hours) * 3600)))
    return f"late {length}" if hours < 0 else length


def _sheet(found: Triaged) -> Iterator[str]:
    """Yield the order as the text of a CSV file that a spreadsheet opens without running anything; times are UTC."""
    yield _row([str(name) for name in found.frame.columns])
    missing = found.frame.isna().to_numpy()
    for blank, row in zip(missing, found.frame.itertuples(index=False, name=None), strict=True):
        yield _row(["" if is_blank else _cell(value) for is_blank, value in zip(blank, row, strict=True)])


def _cell(value: object) -> str:
    from tskit.runs.collect import guarded

    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float):
        return f"{value:.{_UNSEEN}f}".rstrip("0").rstrip(".")
    return str(guarded(value))


def _row(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
