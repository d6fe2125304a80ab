"""What a file that leaves the team must not tell: counts so small that they may point at somebody.

The rule, for the casebook's `smallest_cell` of n:

* A count from 1 to n-1 stands as "<n". Zero stays: nobody is behind it.
* A share whose denominator or numerator is such a count is hidden, with its interval, and so is every other figure of
  the row, since a change in percent gives the count away. A headline figure does not say its denominator, and its
  interval gives it away all the same: the count is worked out as a reader could.
* Where one count of a column is hidden, the next smallest is hidden with it: a total elsewhere would give back a
  single one. Several tables that overlap are not held against each other.
* A chart that draws a hidden figure is not drawn, and single cases are neither listed nor drawn.

Counts of records read, kept apart and marked as doubtful say how good the data is; they stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["HIDDEN", "covered_figure", "covered_table"]

HIDDEN = "hidden"
"""Stands for a figure from which a small count could be worked out."""

_COUNTS = "cases"
_MEASURES = {"share", "points", "hours", "ratio", "number"}
_NUMBER = r"[<>+\u2212-]?\s?[\d.,]+(?:\s?(?:%|h|d|min|points?))?"
_FIGURE = re.compile(rf"(?:no change )?{_NUMBER}(?: to {_NUMBER})?|{_NUMBER} \(.*\)")
_EXEMPT = {"data_quality"}
_SQUARED_Z = 3.8415
"""Of a range that holds 95 of 100."""
_WHY = "Counts from 1 to {most} stand as <{smallest}; figures that would give them away are hidden."
_CASES = "Single cases are not listed in this copy; the team's own copy has them."
_PEOPLE = "Nobody is named in this copy; the team's own copy says who."
_NO_CASE = "Single cases are not drawn in this copy; the team's own copy has them."
_UNDRAWN = "Not drawn in this copy, since some of its counts are below {smallest}. The table has the others."


def covered_table(table: Mapping[str, Any], *, smallest: int) -> dict[str, Any]:
    """Return a table's JSON with every small count covered, and its caption saying so; the same where there is none.

    Args:
        table: as `Table.as_json` or the table of a figure gives it.
        smallest: the smallest count that may be shown.
    """
    role, caption = table.get("role", ""), str(table.get("caption") or "")
    if role in {"cases", "people"} or table.get("of_single_cases"):
        why = _PEOPLE if role == "people" else _CASES
        return {**table, "rows": [], "caption": why if table.get("rows") else caption}
    if table.get("key") in _EXEMPT:
        return dict(table)
    rows: list[list[Any]] = [list(row) for row in table.get("rows", [])]
    covered = _tiles(table, rows, smallest) if role == "headlines" else _covered(_units(table), rows, smallest)
    if covered == rows:
        return dict(table)
    why = _WHY.format(smallest=smallest, most=smallest - 1)
    return {**table, "rows": covered, "caption": f"{caption} {why}".strip()}


def covered_figure(figure: Mapping[str, Any], *, smallest: int) -> dict[str, Any]:
    """Return a figure's JSON; where its table holds small counts that is covered, and the chart is left out."""
    table: Mapping[str, Any] = figure.get("table") or {}
    if figure.get("of_single_cases"):
        bare = {"spec": {}, "narrow": {}, "alt": _NO_CASE, "caption": _NO_CASE, "subtitle": ""}
        return {**figure, **bare, "table": {**table, "rows": []}}
    covered = covered_table(table, smallest=smallest)
    if covered == dict(table):
        return dict(figure)
    undrawn = _UNDRAWN.format(smallest=smallest)
    return {**figure, "spec": {}, "narrow": {}, "alt": undrawn, "caption": covered["caption"], "table": covered}


def _units(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(column.get("name", "")), str(column.get("unit", ""))) for column in table.get("columns", [])]


def _covered(columns: Sequence[tuple[str, str]], rows: Sequence[list[Any]], smallest: int) -> list[list[Any]]:
    small = {
        (r, c)
        for r, row in enumerate(rows)
        for c, (cell, (_, unit)) in enumerate(zip(row, columns, strict=False))
        if _is_small(cell, unit, smallest)
    }
    hidden = {(r, c) for c in {c for _, c in small} for r in _second(rows, small, c)}
    hidden |= _parts(columns, rows, small | hidden)
    touched = {r for r, _ in small | hidden} | {r for r, row in enumerate(rows) if _tells(columns, row, smallest)}
    mark = f"<{smallest}"
    return [
        [
            mark
            if (r, c) in small
            else HIDDEN
            if (r, c) in hidden or (r in touched and _is_measure(cell, unit))
            else cell
            for c, (cell, (_, unit)) in enumerate(zip(row, columns, strict=False))
        ]
        for r, row in enumerate(rows)
    ]


