"""The cards of a session: causes that concentrate, causes that lead, causes on the move, and what is left open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.cards import Card, Draft, capital, sentences
from tskit.findings.session.partners import ask_of, place_words
from tskit.findings.session.series import problem_words
from tskit.findings.session.sureness import agreed_in_words, alpha_of, certainty
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from tskit.causes.concentrations import Concentration
    from tskit.causes.pareto import Pareto
    from tskit.causes.trend import Slope
    from tskit.causes.weighing import Share
    from tskit.findings.session.sitting import Session

__all__ = ["concentration_card", "has_clear_lead", "leading_card", "lowered", "slope_card"]

_LIMIT = "Shares hold within this problem set alone: they do not say how often such cases go wrong."
_RARE = 1000
_TWICE = 2.0
"""Causes that lead are at least so many times as frequent as the next one; less would be news to nobody."""


def concentration_card(found: Concentration, session: Session) -> Card:
    """Return the card of causes that are more frequent in a segment than elsewhere."""
    draft, alpha = Draft(), alpha_of(session, found.causes)
    names = listed([lowered(session.name(cause)) for cause in found.causes])
    where = place_words(problem_words(session), found, session)
    k, n = draft.number("k", found.here.k), draft.number("n", found.here.n)
    claim = (
        f"{capital(names)} {'explain' if len(found.causes) > 1 else 'explains'} {k} of {n} {where} "
        f"({_share(draft, 'here', found.here)}), against {draft.number('rest_k', found.rest.k)} of "
        f"{draft.number('rest_n', found.rest.n)} elsewhere"
    )
    finding = Finding(
        claim,
        (
            Evidence("figure", "cause_segments", "Causes by segment"),
            Evidence("table", "concentrations", "Where causes concentrate"),
            Evidence("metric", "M29", "Root-cause share"),
        ),
        {},
        certainty(found.q, cases=found.here.n, alpha=alpha),
        _sure(draft, found.q, alpha=alpha, cases=found.here.n + found.rest.n, compared=session.places.looked_at),
        sentences(_elsewhere(draft, found), _of_all(draft, found, session)),
        _LIMIT,
        _next(found),
        tone="worse",
    )
    short = f"{k} of {n} {where} come from {names}"
    return Card(replace(finding, values=draft.values), short, 100.0 + found.here.k - found.rest.value)


def leading_card(session: Session) -> Card:
    """Return the card of the causes before the clear break."""
    ranked, draft, alpha = session.ranked, Draft(), alpha_of(session, session.ranked.leading)
    assert ranked.leading_share is not None
    names = listed([lowered(session.name(cause)) for cause in ranked.leading])
    several = len(ranked.leading) > 1
    claim = (
        f"{capital(names)} {'cause' if several else 'causes'} {draft.number('leading', ranked.leading_share.value, 'share')} "
        f"({draft.range('leading', ranked.leading_share.low, ranked.leading_share.high, 'share')}) of "
        f"{problem_words(session)}: {draft.number('k', ranked.leading_share.k)} of {draft.number('n', ranked.tagged)} settled cases"
    )
    finding = Finding(
        claim,
        (Evidence("figure", "cause_pareto", "Causes by frequency"), Evidence("metric", "M29", "Root-cause share")),
        {},
        certainty(ranked.leading_q, cases=ranked.tagged, alpha=alpha),
        _sure(draft, ranked.leading_q, alpha=alpha, cases=ranked.tagged, compared=ranked.breaks),
        _following(draft, ranked, session),
        _LIMIT,
        f"{ask_of(ranked.leading[0])}.",
        tone="worse",
    )
    return Card(replace(finding, values=draft.values), f"{capital(names)} lead{'' if several else 's'}", 80.0)


def slope_card(slope: Slope, session: Session) -> Card:
    """Return the card of a cause whose share rises or falls over the period."""
    draft, name, alpha = Draft(), session.name(slope.cause), alpha_of(session, [slope.cause])
    verb = "rose" if slope.second > slope.first else "fell"
    claim = (
        f"{name} {verb} from {draft.number('first', slope.first, 'share')} of {problem_words(session)} in the first half "
        f"of the period to {draft.number('second', slope.second, 'share')} in the second"
    )
    finding = Finding(
        claim,
        (Evidence("figure", "cause_trend", "Causes over time"),),
        {},
        certainty(slope.q, cases=session.ranked.tagged, alpha=alpha),
        _sure(draft, slope.q, alpha=alpha, cases=session.ranked.tagged, compared=len(session.course.slopes)),
        f"Held against {draft.number('points', session.course.points)} whole {session.course.period}s.",
        "Cases are placed by when they went wrong; the latest are tagged last, and few of them may be yet.",
        "Look at what changed at the time: a policy, a site, a tool.",
        tone="worse" if verb == "rose" else "neutral",
    )
    return Card(replace(finding, values=draft.values), f"{name} {verb}", 70.0)


def has_clear_lead(session: Session) -> bool:
    """Return whether causes lead: each at least twice as frequent as the one after the break, and an answer by itself.

    A reviewer's mistake is half an answer, since what let it happen is still to be asked: that it is frequent is no
    finding.
    """
    ranked, taxonomy = session.ranked, session.log.taxonomy
    if not ranked.leading or all(cause in taxonomy and taxonomy.get(cause).needs_why for cause in ranked.leading):
        return False
    place = len(ranked.leading)
    if place == len(ranked.table) or ranked.table["is_undetermined"].iloc[place]:
        return True
    shares = ranked.table["value"].astype(float).to_list()
    return shares[place - 1] >= _TWICE * shares[place]


def lowered(name: str) -> str:
    """Return a cause's name as it stands within a sentence; abbreviations keep their capitals."""
    return name if name[1:2].isupper() else f"{name[:1].lower()}{name[1:]}"


