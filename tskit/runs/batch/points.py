"""The runs that a grid asks for: crossed, checked one by one, without what it excludes and without doubles."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import product
from string import Formatter
from typing import TYPE_CHECKING, cast

from tskit.errors import ParameterError
from tskit.runs.batch.grid import Cell, Row
from tskit.runs.covered import in_words
from tskit.runs.parameters import check

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tskit.runs.batch.grid import Axis, Grid
    from tskit.runs.parameters import Parameter, ParameterValue

__all__ = ["MOST", "Point", "points"]

MOST = 5000
"""How many runs a batch may have; more are a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Point:
    """One run that a grid asks for: checked parameters, what it is called, and where it stands in words."""

    given: Mapping[str, ParameterValue] = field(repr=False)
    label: str = field(repr=False)
    place: str


def points(
    grid: Grid,
    known: Sequence[Parameter],
    *,
    fixed: Mapping[str, object],
    choices: Mapping[str, Collection[str]] | None = None,
) -> tuple[Point, ...]:
    """Return the runs of a grid in its order. What they are called names no case, even where a grid lists cases.

    Args:
        grid: what varies.
        known: the parameters that the template declares.
        fixed: values for every run that were given beside the grid; they win over those that it fixes.
        choices: allowed values by parameter name.

    Raises:
        ParameterError: a value does not fit, a parameter stands in two places, two runs are the same, an exclusion
            leaves out nothing, or there are too many runs or none. The message names the place and never the value.
    """
    checker = _Checker({parameter.name: parameter for parameter in known}, choices or {})
    beside = {name: Cell(value, f"-p {name}") for name, value in fixed.items()}
    always = checker.row(Row({**grid.fixed, **beside}, grid.file))
    _refuse_twice(grid, always)
    axes = [tuple((row, checker.row(row)) for row in axis) for axis in grid.axes]
    if (count := math.prod(map(len, axes))) > MOST:
        raise ParameterError(f"{grid.file} asks for {count:,} runs, and a batch has {MOST:,} at most; split it.")
    excludes = [(row, checker.alternatives(row)) for row in grid.excludes]
    left_out = [0] * len(excludes)
    found: list[Point] = []
    for number, rows in enumerate(product(*axes), start=1):
        varied = {name: value for _, values in rows for name, value in values.items()}
        hits = [at for at, (_, asked) in enumerate(excludes) if _matches({**always, **varied}, asked)]
        for at in hits:
            left_out[at] += 1
        if not hits:
            place = rows[0][0].place if len(axes) == 1 else f"{grid.file}, run {number} of {count} before exclusions"
            given = checker.whole({**always, **varied}, place)
            found.append(Point(given, _label(grid, given, varied), place))
    for (row, _), hits_of_it in zip(excludes, left_out, strict=True):
        if not hits_of_it:
            raise ParameterError(f"{row.place} leaves out no run; correct it or take it out.")
    if not found:
        raise ParameterError(f"{grid.file}: every run is left out by [[exclude]]; nothing is left to do.")
    _refuse_doubles(found, known)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Checker:
    """Checks values by the template's declaration, and says where a bad one stands."""

    declared: Mapping[str, Parameter]
    choices: Mapping[str, Collection[str]]

    def whole(self, values: Mapping[str, object], place: str) -> Mapping[str, ParameterValue]:
        try:
            return check(values, tuple(self.declared.values()), choices=self.choices)
        except ParameterError as error:
            raise ParameterError(f"{place}: {error}") from None

    def row(self, row: Row) -> Mapping[str, ParameterValue]:
        return {name: self._one(name, cell, cell.value) for name, cell in row.cells.items()}

    def alternatives(self, row: Row) -> Mapping[str, Sequence[ParameterValue]]:
        """Return the values that an exclusion means: a list names several, but for a parameter that holds a list."""
        found: dict[str, Sequence[ParameterValue]] = {}
        for name, cell in row.cells.items():
            is_one = not isinstance(cell.value, list) or self._is_list(name)
            each = [cell.value] if is_one else cast("list[object]", cell.value)
            found[name] = [self._one(name, cell, value) for value in each]
        return found

    def _one(self, name: str, cell: Cell, value: object) -> ParameterValue:
        if cell.separator and self._is_list(name) and isinstance(value, str):
            value = [part.strip() for part in value.split(cell.separator) if part.strip()]
        return self.whole({name: value}, cell.place)[name]

    def _is_list(self, name: str) -> bool:
        return name in self.declared and self.declared[name].kind == "list[str]"


def _refuse_twice(grid: Grid, always: Mapping[str, object]) -> None:
    for name in grid.names:
        if name in always:
            raise ParameterError(f"{grid.file}: {name} varies and is fixed as well; keep one of the two.")
        axes = [axis for axis in grid.axes if _names(axis) & {name}]
        if len(axes) > 1:
            places = " and ".join(axis[0].place.rpartition(",")[0] for axis in axes)
            raise ParameterError(f"{name} varies twice, in {places}; keep one of the two.")


def _names(axis: Axis) -> set[str]:
    return {name for row in axis for name in row.cells}


def _matches(values: Mapping[str, ParameterValue], asked: Mapping[str, Sequence[ParameterValue]]) -> bool:
    return all(name in values and values[name] in each for name, each in asked.items())


def _refuse_doubles(found: Sequence[Point], known: Sequence[Parameter]) -> None:
    defaults = {parameter.name: parameter.default for parameter in known}
    seen: dict[str, Point] = {}
    for point in found:
        first = seen.setdefault(json.dumps({**defaults, **point.given}, sort_keys=True), point)
        if first is not point:
            raise ParameterError(f"{point.place} asks for the same as {first.place}; take one of the two out.")


def _label(grid: Grid, given: Mapping[str, ParameterValue], varied: Mapping[str, ParameterValue]) -> str:
    if not grid.pattern:
        return " ".join(f"{name}={in_words(name, value)}" for name, value in varied.items())
    parts = list(_parts(grid.pattern, f"{grid.file}, name"))
    for _, name in parts:
        if name and name not in given:
            raise ParameterError(f"{grid.file}, name: {ParameterError.unknown(name, given)}")
    return "".join(text + (in_words(name, given[name]) if name else "") for text, name in parts).strip()


def _parts(pattern: str, place: str) -> Iterator[tuple[str, str]]:
    """Return the texts of a pattern and the parameter after each; nothing but plain names is taken."""
    wrong = ParameterError(f"{place}: write parameters in braces, as in {{market}} {{start}}.")
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        raise wrong from None
    for text, name, form, conversion in parts:
        if name is not None and (not name.isidentifier() or form or conversion):
            raise wrong
        yield text, name or ""
