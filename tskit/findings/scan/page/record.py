"""The findings of a scan: the answer as a title, a lead, and a card for each of the first sights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Card, Draft, capital
from tskit.findings.scan.page.lattice import is_explained
from tskit.findings.scan.page.ranked import about
from tskit.findings.tables import Table, table
from tskit.findings.wording import count, listed
from tskit.model import Evidence, Finding, Findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.scan.sight import Detector, Scan, Sight
    from tskit.model import Certainty
    from tskit.model.finding import Kind

__all__ = ["next_steps", "record"]

_MOST_CARDS = 6
_MOST_ALSO = 6
_ROOM = 96
"""Letters that a title has in two lines."""
_SURE: tuple[tuple[float, Certainty], ...] = ((0.0001, "very high"), (0.01, "high"), (0.05, "moderate"))
_LEAST_Q = 0.001
_VERBS = {
    "spike": "rose above their usual range",
    "drop": "fell below their usual range",
    "silence": "fell silent",
    "shift": "went to another level",
    "driver": "changed apart from the rest",
    "mix": "moved with the mix of cases only",
    "breach": "missed more targets than usual",
}
_FIGURES: dict[Detector, tuple[str, str]] = {
    "spikes": ("watched", "The first series that left its usual range"),
    "rates": ("watched", "The first series that left its usual range"),
    "mix": ("parts", "Volume, mix and rate"),
    "flow": ("flow_map", "How cases move"),
    "links": ("linked_cases_map", "How they hang together"),
}
_SHOWS_ALL = "flow"
"""Its figure marks every one of its sights; those of the others draw the first."""
_LATTICE = Evidence("figure", "lattice", "What explains it")
_LIMITS: dict[Detector, str] = {
    "spikes": "Reports arrive late, so the last days may still rise.",
    "rates": "Reports and decisions arrive late, so the last week may still change.",
    "shifts": "With less than 21 months of history a yearly wave looks like a new level.",
    "drivers": "It says where the change lies, and not why.",
    "mix": "Do not report it as a rise or a fall: no segment's own share explains it.",
    "links": "A shared value does not prove one actor: a template or a news story can be behind it, too.",
    "flow": "Things that occur together need not be cause and effect.",
}
_NEXT: dict[Detector, str] = {
    "spikes": "Open a sample of the cases of these days; look for one uploader, text or route behind them.",
    "rates": "Take a sample of these cases and compare it with one from the weeks before.",
    "shifts": "Ask what changed in that week: a rule, a tool, a team, or how cases are counted.",
    "drivers": "Take a sample of these cases and compare it with one from the period before.",
    "mix": "Compare the shares of segments, and not the share over all.",
    "links": "Open the linked cases together; look for one actor, and decide them alike.",
    "flow": "Compare arrivals with closures there by day, and move cover to where cases wait.",
}


def record(seen: Scan) -> Findings:
    """Return the first sights as claims with values, certainty, evidence, limits and a next step.

    The last card says how much was looked at and what else deserves a look. With nothing beyond noise there is no other,
    and the title says so.
    """
    cards = [_card(nth, sight, seen) for nth, sight in enumerate(seen.sights[:_MOST_CARDS])]
    findings = (*(card.finding for card in cards), _rest(seen, shown=len(cards)))
    return Findings(_title(cards, seen), _lead(seen), findings)


def next_steps(found: Findings) -> Table:
    """Return what to do next, the most pressing first; one step a row, with what it is for."""
    rows = [(item.next_step, item.claim) for item in found.items if item.next_step]
    frame = pd.DataFrame(rows, columns=["step", "because"])
    grouped = frame.groupby("step", sort=False)["because"].agg("; ".join).reset_index()
    return table(
        grouped,
        [("step", "What to do"), ("because", "Because")],
        key="next_steps",
        title="What to look at next",
        caption="" if rows else "Nothing has to be done.",
    )


def _card(nth: int, sight: Sight, seen: Scan) -> Card:
    draft = Draft()
    finding = Finding(
        sight.statement.rstrip("."),
        _evidence(sight, seen),
        {},
        _certainty(sight.q),
        _why_sure(draft, sight, seen),
        _also(sight),
        _LIMITS[sight.detector],
        sight.next_step or _NEXT[sight.detector],
        kind=_kind(sight),
        tone=sight.tone,
        of_single_cases=sight.of_single_cases,
    )
    # What the sight's sentence quotes, and what is said of it here.
    values = {**sight.values, **draft.values}  # noqa: PD011  # no frame
    return Card(replace(finding, values=values), _short(sight, seen), -float(nth))


def _certainty(q: float) -> Certainty:
    for limit, word in _SURE:
        if q <= limit:
            return word
    return "low"


def _kind(sight: Sight) -> Kind:
    return "pattern" if sight.detector in {"links", "flow"} else "change"


def _evidence(sight: Sight, seen: Scan) -> tuple[Evidence, ...]:
    """Return the table of the detector, its figure where it draws this sight, the metric, and the ranked table."""
    drawn = _FIGURES.get(sight.detector)
    first = next((other for other in seen.sights if drawn is not None and _FIGURES.get(other.detector) == drawn), None)
    is_drawn = first is sight or sight.detector == _SHOWS_ALL
    figure = (Evidence("figure", *drawn),) if drawn is not None and is_drawn else ()
    figure += (_LATTICE,) if is_explained(sight, seen) else ()
    metric = tuple(one for one in sight.evidence if one.kind == "metric")
    return (*figure, Evidence("table", sight.detector), *metric, Evidence("table", "sights", "All in their order"))


def _why_sure(draft: Draft, sight: Sight, seen: Scan) -> str:
    looked = draft.number("looked_at", sum(seen.looked_at.values()))
    if sight.q < _LEAST_Q:
        often = f"fewer than {draft.number('of_scans', 1)} of {draft.number('scans', 1000)}"
    else:
        often = f"about {draft.number('of_scans', round(1000 * sight.q))} of {draft.number('scans', 1000)}"
    size = draft.number("concerned", round(sight.size))
    return (
        f"where nothing is the matter, {often} scans would show as much anywhere; corrected for all {looked} things looked "
        f"at. {size} cases are concerned."
    )


def _also(sight: Sight) -> str:
    return f"Of the same story: {listed(sight.also, most=_MOST_ALSO)}." if sight.also else ""


def _short(sight: Sight, seen: Scan) -> str:
    name = about(sight, seen)
    if sight.detector == "links":
        return f"{count(sight.size)} {name[:1].lower()}{name[1:]} belong together"
    if sight.detector == "flow":
        return sight.statement.partition(",")[0].rstrip(".")
    return f"{name} {_VERBS[sight.kind]}"


def _title(cards: Sequence[Card], seen: Scan) -> str:
    if not cards:
        looked = count(sum(seen.looked_at.values()))
        return f"Nothing stands out among {looked} things looked at" if seen.looked_at else "Nothing could be looked at"
    title = cards[0].short
    for card in cards[1:]:
        longer = f"{title}; {card.short}"
        if len(longer) > _ROOM:
            break
        title = longer
    return capital(title)


def _lead(seen: Scan) -> str:
    looked = count(sum(seen.looked_at.values()))
    if not seen.looked_at:
        return "The source holds too little to look at: see the limits."
    if seen.is_quiet:
        could = seen.not_told or seen.missing
        part = ", as far as this source could be asked; the limits name what could not" if could else ""
        return (
            f"Nothing of this period is more than chance explains{part}. Nothing has to be done; a change that is real but "
            "smaller than ordinary ups and downs cannot be seen here."
        )
    number = len(seen.sights)
    return (
        f"{count(number)} {'thing deserves' if number == 1 else 'things deserve'} a look, of {looked} that were looked at. "
        "Of what is told, at most one in twenty is chance."
    )


def _rest(seen: Scan, *, shown: int) -> Finding:
    draft = Draft()
    left = len(seen.sights) - shown
    looked = draft.number("looked_at", sum(seen.looked_at.values()))
    if not seen.looked_at:
        claim = "Nothing could be looked at"
    elif left:
        claim = f"{draft.number('left', left)} more {'deserves' if left == 1 else 'deserve'} a look; the ranked table has {'it' if left == 1 else 'them'}"
    else:
        claim = f"Nothing {'else ' if shown else ''}stands out among {looked} things looked at"
    draft.number("sights", len(seen.sights))
    allowed = sum(seen.allowed.values())
    if allowed:
        draft.number("allowed", allowed, "share")
    why = (
        f"every detector corrects for all that it looked at, and for the others; the whole scan claims anything where "
        f"nothing is the matter in at most {draft.number('allowed', allowed, 'share')} of scans"
        if allowed
        else "there was nothing to hold against anything"
    )
    return Finding(
        claim,
        (Evidence("table", "looked_at", "How much was looked at"), Evidence("table", "sights", "All in their order")),
        draft.values,
        "high" if seen.looked_at else "low",
        why,
        "",
        "A change that is real but smaller than ordinary ups and downs cannot be seen here.",
        "" if seen.sights else "Nothing has to be done.",
        kind="steady",
    )