def _share(draft: Draft, name: str, share: Share) -> str:
    return f"{draft.number(name, share.value, 'share')}, {draft.range(name, share.low, share.high, 'share')}"


def _sure(draft: Draft, q: float, *, alpha: float, cases: int, compared: int) -> str:
    looked = draft.number("looked_at", compared)
    chance = (
        f"fewer than one in {draft.number('one_in', _RARE)}"
        if q * _RARE < 1
        else f"about {draft.number('by_chance', q, 'share')}"
    )
    return (
        f"chance alone would show as much in {chance} of such sessions, corrected for {looked} comparisons (Holm); "
        f"{draft.number('rests_on_cases', cases)} cases; {agreed_in_words(draft, alpha, about='on this')}."
    )


def _elsewhere(draft: Draft, found: Concentration) -> str:
    value = draft.number("rest", found.rest.value, "share")
    return f"Elsewhere it is {value} ({draft.range('rest', found.rest.low, found.rest.high, 'share')})."


def _of_all(draft: Draft, found: Concentration, session: Session) -> str:
    table = session.ranked.table.set_index("cause")
    parts = [
        f"{lowered(session.name(cause))} {draft.number(f'share_{i}', float(table['value'][cause]), 'share')} "
        f"({draft.range(f'share_{i}', float(table['low'][cause]), float(table['high'][cause]), 'share')})"
        for i, cause in enumerate(found.causes)
    ]
    return f"Of all {problem_words(session)}: {listed(parts)}."


def _next(found: Concentration) -> str:
    asks = list(dict.fromkeys(ask_of(cause) for cause in found.causes))
    first = asks[0]
    more = "; ".join(f"{ask[:1].lower()}{ask[1:]}" for ask in asks[1:2])
    return f"{first}{'; ' + more if more else ''}. Then watch the same figure on the register of actions."


def _following(draft: Draft, ranked: Pareto, session: Session) -> str:
    place = len(ranked.leading)
    if place >= len(ranked.table):
        return ""
    row = ranked.table.iloc[place]
    value = float(row["value"])
    if not np.isfinite(value):
        return ""
    return f"Next is {lowered(session.name(str(row['cause'])))} with {draft.number('next', value, 'share')}."
