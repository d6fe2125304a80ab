"""Spikes and drops in many series at once, each period judged by what came before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.model import Pattern
from tskit.patterns.spikes.around import Around, Limits
from tskit.patterns.spikes.histories import judged
from tskit.patterns.spikes.looks import Looks
from tskit.patterns.spikes.panel import Columns, panel
from tskit.patterns.spikes.predict import Counts, Shares
from tskit.patterns.spikes.silence import silences
from tskit.patterns.spikes.statement import statement
from tskit.stats import benjamini_hochberg, one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from tskit.patterns.spikes.histories import Judged

    Floats = NDArray[np.float64]

__all__ = ["NO_DATA", "SHORT", "UNFINISHED", "spikes"]

NO_DATA = "no data"
SHORT = "too short a history"
UNFINISHED = "unfinished: judged for a rise only"
_SURE = 300.0
_PAIR = 2


@one_thread
def spikes(
    frame: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    value: str = "cases",
    out_of: str = "",
    around: Around | None = None,
    limits: Limits | None = None,
) -> Pattern:
    """Return what is beyond noise in the latest days or weeks of many series, told once and calibrated.

    `frame` has one row a series (`by`) and period (`period` or, as metrics give it, `period_start`: the first day of a
    day or week) with its count (`value`), and for a rate what it is out of: "k" and "n" of a metric. Each period is held
    against a model of the series' own past: level, trend, season, weekday and public holidays, with counts that spread
    more than chance alone makes them, and past outbreaks weighing less. It is looked at alone and together with the
    period before it, since the calendar cuts in two what begins in the middle of a day or week. The statement tells what
    is beyond noise over all that was looked at, or that nothing is.

    The table has a row for each series and judged period: the columns of `by`, `series`, `period`, `observed`,
    `out_of`, `expected`, `lower` and `upper` (what chance makes after the period before, both included), `over` (1 or 2:
    how many periods together are rarest), `observed_over` and `expected_over` (of these), `strength` (3 is a chance of
    one in a thousand), `alarm` (beyond the bounds), `side` ("more", "fewer" or "silent"), `p` (of the three, corrected
    for looking at all of them), `q` (corrected for all rows), `is_beyond_noise`, `silent_for` and `silent_expected` (the
    whole periods without a case up to the end, and what they should have brought), and `why_not` judged.

    Raises:
        ParameterError: the frame is not of that form, or holds nothing to judge.
    """
    limits = limits or Limits()
    made = judged(panel(frame, Columns(tuple(by), value, out_of)), around or Around(), limits)
    table = _table(made)
    leading = table[table["is_beyond_noise"]].sort_values("p", kind="stable").head(1)
    interval = None if leading.empty else (float(leading["lower"].iloc[0]), float(leading["upper"].iloc[0]))
    settings = {
        "level": limits.level,
        "false_discoveries": limits.false_discoveries,
        "series": len(made.panel.keys),
        "looked_at": int(table["p"].notna().sum()),
        "step": made.panel.step,
    }
    return Pattern("spikes", statement(table, made), table, interval, settings)


def _table(made: Judged) -> pd.DataFrame:
    series, period = made.rows()
    observed = made.panel.counts[series, period]
    why_not = _why_not(made, observed)
    can = np.flatnonzero((why_not == "") | (why_not == UNFINISHED))
    figures = _judge(made, series[can], period[can], observed[can], is_half=why_not[can] == UNFINISHED)
    keys = made.panel.keys.iloc[series].reset_index(drop=True)
    table = keys.assign(period=made.panel.periods[period], observed=observed)
    if made.panel.out_of is not None:
        table["out_of"] = made.panel.out_of[series, period]
    for name, values in figures.items():
        whole = np.full(len(table), np.nan)
        whole[can] = values
        table[name] = whole
    return _alarmed(table, made, why_not)


def _why_not(made: Judged, observed: Floats) -> NDArray[np.str_]:
    _, fewest = made.limits.periods(made.panel.step)
    parts = np.tile(made.parts[made.at], len(made.panel.keys))
    nothing = np.isnan(observed)
    if made.panel.out_of is not None:
        nothing |= ~(made.panel.out_of[:, made.at].reshape(-1) > 0)
    return np.select([nothing, made.known() < fewest, np.isnan(parts)], [NO_DATA, SHORT, UNFINISHED], "")


def _judge(
    made: Judged,
    series: NDArray[np.int64],
    period: NDArray[np.int64],
    observed: Floats,
    *,
    is_half: NDArray[np.bool_],
) -> dict[str, Floats]:
    looks = _looks(made, series, period)
    top = None if made.panel.out_of is None else made.panel.out_of[series, period]
    chances, over = looks.tails(observed, level=made.limits.level)
    lower, upper = looks.bounds(made.limits.level, top=top)
    pair = over == _PAIR
    return {
        # Sums of floats end otherwise on another number of cores; six decimals are the same everywhere.
        "expected": looks.alone.mean.round(6),
        "lower": np.where(is_half, 0.0, lower),
        "upper": np.maximum(upper, made.limits.least - 1),
        "over": over.astype(np.float64),
        "observed_over": observed + looks.brought * pair,
        "expected_over": np.where(pair, looks.both.mean, looks.alone.mean).round(6),
        "_more": np.where(observed < made.limits.least, 1.0, chances.middle_more),
        "_fewer": np.where(is_half, 1.0, chances.middle_fewer),
        "_p": np.minimum(2 * np.minimum(chances.more, np.where(is_half, 1.0, chances.fewer)), 1.0),
    }


def _looks(made: Judged, series: NDArray[np.int64], period: NDArray[np.int64]) -> Looks:
    found = made.fit(series, period)
    counts, exposure = made.pairs(series, period)
    of = [exposure[:, 1:], exposure, exposure[:, :1]]
    if made.panel.out_of is None:
        # Where little of the cases is known, so little is seen of what they spread beyond Poisson.
        parts = [(each**2).sum(axis=1) / np.maximum(each.sum(axis=1), 1e-300) for each in of]
        predicted = [Counts.of(found.look(n), part=part) for n, part in enumerate(parts)]
    else:
        predicted = [Shares.of(found.look(n), out_of=each.sum(axis=1)) for n, each in enumerate(of)]
    return Looks(*predicted, brought=counts[:, 0])


def _alarmed(table: pd.DataFrame, made: Judged, why_not: NDArray[np.str_]) -> pd.DataFrame:
    """Add sides, alarms and corrections; the last whole period of a series is also where its silence is told."""
    level = made.limits.level
    silence = silences(made)
    is_end = (table["period"] == _end(made)).to_numpy() & (why_not == "")
    place = np.repeat(np.arange(len(made.panel.keys)), len(made.at))
    none = np.where(is_end, silence.chance[place], 1.0)
    more, fewer = (table[name].fillna(1.0).to_numpy() for name in ("_more", "_fewer"))
    chances = np.stack([more, fewer, none])
    least = chances.min(axis=0)
    alarm = (chances < level).any(axis=0) & (why_not != NO_DATA)
    # A silence of one period is no more than a drop; a longer one is told when it says more than its last period.
    is_silent = (none < np.minimum(fewer, more)) & (silence.periods[place] > 1)
    side = np.select([is_silent, more <= fewer], ["silent", "more"], "fewer")
    p = np.minimum(table["_p"].to_numpy() * np.where(is_end, 1.5, 1.0), np.where(is_end, 3 * none, 1.0))
    p = np.where(table["_p"].isna(), np.nan, np.minimum(p, 1.0))
    q = benjamini_hochberg(p)
    return table.drop(columns=["_more", "_fewer", "_p"]).assign(
        strength=np.where(table["_p"].isna(), np.nan, np.minimum(-np.log10(np.maximum(least, 1e-320)), _SURE)),
        alarm=alarm,
        side=np.where(alarm, side, ""),
        p=p,
        q=q,
        is_beyond_noise=alarm & (q <= made.limits.false_discoveries),
        silent_for=np.where(is_end, silence.periods[place], 0),
        silent_expected=np.where(is_end, silence.expected[place], 0.0),
        over=table["over"].fillna(0).astype("int64"),
        why_not=why_not,
    )


def _end(made: Judged) -> pd.Timestamp | None:
    whole = np.flatnonzero(made.parts == 1)
    return made.panel.periods[int(whole[-1])] if len(whole) else None