def _is_small(cell: object, unit: str, smallest: int) -> bool:
    if unit == _COUNTS and isinstance(cell, int | float) and not isinstance(cell, bool):
        return 0 < cell < smallest
    # Some tables print their counts already, beside rates, in a column of text.
    return not unit and isinstance(cell, str) and cell.isdecimal() and 0 < int(cell) < smallest


def _is_measure(cell: object, unit: str) -> bool:
    if unit in _MEASURES:
        return cell is not None
    return not unit and isinstance(cell, str) and bool(_FIGURE.fullmatch(cell)) and not cell.isdecimal()


def _second(rows: Sequence[Sequence[Any]], small: set[tuple[int, int]], column: int) -> list[int]:
    """Return the row of the next smallest count of a column in which only one is hidden."""
    if sum(c == column for _, c in small) != 1:
        return []
    others = [(row[column], r) for r, row in enumerate(rows) if (r, column) not in small and _is_count(row[column])]
    return [min(others)[1]] if others else []


def _parts(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], covered: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Return what else to hide so that no row or column whose parts add up to one of its cells gives a part back."""
    counts = [c for c, (_, unit) in enumerate(columns) if unit == _COUNTS]
    lines = [[(r, c) for c in counts] for r in range(len(rows))] + [[(r, c) for r in range(len(rows))] for c in counts]
    numbers = {(r, c): rows[r][c] for line in lines for r, c in line if c < len(rows[r]) and _is_count(rows[r][c])}
    wholes = [
        line for line in ([place for place in line if place in numbers] for line in lines) if _adds_up(line, numbers)
    ]
    found = set[tuple[int, int]]()
    # What is hidden in a row may leave a column with a single gap, and the other way round.
    while more := {place for line in wholes for place in _next_of(line, numbers, covered | found)}:
        found |= more
    return found


def _adds_up(line: Sequence[tuple[int, int]], numbers: Mapping[tuple[int, int], float]) -> bool:
    values = [numbers[place] for place in line]
    return len(values) > 2 and max(values) * 2 == sum(values)


def _next_of(
    line: Sequence[tuple[int, int]], numbers: Mapping[tuple[int, int], float], covered: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the smallest that is left of a line in which only one is covered."""
    left = [place for place in line if place not in covered]
    return [min(left, key=lambda place: (numbers[place], place))] if len(left) == len(line) - 1 and left else []


def _is_count(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell > 0


def _tells(columns: Sequence[tuple[str, str]], row: Sequence[Any], smallest: int) -> bool:
    """Return whether a share and its denominator give a small numerator."""
    named = {name: (cell, unit) for cell, (name, unit) in zip(row, columns, strict=False)}
    (share, unit), (total, _) = named.get("value", (None, "")), named.get("n", (None, ""))
    if unit != "share" or not isinstance(share, int | float) or not isinstance(total, int | float):
        return False
    return 0 < round(share * total) < smallest


def _tiles(table: Mapping[str, Any], rows: Sequence[list[Any]], smallest: int) -> list[list[Any]]:
    names = [name for name, _ in _units(table)]
    return [list(_tile(dict(zip(names, row, strict=False)), smallest).values()) for row in rows]


def _tile(tile: dict[str, Any], smallest: int) -> dict[str, Any]:
    if tile.get("unit") == "share" and _gives_away(tile, smallest):
        return _hidden(tile, HIDDEN)
    if tile.get("unit") != _COUNTS:
        return tile
    course = cast("Sequence[object]", tile.get("spark") or [])
    if any(_is_small(value, _COUNTS, smallest) for value in course):
        tile = {**tile, "spark": []}
    if not _is_small(tile.get("value"), _COUNTS, smallest):
        return tile
    return _hidden(tile, f"<{smallest}")


def _hidden(tile: dict[str, Any], text: str) -> dict[str, Any]:
    bounds = dict.fromkeys(tile.keys() & {"low", "high"})
    return {**tile, **bounds, "value": None, "text": text, "change": HIDDEN, "spark": []}


def _gives_away(tile: Mapping[str, Any], smallest: int) -> bool:
    """Return whether a share and its interval give a small numerator or denominator.

    Wilson's interval ends where the squared distance from the share is z² p (1 - p) / n, which is solved for n; an exact
    interval is wider, so that n comes out smaller, and more is hidden.
    """
    share, low, high = (tile.get(name) for name in ("value", "low", "high"))
    if not isinstance(share, int | float) or share == 0:
        return False  # nobody is behind it
    ends = [end for end in (low, high) if isinstance(end, int | float) and end != share]
    totals = [_SQUARED_Z * end * (1 - end) / (end - share) ** 2 for end in ends]
    return bool(totals) and (round(min(totals)) < smallest or round(min(totals) * share) < smallest)
