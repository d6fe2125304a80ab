"""What moved and where: the table of changes, and rates with the mix of cases held still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.mix import adjusted
from tskit.findings.moves import FLOORS
from tskit.findings.segments import EVERYTHING
from tskit.findings.tables import table
from tskit.findings.wording import amount, change, count, limit, spread

if TYPE_CHECKING:
    from tskit.findings.look import Look
    from tskit.findings.moves import Move
    from tskit.findings.tables import Table

__all__ = ["changes_table", "like_for_like_table"]

_MOST_ROWS = 25


def changes_table(look: Look) -> Table:
    """Return the changes that stand out, most unusual first, each with the cause that it is told with."""
    told = _told_with(look)
    standing = sorted((move for move in look.moves if move.stands_out), key=lambda move: move.q)
    rows = [
        {
            "metric": move.metric.label,
            "where": look.named(move.segment) or "all cases",
            "now": amount(move.now, move.metric.unit),
            "expected": spread(move.low, move.high, move.metric.unit),
            "before": amount(move.before, move.metric.unit),
            "change": change(move.before, move.now, move.metric.unit),
            "q": f"{move.q:.4f}" if move.q >= 0.0001 else "< 0.0001",
            "told": told.get(id(move), "a finding of its own"),
        }
        for move in standing[:_MOST_ROWS]
    ]
    columns = [
        ("metric", "Metric"),
        ("where", "Where"),
        ("now", "This period"),
        ("expected", "Expected"),
        ("before", "Period before"),
        ("change", "Change"),
        ("q", "Corrected p"),
        ("told", "Told with"),
    ]
    return table(
        pd.DataFrame(rows, columns=[name for name, _ in columns]),
        columns,
        key="changes",
        title="Changes beyond noise",
        caption=_caption(look, standing),
    )


def like_for_like_table(look: Look) -> Table:
    """Return each rate's change raw and with the mix of cases held still: a rate moved only if both did."""
    totals = [move for move in look.moves if move.segment == EVERYTHING and move.shape == "share"]
    rows: list[dict[str, object]] = []
    for move in totals:
        held = adjusted(move, look.case_set)
        rows.append(
            {
                "metric": move.metric.label,
                "before": move.before,
                "now": move.now,
                "raw": move.now - move.before,
                "like_for_like": np.nan if held is None else held.change,
                "range": None if held is None else spread(held.low, held.high, "points"),
                "by": "no column tells cases apart" if held is None else " × ".join(held.columns),
            }
        )
    columns = [
        ("metric", "Rate"),
        ("before", "Period before", "share"),
        ("now", "This period", "share"),
        ("raw", "Raw change", "points"),
        ("like_for_like", "Like for like", "points"),
        ("range", "95 % interval"),
        ("by", "Mix held still by"),
    ]
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="like_for_like",
        title="Rates, raw and like for like",
        caption="Of all ways to hold the mix still, the one that leaves least of the raw change is shown.",
    )


def _told_with(look: Look) -> dict[int, str]:
    words: dict[int, str] = {}
    for volume in look.told.volumes:
        name = look.called("cases", volume.segment)
        words |= {id(move): name for move in (*volume.followed, *(volume.story.context if volume.story else ()))}
    for backlog in look.told.backlogs:
        words |= {id(move): look.called("backlog", backlog.peak.segment) for move in backlog.followed}
    for one in (*look.told.changes, *look.told.mixes):
        name = look.called(one.story.driver.metric.label, one.story.driver.segment)
        words |= {id(move): name for move in one.story.context}
    for one in look.told.mixes:
        words[id(one.story.driver)] = "a change of the mix only"
    return words


def _caption(look: Look, standing: list[Move]) -> str:
    flow, share = FLOORS["flow"], FLOORS["share"]
    shown = f"; the first {_MOST_ROWS} are shown" if len(standing) > _MOST_ROWS else ""
    return (
        f"{count(len(standing))} of {count(look.looked_at)} comparisons stand out after correction{shown}. About "
        f"{count(look.looked_at * 0.05)} would have done so by chance without it. A change counts from "
        f"{limit(flow.relative, 'share')} and {count(flow.absolute)} cases, or {limit(share.absolute, 'points')} of a rate."
    )
