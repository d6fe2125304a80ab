"""Figures, tables and the account of a load, from the JSON that a notebook's outputs carry."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup

from tskit.export.html import prose
from tskit.export.html.blocks import NOTHING, Cell, Column, Figure, Grid, Quality, text
from tskit.export.html.cells import is_figure, printed
from tskit.export.html.drawing import Drawing, draw
from tskit.export.html.due import Clock
from tskit.model import in_words
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.export.html.setting import Setting

__all__ = ["case_table", "figure", "frame", "grid", "quality"]

_MOST_ROWS = 1000
_CASE_ID = "case_id"
_NOTE = "note"
_SECOND = {"interval", "range"}
"""Columns that are read after the one before them and belong to it: they stand in small print below its values."""
_INSTANTS = {"due", "moment"}
_THINGS = {"cases", "people"}
_NO_CLOCK = Clock()
_SHORT, _LONG = 18, 44
_AMOUNT = r"[<>+\u2212-]?\s?[\d.,]+(?:\s?(?:%|h|d|min|points?))?"
_FIGURE = re.compile(rf"{_AMOUNT}(?: to {_AMOUNT})?|{NOTHING}")


def grid(value: Mapping[str, Any], *, identity: str, number: int = 0, clock: Clock = _NO_CLOCK) -> Grid:
    """Return a table of ours; of a very long one the first thousand rows, and the word that there are more.

    A column named `note` becomes footnotes: a few rows have one, and it would take the room of all other columns. An
    interval stands below the value that it belongs to, which leaves a phone room for the next column. Deadlines are
    told in the zone of the `clock`, with what is left of them by it.
    """
    columns, rows = list(value.get("columns", [])), list(value.get("rows", []))
    units = [text(column, "unit") for column in columns]
    shown = [[_shown(cell, unit, clock) for cell, unit in zip(row, units, strict=False)] for row in rows[:_MOST_ROWS]]
    notes, below, kept = _arranged(columns)
    footnotes = [] if notes is None else list(dict.fromkeys(row[notes] for row in shown if row[notes] != NOTHING))
    more = f"The first {_MOST_ROWS:,} of {len(rows):,} rows; the folder of the run holds them all."
    drawn = tuple(
        replace(_column(columns[n], [row[n] for row in shown if n < len(row)]), below=_label(columns, below.get(n)))
        for n in kept
    )
    return Grid(
        identity,
        number,
        neutralise(text(value, "title")),
        caption=neutralise(text(value, "caption")),
        columns=drawn,
        rows=tuple(
            _marked(
                _timed(_row(row, kept, below), [raw[n] for n in kept if n < len(raw)], [units[n] for n in kept], clock),
                row,
                notes,
                footnotes,
            )
            for row, raw in zip(shown, rows, strict=False)
        ),
        note=more if len(rows) > _MOST_ROWS else "",
        footnotes=tuple(footnotes),
        is_stacked=text(value, "role") in _THINGS or _is_read(drawn),
    )


def case_table(
    value: Mapping[str, Any], setting: Setting, *, identity: str, number: int, clock: Clock = _NO_CLOCK
) -> Grid:
    """Return a table of single cases, whose ids link to the system of record."""
    columns = list(value.get("columns", []))
    place = next((n for n, column in enumerate(columns) if text(column, "name") == _CASE_ID), None)
    plain = grid(value, identity=identity, number=number, clock=clock)
    if place is None:
        return plain
    ids = [_id_of(row[place]) for row in value.get("rows", [])]
    shown = _arranged(columns)[2].index(place)
    rows = tuple(
        (
            *row[:shown],
            replace(row[shown], text=printed(case_id, ""), link=setting.link(case_id)),
            *row[shown + 1 :],
        )
        for row, case_id in zip(plain.rows, ids, strict=False)
    )
    return replace(plain, rows=rows)


def figure(value: Mapping[str, Any], *, identity: str, number: int) -> Figure:
    """Return a chart, drawn for a wide and for a narrow page, with its table."""
    title, alt = neutralise(text(value, "title")), neutralise(text(value, "alt") or text(value, "title"))
    narrow = value.get("narrow")
    data = {"title": f"Data of figure {number}: {title}", **value.get("table", {})}
    return Figure(
        identity,
        number,
        title,
        neutralise(text(value, "subtitle")),
        neutralise(text(value, "caption")),
        alt,
        draw(value.get("spec") or {}, prefix=f"{identity}-w", alt=alt),
        draw(narrow, prefix=f"{identity}-n", alt=alt) if narrow else Drawing(),
        grid(data, identity=f"{identity}-data"),
        is_empty=bool(value.get("is_empty")),
    )


def frame(html: str, *, identity: str) -> Grid:
    """Return HTML that a cell displayed, such as a data frame, as a table without a number."""
    name = f"Displayed table {identity.rpartition('-')[2]}" if identity[-1].isdigit() else "Displayed table"
    return Grid(identity, 0, name, html=Markup(prose.table_from_html(html)))  # noqa: S704  # made harmless there


def quality(inputs: Mapping[str, Any], *, identity: str) -> Quality:
    """Return the account of a load: it adds up, and says by reason what was kept apart and what was marked.

    The cases lead; other tables that were read stand below in a table of their own.
    """
    account: Mapping[str, Any] = inputs.get("quality", {})
    tables: Mapping[str, Mapping[str, int]] = account.get("tables", {})
    counted = {**account, **tables.get("cases", {})}
    named = {
        "read": "case rows read" if tables else "rows read",
        "kept": "kept",
        "rejected": "kept apart, by reason",
        "flagged": "marked as doubtful",
        "cases": "cases",
    }
    counts = tuple((f"{counted[name]:,}", label) for name, label in named.items() if isinstance(counted.get(name), int))
    details = [
        _tables({name: part for name, part in tables.items() if name != "cases"}, f"{identity}-tables"),
        _counted(account.get("reasons", {}), f"{identity}-reasons", "Rows kept apart", "Reason"),
        _counted(account.get("flags", {}), f"{identity}-flags", "Rows marked as doubtful", "Mark"),
        _blanks(account.get("blank", {}), f"{identity}-blank"),
    ]
    return Quality(
        counts,
        tuple(table for table in details if table.rows),
        tuple(neutralise(str(note)) for note in account.get("notes", [])),
        tuple(neutralise(str(column)) for column in account.get("missing", [])),
    )


def _tables(tables: Mapping[str, Mapping[str, int]], identity: str) -> Grid:
    named = {"read": "Read", "kept": "Kept", "rejected": "Kept apart", "flagged": "Doubtful"}
    columns = (Column("Table", is_figure=False), *(Column(label, is_figure=True) for label in named.values()))
    rows = tuple(
        (Cell(_spoken(table)), *(Cell(printed(part.get(name), "cases")) for name in named))
        for table, part in tables.items()
    )
    return Grid(identity, 0, "Other tables that were read", columns=columns, rows=rows)


def _arranged(columns: Sequence[Mapping[str, Any]]) -> tuple[int | None, dict[int, int], list[int]]:
    """Return the column of notes, which column stands below which, and the columns that are left."""
    notes = next((n for n, column in enumerate(columns) if n and text(column, "name") == _NOTE), None)
    below = {n - 1: n for n, column in enumerate(columns) if n > 1 and text(column, "name") in _SECOND}
    return notes, below, [n for n in range(len(columns)) if n != notes and n not in below.values()]


def _is_read(columns: Sequence[Column]) -> bool:
    """Return whether rows are sentences to be read, not figures to be compared down a column."""
    return any(column.width == "long" for column in columns) and not any(column.is_figure for column in columns)


def _row(row: Sequence[str], kept: Sequence[int], below: Mapping[int, int]) -> list[Cell]:
    second = {n: "" if row[place] == NOTHING else row[place] for n, place in below.items() if place < len(row)}
    return [Cell(row[n], below=second.get(n, "")) for n in kept if n < len(row)]


def _shown(cell: object, unit: str, clock: Clock) -> str:
    due = clock.due(cell) if unit in _INSTANTS else None
    return due.short if due else printed(cell, unit)


def _timed(cells: Sequence[Cell], raw: Sequence[object], units: Sequence[str], clock: Clock) -> list[Cell]:
    dues = [clock.due(value) if unit in _INSTANTS else None for value, unit in zip(raw, units, strict=False)]
    return [
        replace(cell, due=due, counts=unit == "due" and bool(due.left)) if due else cell
        for cell, due, unit in zip(cells, dues, units, strict=False)
    ]


def _marked(cells: Sequence[Cell], row: Sequence[str], notes: int | None, footnotes: Sequence[str]) -> tuple[Cell, ...]:
    said = NOTHING if notes is None else row[notes]
    if said not in footnotes:
        return tuple(cells)
    return (replace(cells[0], mark=footnotes.index(said) + 1), *cells[1:])


def _label(columns: Sequence[Mapping[str, Any]], place: int | None) -> str:
    column = {} if place is None else columns[place]
    return neutralise(text(column, "label") or text(column, "name"))


def _column(column: Mapping[str, Any], cells: Sequence[str]) -> Column:
    """Return a header; a column of texts that are all figures, such as "5.2 h", stands to the right as well."""
    figures = is_figure(column) or (any(c != NOTHING for c in cells) and all(_FIGURE.fullmatch(c) for c in cells))
    longest = max((len(cell) for cell in cells), default=0)
    width = "short" if figures or longest <= _SHORT else "long" if longest > _LONG else ""
    return Column(_label([column], 0), figures, width)


def _id_of(cell: object) -> str:
    # A cell that holds a case says so, which keeps its id out of whatever prints plain values.
    # A row may be about no case, such as an answer that somebody waits for.
    return text(cast("Mapping[str, Any]", cell), _CASE_ID) if isinstance(cell, dict) else str(cell or "")


def _counted(counts: Mapping[str, int], identity: str, title: str, label: str) -> Grid:
    ordered = sorted(((in_words(code), n) for code, n in counts.items()), key=lambda pair: (-pair[1], pair[0]))
    return _pairs(ordered, identity, title, (label, "Rows", "cases"))


def _blanks(shares: Mapping[str, float], identity: str) -> Grid:
    ordered = sorted(
        ((_spoken(name), share) for name, share in shares.items() if share), key=lambda pair: (-pair[1], pair[0])
    )
    return _pairs(ordered, identity, "Kept cases without a value", ("Column", "Share", "share"))


def _pairs(pairs: Sequence[tuple[str, float]], identity: str, title: str, words: tuple[str, str, str]) -> Grid:
    name, measure, unit = words
    rows = tuple((Cell(neutralise(key)), Cell(printed(value, unit))) for key, value in pairs)
    return Grid(identity, 0, title, columns=(Column(name, is_figure=False), Column(measure, is_figure=True)), rows=rows)


def _spoken(code: str) -> str:
    """Return a name such as `closed_at` as words."""
    return neutralise(re.sub(r"_+", " ", code).strip())
