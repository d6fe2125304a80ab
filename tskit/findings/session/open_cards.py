"""The cards of what is left open: cases without a cause, people who do not agree, actions, and that nothing stands out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.causes.segments import FEWEST
from tskit.findings.cards import Card, Draft, capital, sentences
from tskit.findings.session.series import problem_words
from tskit.findings.session.sureness import agreed_in_words, is_unreliable
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from tskit.findings.session.effects import Effect
    from tskit.findings.session.sitting import Session

__all__ = ["agreement_card", "effect_card", "no_tags_card", "overdue_card", "rest_card", "untagged_card"]

_MANY = 0.2
"""From this share of cases without a cause on, the shares may be those of another set."""
_TONES = {"improved": "better", "worse": "worse"}


def no_tags_card(session: Session) -> Card:
    """Return the card of a session in which nobody has tagged anything yet: how to begin."""
    draft = Draft()
    cases = draft.number("cases", len(session.cases))
    finding = Finding(
        f"None of the {cases} {problem_words(session)} has a settled cause yet",
        (Evidence("table", "problem_set", "The problem set"), Evidence("table", "sample", "The sample")),
        {},
        "",
        "",
        "There is nothing to explain before people have looked at cases and said why they went wrong.",
        "",
        "Open JupyterLab with `tskit lab` and tag a sample of these cases, or bring tags along with `tskit tags import FILE`.",
        kind="limit",
    )
    return Card(replace(finding, values=draft.values), "", 100.0)


def untagged_card(session: Session) -> Card | None:
    """Return the card of cases without a settled cause, or None where they are few."""
    ranked, draft = session.ranked, Draft()
    if not ranked.untagged_share.value >= _MANY:
        return None
    open_cases = draft.number("open_cases", ranked.disputed + ranked.untagged)
    claim = (
        f"{open_cases} of {draft.number('errors', ranked.untagged_share.n)} cases have no settled cause "
        f"({draft.number('open_share', ranked.untagged_share.value, 'share')})"
    )
    detail = f"People disagree on {draft.number('disputed', ranked.disputed)}; nobody has judged {draft.number('untagged', ranked.untagged)}."
    finding = Finding(
        claim,
        (Evidence("table", "sample", "The sample and its weights"),),
        {},
        "",
        "",
        detail,
        "If these cases went wrong for other reasons, the shares shift by as much.",
        "Tag the rest of the sample, and adjudicate what people disagree on.",
        kind="limit",
    )
    return Card(replace(finding, values=draft.values), "", 40.0)


def agreement_card(session: Session) -> Card | None:
    """Return the card that people agree too little, or None where they agree well enough or nobody knows."""
    if not is_unreliable(session):
        return None
    draft = Draft()
    claim = f"People agree too little on causes for firm conclusions: alpha {draft.number('alpha', round(session.alpha, 2), 'number')}"
    finding = Finding(
        claim,
        (Evidence("table", "agreement", "How far people agree"), Evidence("metric", "M09", "Inter-rater agreement")),
        {},
        "",
        "",
        f"From {draft.limit('tentative', 0.667, 'number')} on a conclusion is tentative, from {draft.limit('reliable', 0.8, 'number')} on it holds.",
        "Causes that were adjudicated are settled all the same; low agreement says that others might settle them differently.",
        "Look at which causes are taken for each other, sharpen their definitions, and tag a second round.",
        kind="limit",
    )
    return Card(replace(finding, values=draft.values), "", 50.0)


def effect_card(effect: Effect, session: Session) -> Card | None:
    """Return the card of an action that changed its figure by more than noise, or None for any other."""
    before, now, metric = effect.action.baseline, effect.now, effect.metric
    if effect.verdict not in _TONES or before is None or now is None or metric is None:
        return None
    draft = Draft()
    where = listed([listed([session.words(value) for value in values]) for _, values in effect.action.where])
    claim = (
        f"{metric.label}{f' ({where})' if where else ''} {effect.verdict} since an action against "
        f"{session.name(effect.action.cause).lower()}: {draft.number('now', now.value, metric.unit)} "
        f"({draft.range('now', now.low, now.high, metric.unit)}), before {draft.number('before', before.value, metric.unit)} "
        f"({draft.range('before', before.low, before.high, metric.unit)})"
    )
    finding = Finding(
        claim,
        (Evidence("table", "actions", "The register of actions"), Evidence("metric", metric.id, metric.label)),
        {},
        "moderate",
        "the intervals of both figures were held against each other; there is no comparison without the action.",
        f"The action is in effect since {draft.day('done_on', effect.action.done_on)}."
        if effect.action.done_on
        else "",
        "That it came after the action does not prove that it came from it.",
        "Keep the action, and look again next month." if effect.verdict == "improved" else "Ask why, and think again.",
        tone="better" if effect.verdict == "improved" else "worse",
    )
    return Card(replace(finding, values=draft.values), "", 60.0)


def overdue_card(session: Session) -> Card | None:
    """Return the card of overdue actions, or None where there is none."""
    late = [effect for effect in session.effects if effect.is_overdue]
    if not late:
        return None
    draft = Draft()
    # Without a figure: a copy to share would cover it, since it cannot know that actions are no cases.
    against = listed(list(dict.fromkeys(session.name(effect.action.cause).lower() for effect in late)))
    finding = Finding(
        f"{'An action' if len(late) == 1 else 'Actions'} against {against} {'is' if len(late) == 1 else 'are'} overdue",
        (Evidence("table", "actions", "The register of actions"),),
        {},
        "",
        "",
        f"The first was due on {draft.day('first_due', late[0].action.due)}.",
        "",
        "Ask the owner for a new day, or drop the action and say why.",
        kind="incident",
    )
    return Card(replace(finding, values=draft.values), "", 55.0)


def rest_card(session: Session, *, has_found: bool) -> Card:
    """Return the card that says how much was looked at and that nothing else, or nothing at all, stands out."""
    draft, places, course = Draft(), session.places, session.course
    claim = f"{'Nothing else' if has_found else 'No cause and no segment'} stands out beyond noise"
    finding = Finding(
        claim,
        (
            Evidence("figure", "cause_pareto", "Causes by frequency"),
            Evidence("figure", "cause_segments", "Causes by segment"),
        ),
        {},
        "moderate" if session.ranked.tagged >= 100 else "low",  # as many as a moderate share needs
        "every verdict is corrected for how many there are (Holm), and the error of "
        f"{draft.limit('error', 0.05, 'share')} is shared between causes, segments and time; {agreed_in_words(draft, session.alpha)}.",
        sentences(
            f"{capital(draft.number('looked_at', places.looked_at))} comparisons of a cause in a segment with the rest were "
            f"made, by {listed([name.removesuffix('_id').replace('_', ' ') for name in session.by]) or 'nothing'}, and "
            f"{draft.number('breaks', session.ranked.breaks)} of a cause with the next one.",
            _frequent(draft, session),
            f"A segment of fewer than {draft.number('fewest', FEWEST)} settled cases is not tested.",
            f"{draft.number('points', course.points)} whole {course.period}s are too few to speak of a trend."
            if course.points < 8  # the rule of the domain
            else "",
        ),
        "A cause that concentrates a little cannot be told from chance with so few cases.",
        "" if has_found else "Tag more cases before acting on any single cause.",
        kind="steady",
    )
    return Card(replace(finding, values=draft.values), "", 10.0)


def _frequent(draft: Draft, session: Session) -> str:
    if session.ranked.table.empty:
        return ""
    row = session.ranked.table.iloc[0]
    return (
        f"The most frequent cause is {session.name(str(row['cause'])).lower()} with "
        f"{draft.number('most_frequent', float(row['value']), 'share')} "
        f"({draft.range('most_frequent', float(row['low']), float(row['high']), 'share')})."
    )
