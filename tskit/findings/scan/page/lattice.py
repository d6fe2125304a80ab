"""The segments around the change that a scan explains best: its causes, what moves with them, what cannot be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.scan.page.asked import not_told
from tskit.findings.scan.page.explained import Parts, no_driver, told_drivers, worded
from tskit.findings.tracks import BLANK
from tskit.findings.wording import plural
from tskit.metrics import find
from tskit.patterns.drivers import lattice_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.scan.sight import Scan, Sight
    from tskit.model import Pattern

__all__ = ["is_explained", "lattice"]


def lattice(seen: Scan) -> Parts:
    """Return the segments around the causes of the change that the first sights are about; empty where none is explained."""
    pattern = _leading(seen)
    if pattern is None:
        return Parts("Segments around the change", "Cases", "cases", "", _nothing(seen))
    metric = find(str(pattern.settings["metric"]))
    cube = seen.cubes[metric.name]
    # Around all causes that were found, since one too small to tell moves others as well.
    every = next(each for each in seen.patterns["drivers"] if each.settings["metric"] == metric.name)
    frame = lattice_view(cube.cells(), every, dims=cube.columns)
    frame = _numbered(frame[frame["number"].isin([0, *pattern.table["number"]])])
    frame["segment"] = [worded(segment, seen) for segment in frame["segment"]]
    label = f"Cases that count for {metric.label.lower()}" if cube.is_share else metric.label
    others = len(told_drivers(seen)) - 1
    more = f" {plural(others, 'other metric')} with such segments: see the table." if others else ""
    caption = (
        "A segment that moves only with a cause has its step from the cases that it shares with it. Judged against all other "
        f"cases since the period before, over all segments together.{more}"
    )
    return Parts(f"{metric.label}: where the change lies", label, "cases", caption, frame)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with their causes numbered from 1 on; 0 is none."""
    known = sorted(set(frame["number"]) - {0})
    return frame.assign(number=[known.index(number) + 1 if number else 0 for number in frame["number"]])


def is_explained(sight: Sight, seen: Scan) -> bool:
    """Return whether the segment of a sight is a cause in the figure of the explained change."""
    pattern = _leading(seen)
    return (
        pattern is not None and pattern.settings["metric"] == sight.metric and dict(sight.segment) in _causes(pattern)
    )


def _leading(seen: Scan) -> Pattern | None:
    """Return the explained change that the first sight is about: by its own segment, else by its metric, else the surest."""
    found = told_drivers(seen)
    for sight in seen.sights:
        own = [pattern for pattern in found if pattern.settings["metric"] == sight.metric]
        if any(dict(sight.segment) in _causes(pattern) for pattern in own):
            return own[0]
    named = {str(pattern.settings["metric"]): pattern for pattern in found}
    by_metric = next((named[sight.metric] for sight in seen.sights if sight.metric in named), None)
    return by_metric or min(found, key=_chance, default=None)


def _causes(pattern: Pattern) -> list[dict[str, str]]:
    causes = pattern.table.loc[pattern.table["role"] == "cause", "segment"]
    return [_known(segment) for segment in causes]


def _known(segment: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in segment.items() if value != BLANK}


def _chance(pattern: Pattern) -> float:
    return float(pattern.table["p"].min())


def _nothing(seen: Scan) -> pd.DataFrame:
    why = not_told(seen, "drivers") or no_driver(seen)
    columns = ["segment", "role", "number", "layer", "seen", "expected"]
    return pd.DataFrame([[None] * len(columns)], columns=columns).assign(note=why.rstrip(".").lower())
