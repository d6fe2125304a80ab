"""Linked cases: clusters of the window that share rare values or say nearly the same, beyond what chance makes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.places import within
from tskit.findings.scan.shared import Looked
from tskit.findings.scan.sight import Sight
from tskit.findings.scan.words import evidence_for
from tskit.findings.wording import listed
from tskit.patterns.links.linked import linked
from tskit.patterns.links.of_case import wordings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import CaseSet
    from tskit.patterns.links import Linked

__all__ = ["tied"]

_FEWEST_TIED = 10
"""Smaller clusters are for the deep dive of a case; a scan tells of groups."""
_MOSTLY = 0.9
"""The segment of a cluster is what nearly all of its cases have in common."""
_MOST_SIGHTS = 20


def tied(case_set: CaseSet, *, columns: Sequence[str]) -> Looked:
    """Return the clusters with cases of the window; wording ties them where texts may be handled here.

    The p of a cluster already allows for all shared values that were looked at, so that it counts as one comparison.
    """
    window = case_set.scope.window
    until = min(window.ends_at, case_set.as_of)
    texts = wordings(case_set, until=until) if case_set.text_path is not None else None
    found = linked(case_set, texts=texts, since=window.starts_at, until=until)
    table = found.table[found.table["is_beyond_chance"] & (found.table["cases"] >= _FEWEST_TIED)].head(_MOST_SIGHTS)
    shared = _shared(case_set, found, table["cluster"].tolist(), columns)
    sights = [_sight(row, shared[int(row["cluster"])], case_set) for _, row in table.iterrows()]
    p = np.ones(int(str(found.settings["looked_at"])))
    return Looked("links", p, tuple(sights), patterns=(found,), tables=1)


def _shared(
    case_set: CaseSet, found: Linked, clusters: Sequence[int], columns: Sequence[str]
) -> Mapping[int, dict[str, str]]:
    """Return for each cluster the values that most of its cases have."""
    members = found.cases[found.cases["cluster"].isin(clusters)]
    if members.empty:
        return {}
    cases = case_set.cases
    rows = cases.filter(cases.case_id.isin(members["case_id"].tolist())).select("case_id", *columns)
    frame = members.merge(rows.to_pyarrow().to_pandas(use_threads=False), on="case_id")
    made: dict[int, dict[str, str]] = {}
    for cluster, own in frame.groupby("cluster"):
        made[int(str(cluster))] = {
            column: str(top.index[0])
            for column in columns
            if len(top := own[column].dropna().value_counts()) and top.iloc[0] >= _MOSTLY * len(own)
        }
    return made


def _reasons(told: str) -> str:
    """Return the reasons without their counts, which belong into the table."""
    return listed([part.partition(" (")[0] for part in told.split(", ")])


def _sight(row: pd.Series, segment: dict[str, str], case_set: CaseSet) -> Sight:
    zone, draft = case_set.scope.zone, Draft()
    start, last = (pd.Timestamp(row[name]).tz_convert(zone).date() for name in ("first_at", "last_at"))
    labels = case_set.casebook.labels
    named = within("cases", {column: labels.get(value, value) for column, value in segment.items()})
    cases = float(row["cases"])
    statement = (
        f"{draft.number('cases', cases)} {named} from {draft.day('start', start)} to "
        f"{draft.day('end', last, year=True)} belong together by {_reasons(str(row['reasons']))}."
    )
    return Sight(
        "linked", "links", "", segment, statement, float(row["p"]), float("nan"), cases, 0.0, "cases", float("nan"),
        (float("nan"), float("nan")), cases, start, last + timedelta(days=1), evidence_for("links"),
        values=draft.values, tone="worse", of_single_cases=False,
    )  # fmt: skip
