"""Flow: queues that hold cases longer than in the window before, and cases that move more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.cards import Draft, capital
from tskit.findings.places import within
from tskit.findings.scan.shared import Looked
from tskit.findings.scan.sight import Sight
from tskit.findings.scan.words import evidence_for
from tskit.patterns.flow.bottlenecks import bottlenecks
from tskit.patterns.flow.breaches import breaches
from tskit.patterns.flow.loops import loops

if TYPE_CHECKING:
    import pandas as pd

    from tskit.model import CaseSet

__all__ = ["waited"]


def waited(case_set: CaseSet) -> Looked:
    """Return the queues that became slower since the window before, and the shares of cases that moved about more.

    The p of both patterns are corrected within each already (Holm), so that each counts as one comparison.
    """
    if case_set.events is None and not case_set.has("queue"):
        return Looked("flow", why_not="the source has neither queues nor an event log")
    window = case_set.scope.window
    slow, late, moves = (find(case_set, window=window) for find in (bottlenecks, breaches, loops))
    sights = [
        *(_slower(row, case_set) for _, row in slow.table[slow.table["change"] > 0].iterrows()),
        *(_moved(row, case_set) for _, row in moves.table[moves.table["p"].notna()].iterrows()),
    ]
    p = np.r_[slow.table["p"].to_numpy(dtype=np.float64), moves.table["p"].to_numpy(dtype=np.float64)]
    why_not = "" if np.isfinite(p).any() else "too few cases moved or waited in the window and the one before"
    told = tuple(sight for sight in sights if np.isfinite(sight.p))
    return Looked("flow", p, told, patterns=(slow, late, moves), why_not=why_not, tables=2)


def _slower(row: pd.Series, case_set: CaseSet) -> Sight:
    queue, window, draft = str(row["queue"]), case_set.scope.window, Draft()
    before, change, low, high = (float(row[name]) for name in ("dwell_before", "change", "change_low", "change_high"))
    stays = float(row["stays"])
    name = capital(within("stays", {"queue": case_set.casebook.labels.get(queue, queue)}))
    statement = (
        f"{name} last {draft.number('seen', before + change, 'hours')} on average, against "
        f"{draft.number('expected', before, 'hours')} in the window before ({draft.range('longer', low, high, 'hours')} "
        f"longer, {draft.number('stays', stays, 'stays')} stays)."
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        times, least, most = (float(x) for x in 1 + np.array([change, low, high]) / np.float64(before))
    return Sight(
        "flow", "flow", "", {"queue": queue}, statement, float(row["p"]), float("nan"), before + change, before, "hours",
        times, (least, most), stays, window.start, window.end, evidence_for("flow"), values=draft.values, tone="worse",
        rests_on=stays,
    )  # fmt: skip


def _moved(row: pd.Series, case_set: CaseSet) -> Sight:
    window, draft = case_set.scope.window, Draft()
    before, now, low, high = (float(row[name]) for name in ("before_share", "share", "change_low", "change_high"))
    of = float(row["of"])
    statement = (
        f"{draft.number('seen', now, 'share')} of the cases were {row['kind']}, against "
        f"{draft.number('expected', before, 'share')} in the window before ({draft.points('low', low)} to "
        f"{draft.points('high', high)} points)."
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        times, least, most = (float(x) for x in (before + np.array([now - before, low, high])) / np.float64(before))
    return Sight(
        "flow", "flow", "", {}, statement, float(row["p"]), float("nan"), now, before, "share", times, (least, most),
        abs(now - before) * of, window.start, window.end, evidence_for("flow"), values=draft.values,
        tone="worse" if now > before else "better", rests_on=of,
    )  # fmt: skip
