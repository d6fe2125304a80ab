"""Headline figures of a scan: how much stands out of how much, and the first metrics, which claim nothing by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.measured import first_day, take
from tskit.findings.tables import Table, table
from tskit.findings.tracks import tracks
from tskit.findings.wording import amount, change, count, plural
from tskit.metrics import find

if TYPE_CHECKING:
    from tskit.findings.measured import Measured
    from tskit.findings.scan.sight import Scan, Sight

__all__ = ["tiles"]

_MOST_TILES = 5
_SPARK_WEEKS = 13
_WEEK = 7
_NAMES = ("label", "value", "unit", "text", "change", "tone", "verdict", "target", "low", "high", "spark", "metric")


def tiles(seen: Scan) -> Table:
    """Return how many things deserve a look, and up to four metrics now against the period before, as tiles.

    A tile says that its metric stands out where a sight over all cases says so; any other change it only states.
    """
    start = first_day(seen.case_set)
    taken = [take(seen.case_set, find(name), by=(), start=start) for name in seen.metrics[: _MOST_TILES - 1]]
    rows = [_of_scan(seen), *(_of_metric(one, seen) for one in taken if np.isfinite(one.now.value))]
    return table(
        pd.DataFrame(rows, columns=list(_NAMES)),
        [(name, name) for name in _NAMES],
        key="headlines",
        title="Headline figures",
        caption="Changes are those since the period before; only what is said to stand out is more than noise.",
        role="headlines",
    )


def _of_scan(seen: Scan) -> dict[str, object]:
    number = len(seen.sights)
    return {
        "label": "Deserve a look" if number != 1 else "Deserves a look",
        "value": float(number),
        "unit": "number",
        "text": count(number),
        "change": f"of {plural(sum(seen.looked_at.values()), 'thing')} looked at",
        "tone": "neutral",
        "verdict": "",
        "target": "",
        "low": None,
        "high": None,
        "spark": list[float](),
        "metric": "sights",
    }


def _of_metric(measured: Measured, seen: Scan) -> dict[str, object]:
    metric, now = measured.metric, measured.now
    own = [sight for sight in seen.sights if sight.metric == metric.name]
    whole = next((sight for sight in own if not sight.segment), None)
    return {
        "label": metric.label,
        "value": now.value,
        "unit": metric.unit,
        "text": amount(now.value, metric.unit),
        "change": _change(measured, whole, own),
        "tone": "neutral" if whole is None else whole.tone,
        "verdict": "",
        "target": "",
        "low": now.low,
        "high": now.high,
        "spark": _spark(measured),
        "metric": metric.name,
    }


def _change(measured: Measured, whole: Sight | None, own: list[Sight]) -> str:
    before, now = measured.before.value, measured.now.value
    size = change(before, now, measured.metric.unit) if np.isfinite(before) else "no period before to compare with"
    if whole is not None:
        return f"{size}; stands out"
    if own:
        return f"{size}; {plural(len(own), 'part')} of it {'stands' if len(own) == 1 else 'stand'} out"
    return f"{size}; nothing of it stands out"


def _spark(measured: Measured) -> list[float | None]:
    cube = measured.cube(())
    weekly = cube.assign(bin=cube["back"] // _WEEK)
    weeks = min(_SPARK_WEEKS, measured.weeks + measured.window.days // _WEEK)
    found = list(tracks(weekly, by=(), shape=measured.shape, bins=max(weeks, 1)))
    if not found:
        return []
    return [float(value) if np.isfinite(value) else None for value in found[0].levels[::-1]]
