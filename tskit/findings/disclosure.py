"""What a file that leaves the team must not tell: counts so small that they may point at somebody.

The rule, for the casebook's `smallest_cell` of n:

* A count from 1 to n-1 stands as "<n". Zero stays: nobody is behind it.
* A share whose denominator or numerator is such a count is hidden, with its interval, and so is every other figure of
  the row, since a change in percent gives the count away.
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

__all__ = ["HIDDEN", "covered_figure", "covered_sentence", "covered_table"]

HIDDEN = "hidden"
"""Stands for a figure from which a small count could be worked out."""

_COUNTS = "cases"
_MEASURES = {"share", "points", "hours", "ratio", "number"}
_NUMBER = r"[<>+\u2212-]?\s?[\d.,]+(?:\s?(?:%|h|d|min|points?))?"
_FIGURE = re.compile(rf"(?:no change )?{_NUMBER}(?: to {_NUMBER})?|{_NUMBER} \(.*\)")
_NOUN = "case|appeal|decision|review|report|action|escalation|hand-off|takedown|request|order|promise|account|reporter"
_NOUNS = rf"(?:{_NOUN})s?"
_OTHER_THINGS = (
    r"[A-Z]|of\b|days?|weeks?|months?|years?|hours?|points?|h\b|%|queues?|markets?|policies|policy|segments?|values?"
)
_QUOTED = re.compile(
    rf"(?<![\w.,\u202f\u00a0-])(\d+)"
    rf"(?= (?:(?:[a-z]+ ){{0,2}}(?:{_NOUNS})\b|of \d[\d,]* (?:[a-z]+ ){{0,2}}(?:{_NOUNS})\b|against \d|expected\b))"
    rf"|(?:(?<=\bfrom )|(?<!\bup to )(?<=\bto )|(?<=\bagainst ))(\d+)(?=[,;.)]?(?: |$))(?! (?:{_OTHER_THINGS}))"
)
_ONE = re.compile(rf"(?<=fewer than )(\d+ (?:[a-z]+ ){{0,2}}(?:{_NOUN}))\b((?: [a-z]+){{0,3}}? (?:is|was|has)\b)?")
_VERBS = {"is": "are", "was": "were", "has": "have"}
_BEGUN = re.compile(r"(?:^|(?<=[.!?] ))fewer than(?= \d)")
_EXEMPT = {"data_quality"}
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


def covered_sentence(text: str, *, smallest: int) -> str:
    """Return a sentence with every small count of cases covered.

    >>> covered_sentence("3 cases of severity S3, against 1 in the period before; 12 cases are open", smallest=5)
    'Fewer than 5 cases of severity S3, against fewer than 5 in the period before; 12 cases are open'
    """

    def cover(match: re.Match[str]) -> str:
        return f"fewer than {smallest}" if 0 < int(match[0]) < smallest else match[0]

    covered = _QUOTED.sub(cover, text)
    if covered == text:
        return text
    # What was one is now fewer than some, and a sentence still begins with a capital.
    covered = _ONE.sub(lambda match: f"{match[1]}s{_of_several(match[2])}", covered)
    return _BEGUN.sub(lambda match: f"F{match[0][1:]}", covered)


def _of_several(words: str | None) -> str:
    before, _, verb = (words or "").rpartition(" ")
    return f"{before} {_VERBS[verb]}" if verb else ""


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
    if tile.get("unit") != _COUNTS:
        return tile
    course = cast("Sequence[object]", tile.get("spark") or [])
    if any(_is_small(value, _COUNTS, smallest) for value in course):
        tile = {**tile, "spark": []}
    if not _is_small(tile.get("value"), _COUNTS, smallest):
        return tile
    return {**tile, "value": None, "text": f"<{smallest}", "change": HIDDEN, "spark": []}
