"""The figures that come first on a phone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.handover.ahead import ahead
from tskit.findings.handover.standing import trouble_of
from tskit.findings.handover.urgency import HORIZONS
from tskit.findings.incidents import GRAVEST
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, limit, spread

if TYPE_CHECKING:
    from tskit.findings.handover.look import Handover
    from tskit.findings.tables import Table

__all__ = ["tiles"]

_PEOPLE = {
    "enough": "enough people",
    "tight": "people tight",
    "not enough": "too few people",
    "not known": "people not known",
}
_NAMES = ("label", "value", "unit", "text", "change", "tone", "verdict", "target", "spark", "range", "key")


def tiles(look: Handover) -> Table:
    """Return the figures that come first: open, due next, late, escalations, and the work ahead against the people."""
    queue, found = look.queue, ahead(look)
    grave, late = int(queue["severity"].eq(GRAVEST).sum()), look.overdue()
    soon = look.due_within(HORIZONS[0])
    law = len(look.due_within(HORIZONS[0], of=look.binding))
    flights = look.duty.escalations.to_dict("records")
    troubled = sum(bool(trouble_of(look, row)) for row in flights)
    in_words = f"{spread(found.low, found.high, 'cases')}" if found.expected == found.expected else ""  # NaN
    rated = f"{count(grave)} of {GRAVEST}" if look.knows_severity else f"{GRAVEST} not known"
    rows = [
        _tile(f"Due in {limit(HORIZONS[0], 'hours')}", len(soon), f"{count(law)} by law", is_bad=law > 0),
        _tile("Late", len(late), f"{count(int(late['severity'].isin(['S2', GRAVEST]).sum()))} of S2, S3", is_bad=bool(late["severity"].isin(["S2", GRAVEST]).any())),
        _tile("Open", len(queue), rated, is_bad=grave > 0),
        _tile("Escalations", len(flights), f"{count(troubled)} to take up", is_bad=troubled > 0),
        _tile("To arrive", found.expected, f"{in_words}; {_PEOPLE[found.verdict]}" if in_words else "not known", is_bad=found.verdict == "not enough"),
    ]  # fmt: skip
    if not look.knows_deadlines:
        rows[:2] = [{**row, "value": float("nan"), "text": "not known", "verdict": ""} for row in rows[:2]]
    frame = pd.DataFrame([{**row, "key": f"tile_{n}"} for n, row in enumerate(rows)], columns=list(_NAMES))
    made = table(frame, [(name, name) for name in _NAMES], key="glance", title="At a glance", role="headlines")
    return replace(made, of_single_cases=True)


def _tile(label: str, value: float, verdict: str, *, is_bad: bool) -> dict[str, object]:
    words = {"label": label, "value": float(value), "unit": "cases", "text": amount(float(value), "cases")}
    return {
        **words,
        "change": "",
        "tone": "worse" if is_bad else "neutral",
        "verdict": verdict,
        "target": "",
        "spark": list[float](),
        "range": "",
    }
