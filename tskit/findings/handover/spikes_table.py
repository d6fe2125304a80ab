"""The table of spikes and silences, with the bound and the past that they were held against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.tables import table
from tskit.findings.wording import count, limit, plural
from tskit.patterns import ALARM_LEVEL

if TYPE_CHECKING:
    from tskit.findings.handover.look import Handover
    from tskit.findings.tables import Table

__all__ = ["how_judged", "spikes_table"]


def spikes_table(look: Handover) -> Table:
    """Return what arrived beyond chance since the last handover: more than usual, fewer, or none."""
    rows = [
        {
            "what": f"{one.subject[:1].upper()}{one.subject[1:]}{one.place}, last {limit(one.hours, 'hours')}",
            "cases": one.count,
            "expected": round(one.expected, 1),
            "bound": one.bound,
            "item": one.content or None,
        }
        for one in look.notices
    ]
    headers = [
        ("what", "What"),
        ("cases", "Arrived", "cases"),
        ("expected", "Usual", "number"),
        ("bound", "Bound", "cases"),
        ("item", "Item"),
    ]
    frame = pd.DataFrame(rows, columns=[header[0] for header in headers])
    has_item = bool(frame["item"].notna().any())
    kept = headers if has_item else headers[:-1]
    found = look.unusual
    if not found.looked_at:
        caption = how_judged(look)
    elif rows:
        caption = "Beyond the bound of what chance makes of the same hours in earlier weeks."
    else:
        caption = f"Nothing beyond chance since {look.soon(found.since)}."
    made = table(frame, kept, key="spikes", title="Spikes and silence", caption=caption)
    return replace(made, of_single_cases=has_item)


def how_judged(look: Handover) -> str:
    """Return the bound and the past that arrivals were held against."""
    found = look.unusual
    if not found.looked_at:
        return "The data does not reach back far enough to judge spikes and silence."
    return (
        f"Since {look.soon(found.since)}, against the same hours of {plural(found.weeks, 'earlier week')} without "
        f"holidays of the market (on a holiday: Sundays). Beyond the bound by chance in at most {count(ALARM_LEVEL * 100)} "
        f"of 100 handovers: negative binomial, corrected for {plural(found.looked_at, 'comparison')}."
    )
