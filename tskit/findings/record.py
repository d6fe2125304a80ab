"""The findings of a trend report: the answer as a title, a lead of a few sentences, and the cards by weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import capital
from tskit.findings.moves import LEVEL_OF_ERROR
from tskit.findings.segments import EVERYTHING
from tskit.findings.steady_cards import gravest_card, rest_card, target_cards
from tskit.findings.tables import Table, table
from tskit.findings.targets import in_words, target_of
from tskit.findings.told_cards import backlog_card, change_card, mix_card, volume_card
from tskit.findings.wording import amount, count, day
from tskit.model import Findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.cards import Card
    from tskit.findings.look import Look
    from tskit.findings.measured import Measured

__all__ = ["next_steps", "record"]

_MOST_CHANGES = 8
_MOST_IN_TITLE = 2


def record(look: Look) -> Findings:
    """Return everything that the look found, as claims with values, certainty, evidence, limits and a next step.

    The heaviest comes first: volume, backlogs, missed targets, other changes, changes of the mix, cases of the gravest
    severity. The last card always says how many comparisons were looked at. With nothing beyond noise the title says so.
    """
    told = look.told
    moved = [
        *(volume_card(story, look) for story in told.volumes),
        *(backlog_card(story, look) for story in told.backlogs),
        *(change_card(change, look) for change in told.changes),
    ]
    moved = sorted(moved, key=lambda card: -card.weight)[:_MOST_CHANGES]
    mixes = [mix_card(change, look) for change in told.mixes]
    gravest = gravest_card(look)
    others = [*mixes, *target_cards(look), *([gravest] if gravest else []), rest_card(look)]
    cards = sorted([*moved, *others], key=lambda card: -card.weight)
    return Findings(_title(moved, mixes, look), _lead(look), tuple(card.finding for card in cards))


def next_steps(findings: Findings) -> Table:
    """Return what to do next, the most pressing first."""
    rows = [(item.claim, item.next_step) for item in findings.items if item.next_step]
    frame = pd.DataFrame(rows, columns=["because", "step"])
    return table(
        frame[["step", "because"]],
        [("step", "What to do"), ("because", "Because")],
        key="next_steps",
        title="What to look at next",
    )


def _title(moved: Sequence[Card], mixes: Sequence[Card], look: Look) -> str:
    if not moved:
        last = day(look.case_set.scope.last_day, year=True)
        if not look.looked_at:
            return f"Too little history to judge the {count(look.window.days)} days to {last}"
        tail = f"; {mixes[0].short}" if mixes else ""
        return f"Nothing unusual in the {count(look.window.days)} days to {last}{tail}"
    parts = [card.short for card in moved[:_MOST_IN_TITLE]]
    if len(moved) <= _MOST_IN_TITLE:
        parts.append("nothing else moved beyond noise")
    return capital("; ".join(parts))


def _lead(look: Look) -> str:
    measured = look.measured
    parts = [
        _volume(measured["cases_opened"], look) if "cases_opened" in measured else "",
        *(_target(one, look) for one in measured.values()),
        *(_overturned(look) if "overturn_rate" in measured else ()),
        f"{count(look.looked_at)} comparisons were looked at and corrected for their number." if look.looked_at else "",
    ]
    return " ".join([part for part in parts if part][:4])


def _volume(measured: Measured, look: Look) -> str:
    now, before = measured.now.value, measured.before.value
    opened = f"{amount(now, 'cases')} cases were opened in {count(look.window.days)} days"
    move = look.total("cases_opened")
    if not np.isfinite(before):
        return f"{opened}; there is no period before to compare with."
    against = f"{opened}, against {amount(before, 'cases')} in the period before"
    if move is None or not np.isfinite(move.q):
        return f"{against}."
    return f"{against}: {'more' if move.q <= LEVEL_OF_ERROR else 'no more'} than noise over all cases."


def _target(measured: Measured, look: Look) -> str:
    metric, value = measured.metric, measured.now.value
    target = target_of(look.case_set.casebook.targets, metric.name, EVERYTHING)
    if metric.name != "sla_attainment" or target is None or not np.isfinite(value):
        return ""
    words = in_words(target, metric.unit)
    return f"{metric.label} was {amount(value, metric.unit)}, so the target of {words} was {'met' if target.is_met(value) else 'missed'}."


def _overturned(look: Look) -> tuple[str, ...]:
    if any(change.story.driver.metric.name == "overturn_rate" for change in look.told.changes):
        return ()
    if any(change.story.driver.metric.name == "overturn_rate" for change in look.told.mixes):
        return ("The overturn rate did not move once the mix of appeals is held still.",)
    return ("The overturn rate did not move beyond noise.",) if look.total("overturn_rate") else ()
