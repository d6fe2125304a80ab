"""The causes that were found, on Ishikawa's six branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes.taxonomy import BRANCHES

if TYPE_CHECKING:
    from tskit.causes.pareto import Pareto
    from tskit.causes.taxonomy import Taxonomy

__all__ = ["fishbone"]

_COLUMNS = ("branch", "cause", "name", "k", "value", "low", "high", "branch_k", "branch_value")


def fishbone(ranked: Pareto, *, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return one row a cause with its branch, cases and share, and those of the branch; an empty branch has one row.

    Branches stand in Ishikawa's order and causes by frequency. What cannot be determined lies on no branch: it has the
    branch "", last.
    """
    causes = ranked.table.assign(
        branch=[_branch(cause, taxonomy) for cause in ranked.table["cause"]],
        name=[taxonomy.name(cause) for cause in ranked.table["cause"]],
    )
    rows: list[pd.DataFrame] = []
    for branch in (*BRANCHES, ""):
        part = causes[causes["branch"] == branch]
        sums = {"branch_k": int(part["k"].sum()), "branch_value": float(part["value"].sum())}
        if part.empty and branch:
            part = pd.DataFrame([{"branch": branch, "cause": "", "name": "", "k": 0}])
        rows.append(part.assign(**sums))
    found = pd.concat([part for part in rows if len(part)], ignore_index=True)
    return found.reindex(columns=list(_COLUMNS))


def _branch(cause: str, taxonomy: Taxonomy) -> str:
    return taxonomy.get(cause).branch if cause in taxonomy else ""
