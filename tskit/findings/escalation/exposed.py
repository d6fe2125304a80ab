"""What content it is about: how far each item reached, what stands against it, and whether less was tried first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.escalation.columns import column, is_open
from tskit.findings.places import country
from tskit.findings.tables import table

if TYPE_CHECKING:
    from tskit.findings.escalation.look import Escalation
    from tskit.findings.tables import Table

__all__ = ["ACTED", "TAKEN_AWAY", "items", "items_table", "markets_table"]

ACTED = ("action", "partial")
TAKEN_AWAY = ("DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED")
_COLUMNS = ("content_id", "cases", "open_cases", "reach", "state", "since_at", "is_limited_first")
_STATES = {
    "taken away": "taken away",
    "limited": "limited",
    "acted on": "acted on; how is not on record",
    "left": "left as it is",
    "open": "not decided yet",
}
_MOST = 100


def items(escalation: Escalation) -> pd.DataFrame:
    """Return the items that the cases are about, the largest reach first, one row each.

    Columns: `content_id`, `cases`, `open_cases`, `reach` (the largest on record, missing where there is none), `state`
    ("taken away", "limited", "acted on" where the source does not say how, "left" where it was decided otherwise, or
    "open"), `since_at` (the first decision that the state rests on), and `is_limited_first`: it was limited before it
    was taken away. Only decisions that stand count. A source that does not tell items apart gives no row.
    """
    cases = escalation.cases
    told = cases[cases["content_id"].notna()] if "content_id" in cases else cases.head(0)
    if told.empty:
        return pd.DataFrame(columns=list(_COLUMNS))
    rows = _judged(told)
    of = rows.groupby("content_id", sort=False)
    frame = of.agg(
        cases=("open", "size"),
        open_cases=("open", "sum"),
        reach=("reach", "max"),
        gone_at=("gone_at", "min"),
        limited_at=("limited_at", "min"),
        acted_at=("acted_at", "min"),
        left_at=("left_at", "min"),
    ).reset_index()
    names = ["taken away", "limited", "acted on", "left"]
    times = [frame["gone_at"], frame["limited_at"], frame["acted_at"], frame["left_at"]]
    frame["state"] = np.select([at.notna() for at in times], names, default="open")
    since = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    for name, at in zip(names, times, strict=True):
        since = since.mask(frame["state"].eq(name), at)
    frame = frame.assign(since_at=since, is_limited_first=frame["limited_at"] < frame["gone_at"])
    ordered = frame.sort_values(["reach", "cases", "content_id"], ascending=[False, False, True], ignore_index=True)
    return ordered[list(_COLUMNS)]


def items_table(escalation: Escalation) -> Table:
    """Return the items with their reach, their cases, and what stands against each; the first hundred by reach."""
    found = items(escalation)
    shown = found.head(_MOST)
    frame = pd.DataFrame(
        {
            "item": shown["content_id"],
            "reach": shown["reach"].astype(float),
            "state": [_STATES[state] for state in shown["state"]],
            "since": [at.isoformat() if pd.notna(at) else None for at in shown["since_at"]],
            "cases": shown["cases"],
            "open": shown["open_cases"],
        }
    )
    headers = [
        ("item", "Item"), ("reach", "Reach", "number"), ("state", "State"), ("since", "Since", "moment"),
        ("cases", "Cases", "cases"), ("open", "Open", "cases"),
    ]  # fmt: skip
    more = len(found) - len(shown)
    left_out = f" The {len(shown)} with the largest reach; {more:,} more are counted on the first page." if more else ""
    caption = (
        f"Reach: streams or listeners, the largest that any case on the item has on record.{left_out}"
        if len(found)
        else "The source does not say which item a case is about."
    )
    made = table(frame, headers, key="items", title="What it is about", caption=caption)
    return replace(made, of_single_cases=True)


def markets_table(escalation: Escalation) -> Table:
    """Return the cases by market: how many there are, how many are open and how many items they are about."""
    cases = escalation.cases
    rows = pd.DataFrame(
        {
            "market": column(cases, "market"),
            "open": is_open(cases),
            "item": column(cases, "content_id"),
        }
    ).dropna(subset="market")
    of = rows.groupby("market")
    frame = of.agg(cases=("open", "size"), open=("open", "sum"), items=("item", "nunique")).reset_index()
    frame = frame.sort_values(["cases", "market"], ascending=[False, True], ignore_index=True)
    frame["market"] = [country(str(name)) for name in frame["market"]]
    headers = [
        ("market", "Market"),
        ("cases", "Cases", "cases"),
        ("open", "Open", "cases"),
        ("items", "Items", "cases"),
    ]
    caption = "" if len(frame) else "The source does not say in which market a case was reported."
    return table(frame, headers, key="markets", title="Where it was reported", caption=caption)


def _judged(cases: pd.DataFrame) -> pd.DataFrame:
    """Return each case with the time of its decision under what the decision was, and its reach."""
    decided = pd.to_datetime(column(cases, "decided_at"), utc=True)
    is_acted = column(cases, "decision").isin(ACTED)
    visible = column(cases, "decision_visibility")
    told = [_names(value) for value in visible]
    is_gone = is_acted & np.array([any(name in TAKEN_AWAY for name in names) for names in told], dtype=bool)
    is_limited = is_acted & ~is_gone & np.array([bool(names) for names in told], dtype=bool)
    reach = column(cases, "reach").astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return pd.DataFrame(
        {
            "content_id": cases["content_id"],
            "open": is_open(cases),
            "reach": reach,
            "gone_at": decided.where(is_gone),
            "limited_at": decided.where(is_limited),
            "acted_at": decided.where(is_acted),
            "left_at": decided.where(~is_acted & column(cases, "decision").notna()),
        }
    )


def _names(value: object) -> list[str]:
    """Return the measures of one case; none where the source does not say."""
    return [str(name) for name in value] if isinstance(value, list | np.ndarray) else []
