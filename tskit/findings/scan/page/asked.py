"""What a scan was asked, how many things each detector looked at, and by how much it may err."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd

from tskit.findings.scan.sight import DETECTORS, Detector, Scan
from tskit.findings.tables import Table, table
from tskit.findings.wording import count, days, listed, plural, relative
from tskit.metrics import find

__all__ = ["DOES", "looked_table", "not_told", "question_table"]

DOES: dict[Detector, str] = {
    "spikes": "Counts that rise, fall or stop, by day and week",
    "rates": "Shares that rise or fall, by week",
    "shifts": "Levels that changed and stayed changed",
    "drivers": "Segments that explain a change since the period before",
    "mix": "Shares that only the mix of cases moved",
    "links": "Cases that belong together",
    "flow": "Queues that hold cases up, and what late cases share",
}


def question_table(seen: Scan) -> Table:
    """Return what was asked, as rows of a question and its answer in words."""
    case_set = seen.case_set
    scope = case_set.scope
    window = scope.window
    filters = "; ".join(f"{name}: {listed(values)}" for name, values in scope.filters) or "none: all cases"
    rows = [
        ("Source", scope.source or "the casebook's first source"),
        ("Period", f"{days(window.start, window.end)}, {scope.zone}, {plural(window.days, 'day')}"),
        ("Compared with", days(window.before().start, window.before().end)),
        ("Only cases with", filters),
        ("Looked into by", listed([name.replace("_", " ") for name in seen.by]) or "nothing: all cases together"),
        ("Columns that the source lacks", listed(seen.absent) or "none of those asked for"),
        ("Metrics", listed([find(name).label for name in seen.metrics], most=30) or "none that the source can answer"),
        ("Data known up to", f"{case_set.as_of.astimezone(ZoneInfo(scope.zone)):%Y-%m-%d %H:%M}"),
    ]
    frame = pd.DataFrame(rows, columns=["question", "answer"])
    return table(
        frame, [("question", "Question"), ("answer", "Answer")], key="question", title="What was asked of the data"
    )


def looked_table(seen: Scan) -> Table:
    """Return how many things each detector looked at, by how much it may err, and how many of them stand out."""
    rows = [_looked(seen, detector) for detector in DETECTORS]
    rows.append(
        {
            "what": "All together",
            "looked": sum(seen.looked_at.values()),
            "allowed": sum(seen.allowed.values()) or None,
            "found": len(seen.sights),
        }
    )
    columns = [
        ("what", "Looked for"),
        ("looked", "Things looked at", "number"),
        ("allowed", "Error allowed", "share"),
        ("found", "Deserve a look", "number"),
        ("note", "Note"),
    ]
    frame = pd.DataFrame(rows, columns=[name for name, *_ in columns]).astype(object)
    return table(
        frame.where(frame.notna(), None),
        columns,
        key="looked_at",
        title="How much was looked at, and the error that is allowed",
        caption=_errors(seen),
    )


def not_told(seen: Scan, detector: Detector) -> str:
    """Return why a detector could not look, as a sentence; empty where it could."""
    why = seen.not_told.get(detector, "")
    return f"Not looked at: {why}." if why else ""


def _looked(seen: Scan, detector: Detector) -> dict[str, object]:
    return {
        "what": DOES[detector],
        "looked": seen.looked_at.get(detector, 0),
        "allowed": seen.allowed.get(detector),
        "found": sum(sight.detector == detector for sight in seen.sights),
        "note": seen.not_told.get(detector),
    }


def _errors(seen: Scan) -> str:
    whole = sum(seen.allowed.values())
    if not whole:
        return "Nothing could be looked at."
    share = relative(whole).lstrip("+")
    return (
        f"Where nothing is the matter, the whole scan claims anything in at most {share} of all scans, and of what it "
        f"tells at most {share} is chance on average: each detector has an equal part and corrects for all of the "
        f"{count(sum(seen.looked_at.values()))} that it looked at together with the others. What belongs to one story is told once."
    )
