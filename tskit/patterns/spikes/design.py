"""What a count depends on, told backwards from the judged period: level, trend, season, weekday and holiday."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["PER_YEAR", "Design", "Step", "design", "priors"]

Step = Literal["day", "week"]
PER_YEAR: dict[Step, float] = {"day": 365.25, "week": 365.25 / 7}
_WEEK = 7
_WAVES = 2
"""The season is a yearly wave and a half-yearly one."""
_SEASON_AFTER = 1.75
"""Years of history: with fewer, a season cannot be told from a trend, and is left out."""
_TREND, _WAVE, _WEEKDAY, _HOLIDAY = np.log(2), 0.5, 1.0, 1.0
"""Standard deviations of the priors on the log scale: a level that doubles or halves within a year, a season of about
plus or minus a half, a weekday or a holiday with a third to three times as many, are nothing out of the ordinary."""
_OFF = 1e9


@dataclass(frozen=True, slots=True)
class Design:
    """The design that rows share: `whole` is periods by columns, oldest first, and the judged period at the end.

    `products` are the products of each pair of columns of the history, and `upper` says which pairs they are.
    """

    whole: Floats = field(repr=False)
    products: Floats = field(repr=False)
    upper: tuple[NDArray[np.int64], NDArray[np.int64]] = field(repr=False)
    names: tuple[str, ...]

    @property
    def history(self) -> Floats:
        """Return the design of all periods but the judged one."""
        return self.whole[:-1]


def design(periods: int, *, step: Step) -> Design:
    """Return the design for a history of so many periods."""
    back = np.arange(-periods, 1, dtype=np.float64)
    years = back / PER_YEAR[step]
    columns = [np.ones(periods + 1), years]
    names = ["level", "trend"]
    for wave in range(1, _WAVES + 1):
        columns += [np.cos(2 * np.pi * wave * years), np.sin(2 * np.pi * wave * years)]
        names += ["season"] * 2
    if step == "day":
        columns += list(_contrasts()[:, np.arange(-periods, 1) % _WEEK])
        names += ["weekday"] * (_WEEK - 1)
    whole = np.stack(columns, axis=1)
    first, second = np.triu_indices(whole.shape[1])
    history = whole[:-1]
    return Design(whole, history[:, first] * history[:, second], (first, second), tuple(names))


def priors(made: Design, *, known: Floats, step: Step, holidays: bool) -> Floats:
    """Return the inverse variances of the effects for rows with so many known periods."""
    of = {"level": 0.0, "trend": _TREND**-2, "season": _WAVE**-2, "weekday": _WEEKDAY**-2}
    names = (*made.names, "holiday") if holidays else made.names
    penalty = np.tile([of.get(name, _HOLIDAY**-2) for name in names], (len(known), 1))
    is_season = np.array([name == "season" for name in names])
    penalty[np.ix_(known < _SEASON_AFTER * PER_YEAR[step], is_season)] = _OFF
    return penalty


def _contrasts() -> Floats:
    """Return six columns for seven weekdays, of equal length and at right angles, so that no weekday is special."""
    basis, _ = np.linalg.qr(np.column_stack([np.ones(_WEEK), np.eye(_WEEK)[:, :-1]]))
    # A weekday's effect has the variance 6/7 of a contrast's.
    return basis[:, 1:].T * np.sqrt(_WEEK / (_WEEK - 1))
