"""Level shifts, seen in retrospect: when a series went to another level and stayed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from tskit.model import Pattern
from tskit.patterns.spikes.around import Around, Limits
from tskit.patterns.spikes.courses import SHORTEST, Trend, courses
from tskit.patterns.spikes.panel import Columns, panel
from tskit.patterns.spikes.segments import Course, chance_of_change, cut, likely_places, price
from tskit.patterns.spikes.statement import shifted
from tskit.stats import benjamini_hochberg, one_thread, z_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tskit.patterns.spikes.design import Step
    from tskit.patterns.spikes.panel import Panel

__all__ = ["shifts"]

_COLUMNS = (
    *("kind", "period", "earliest", "latest", "before", "after", "ratio", "low", "high", "p"),
    *("q", "is_beyond_noise"),
)


@one_thread
def shifts(
    frame: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    value: str = "cases",
    out_of: str = "",
    around: Around | None = None,
    limits: Limits | None = None,
) -> Pattern:
    """Return when the level of each series changed for good, as far as that is beyond noise.

    `frame` is as for `spikes`. Weekday, season and holidays are taken out first. A steady trend that explains as much as
    steps would is told as a drift, and not as a stair of shifts. The table has a row for each change: the columns of
    `by`, `series`, `kind` ("shift" or "drift"), `period` (the first one of the new level), `earliest` and `latest` (where
    it may as well have been), `before` and `after` (cases a period, or the share), `ratio` with its interval `low` to
    `high` (of a drift, that of a year), `p` (for the best of all places), `q` (corrected for all series) and
    `is_beyond_noise`. Periods that are unfinished or not fully reported are left out.

    Raises:
        ParameterError: the frame is not of that form.
    """
    limits, around = limits or Limits(), around or Around()
    made = panel(frame, Columns(tuple(by), value, out_of))
    rows = [
        {"_series": n, **row}
        for n, (course, trend) in enumerate(courses(made, around, limits))
        for row in _changes(course, trend, step=made.step, level=limits.level)
    ]
    table = pd.DataFrame(rows, columns=["_series", *_COLUMNS[:-2]])
    table = _named(table, made)
    q = _corrected(table, series=len(made.keys))
    table = table.assign(q=q, is_beyond_noise=q <= limits.false_discoveries)
    settings = {"level": limits.level, "false_discoveries": limits.false_discoveries, "series": len(made.keys)}
    return Pattern("shifts", shifted(table, made), table, settings=settings)


def _changes(course: Course, trend: Trend, *, step: Step, level: float) -> Iterator[dict[str, object]]:
    shortest, periods = SHORTEST[step], len(course.counts)
    if course.counts.sum() == 0 or periods < 2 * shortest:
        return
    penalty = price(level, periods=periods, shortest=shortest)
    edges = [0, *cut(course, shortest=shortest, penalty=penalty), periods]
    counts, exposure = course.totals()
    costs = course.cost(np.diff(counts[edges]), np.diff(exposure[edges]))
    steps = float((course.cost(counts[-1:], exposure[-1:]) - costs.sum())[0]) - penalty * (len(edges) - 2)
    # Of two explanations the one that leaves less unexplained for its price is told; a slope has no place to choose.
    if trend.gain - special.chdtri(1, level) > max(steps, 0.0):
        yield _drift(trend)
        return
    for start, at, end in zip(edges, edges[1:-1], edges[2:], strict=False):
        yield _shift(course, (start, at, end), shortest=shortest)


def _shift(course: Course, at: tuple[int, int, int], *, shortest: int) -> dict[str, object]:
    start, place, end = at
    gained, earliest, latest = likely_places(course, start, place, end, shortest=shortest)
    counts, exposure = course.totals()
    k, n = np.diff(counts[list(at)]), np.diff(exposure[list(at)])
    rate = k / n
    # Half a case on either side keeps a level of nought from an endless ratio.
    log_ratio = float(np.diff(np.log((k + 0.5) / n))[0])
    spread = course.dispersion * (1 - rate if course.is_rate else 1.0) / (k + 0.5)
    half = z_value() * float(np.sqrt(spread.sum()))
    return {
        "kind": "shift",
        "period": place,
        "earliest": earliest,
        "latest": latest,
        "before": float(rate[0]),
        "after": float(rate[1]),
        "ratio": float(np.exp(log_ratio)),
        "low": float(np.exp(log_ratio - half)),
        "high": float(np.exp(log_ratio + half)),
        "p": chance_of_change(gained, periods=len(course.counts), shortest=shortest),
    }


def _drift(trend: Trend) -> dict[str, object]:
    half = z_value() * trend.error
    slope = np.array([trend.slope, trend.slope - half, trend.slope + half])
    ratio, low, high = np.exp(np.clip(slope, -50, 50)).tolist()
    return {
        "kind": "drift",
        "before": trend.first,
        "after": trend.last,
        "ratio": ratio,
        "low": low,
        "high": high,
        "p": float(special.chdtrc(1, trend.gain)),
    }


def _named(table: pd.DataFrame, made: Panel) -> pd.DataFrame:
    """Put the names of the series and the days of the periods in place of their numbers."""
    keys = made.keys.iloc[table["_series"].to_numpy(dtype=np.int64)].reset_index(drop=True)
    table = table.drop(columns="_series")
    days = {
        name: pd.Series([made.periods[int(n)] if pd.notna(n) else pd.NaT for n in table[name]], dtype="datetime64[us]")
        for name in ("period", "earliest", "latest")
    }
    return pd.concat([keys, table.assign(**days)], axis=1)


def _corrected(table: pd.DataFrame, *, series: int) -> pd.Series:
    """Return the chances of all changes, corrected for every series that was looked at, also where nothing was found."""
    silent = series - table["series"].nunique()
    q = benjamini_hochberg(np.r_[table["p"].to_numpy(dtype=np.float64), np.ones(silent)])
    return pd.Series(q[: len(table)], index=table.index)
