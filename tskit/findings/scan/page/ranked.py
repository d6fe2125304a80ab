"""The sights of a scan in their order, with what was seen, what was to be expected, and how sure it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import capital
from tskit.findings.places import within
from tskit.findings.scan.page.asked import DOES, not_told
from tskit.findings.scan.words import called
from tskit.findings.tables import Table, table
from tskit.findings.wording import amount, count, day, listed, plural, spread
from tskit.metrics import find

if TYPE_CHECKING:
    from tskit.findings.scan.sight import Detector, Scan, Sight, SightKind

__all__ = ["KINDS", "about", "certain", "found_table", "ranked_table", "when"]

_MOST = 40
KINDS: dict[SightKind, str] = {
    "spike": "spike",
    "drop": "drop",
    "silence": "silence",
    "shift": "new level",
    "driver": "changed apart from the rest",
    "mix": "mix only",
    "linked": "linked cases",
    "flow": "waiting",
    "breach": "late",
}
_LEAST_P = 0.0001


def ranked_table(seen: Scan) -> Table:
    """Return what deserves a look, the weightiest first."""
    columns = [
        ("rank", "Rank", "number"),
        ("what", "What"),
        ("kind", "Kind"),
        ("seen", "Seen"),
        ("expected", "Expected"),
        ("times", "Times as much"),
        ("when", "When"),
        ("size", "Cases concerned", "cases"),
        ("q", "Corrected p"),
    ]
    rows = [_row(nth, sight, seen) for nth, sight in enumerate(seen.sights[:_MOST], start=1)]
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="sights",
        title="What deserves a look, ranked",
        caption=_caption(seen),
    )


def found_table(seen: Scan, detector: Detector) -> Table:
    """Return the sights of one detector in sentences, with their rank among all and what was seen of the same elsewhere."""
    columns = [
        ("rank", "Rank", "number"),
        ("what", "What was seen"),
        ("also", "Seen there as well"),
        ("q", "Corrected p"),
    ]
    rows = [
        {"rank": nth, "what": sight.statement, "also": listed(sight.also) or None, "q": certain(sight.q)}
        for nth, sight in enumerate(seen.sights, start=1)
        if sight.detector == detector
    ]
    looked = seen.looked_at.get(detector, 0)
    nothing = f"Nothing beyond noise among {plural(looked, 'thing')} looked at." if looked else ""
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key=detector,
        title=DOES[detector],
        caption=not_told(seen, detector) or ("" if rows else nothing),
    )


def about(sight: Sight, seen: Scan) -> str:
    """Return what a sight is about: its metric, or what moves, in its segment."""
    if sight.metric:
        # A mix moves the share over all; its segment is only what grew.
        return called(find(sight.metric), {} if sight.kind == "mix" else sight.segment, seen.case_set)
    labels = seen.case_set.casebook.labels
    return capital(within("cases", {name: labels.get(value, value) for name, value in sight.segment.items()}))


def when(sight: Sight) -> str:
    """Return the days of a sight in few words."""
    last = sight.end - timedelta(days=1)
    return day(sight.start) if last <= sight.start else f"{day(sight.start)} to {day(last)}"


def certain(q: float) -> str:
    """Return a corrected p as a table shows it.

    >>> certain(0.00001), certain(0.0312)
    ('< 0.0001', '0.0312')
    """
    return f"{q:.4f}" if q >= _LEAST_P else f"< {_LEAST_P}"


def _row(nth: int, sight: Sight, seen: Scan) -> dict[str, object]:
    has_expected = bool(np.isfinite(sight.expected)) and sight.kind != "linked"
    return {
        "rank": nth,
        "what": about(sight, seen),
        "kind": KINDS[sight.kind],
        "seen": amount(sight.seen, sight.unit),
        "expected": amount(sight.expected, sight.unit) if has_expected else None,
        "times": _times(sight.times, sight.interval),
        "when": when(sight),
        "size": round(sight.size) if np.isfinite(sight.size) else None,
        "q": certain(sight.q),
    }


def _times(times: float, interval: tuple[float, float]) -> str | None:
    if not np.isfinite(times):
        return None
    if not all(np.isfinite(end) for end in interval):
        return amount(times, "times")
    return f"{amount(times, 'times')} ({spread(*interval, 'times')})"


def _caption(seen: Scan) -> str:
    looks = count(sum(seen.looked_at.values()))
    if seen.is_quiet:
        return f"Nothing stands out among {looks} things looked at. That is a result: nothing has to be done."
    shown = f" The first {_MOST} of {count(len(seen.sights))} are shown." if len(seen.sights) > _MOST else ""
    return (
        "Ranked by certainty times size, both as orders of magnitude. Expected is what the past, or all other cases, lead to "
        f"expect; p is corrected for all {looks} things looked at.{shown}"
    )
