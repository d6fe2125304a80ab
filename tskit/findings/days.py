"""Short histories: where no earlier periods or weeks tell what is usual, the days of both periods do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.moves import Move, range_of
from tskit.findings.noise import FEWEST_POINTS, Verdict
from tskit.findings.segments import Segment
from tskit.metrics import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tskit.findings.measured import Measured
    from tskit.model import CaseSet

__all__ = ["has_no_past", "judged_by_days"]

_HALF_WIDTH = 1.96


def has_no_past(measured: Measured) -> bool:
    """Return whether there are neither earlier periods nor earlier weeks enough to judge a change by."""
    return measured.reach - 2 < FEWEST_POINTS and measured.weeks - 1 < FEWEST_POINTS


def judged_by_days(moves: Sequence[Move], measured: Measured, case_set: CaseSet) -> list[Move]:
    """Return the moves of a metric, each judged by how much the days of both periods vary.

    That test sees how busy days follow busy days, yet nothing that takes longer than a period, as a season; what it
    finds is never more than moderately certain. Pairs of columns are left unjudged: their days hold too few cases.
    """
    splits: dict[tuple[str, ...], None] = dict.fromkeys(m.segment.columns for m in moves if len(m.segment.columns) <= 1)
    days = 2 * measured.window.days
    found = {columns: _compared(measured, case_set, columns) for columns in splits}
    return [_judged(move, found.get(move.segment.columns, {}).get(move.segment), days) for move in moves]


def _compared(measured: Measured, case_set: CaseSet, columns: tuple[str, ...]) -> Mapping[Segment, dict[str, float]]:
    window = measured.window
    frame: pd.DataFrame = compare(
        case_set, measured.metric.name, window=window, against=window.before(), by=columns, strata=()
    )
    wanted = ["change", "change_low", "change_high", "p_value"]
    return {
        Segment.of(columns, [row[column] for column in columns]): {name: float(row[name]) for name in wanted}
        for row in frame.to_dict("records")
    }


def _judged(move: Move, change: Mapping[str, float] | None, days: int) -> Move:
    if change is None or not np.isfinite(list(change.values())).all():
        return move
    ends = np.array([change["change_low"], change["change"], change["change_high"]])
    low, step, high = ends if move.shape == "share" else np.log1p(np.maximum(ends, -0.999))
    margin = float(high - low) / 2
    if not margin > 0:
        return move
    z = float(step) / margin * _HALF_WIDTH
    verdict = Verdict(change["p_value"], z, 0.0, margin, days, "days")
    low, high = range_of(move.shape, move.before, verdict)
    return replace(move, verdict=verdict, low=low, high=high)
