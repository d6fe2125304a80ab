"""The cases of a problem set beside what people settled on, with the weight that each has in a share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tskit.causes.outside import NOT_AN_ERROR

__all__ = ["judged"]

_NO_ROUND = {"weight": 1.0, "stratum": ""}


def judged(
    cases: pd.DataFrame, settled: pd.DataFrame, *, level: int, sample: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the cases with `cause` of that level, `state`, `weight`, `raters`, `how`, `trigger` and `contributing`.

    `state` is "settled", "disputed" (people judged and disagree), "untagged" or "not an error". A case of which only
    level 1 is agreed is settled at level 1 and disputed at level 2. With a `sample` (`case_id`, `weight`), only cases
    drawn into it are returned, and those drawn without a known chance have no weight: they never enter a share.

    Args:
        cases: one row a case of the problem set, with `case_id`.
        settled: what `settled` returned, one row a case.
        level: 1 or 2.
        sample: the cases of a round; None takes every case as drawn with certainty.
    """
    known = [
        name
        for name in ("cause", "cause_l1", "contributing", "trigger", "confidence", "raters", "how")
        if name in settled
    ]
    rows = cases.merge(settled[["case_id", *known]], on="case_id", how="left")
    if sample is None:
        rows = rows.assign(**_NO_ROUND)
    else:
        kept = [name for name in ("weight", "stratum") if name in sample]
        rows = rows.merge(sample[["case_id", *kept]].drop_duplicates("case_id"), on="case_id", how="inner")
        rows["weight"] = pd.to_numeric(rows["weight"], errors="coerce").astype("float64")
    fine, broad = _named(rows["cause"]), _named(rows["cause_l1"])
    cause = broad if level == 1 else fine
    right = fine == NOT_AN_ERROR
    state = np.select(
        [right, cause.notna(), rows["raters"].fillna(0) > 0], ["not an error", "settled", "disputed"], "untagged"
    )
    return rows.assign(cause=cause.where(~right), state=state, raters=rows["raters"].fillna(0).astype("int64")).drop(
        columns="cause_l1"
    )


def _named(column: pd.Series[str]) -> pd.Series[str]:
    """Return the column with None where it names no cause."""
    return column.astype(object).where(column.notna() & (column != ""), None)
