"""Small multiples: one headline figure of every run of a batch, in panels of one scale."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from tskit.charts.wording import shown
from tskit.export.html.answer import path
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import Headline

__all__ = ["Multiples", "Panel", "multiples"]

_WIDE, _HIGH, _PAD, _TOP = 220.0, 72.0, 5.0, 12.0
_FEWEST = 3
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One run: its line by week, or its value with its interval where there are no weeks; the same in words."""

    name: str
    said: str
    line: str = ""
    x: float = 0.0
    y: float = 0.0
    low: float = 0.0
    high: float = 0.0
    """Where the interval of a value begins and ends; both 0 where it is a line."""


@dataclass(frozen=True, slots=True)
class Multiples:
    """The panels of one figure in the order of the runs, None where a run has none; the ends of the scale in words.

    `middle` is the course of the median of all runs, for each week.
    """

    metric: str
    label: str
    panels: tuple[Panel | None, ...]
    bottom: str
    top: str
    weeks: int
    middle: str


def multiples(figures: Sequence[Headline | None], names: Sequence[str]) -> Multiples | None:
    """Return the panels of one headline figure; None where fewer than two runs have it.

    Args:
        figures: of each run, None where it has no such figure.
        names: of each run.
    """
    known = [figure for figure in figures if figure]
    weeks = max((len(figure.spark) for figure in known if _has_weeks(figure)), default=0)
    is_drawn = _has_weeks if weeks else _has_value
    drawn = [figure for figure in known if is_drawn(figure)]
    if len(drawn) < 2:  # one alone compares with nothing
        return None
    first = drawn[0]
    low, high = _scale(drawn, first.unit, is_weekly=bool(weeks))
    panels = tuple(
        _panel(figure, name, low=low, high=high, weeks=weeks) if figure and is_drawn(figure) else None
        for figure, name in zip(figures, names, strict=True)
    )
    bottom, top = (neutralise(shown(end, first.unit, trim=True), limit=40) for end in (low, high))
    middle = _line(_median([_right(f.spark, weeks) for f in drawn]), low=low, high=high, weeks=weeks) if weeks else ""
    return Multiples(first.metric, neutralise(first.label, limit=120), panels, bottom, top, weeks, middle)


def _panel(figure: Headline, name: str, *, low: float, high: float, weeks: int) -> Panel:
    label = f"{name}, {figure.label}"
    if weeks:
        spark = _right(figure.spark, weeks)
        told = "; ".join("no value" if v is None else shown(v, figure.unit) for v in spark)
        last = max(n for n, value in enumerate(spark) if value is not None)
        x, y = _at(last, spark[last] or 0.0, low=low, high=high, weeks=weeks)
        line = _line(spark, low=low, high=high, weeks=weeks)
        return Panel(name, neutralise(f"{label} by week, the latest last: {told}", limit=400), line, x, y)
    value = figure.value or 0.0
    ends = [end if _is_number(end) else value for end in (figure.low, figure.high)]
    told = f"{label}: {figure.text}" + (
        f", {shown(ends[0], figure.unit)} to {shown(ends[1], figure.unit)}" if ends[0] != ends[1] else ""
    )
    x, *places = (_PAD + (_WIDE - 2 * _PAD) * (v - low) / (high - low) for v in (value, *ends))
    return Panel(name, neutralise(told, limit=400), "", round(x, 1), 0.0, round(places[0], 1), round(places[1], 1))


def _scale(figures: Sequence[Headline], unit: str, *, is_weekly: bool) -> tuple[float, float]:
    """Return the ends of the scale: from 0 for amounts, and for shares around what there is."""
    values = [v for figure in figures for v in (figure.spark if is_weekly else (figure.value, figure.low, figure.high))]
    known = [value for value in values if _is_number(value)]
    low, high = min(known), max(known)
    if unit == "share":
        step = 0.05
        low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    else:
        low, high = min(0.0, low), _round_up(high)
    return (low, high) if high > low else (low, low + 1)


def _round_up(value: float) -> float:
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _STEPS if step * power >= value * 0.999999)


def _line(values: Values, *, low: float, high: float, weeks: int) -> str:
    return path([None if v is None else _at(n, v, low=low, high=high, weeks=weeks) for n, v in enumerate(values)])


def _at(place: int, value: float, *, low: float, high: float, weeks: int) -> tuple[float, float]:
    x = _PAD + place * (_WIDE - 2 * _PAD) / max(weeks - 1, 1)
    y = _HIGH - _PAD - (value - low) / (high - low) * (_HIGH - _PAD - _TOP)
    return round(x, 1), round(y, 1)


def _median(series: Sequence[Values]) -> Values:
    """Return the median of each week, over the runs that have it."""
    known = [[value for value in week if value is not None] for week in zip(*series, strict=True)]
    return tuple(statistics.median(values) if values else None for values in known)


def _right(values: Values, weeks: int) -> Values:
    """Return values with nothing before them, so that the latest weeks of all runs stand below each other."""
    clean = tuple(value if _is_number(value) else None for value in values)
    return (None,) * (weeks - len(clean)) + clean


def _has_weeks(figure: Headline) -> bool:
    return sum(map(_is_number, figure.spark)) >= _FEWEST


def _has_value(figure: Headline) -> bool:
    return _is_number(figure.value)


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
