"""The clusters as tables: one row a cluster with what it is, and one row a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime

    from tskit.patterns.links.clusters import Joined
    from tskit.patterns.links.ties import Opened

__all__ = ["told"]

_WEEK = pd.Timedelta(days=7)
_COLUMNS = (
    "cluster", "cases", "first_at", "last_at", "reasons", "by", "by_peak_cases", "last_7_days_cases",
    "week_before_cases", "expected", "p",
)  # fmt: skip


def told(
    made: Joined, every: Opened, *, least: int, since: datetime | None, until: datetime, looked_at: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the clusters of at least so many cases, and their cases, as `Linked` describes them.

    The cases carry their place in `every` as `_case`. Clusters are numbered anew: the most surprising first, then the
    largest, then the earliest.
    """
    entries = _entries(made)
    cases = entries.drop_duplicates("_case")[["_cluster", "_case"]]
    cases = cases.assign(opened_at=pd.to_datetime(every.micros[cases["_case"].to_numpy()], unit="us", utc=True))
    table = _sized(cases, until=until)
    table = table[table["cases"] >= least]
    if since is not None:
        table = table[table["last_at"] >= since]
    table = table.join(_reasons(entries)).join(_leading(made, entries))
    expected = looked_at * 10.0 ** -table["_surprise"]
    table = table.assign(expected=expected, p=-np.expm1(-expected))
    table = table.sort_values(["_surprise", "cases", "first_at"], ascending=[False, False, True])
    numbers = pd.Series(np.arange(1, len(table) + 1), index=table.index)
    members = cases[cases["_cluster"].isin(table.index)]
    why = entries.drop_duplicates(["_case", "why"]).groupby("_case")["why"].agg(", ".join)
    members = members.assign(
        cluster=numbers.reindex(members["_cluster"]).to_numpy(dtype=np.int64),
        case_id=every.ids[members["_case"].to_numpy()],
        reasons=why.reindex(members["_case"]).to_numpy(dtype=object),
    ).sort_values(["cluster", "_case"])
    table = table.assign(cluster=numbers)[list(_COLUMNS)].reset_index(drop=True)
    return table, members[["cluster", "case_id", "opened_at", "reasons", "_case"]].reset_index(drop=True)


def _entries(made: Joined) -> pd.DataFrame:
    """Return who is tied by which bond of its own cluster; bonds to cases that went to another one are not told of."""
    own = made.of_bond[made.bond] == made.of_case[made.case]
    return pd.DataFrame(
        {
            "_cluster": made.of_case[made.case][own],
            "_case": made.case[own],
            "_bond": made.bond[own],
            "why": made.why[made.bond[own]],
        }
    ).sort_values(["_cluster", "_case", "why", "_bond"], ignore_index=True)


def _sized(cases: pd.DataFrame, *, until: datetime) -> pd.DataFrame:
    ago = pd.Timestamp(until) - cases["opened_at"]
    marked = cases.assign(_last=ago < _WEEK, _before=(ago >= _WEEK) & (ago < 2 * _WEEK))
    return marked.groupby("_cluster").agg(
        cases=("_case", "size"),
        first_at=("opened_at", "min"),
        last_at=("opened_at", "max"),
        last_7_days_cases=("_last", "sum"),
        week_before_cases=("_before", "sum"),
    )


def _reasons(entries: pd.DataFrame) -> pd.DataFrame:
    """Return for each cluster its reasons, the one of most cases first."""
    counts = entries.drop_duplicates(["_case", "why"]).groupby(["_cluster", "why"]).size().rename("n").reset_index()
    counts = counts.sort_values(["_cluster", "n", "why"], ascending=[True, False, True])
    words = counts["why"] + " (" + counts["n"].astype(str) + ")"
    return words.groupby(counts["_cluster"]).agg(", ".join).rename("reasons").to_frame()


def _leading(made: Joined, entries: pd.DataFrame) -> pd.DataFrame:
    """Return for each cluster the reason, peak and surprise of its most surprising bond that still holds two cases."""
    held = entries.groupby(["_cluster", "_bond"]).size().rename("n").reset_index()
    held = held[held["n"] > 1]
    bond = held["_bond"].to_numpy()
    held = held.assign(by=made.why[bond], by_peak_cases=made.peaks[bond], _surprise=made.surprise[bond])
    held = held.sort_values(["_cluster", "_surprise", "n", "_bond"], ascending=[True, False, False, True])
    first = held.drop_duplicates("_cluster").set_index("_cluster")
    return first[["by", "by_peak_cases", "_surprise"]]
