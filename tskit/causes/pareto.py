"""Which causes a problem set comes from: counts, weighted by design and by severity, and which few lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.causes.outside import in_order, is_undetermined
from tskit.causes.weighing import LEVEL, lead, share
from tskit.stats import holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.causes.weighing import Bools, Floats, Share

__all__ = ["SEVERITY_WEIGHTS", "Pareto", "pareto"]

SEVERITY_WEIGHTS: Mapping[str, float] = {"S0": 1.0, "S1": 2.0, "S2": 5.0, "S3": 10.0}
"""What a case of each severity weighs where severity counts; a setting, printed with the chart."""

COLUMNS = (
    *("cause", "k", "estimate", "value", "low", "high", "cumulative", "is_vital"),
    *("severity_value", "severity_low", "severity_high", "is_undetermined"),
)
_VITAL = 0.8
_MOST_LEADING = 3


@dataclass(frozen=True, slots=True)
class Pareto:
    """Causes from the most frequent one on, and the account of the cases that the shares are taken of.

    `table` has one row a cause: `k` cases of the `tagged` ones, how many of the problem set that stands for
    (`estimate`), its share with interval, the running sum, and its share where severity counts. What cannot be
    determined stands last. `leading` are the causes before a clear break: the next one is less frequent by more than
    chance, corrected for every break looked at; `leading_q` is that corrected p-value, and no break gives none.
    """

    table: pd.DataFrame = field(repr=False)
    drawn: int
    """Cases of the problem set with a known chance to be looked at."""
    tagged: int
    disputed: int
    untagged: int
    not_an_error: int
    without_chance: int
    """Cases drawn by uncertainty: they never enter a share."""
    untagged_share: Share
    leading: tuple[str, ...] = ()
    leading_share: Share | None = None
    leading_q: float = np.nan
    breaks: int = 0
    is_weighted: bool = False
    without_severity: int = 0

    @property
    def vital(self) -> tuple[str, ...]:
        """Return the vital few: the smallest set of leading causes that explains 80 % of all; none where none does."""
        return tuple(self.table.loc[self.table["is_vital"], "cause"])


def pareto(judged: pd.DataFrame, *, severity_weights: Mapping[str, float] = SEVERITY_WEIGHTS) -> Pareto:
    """Return the causes of the judged cases by how many they account for; primary causes only, so none counts twice.

    Args:
        judged: what `judged` returned.
        severity_weights: the weight of a case by severity; cases of another one are left out of the weighted shares.
    """
    known = judged[judged["weight"].notna()]
    errors = known[known["state"] != "not an error"]
    tagged = errors[errors["state"] == "settled"]
    weight = tagged["weight"].to_numpy(dtype=np.float64)
    hits = {cause: (tagged["cause"] == cause).to_numpy(dtype=bool) for cause in in_order(set(tagged["cause"]))}
    severity = _severity(tagged, severity_weights)
    rows = [_row(cause, hit, weight, severity) for cause, hit in hits.items()]
    table = _ranked(pd.DataFrame(rows, columns=list(COLUMNS)))
    leading, q, breaks = _break(table, hits, weight)
    return Pareto(
        table,
        len(known),
        len(tagged),
        int((errors["state"] == "disputed").sum()),
        int((errors["state"] == "untagged").sum()),
        int((known["state"] == "not an error").sum()),
        len(judged) - len(known),
        share((errors["state"] != "settled").to_numpy(dtype=bool), errors["weight"].to_numpy(dtype=np.float64)),
        leading,
        share(_any(hits, leading), weight) if leading else None,
        q,
        breaks,
        bool(len(weight) and np.ptp(weight) > 1e-9 * weight.max()),
        int((severity == 0).sum()),
    )


def _severity(tagged: pd.DataFrame, weights: Mapping[str, float]) -> Floats:
    if "severity" not in tagged:
        return np.zeros(len(tagged), dtype=np.float64)
    known = [weights.get(str(severity), 0.0) for severity in tagged["severity"]]
    return np.array(known, dtype=np.float64)


def _row(cause: str, hit: Bools, weight: Floats, severity: Floats) -> dict[str, object]:
    own = share(hit, weight)
    graded = severity > 0
    heavy = share(hit[graded], (weight * severity)[graded])
    return {
        "cause": cause,
        "k": own.k,
        "estimate": float(weight[hit].sum()),
        "value": own.value,
        "low": own.low,
        "high": own.high,
        "severity_value": heavy.value,
        "severity_low": heavy.low,
        "severity_high": heavy.high,
        "is_undetermined": is_undetermined(cause),
    }


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows sorted by share, ties by id (their present order), what cannot be determined last."""
    order = pd.DataFrame(
        {"last": table["is_undetermined"].astype(bool), "less": -table["value"].astype(float).round(12)}
    )
    table = table.loc[order.sort_values(["last", "less"], kind="stable").index].reset_index(drop=True)
    table["cumulative"] = table["value"].astype(float).cumsum()
    counted = ~table["is_undetermined"].astype(bool)
    reached = np.flatnonzero(counted & (table["cumulative"] >= _VITAL - 1e-9))
    table["is_vital"] = counted & (np.arange(len(table)) <= (reached[0] if len(reached) else -1))
    return table


def _break(table: pd.DataFrame, hits: Mapping[str, Bools], weight: Floats) -> tuple[tuple[str, ...], float, int]:
    """Return the causes before the clearest break among the first ones, its corrected p-value, and how many breaks."""
    ranked = [str(cause) for cause, last in zip(table["cause"], table["is_undetermined"], strict=True) if not last]
    if not ranked:
        return (), np.nan, 0
    # where there is but one cause, it leads over none at all
    following = [hits[cause] for cause in ranked[1:]] or [np.zeros(len(weight), dtype=bool)]
    p = [lead(hits[first], second, weight) for first, second in zip(ranked, following, strict=False)]
    # more than a third of all causes are no few that lead
    q = holm(p)[: min(_MOST_LEADING, max(len(ranked) // 3, 1))]
    best = int(np.nanargmin(q))
    return (tuple(ranked[: best + 1]), float(q[best]), len(p)) if q[best] <= LEVEL else ((), np.nan, len(p))


def _any(hits: Mapping[str, Bools], causes: Sequence[str]) -> Bools:
    return np.any([hits[cause] for cause in causes], axis=0)
