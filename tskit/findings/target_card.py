"""The card of the targets: which are missed over all, where they are missed most, and which are met."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from tskit.findings.cards import Card, Draft, capital, sentences, subject
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.look import Look
    from tskit.findings.targets import Held

__all__ = ["keep_target", "target_card"]

_MOST_METRICS = 3
_MOST_PLACES = 2


def target_card(look: Look) -> Card | None:
    """Return the one card of all targets, or None where the casebook sets none that could be judged."""
    by_metric = [list(group) for _, group in groupby(look.held, key=lambda h: h.metric.name)]
    if not by_metric:
        return None
    draft = Draft()
    missed = sorted((group for group in by_metric if any(not h.is_met for h in group)), key=_worst)
    met = [group for group in by_metric if all(h.is_met for h in group)]
    is_missed = any(not h.is_met for group in missed for h in group if not h.segment.items)
    finding = Finding(
        _claim(draft, by_metric),
        (Evidence("table", "targets", "Targets by queue, vendor and severity"),),
        {},
        "very high",
        "each target is judged on the exact value, whatever its interval",
        sentences(*(_missed(draft, group, look) for group in missed[:_MOST_METRICS]), _met(met)),
        "Queues, vendors and severities with few cases are left out.",
        _next(missed, look),
        kind="target",
        tone="worse" if missed else "better",
    )
    short = f"{listed([subject(g[0].metric) for g in missed if not g[0].segment.items and not g[0].is_met])} missed the target"
    return Card(
        replace(finding, values=draft.values),
        short if is_missed else "",
        70.0 if is_missed else 48.0 if missed else 20.0,
    )


def _claim(draft: Draft, by_metric: Sequence[Sequence[Held]]) -> str:
    whole = [h for group in by_metric for h in group if not h.segment.items]
    parts = [h for group in by_metric for h in group if h.segment.items]
    lost, lost_parts = [h for h in whole if not h.is_met], [h for h in parts if not h.is_met]
    if not lost and not lost_parts:
        return f"Targets: all {draft.number('targets', len(whole) + len(parts))} were met"
    over_all = (
        f"{draft.number('missed', len(lost))} of {draft.number('targets', len(whole))} missed over all"
        if lost
        else f"all {draft.number('targets', len(whole))} were met over all"
    )
    named = f" ({listed([subject(h.metric) for h in lost])})" if lost else ""
    if not parts:
        return f"Targets: {over_all}{named}"
    inside = f"{draft.number('missed_within', len(lost_parts))} of {draft.number('targets_within', len(parts))}"
    joined = "and" if lost else "but"
    return f"Targets: {over_all}{named}, {joined} {inside} missed by queue, vendor or severity"


def _missed(draft: Draft, group: Sequence[Held], look: Look) -> str:
    metric = group[0].metric
    whole = next((h for h in group if not h.segment.items), None)
    places = sorted((h for h in group if h.segment.items and not h.is_met), key=_distance)[:_MOST_PLACES]
    at = f" is {draft.number(f'{metric.name}_now', whole.value, metric.unit)} over all" if whole else ""
    first = whole or places[0]
    aim = f" (target: {_target(draft, first, metric.name)})"
    named = [_place(draft, held, first, look) for held in places]
    lowest = f"{'; furthest off' if at else ': furthest off'} {'is' if len(named) == 1 else 'are'} {listed(named)}"
    return f"{capital(subject(metric))}{at}{aim}{lowest if named else ''}."


def _place(draft: Draft, held: Held, first: Held, look: Look) -> str:
    name = f"{held.metric.name}_{held.segment.key}"
    own = "" if held.target == first.target else f", where it is {_target(draft, held, name)}"
    return f"{look.named(held.segment)} ({draft.number(name, held.value, held.metric.unit)}{own})"


def _target(draft: Draft, held: Held, name: str) -> str:
    return " and ".join(text for text in keep_target(draft, f"{name}_target", held) if text)


def keep_target(draft: Draft, name: str, held: Held) -> tuple[str, str]:
    """Quote both ends of a target, and return them in words."""
    unit, low, high = held.metric.unit, held.target.at_least, held.target.at_most
    return (
        "" if low is None else f"at least {draft.limit(name, low, unit)}",
        "" if high is None else f"at most {draft.limit(f'{name}_at_most', high, unit)}",
    )


def _met(groups: Sequence[Sequence[Held]]) -> str:
    return f"Met everywhere: {listed([subject(group[0].metric) for group in groups])}." if groups else ""


def _next(missed: Sequence[Sequence[Held]], look: Look) -> str:
    places = [sorted((h for h in group if h.segment.items and not h.is_met), key=_distance) for group in missed]
    named = list(dict.fromkeys(look.called("cases", place[0].segment) for place in places if place))
    return f"Start with {listed(named[:_MOST_PLACES])}." if named else ""


def _worst(group: Sequence[Held]) -> tuple[bool, float]:
    whole = [h for h in group if not h.segment.items]
    return (all(h.is_met for h in whole), min(_distance(h) for h in group if not h.is_met))


def _distance(held: Held) -> float:
    """Return how far a value lies from its target, as a share of it; the furthest is the smallest number."""
    low, high = held.target.at_least, held.target.at_most
    wanted = low if low is not None and held.value < low else high if high is not None else low
    assert wanted is not None
    return -abs(held.value - wanted) / max(abs(wanted), 1e-9)
