"""Numbers, periods and comparisons in the words of statements."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tskit.patterns.flow.noise import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from tskit.patterns.flow.spans import Spans

__all__ = ["change_of_share", "hours", "in_all", "many", "percent", "period", "steady"]

_TOLD = 3


def many(count: float, one: str, several: str = "") -> str:
    """Return a count with its noun.

    >>> many(1, "case"), many(1200, "case")
    ('1 case', '1,200 cases')
    """
    return f"{count:,.0f} {one if count == 1 else several or one + 's'}"


def percent(share: float) -> str:
    """Return a share in percent, with a digit after the point where it is small.

    >>> percent(0.123), percent(0.0123)
    ('12 %', '1.2 %')
    """
    return f"{100 * share:.0f} %" if share >= 0.0995 or share == 0 else f"{100 * share:.1f} %"


def hours(value: float) -> str:
    """Return a number of hours with as many digits as tell something.

    >>> hours(123.4), hours(12.34), hours(0.123)
    ('123 h', '12.3 h', '0.12 h')
    """
    size = abs(value)
    digits = 0 if size >= 99.5 else 1 if size >= 0.95 else 2
    return f"{value:.{digits}f} h"


def period(spans: Spans) -> str:
    """Return a window in words: "from 2026-10-05 to 2026-11-01"."""
    return f"from {spans.now.start} to {spans.now.end - timedelta(days=1)}"


def steady(spans: Spans, looked_at: int, noun: str) -> str:
    """Return the sentence that nothing changed, with how many things were looked at."""
    return (
        f"Against the {many(spans.days, 'day')} before, nothing beyond noise: {many(looked_at, noun)} looked at, with a "
        f"chance of {percent(LEVEL)} of any false claim."
    )


def change_of_share(name: str, row: pd.Series, spans: Spans) -> str:
    """Return what a share was and is, with the interval of the change in points."""
    low, high = (100 * row[bound] for bound in ("change_low", "change_high"))
    return (
        f"{name} went from {percent(row['before_share'])} to {percent(row['share'])} against the "
        f"{many(spans.days, 'day')} before ({low:+.1f} to {high:+.1f} points)"
    )


def in_all(claims: Iterable[str]) -> str:
    """Return the first claims as one sentence, and how many more there are."""
    told = list(claims)
    more = f"; {many(len(told) - _TOLD, 'more change')} in the table" if len(told) > _TOLD else ""
    return f"Beyond noise: {'; '.join(told[:_TOLD])}{more}."
