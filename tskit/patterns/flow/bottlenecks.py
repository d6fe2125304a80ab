"""Where the waiting is: the hours that cases lay in each queue, and which queues hold them longer than others or before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.flow.dwell import HORIZON, dwell_table
from tskit.patterns.flow.held import held
from tskit.patterns.flow.journeys import NOBODY
from tskit.patterns.flow.noise import LEVEL
from tskit.patterns.flow.spans import HOUR, settings_of, spans_of
from tskit.patterns.flow.steps import as_of_micros, stays_of, steps
from tskit.patterns.flow.wording import hours, many, percent, period
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.model.scope import Window
    from tskit.patterns.flow.spans import Spans

__all__ = ["bottlenecks"]

_TOLD = 3


def bottlenecks(case_set: CaseSet, *, window: Window | None = None, horizon: float = HORIZON) -> Pattern:
    """Return how many hours cases lay in each queue within a window, the most first, and which queues hold them up.

    Columns: `queue`, `hours` within the window (of whatever lay there, since when ever), their `share` of all,
    `average_open` (cases that lay there at a time), `again_share` of the hours (cases that had been there before),
    `before_hours` and `before_share`, `stays` that began and their `stays_share`, and from `dwell_table` `mean_hours`,
    `low`, `high`, `dwell_before`, `change`, `change_low`, `change_high`, `p`, `elsewhere_hours` and `elsewhere_p`.
    `verdict` is "slower" than before, "slow" against the other queues, both, or "". The hours are a plain sum without
    noise; what is said of queues is said of their stays, corrected for all queues and for both questions.
    """
    spans = spans_of(case_set, window)
    lain = _lain(case_set, spans)
    stays = dwell_table(held(case_set, spans, horizon=horizon), horizon=horizon)
    stays = stays.rename(columns={"before_hours": "dwell_before"})[[*_OF_STAYS]]
    table = lain.merge(stays, on="queue", how="left")
    table.insert(8, "stays_share", _share(table["stays"]))
    is_slower = (table["change"] > 0) & (table["p"] < LEVEL / 2)
    is_slow = (table["mean_hours"] > table["elsewhere_hours"]) & (table["elsewhere_p"] < LEVEL / 2)
    words = np.where(
        is_slower & is_slow, "slow and slower", np.where(is_slower, "slower", np.where(is_slow, "slow", ""))
    )
    table = table.assign(verdict=pd.Series(words, dtype=object))
    return Pattern("bottlenecks", _statement(table, spans), table, settings=settings_of(spans, horizon=horizon))


_OF_STAYS = (
    *("queue", "stays", "mean_hours", "low", "high", "dwell_before", "change", "change_low", "change_high", "p"),
    *("elsewhere_hours", "elsewhere_p"),
)


def _lain(case_set: CaseSet, spans: Spans) -> pd.DataFrame:
    """Return the hours that cases lay in each queue in both periods; stays without a known end are not among them."""
    stays = stays_of(steps(case_set), as_of=as_of_micros(case_set))
    first, middle, last = spans.edges
    known = stays.filter(stays.done | stays.seen, stays.began < last, stays.ended > first)
    now, before = _within(known, middle, last), _within(known, first, middle)
    found = fetched(
        known.group_by("queue").aggregate(
            hours=now.sum(), before_hours=before.sum(), _again=ibis.ifelse(known.visit > 0, now, 0.0).sum()
        )
    )
    observed = (min(last, as_of_micros(case_set)) - middle) / HOUR
    found = found.sort_values(["hours", "queue"], ascending=[False, True], ignore_index=True)
    return pd.DataFrame(
        {
            "queue": found["queue"].replace("", NOBODY).astype(object),
            "hours": found["hours"],
            "share": _share(found["hours"]),
            "average_open": found["hours"] / observed if observed > 0 else np.nan,
            "again_share": found["_again"] / found["hours"].where(found["hours"] > 0),
            "before_hours": found["before_hours"],
            "before_share": _share(found["before_hours"]),
        }
    )


def _within(stays: ir.Table, start: int, end: int) -> ir.Value:
    """Return the hours of a stay that lie between two instants."""
    passed = ibis.least(stays.ended, end) - ibis.greatest(stays.began, start)
    return ibis.greatest(passed, 0).cast("float64") / HOUR


def _share(values: pd.Series) -> pd.Series:
    total = values.sum()
    return values / total if total > 0 else values * np.nan


def _statement(table: pd.DataFrame, spans: Spans) -> str:
    total = float(table["hours"].sum())
    if not total:
        return f"No case lay in a queue {period(spans)}."
    first = table.iloc[0]
    text = (
        f"Cases lay in queues for {many(total, 'hour')} in all {period(spans)}, {percent(first['share'])} of it in "
        f"{first['queue']} ({percent(first['stays_share'] or 0.0)} of the stays)."
    )
    slower = table[table["verdict"].str.contains("slower")].sort_values("p")
    slow = table[table["verdict"].str.startswith("slow") & (table["verdict"] != "slower")]
    looked_at = int(table[["p", "elsewhere_p"]].notna().sum().sum())
    told = [
        *_listed("Slower than before beyond noise", [_slower(row) for _, row in slower.iterrows()]),
        *_listed("Slower than the other queues beyond noise", [_slow(row) for _, row in slow.iterrows()]),
    ]
    if slower.empty:
        told.append(f"No queue became slower beyond noise ({many(looked_at, 'comparison')} made).")
    return " ".join([text, *told])


def _listed(head: str, claims: list[str]) -> list[str]:
    more = f"; {len(claims) - _TOLD} more in the table" if len(claims) > _TOLD else ""
    return [f"{head}: {'; '.join(claims[:_TOLD])}{more}."] if claims else []


def _slower(row: pd.Series) -> str:
    return (
        f"{row['queue']} ({hours(row['dwell_before'])} to {hours(row['dwell_before'] + row['change'])} a stay, "
        f"{row['change_low']:+.1f} to {row['change_high']:+.1f} h)"
    )


def _slow(row: pd.Series) -> str:
    return (
        f"{row['queue']} ({hours(row['mean_hours'])} a stay, {hours(row['low'])} to {hours(row['high'])}, against "
        f"{hours(row['elsewhere_hours'])})"
    )
