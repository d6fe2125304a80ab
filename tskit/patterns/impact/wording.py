"""Figures and days in the words of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from tskit.patterns.impact.change import Change, Outcome
    from tskit.patterns.impact.effect import Effect
    from tskit.patterns.impact.study import Study

__all__ = [
    "amount",
    "capital",
    "day_name",
    "direction",
    "interval_words",
    "mean_words",
    "percent",
    "since",
    "unknown_words",
]

_MINUS = "\u2212"
_DIGITS = {"rate": 100.0, "count": 1.0, "value": 1.0}


def day_name(day: date) -> str:
    """Return a day as 1 Jun 2026."""
    return f"{day.day} {day:%b %Y}"


def since(change: Change) -> str:
    """Return the change with its day."""
    return f"{change.name} of {day_name(change.on)}"


def percent(ratio: float) -> str:
    """Return a ratio as a signed change in percent.

    >>> percent(0.8)
    '−20 %'
    """
    return f"{_signed(_rounded(100 * (ratio - 1)))} %"


def amount(value: float, outcome: Outcome, *, signed: bool = False) -> str:
    """Return a figure in the outcome's unit; differences of a rate are points.

    >>> from tskit.patterns.impact.change import Outcome
    >>> amount(0.0125, Outcome("the overturn rate", "rate"), signed=True)
    '+1.25 points'
    """
    number = _rounded(value * _DIGITS[outcome.kind])
    text = _signed(number) if signed else f"{number:,}".replace("-", _MINUS)
    if outcome.kind == "rate":
        return f"{text} points" if signed else f"{text} %"
    return f"{text} {outcome.unit}"


def interval_words(effect: Effect, outcome: Outcome) -> str:
    """Return the size of an effect with its interval: of counts in percent, of all else in their unit."""
    if outcome.kind == "count":
        return f"{percent(effect.ratio[0])} (95 % interval {percent(effect.ratio[1])} to {percent(effect.ratio[2])})"
    low, high = (amount(end, outcome, signed=True) for end in (effect.low, effect.high))
    return f"{amount(effect.value, outcome, signed=True)} (95 % interval {low} to {high})"


def mean_words(effect: Effect, outcome: Outcome, *, period: str) -> str:
    """Return what was seen against what was expected."""
    each = f" a {period}" if outcome.kind == "count" else ""
    return f"{amount(effect.seen, outcome)}{each} where {amount(effect.expected, outcome)} were to be expected"


def unknown_words(study: Study) -> str:
    """Return how many periods within the series have no figure, "" where all do."""
    before, after = study.unknown
    if not before + after:
        return ""
    period, one = study.series.period, before + after == 1
    told = f"{before + after} {period}{'' if one else 's'}"
    return (
        f"{told} within the series {'has' if one else 'have'} no figure ({before} before the change, {after} after) and "
        f"{'counts' if one else 'count'} as unknown."
    )


def direction(effect: Effect, outcome: Outcome) -> str:
    """Return rose or fell, and whether that is better where the outcome says so."""
    verb = "rose" if effect.value > 0 else "fell"
    if not outcome.better:
        return verb
    return f"{verb}, which is {'better' if (effect.value > 0) == (outcome.better > 0) else 'worse'},"


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _signed(number: float) -> str:
    return "0" if not number else f"{'+' if number > 0 else _MINUS}{abs(number):,}"


def _rounded(value: float) -> float | int:
    """Return the number with about three figures that count."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded
