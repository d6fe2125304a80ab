"""Whether what an open case is about spreads: other reports of the same item or account, and from where."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.patterns.open_queue import is_appeal, of_open
from tskit.patterns.rows import fetched, filled
from tskit.stats import holm, rate_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.model import CaseSet

__all__ = ["reach_elsewhere", "spread"]

_ITEM, _ACCOUNT = "content_id", "subject_account_id"
_LEVEL = 0.05


def spread(case_set: CaseSet, cases: pd.DataFrame, *, until: datetime, hours: float) -> pd.DataFrame:
    """Return what was reported beside each of these open cases in the `hours` before `until`, one row a case in their order.

    Columns: `case_id`; other reports of the same item (`same_item`), and of the same account but of another item
    (`same_account`); their sum `others_same`; `markets` that the reports of the same item, or else of the same account,
    came from; `before`, as many of either in as many hours before those; `times_low` and `times_high`, how many times as
    many they are now by the exact interval of two Poisson counts (95 %); and `is_climbing`, whether that is more than
    chance after a correction for all that were looked at (Holm). Appeals are no reports, and a case is not counted beside
    itself. Where the source has neither items nor accounts, all is missing.

    Wording is no evidence here: a day's ordinary reports share half of their words with ten others.
    """
    keys = [name for name in (_ITEM, _ACCOUNT) if case_set.has(name)]
    if not keys or cases.empty:
        return _unknown(cases)
    seen = _seen(case_set, cases, until=until, hours=hours)
    own = _Own(cases, until=pd.Timestamp(until), hours=hours)
    item, account = _beside(seen, own, [_ITEM]), _beside(seen, own, [_ACCOUNT])
    both = _beside(seen, own, [_ITEM, _ACCOUNT])
    only_account = account["now"] - both["now"]
    before = item["earlier"] + account["earlier"] - both["earlier"]
    found = pd.DataFrame(
        {
            "case_id": cases["case_id"],
            "same_item": item["now"],
            "same_account": only_account,
            "markets": item["markets"].where(item["now"] > 0, account["markets"]),
            "before": before,
        }
    )
    found["others_same"] = found["same_item"] + found["same_account"]
    return _with_climb(found, cases)


def reach_elsewhere(case_set: CaseSet, cases: pd.DataFrame, *, until: datetime) -> pd.Series[float]:
    """Return the largest reach that decisions on the same item had told by `until`, in the order of the cases."""
    if case_set.lacks("reach", _ITEM) or cases.empty:
        return pd.Series(np.nan, index=cases.index)
    told = filled(case_set.cases, "reach", _ITEM)
    if until < case_set.as_of:
        told = (
            told.filter(told.decided_at <= ibis.literal(until))
            if case_set.has("decided_at")
            else told.filter(ibis.literal(value=False))
        )
    same = told.filter(of_open(told[_ITEM], cases, case_set, at=until))
    largest = fetched(same.group_by(_ITEM).aggregate(reach=same.reach.max())).set_index(_ITEM)["reach"]
    return cases[_ITEM].map(largest.astype("float64"))


class _Own:
    """The open cases by what they are about, and when each of them was itself reported."""

    def __init__(self, cases: pd.DataFrame, *, until: pd.Timestamp, hours: float) -> None:
        window = pd.Timedelta(hours=hours)
        is_report = cases["apart"].ne("appeal")
        self.keys = cases[[_ITEM, _ACCOUNT, "market"]]
        self.is_now = is_report & (cases["created_at"] > until - window)
        self.is_earlier = is_report & ~self.is_now & (cases["created_at"] > until - 2 * window)


def _seen(case_set: CaseSet, open_: pd.DataFrame, *, until: datetime, hours: float) -> pd.DataFrame:
    """Return how many reports there were by item, account, market and window (`is_now`), of what open cases are about."""
    cases = filled(case_set.cases, "created_at")
    window, end = timedelta(hours=hours), ibis.literal(until)
    recent = cases.filter(
        cases.created_at <= end, cases.created_at > ibis.literal(until - 2 * window), ~is_appeal(cases)
    )
    keys = [name for name in (_ITEM, _ACCOUNT) if name in recent.columns]
    shared = [of_open(recent[name], open_, case_set, at=until) for name in keys]
    recent = recent.filter(shared[0] | shared[1] if len(shared) > 1 else shared[0])
    market = recent.market if "market" in recent.columns else ibis.null("string")
    told = recent.select(*keys, market=market, is_now=recent.created_at > ibis.literal(until - window))
    groups = [*keys, "market", "is_now"]
    found = fetched(told.group_by(groups).aggregate(n=told.count()))
    return found.reindex(columns=[_ITEM, _ACCOUNT, "market", "is_now", "n"])


def _beside(seen: pd.DataFrame, own: _Own, keys: Sequence[str]) -> pd.DataFrame:
    """Return for each case how many others have its keys `now` and `earlier`, and from how many `markets` those of now."""
    told = seen.dropna(subset=list(keys))
    has_keys = own.keys[list(keys)].notna().all(axis=1)
    now, earlier = told[told["is_now"].astype(bool)], told[~told["is_now"].astype(bool)]
    by_market = _summed(now, own, [*keys, "market"])
    markets = _counted(now, own, keys)
    # A case's own market does not count where only the case itself was reported there.
    alone = own.is_now & by_market.eq(1)
    return pd.DataFrame(
        {
            "now": (_summed(now, own, keys) - (own.is_now & has_keys)).astype("int64"),
            "earlier": (_summed(earlier, own, keys) - (own.is_earlier & has_keys)).astype("int64"),
            "markets": (markets - (alone & has_keys)).astype("int64"),
        }
    )


def _summed(seen: pd.DataFrame, own: _Own, keys: Sequence[str]) -> pd.Series[int]:
    return _looked_up(seen.dropna(subset=list(keys)).groupby(list(keys))["n"].sum(), own, keys)


def _counted(seen: pd.DataFrame, own: _Own, keys: Sequence[str]) -> pd.Series[int]:
    return _looked_up(seen.groupby(list(keys))["market"].nunique(), own, keys)


def _looked_up(values: pd.Series, own: _Own, keys: Sequence[str]) -> pd.Series[int]:
    found = own.keys[list(keys)].merge(values.rename("_value").reset_index(), on=list(keys), how="left")["_value"]
    return found.fillna(0).astype("int64").set_axis(own.keys.index)


def _with_climb(found: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Return the counts with how many times as many they are as before; what shares its keys is looked at once."""
    counts = pd.DataFrame({"now": found["same_item"] + found["same_account"], "before": found["before"]})
    pairs = counts.drop_duplicates()
    ratios = {(int(n), int(b)): rate_ratio(int(n), int(b)) for n, b in pairs.itertuples(index=False, name=None)}
    rows = [ratios[n, b] for n, b in zip(counts["now"], counts["before"], strict=True)]
    found = found.assign(
        times_low=[ratio.low for ratio in rows],
        times_high=[ratio.high for ratio in rows],
        _p=[ratio.p_value for ratio in rows],
    )
    looked_at = cases[[_ITEM, _ACCOUNT]].assign(_p=found["_p"], _n=counts.sum(axis=1))
    tests = looked_at[looked_at["_n"] > 0].drop_duplicates([_ITEM, _ACCOUNT])
    corrected = pd.Series(holm(tests["_p"].to_numpy()) if len(tests) else [], index=tests.index, dtype="float64")
    by_keys = tests[[_ITEM, _ACCOUNT]].assign(_corrected=corrected)
    merged = cases[[_ITEM, _ACCOUNT]].merge(by_keys, on=[_ITEM, _ACCOUNT], how="left")["_corrected"]
    is_sure = merged.fillna(1.0).le(_LEVEL).set_axis(found.index)
    return found.assign(is_climbing=is_sure & counts["now"].gt(counts["before"])).drop(columns="_p")[list(_COLUMNS)]


_COLUMNS = (
    *("case_id", "same_item", "same_account", "others_same", "markets", "before"),
    *("times_low", "times_high", "is_climbing"),
)


def _unknown(cases: pd.DataFrame) -> pd.DataFrame:
    missing = {name: pd.Series(np.nan, index=cases.index) for name in _COLUMNS[1:-1]}
    return pd.DataFrame(
        {"case_id": cases["case_id"], **missing, "is_climbing": pd.Series(data=False, index=cases.index)}
    )
