"""The findings of a deep dive: the answer as a title, a lead of facts, and the cards by weight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Card, Draft, capital, sentences
from tskit.findings.dive.case_cards import case_cards
from tskit.findings.dive.company import REASONS
from tskit.findings.dive.facts import OVERTURNED, outcome
from tskit.findings.dive.pattern_cards import company_cards
from tskit.findings.dive.reasons import cause_name, similar_causes
from tskit.findings.dive.withheld_card import withheld_card
from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, listed, plural
from tskit.model import Evidence, Finding, Findings
from tskit.patterns import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["limits_table", "next_steps", "record"]

_ROOM = 96
_MOST_CARDS = 12
_TO_SHARE = "A deep dive into single cases, without the cases themselves"


def record(dive: Dive) -> Findings:
    """Return what is out of the ordinary about the cases; with nothing, the title says so plainly.

    Company beyond chance comes first, then what is on record of each case: its severity, its clock, its decision, its
    way through the queues. The last cards say what people tagged, and what was looked at without a finding.
    """
    cards = sorted([*company_cards(dive), *case_cards(dive)], key=lambda card: -card.weight)
    rest = [card for card in (_cause_card(dive, cards), _rest_card(dive, cards)) if card is not None]
    withheld = withheld_card(dive)
    # It comes before all else: whoever opens the case has to know it first.
    first = [] if withheld is None else [withheld]
    shown = [card.finding for card in [*first, *cards[:_MOST_CARDS], *rest]]
    return Findings(_title(dive, cards), _lead(dive), tuple(shown), title_to_share=_TO_SHARE)


def next_steps(found: Findings) -> Table:
    """Return what to do next, the most pressing first."""
    rows = [(item.next_step, item.claim) for item in found.items if item.next_step]
    frame = pd.DataFrame(rows, columns=["step", "because"]).drop_duplicates("step")
    headers = [("step", "What to do"), ("because", "Because")]
    caption = "" if rows else "Nothing has to be done."
    made = table(frame, headers, key="next_steps", title="What to do next", caption=caption)
    return replace(made, of_single_cases=True)


def limits_table(dive: Dive) -> Table:
    """Return what this deep dive cannot tell."""
    frame = pd.DataFrame([*_limits_of_the_look(dive), *_limits_of_the_source(dive)], columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def _limits_of_the_look(dive: Dive) -> Iterator[tuple[str, str]]:
    """Give what comes from these cases and the moment that they are seen from."""
    yield (
        "Content",
        "What was said is not in this report; the review widget shows it, unless it may not be handled here.",
    )
    if not dive.known.has_log:
        yield "Course", "The source keeps no log of events: moves, hand-offs, pauses and reopenings cannot be seen."
    if dive.known.is_past:
        later = sum(dive.known.later.values())
        left_out = f"{plural(later, 'later event')} of the log {'is' if later == 1 else 'are'} left out"
        yield "Moment", f"As of {dive.spoken(dive.known.until)}; {left_out}, and columns that nobody can date."
    flagged = sorted({str(flag) for flags in dive.known.cases.get("dq_flags", []) for flag in flags})
    if flagged:
        marks = listed([flag.replace("_", " ") for flag in flagged])
        yield "Doubtful rows", f"Some of these cases are marked: {marks}."


def _limits_of_the_source(dive: Dive) -> Iterator[tuple[str, str]]:
    """Give what the source and its casebook do not say, and what is never told."""
    missing = [name for name in ("subject_account_id", "content_id") if not dive.case_set.has(name)]
    if missing:
        yield "Links", f"The source lacks {listed(missing)}; nothing was tied by them."
    if not dive.has_text:
        yield "Wording", "The source has no case text; nothing was tied by its wording."
    if not dive.case_set.casebook.sites:
        yield "Opening hours", "The casebook names no sites, so nobody can tell a night or a holiday from waiting."
    yield "Pseudonyms", "Accounts and reporters are pseudonyms; several of one person are not recognised."
    yield (
        "A copy to share",
        "Leaves out every table, chart and card of single cases, and the parameters that name them.",
    )


def _title(dive: Dive, cards: Sequence[Card]) -> str:
    name = f"Case {dive.case_ids[0]}" if dive.is_one else plural(len(dive.case_ids), "case")
    if not cards:
        about = "this case" if dive.is_one else f"these {count(len(dive.case_ids))} cases"
        return f"Nothing unusual about {about}"
    if not dive.is_one and not _reaches_beyond(cards[0]):
        return _title_of_several(dive, name)
    title = cards[0].short
    for card in cards[1:]:
        longer = f"{title}; {card.short}"
        if not dive.is_one or len(longer) + len(name) > _ROOM:
            break
        title = longer
    return f"{name}: {title}" if dive.is_one else capital(title)


def _reaches_beyond(card: Card) -> bool:
    """Return whether a card reaches beyond single cases."""
    return not card.finding.of_single_cases


def _title_of_several(dive: Dive, name: str) -> str:
    clock = dive.course.clock
    late = int(clock["verdict"].eq("missed").sum())
    overturned = sum(dive.known.case(case_id).get("appeal_status") in OVERTURNED for case_id in dive.case_ids)
    back = dive.course.moves.loc[dive.course.moves["is_return"], "case_id"].nunique()
    parts = [
        f"{count(late)} missed {'its' if late == 1 else 'their'} target" if late else "",
        f"{count(overturned)} {'was' if overturned == 1 else 'were'} overturned" if overturned else "",
        f"{count(back)} {'was' if back == 1 else 'were'} sent back and forth" if back else "",
    ]
    told = [part for part in parts if part]
    return f"Of {name}, {listed(told)}" if told else f"{name}, each with something on record"


def _lead(dive: Dive) -> str:
    if dive.is_one:
        return _lead_of_one(dive)
    opened = dive.known.cases["created_at"].dt.tz_convert(dive.zone)
    return f"{plural(len(dive.case_ids), 'case')}, opened from {opened.min():%Y-%m-%d} to {opened.max():%Y-%m-%d}. The table compares them, and what follows is told of each."


def _lead_of_one(dive: Dive) -> str:
    case_id = dive.case_ids[0]
    case, clock = dive.known.case(case_id), dive.course.clock.iloc[0]
    what = dive.words(case["abuse_type_reported"]) if "abuse_type_reported" in case else ""
    where = f" in {country(str(case['market']))}" if "market" in case else ""
    how = f" by {dive.words(case['source_type'])}" if "source_type" in case else ""
    opened = f"Opened on {dive.spoken(case['created_at'])}{how}{where}{f' as {what}' if what else ''}."
    decided = ""
    if "decided_at" in case:
        hours = (case["decided_at"] - case["created_at"]).total_seconds() / 3600
        decided = f"Decided after {amount(hours, 'hours')}: {outcome(dive, case)}."
    over = float(clock["over_hours"])
    target = (
        ""
        if pd.isna(over) or over > 0
        else f"{'Closed' if pd.notna(clock['completed_at']) else 'Open, with'} {amount(-over, 'hours')} {'before it was due' if pd.notna(clock['completed_at']) else 'left'}."
    )
    return sentences(opened, decided, target)


def _cause_card(dive: Dive, cards: Sequence[Card]) -> Card | None:
    """Return the card of what people tagged, or of what most similar cases were tagged where something went wrong."""
    settled = dive.judged.settled
    tagged = settled[settled["how"].ne("disputed")] if len(settled) else settled
    if len(settled):
        return _tagged_card(dive, tagged)
    if not dive.is_one or not cards:
        return None
    cause, number, total = similar_causes(dive, dive.case_ids[0])
    if not cause or number * 2 <= total:
        return None
    draft = Draft()
    claim = f"Nobody has tagged the case; {draft.number('similar', number)} of its {draft.number('compared', total)} most similar tagged cases have the cause {cause_name(dive, cause)}"
    return _fact(
        claim,
        draft,
        "similar",
        "Similar tagged cases",
        "Open the case in the review widget, judge it for itself, and only then look at this.",
        20,
    )


def _tagged_card(dive: Dive, tagged: pd.DataFrame) -> Card:
    draft, settled = Draft(), dive.judged.settled
    if dive.is_one:
        row = settled.iloc[0]
        cause = cause_name(dive, row["cause"])
        raters = draft.number("raters", float(row["raters"]))
        claim = f"People tagged the case {cause}" if cause else f"{raters} people tagged the case and disagree"
        trigger = f"It was set off by {cause_name(dive, row['trigger'])}." if row["trigger"] else ""
        step = "" if cause else "Adjudicate it in the review widget, so that the case has one cause."
        detail = sentences(
            f"{raters} {'person' if row['raters'] == 1 else 'people'} tagged it, {row['how']}." if cause else "",
            trigger,
        )
        return _fact(claim, draft, "tags", "What people tagged", step, 60, detail)
    counts = tagged["cause"].value_counts()
    told = [
        f"{cause_name(dive, cause)} ({draft.number(f'cause_{cause}', int(number))})" for cause, number in counts.items()
    ]
    disputed = len(settled) - len(tagged)
    claim = f"Of {draft.number('named', len(dive.case_ids))} cases {draft.number('tagged', len(settled))} are tagged: {listed(told) or 'all disputed'}"
    step = "Adjudicate the disputed ones in the review widget." if disputed else ""
    return _fact(claim, draft, "tags", "What people tagged", step, 60)


def _fact(claim: str, draft: Draft, key: str, text: str, step: str, weight: float, detail: str = "") -> Card:  # noqa: PLR0913, PLR0917  # a card has so many parts
    finding = Finding(
        claim, (Evidence("cases", key, text),), {}, "", "", detail, "", step, kind="fact", of_single_cases=True
    )
    return Card(replace(finding, values=draft.values), "", weight)


def _rest_card(dive: Dive, cards: Sequence[Card]) -> Card:
    draft = Draft()
    judged = [crowd for crowd in dive.crowds if not crowd.stands_out]
    claim = "Nothing else is out of the ordinary" if cards else "Nothing is out of the ordinary"
    looked = ["severity", "the clock", "appeals", "quality review", "the text it was decided on"]
    looked += ["moves between queues", "reopenings"] if dive.known.has_log else []
    reasons = list(dict.fromkeys(REASONS[crowd.why] for crowd in judged))
    ties = ""
    if reasons:
        ties = f"Ties ({listed(reasons)}) are no more than chance gives: each was held against other cases of the same policy and language within {draft.number('window_days', DAYS)} days."
    finding = Finding(
        claim,
        (Evidence("cases", "facts", "What is on record"), Evidence("table", "links", "What ties it to others")),
        {},
        "",
        "",
        sentences(f"Looked at: {listed(looked, most=9)}.", ties),
        "What was said cannot be judged from here." if not cards else "",
        "" if cards else "No action; keep the case as an example of the ordinary way.",
        kind="steady",
        of_single_cases=True,
    )
    return Card(replace(finding, values=draft.values), "", 5)
