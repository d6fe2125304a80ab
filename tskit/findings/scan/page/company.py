"""The linked cases of a scan as a page shows them: the clusters, how they hang together, and their cases one by one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.places import country
from tskit.findings.scan.page.asked import not_told
from tskit.findings.tables import Table, table
from tskit.findings.wording import count, listed
from tskit.patterns.links import Linked

if TYPE_CHECKING:
    from tskit.findings.scan.sight import Scan

__all__ = ["Drawn", "clusters_table", "drawn", "linked_table"]

_MOST_CLUSTERS = 12
_MOST_LISTED = 60
_MOST_EACH = 20
_MOSTLY = 0.6
"""A cluster is told with the value of a column that so many of its cases have."""
_WHY = {"account": "account", "item": "item", "reporter": "reporter", "wording": "wording", "device": "device"}
_COLUMNS = ("market", "policy_id", "queue", "status")
_RARELY = 0.001


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a drawing of the clusters needs: their ties, their table, and what it says above and below."""

    title: str
    subtitle: str
    caption: str
    ties: pd.DataFrame = field(repr=False)
    clusters: pd.DataFrame = field(repr=False)


def clusters_table(seen: Scan) -> Table:
    """Return the clusters that chance does not explain: how large, since when, tied by what, and where."""
    columns = [
        ("cluster", "Cluster", "number"),
        ("cases", "Cases", "cases"),
        ("where", "Mostly"),
        ("why", "Tied by"),
        ("first", "From", "date"),
        ("last", "To", "date"),
        ("peak", "Close together", "cases"),
        ("week", "Last 7 days", "cases"),
        ("before", "The 7 before", "cases"),
        ("chance", "By chance"),
    ]
    found = _linked(seen)
    rows = [] if found is None else _rows(found, seen)
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="links",
        title="Clusters of linked cases that chance does not explain",
        caption=_caption(seen, found),
    )


def drawn(seen: Scan) -> Drawn:
    """Return the clusters to draw, those that chance does not explain; empty where there are none."""
    found = _linked(seen)
    if found is None:
        none = pd.DataFrame(columns=["cluster", "cases", "is_beyond_chance"])
        return Drawn("How they hang together", "", not_told(seen, "links"), pd.DataFrame(columns=_TIES), none)
    kept = _beyond(found)
    ties = found.ties[found.ties["cluster"].isin(kept["cluster"])].reset_index(drop=True)
    return Drawn("How they hang together", "", "", ties, kept)


_TIES = ["cluster", "case_id", "linked_id", "why", "weight", "x", "y", "linked_x", "linked_y"]


def linked_table(seen: Scan) -> Table:
    """Return the cases of the clusters one by one, for the team alone: a copy to share has none of them."""
    columns = [
        ("cluster", "Cluster", "number"),
        ("case_id", "Case"),
        ("opened", "Opened"),
        ("why", "Tied by"),
        *((name, name.removesuffix("_id").capitalize()) for name in _COLUMNS if seen.case_set.has(name)),
    ]
    members = _members(seen)
    shown = members.groupby("cluster").head(_MOST_EACH).head(_MOST_LISTED)
    frame = shown.copy()
    frame["opened"] = [f"{at.tz_convert(seen.case_set.scope.zone):%Y-%m-%d %H:%M}" for at in shown["opened_at"]]
    frame["why"] = shown["reasons"]
    for name in (name for name in _COLUMNS if name in shown):
        frame[name] = [_word(name, value, seen) for value in shown[name]]
    more = len(members) - len(shown)
    caption = f"The first {_MOST_EACH} of each cluster; {count(more)} more are tied to them." if more else ""
    made = table(
        frame[[name for name, *_ in columns]],
        columns,
        key="linked_cases",
        title="Linked cases, one by one",
        caption=caption or ("" if len(shown) else "There are none to list."),
        role="cases",
    )
    return replace(made, of_single_cases=True)


def _linked(seen: Scan) -> Linked | None:
    return next((found for found in seen.patterns.get("links", ()) if isinstance(found, Linked)), None)


def _beyond(found: Linked) -> pd.DataFrame:
    return found.table[found.table["is_beyond_chance"]].head(_MOST_CLUSTERS).reset_index(drop=True)


def _rows(found: Linked, seen: Scan) -> list[dict[str, object]]:
    kept, zone = _beyond(found), seen.case_set.scope.zone
    members = _members(seen)
    return [
        {
            "cluster": row["cluster"],
            "cases": row["cases"],
            "where": _mostly(members[members["cluster"] == row["cluster"]], seen),
            "why": listed(_reasons(str(row["reasons"]))),
            "first": row["first_at"].tz_convert(zone).date(),
            "last": row["last_at"].tz_convert(zone).date(),
            "peak": row["by_peak_cases"],
            "week": row["last_7_days_cases"],
            "before": row["week_before_cases"],
            "chance": "in fewer than 1 of 1,000" if row["p"] < _RARELY else f"in {1000 * row['p']:.0f} of 1,000",
        }
        for _, row in kept.iterrows()
    ]


def _reasons(text: str) -> list[str]:
    """Return the reasons without how many cases have each: what a copy to share could not cover in a text."""
    return [_WHY.get(why, why) for why in (part.partition(" (")[0].strip() for part in text.split(", "))]


def _members(seen: Scan) -> pd.DataFrame:
    """Return the cases of the clusters with the columns that people know them by."""
    found = _linked(seen)
    cases = seen.case_set.cases
    names = [name for name in _COLUMNS if seen.case_set.has(name)]
    if found is None:
        return pd.DataFrame(columns=["cluster", "case_id", "opened_at", "reasons", *names])
    members = found.cases[found.cases["cluster"].isin(_beyond(found)["cluster"])]
    rows = cases.filter(cases.case_id.isin(members["case_id"].tolist())).select("case_id", *names)
    known = rows.to_pyarrow().to_pandas(use_threads=False)
    return members.merge(known, on="case_id", how="left").sort_values(
        ["cluster", "opened_at", "case_id"], ignore_index=True
    )


def _mostly(members: pd.DataFrame, seen: Scan) -> str | None:
    told: list[str] = []
    for name in ("policy_id", "market", "queue"):
        top = members[name].dropna().value_counts() if name in members else pd.Series(dtype=int)
        if len(top) and top.iloc[0] >= _MOSTLY * len(members):
            told.append(str(_word(name, top.index[0], seen)))
    return " · ".join(told[:2]) or None


def _word(column: str, value: object, seen: Scan) -> str | None:
    if not isinstance(value, str):
        return None
    return country(value) if column == "market" else seen.case_set.casebook.labels.get(value, value)


def _caption(seen: Scan, found: Linked | None) -> str:
    if found is None:
        return not_told(seen, "links") or "Nothing could be linked."
    looked = f"{count(float(str(found.settings['looked_at'])))} shared values"
    beyond = int(found.table["is_beyond_chance"].sum())
    if not beyond:
        return f"No cluster is more than chance makes; {looked} were looked at."
    small = "" if beyond <= _MOST_CLUSTERS else f" {count(beyond - _MOST_CLUSTERS)} more are left out."
    return (
        f"Rare values that cases share, and how close together they were opened, held against what chance makes of the "
        f"{looked}; by chance says in how many histories it makes one such cluster at all. A shared value does not prove "
        f"one actor.{small}"
    )
