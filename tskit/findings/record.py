"""The findings of a trend report: the answer as a title, a lead of a few sentences, and the cards by weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import Draft, capital
from tskit.findings.grounds import grounded
from tskit.findings.mix_card import like_for_like, mix_card, mix_in_short
from tskit.findings.redefined import redefined_card
from tskit.findings.segments import EVERYTHING
from tskit.findings.steady_cards import gravest_card, rest_card
from tskit.findings.tables import Table, table
from tskit.findings.target_card import target_card
from tskit.findings.targets import in_words, target_of
from tskit.findings.told_cards import backlog_card, change_card, volume_card
from tskit.findings.wording import amount, count, day
from tskit.model import Findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.cards import Card
    from tskit.findings.look import Look
    from tskit.findings.measured import Measured

__all__ = ["next_steps", "record"]

_MOST_CHANGES = 4
_MOST_MIXES = 2
_ROOM = 96
"""Letters that a title has in two lines."""


def record(look: Look) -> Findings:
    """Return everything that the look found, as claims with values, certainty, evidence, limits and a next step.

    What moved comes first, the heaviest at the top; then rates that only the mix moved, targets, and cases of the gravest
    severity. The last card always says how many comparisons were made. With nothing beyond noise the title says so.
    """
    told = look.told
    moved = [
        *(grounded(volume_card(story, look), story, look) for story in told.volumes),
        *(backlog_card(story, look) for story in told.backlogs),
        *(grounded(change_card(change, look), change, look) for change in told.changes),
    ]
    moved = sorted(moved, key=lambda card: -card.weight)
    mixes = [grounded(mix_card(change, look), change, look) for change in told.mixes[:_MOST_MIXES]]
    listed_cards = [card for card in (target_card(look), gravest_card(look), redefined_card(look)) if card]
    rest = rest_card(look, left_out=len(moved) - len(moved[:_MOST_CHANGES]))
    cards = sorted([*moved[:_MOST_CHANGES], *mixes, *listed_cards, rest], key=lambda card: -card.weight)
    return Findings(_title(moved, look), _lead(look), tuple(card.finding for card in cards))


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


def _title(moved: Sequence[Card], look: Look) -> str:
    if not moved:
        last = day(look.case_set.scope.last_day, year=True)
        if not look.looked_at:
            return f"Too little history to judge the {count(look.window.days)} days to {last}"
        if look.unjudged:
            one = look.unjudged[0]
            now, before = amount(one.now, one.metric.unit), amount(one.before, one.metric.unit)
            return f"{one.metric.label} {now} against {before} before, with too little history to judge it"
        return f"Nothing unusual in the {count(look.window.days)} days to {last}"
    title = moved[0].short
    for card in moved[1:]:
        longer = f"{title}; {card.short}"
        if len(longer) > _ROOM:
            break
        title = longer
    return capital(title)


def _lead(look: Look) -> str:
    measured = look.measured
    told_of = len(look.told.volumes) + len(look.told.backlogs) + len(look.told.changes)
    parts = [
        _volume(measured["cases_opened"], look) if "cases_opened" in measured else "",
        _target(measured["sla_attainment"], look) if "sla_attainment" in measured else "",
        _overturned(look) if "overturn_rate" in measured else "",
        f"Nothing {'else ' if told_of else ''}moved beyond noise in {count(look.looked_at)} comparisons."
        if look.looked_at
        else "",
    ]
    return " ".join(part for part in parts if part)


def _volume(measured: Measured, look: Look) -> str:
    now, before = measured.now.value, measured.before.value
    opened = f"{amount(now, 'cases')} cases were opened in {count(look.window.days)} days"
    move = look.total("cases_opened")
    if not np.isfinite(before):
        return f"{opened}; there is no period before to compare with."
    against = f"{opened}, against {amount(before, 'cases')} in the period before"
    if move is None or not np.isfinite(move.q):
        return f"{against}."
    if move.stands_out:
        return f"{against}: more than an ordinary {'rise' if move.is_up else 'fall'}."
    return f"{against}: as a whole within its ordinary ups and downs."


def _target(measured: Measured, look: Look) -> str:
    metric, value = measured.metric, measured.now.value
    target = target_of(look.case_set.casebook.targets, metric.name, EVERYTHING)
    if metric.name != "sla_attainment" or target is None or not np.isfinite(value):
        return ""
    words = in_words(target, metric.unit)
    return (
        f"{metric.label} was {amount(value, metric.unit)}; its target of {words} was "
        f"{'met' if target.is_met(value) else 'missed'} over all."
    )


def _overturned(look: Look) -> str:
    name = "overturn_rate"
    if any(change.story.driver.metric.name == name for change in look.told.changes):
        return ""
    mix = next((change for change in look.told.mixes if change.story.driver.metric.name == name), None)
    if mix is None or mix.adjusted is None:
        move = look.total(name)
        return "" if move is None or not np.isfinite(move.q) else "The overturn rate did not move beyond noise."
    move, held = mix.story.driver, mix.adjusted
    now, before = amount(move.now, move.metric.unit), amount(move.before, move.metric.unit)
    rest = like_for_like(Draft(), held, move)
    why = mix_in_short(mix, look)
    return f"The {why[:1].lower()}{why[1:]}: {now} against {before} raw, {rest} like for like."
