"""How long cases lie in each queue, open stays included, and whether that has changed or differs from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.flow.held import held
from tskit.patterns.flow.journeys import NOBODY
from tskit.patterns.flow.noise import is_claimed
from tskit.patterns.flow.restricted import LEAST_AT_RISK
from tskit.patterns.flow.spans import settings_of, spans_of
from tskit.patterns.flow.wording import hours, in_all, many, percent, period, steady
from tskit.stats import holm, interval_of, normal_p

if TYPE_CHECKING:
    from tskit.model import CaseSet
    from tskit.model.scope import Window
    from tskit.patterns.flow.held import Held
    from tskit.patterns.flow.restricted import Durations
    from tskit.patterns.flow.spans import Spans

__all__ = ["HORIZON", "dwell", "dwell_table"]

HORIZON = 168.0
"""Hours within which means are taken: a week holds every weekday once, and most of what a queue does."""


def dwell(case_set: CaseSet, *, window: Window | None = None, horizon: float = HORIZON) -> Pattern:
    """Return how long each queue held the cases that came to it in a window, the longest first.

    Stays that are still open count for as long as they have lasted (Kaplan-Meier). The table has what `dwell_table`
    gives. `mean_hours` are those within the horizon, so that queues can be compared though some cases lie there yet.
    """
    spans = spans_of(case_set, window)
    found = held(case_set, spans, horizon=horizon)
    table = dwell_table(found, horizon=horizon)
    table = table.sort_values(["mean_hours", "stays"], ascending=False, na_position="last", ignore_index=True)
    return Pattern("dwell", _statement(table, spans), table, settings=settings_of(spans, horizon=horizon))


def dwell_table(found: Held, *, horizon: float) -> pd.DataFrame:
    """Return one row a queue.

    Columns: `queue`, `stays`, `ended`, `open`, `unknown` (left out: nobody knows the end, or it lies before the beginning),
    `median_hours` with `median_low` and `median_high`, `p90_hours`, `mean_hours` within `horizon_hours` with `low` and
    `high`, `before_stays`, `before_hours` within the same horizon, `change` with `change_low` and `change_high`, `p` of
    no change; `elsewhere_hours` of all other queues and `elsewhere_p` of no difference. Both p are corrected for all
    queues (Holm), and missing where fewer than ten stays are on either side. A queue that nobody came to has no figures.

    The noise of the change is that of the days before, as in `compared`.
    """
    rows = pd.DataFrame([_row(found, queue, horizon) for queue in found.queues], columns=_COLUMNS)
    return rows.assign(p=holm(rows["p"]), elsewhere_p=holm(rows["elsewhere_p"]))


_COLUMNS = (
    *("queue", "stays", "ended", "open", "unknown", "median_hours", "median_low", "median_high", "p90_hours"),
    *("mean_hours", "low", "high", "horizon_hours", "before_stays", "before_hours", "change", "change_low"),
    *("change_high", "p", "elsewhere_hours", "elsewhere_p"),
)


def _row(found: Held, queue: str, horizon: float) -> tuple[object, ...]:
    now, before, others = (
        found.durations(queue, 1),
        found.durations(queue, 0),
        found.durations(None, 1, without=queue),
    )
    effects = found.effect(queue, 1), found.effect(queue, 0), found.effect(None, 1, without=queue)
    daily = found.daily[(found.daily["queue"] == queue) & (found.daily["period"] == 1)]
    reach = np.fmin(horizon, now.reach)
    mean, variance = now.mean(reach)
    low, high = interval_of(mean, np.sqrt(variance * effects[0]))
    change = _difference(now, before, (effects[1], effects[1]), horizon)
    elsewhere = _difference(now, others, (effects[0], effects[2]), horizon)
    return (
        *(queue or NOBODY, now.number, now.ended, now.number - now.ended, int(daily["unknown"].sum())),
        *(*now.quantile(0.5), now.quantile(0.9)[0]),
        *(mean, max(float(low), 0.0) if mean == mean else np.nan, float(high), reach),  # noqa: PLR0124  # NaN
        *(before.number, change[4], *change[:4], elsewhere[4], elsewhere[3]),
    )


def _difference(
    now: Durations, other: Durations, effects: tuple[float, float], horizon: float
) -> tuple[float, float, float, float, float]:
    """Return the difference of two means within a common horizon, its interval, its p, and the other mean."""
    common = float(np.fmin(horizon, np.minimum(now.reach, other.reach)))
    if min(now.number, other.number) < LEAST_AT_RISK or np.isnan(common):
        return np.nan, np.nan, np.nan, np.nan, other.mean(common)[0] if other.number else np.nan
    (mine, my_variance), (theirs, their_variance) = now.mean(common), other.mean(common)
    error = float(np.sqrt(my_variance * effects[0] + their_variance * effects[1]))
    low, high = interval_of(mine - theirs, error)
    p = float(normal_p((mine - theirs) / error)) if error > 0 else float(mine == theirs)
    return mine - theirs, float(low), float(high), p, theirs


def _statement(table: pd.DataFrame, spans: Spans) -> str:
    known = table[table["mean_hours"].notna()]
    if known.empty:
        return f"No case came to a queue {period(spans)}."
    first, total = known.iloc[0], table[["stays", "open"]].sum()
    text = (
        f"Of {many(total['stays'], 'stay')} that began {period(spans)}, {many(total['open'], 'stay')} "
        f"({percent(total['open'] / total['stays'])}) are still open and count for as long as they have lasted. Cases lie "
        f"longest in {first['queue']}: {hours(first['mean_hours'])} on average within the first "
        f"{hours(first['horizon_hours'])} ({hours(first['low'])} to {hours(first['high'])})."
    )
    moved = table[is_claimed(table)].sort_values("p")
    if moved.empty:
        return f"{text} {steady(spans, int(table['p'].notna().sum()), 'queue')}"
    return f"{text} {in_all(_changed(row) for _, row in moved.iterrows())}"


def _changed(row: pd.Series) -> str:
    return (
        f"a stay in {row['queue']} went from {hours(row['before_hours'])} to "
        f"{hours(row['before_hours'] + row['change'])} ({row['change_low']:+.1f} to {row['change_high']:+.1f} h)"
    )
