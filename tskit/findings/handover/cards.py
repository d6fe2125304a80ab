"""The cards of a handover: each thing that somebody has to know, with its numbers as values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.cards import Card, Draft, capital, sentences
from tskit.findings.handover.ahead import ahead
from tskit.findings.handover.spikes_table import how_judged
from tskit.findings.handover.standing import sorted_escalations, trouble_of
from tskit.findings.handover.urgency import HORIZONS
from tskit.findings.incidents import GRAVEST
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from tskit.findings.handover.look import Handover
    from tskit.findings.handover.noticed import Notice
    from tskit.model import Certainty, Tone
    from tskit.model.finding import Kind

__all__ = ["cards"]

_NAMED = 3


def cards(look: Handover) -> list[Card]:
    """Return what the next person must know, the most urgent first; a quiet shift has none but the work ahead."""
    made = [
        *_gravest(look), *_binding_late(look), *_untaken(look), *_due(look), *_spikes(look), *_late(look),
        *_promised(look), *_in_flight(look), *_ahead(look),
    ]  # fmt: skip
    return sorted(made, key=lambda card: -card.weight)


def _gravest(look: Handover) -> Iterator[Card]:
    rows = look.queue[look.queue["severity"].eq(GRAVEST)]
    if rows.empty:
        return
    draft = Draft()
    number = draft.number("gravest", len(rows))
    claim = f"{number} open {_cases(rows)} of severity {GRAVEST}: {_named(draft, rows)}"
    due = rows["due_at"].min()
    detail = (
        ""
        if due != due
        else f"The next deadline among them: {draft.instant('next_due', due.to_pydatetime(), look.zone)}."
    )  # noqa: PLR0124  # NaT
    step = "Open each in the system of record now, and check that every authority that must know has been told."
    yield _card(
        _fact(claim, draft, "gravest", "Severity S3, one by one", step, detail),
        f"{number} of severity {GRAVEST} open",
        130,
    )


def _binding_late(look: Handover) -> Iterator[Card]:
    late, soon = look.overdue(of=look.binding), look.due_within(HORIZONS[0], of=look.binding)
    if late.empty and soon.empty:
        return
    draft = Draft()
    parts = [
        f"{draft.number('binding_late', len(late))} {_cases(late)} past a deadline of law or contract ({_named(draft, late, 'late')})"
        if len(late)
        else "",
        f"{draft.number('binding_soon', len(soon))} due by law or contract within {draft.limit('soon_hours', HORIZONS[0], 'hours')} ({_named(draft, soon, 'soon')})"
        if len(soon)
        else "",
    ]
    told = [part for part in parts if part]
    short = (
        f"{draft.number('binding_late', len(late))} past a legal deadline"
        if len(late)
        else f"{draft.number('binding_soon', len(soon))} due by law within {draft.limit('soon_hours', HORIZONS[0], 'hours')}"
    )
    made = _fact(
        capital(listed(told)), draft, "binding", "Due by law or contract",
        "Answer or tell legal before each passes; deadlines are presets of the casebook, to be verified with legal.",
    )  # fmt: skip
    yield _card(replace(made, tone="worse" if len(late) else "neutral"), short, 120)


def _untaken(look: Handover) -> Iterator[Card]:
    rows = [row for row in sorted_escalations(look).to_dict("records") if trouble_of(look, row)]
    for row in rows:
        draft = Draft()
        case_id = draft.text("case", str(row["case_id"]))
        what = trouble_of(look, row)
        since = (
            f" since {draft.instant('handed_at', row['handed_at'].to_pydatetime(), look.zone)}"
            if row["handed_to"]
            else ""
        )
        draft.text("trouble", what)
        claim = (
            f"The escalation of case {case_id} is {what}{since}"
            if row["handed_to"] or not row["owner"]
            else f"The escalation of case {case_id}: {what}"
        )
        next_step = (
            f"Next decision: {draft.text('next_step', str(row['next_step']).rstrip('.'))}." if row["next_step"] else ""
        )
        made = _fact(
            claim,
            draft,
            "escalations",
            "Escalations in flight",
            "Take it up, or name who does: tskit log CASE --owner NAME.",
            next_step,
        )
        yield _card(
            replace(made, tone="worse"),
            f"case {case_id} {'handed on and not taken up' if row['handed_to'] else what}",
            112,
        )


def _due(look: Handover) -> Iterator[Card]:
    rows = look.due_within(HORIZONS[0])
    if rows.empty:
        return
    draft = Draft()
    number, hours = draft.number("soon", len(rows)), draft.limit("soon_hours", HORIZONS[0], "hours")
    claim = f"{number} {_cases(rows)} due within {hours}, {_named(draft, rows)} first"
    day = draft.number("within_day", len(look.due_within(HORIZONS[-1])))
    free = draft.number("free", int((rows["owner_id"].isna() & rows["first_assigned_at"].isna()).sum()))
    detail = f"{free} of them nobody has taken; {day} are due within {draft.limit('day_hours', HORIZONS[-1], 'hours')}."
    yield _card(
        _fact(claim, draft, "own", "Targets that pass next", "Take them in the order of their deadlines.", detail),
        f"{number} due within {hours}",
        110,
    )


def _spikes(look: Handover) -> Iterator[Card]:
    for nth, notice in enumerate(look.notices):
        draft = Draft()
        finding = _spike(draft, notice, look) if notice.is_spike else _silence(draft, notice, look)
        yield _card(finding, notice.short, (100 if notice.is_spike else 92) - nth)


def _spike(draft: Draft, notice: Notice, look: Handover) -> Finding:
    hours, usual = draft.limit("hours", notice.hours, "hours"), draft.number("usual", notice.expected, "number")
    claim = (
        f"{draft.number('cases', notice.count)} cases of {draft.text('kind', notice.what)}{notice.place} in {hours}, where {usual} are usual"
        if notice.what
        else f"{draft.number('cases', notice.count)} cases{notice.place} in {hours}, where {usual} are usual"
    )
    about = (
        f"{draft.number('about_it', notice.about_it)} of {draft.number('behind', len(notice.cases))} are about one {notice.entity}."
        if notice.content
        else ""
    )
    worst = f"The gravest is of severity {notice.gravest}." if notice.gravest else ""
    bound = f"Chance stays below {draft.number('bound', notice.bound)}."
    step = (
        "Look at the content first, then at all reports of it together: tskit run escalation_brief."
        if notice.content
        else "Open the newest of them and see what they have in common."
    )
    return _pattern(claim, draft, look, detail=sentences(about, worst, bound), step=step, tone="worse")


def _silence(draft: Draft, notice: Notice, look: Handover) -> Finding:
    hours, usual = draft.limit("hours", notice.hours, "hours"), draft.number("usual", notice.expected, "number")
    what = f" of {draft.text('kind', notice.what)}" if notice.what else ""
    claim = (
        f"No case{what}{notice.place} arrived for {hours}, where {usual} are usual"
        if notice.kind == "silence"
        else f"{draft.number('cases', notice.count)} cases{what}{notice.place} arrived in {hours}, where {usual} are usual"
    )
    step = "Ask whoever runs the intake whether the feed is up before taking it for a quiet time."
    return _pattern(claim, draft, look, detail="", step=step, tone="neutral")


def _late(look: Handover) -> Iterator[Card]:
    rows = look.overdue(of=look.own)
    if rows.empty:
        return
    draft = Draft()
    number = draft.number("late", len(rows))
    grave = look.queue[look.queue["case_id"].isin(rows["case_id"]) & look.queue["severity"].isin(["S2", GRAVEST])]
    claim = f"{number} {_cases(rows)} past {'its' if len(rows) == 1 else 'their'} target"
    detail = (
        f"{draft.number('late_grave', len(grave))} of them of severity S2 or S3: {_named(draft, grave)}."
        if len(grave)
        else "None of them is of severity S2 or S3."
    )
    made = _fact(
        claim, draft, "late", "Already late", "Take the gravest first; for the others say why they wait.", detail
    )
    yield _card(replace(made, kind="target", tone="worse"), f"{number} late", 109 if len(grave) else 60)


def _promised(look: Handover) -> Iterator[Card]:
    rows = look.duty.promises[look.duty.promises["state"].eq("late")]
    if rows.empty:
        return
    draft = Draft()
    number = draft.number("promises_late", len(rows))
    who = listed(list(dict.fromkeys(rows["owner"])))
    told = listed([draft.text(f"promise_{n}", str(text)) for n, text in enumerate(rows["text"].head(_NAMED))])
    claim = f"{number} {'promise of the last shifts is' if len(rows) == 1 else 'promises of the last shifts are'} late"
    made = _fact(
        claim,
        draft,
        "promises",
        "Promised by earlier shifts",
        f"Ask {draft.text('who', who)}, and do it or say who does.",
        f"{told}.",
    )
    yield _card(replace(made, tone="worse"), f"{number} {'promise' if len(rows) == 1 else 'promises'} late", 95)


def _in_flight(look: Handover) -> Iterator[Card]:
    rows = [row for row in sorted_escalations(look).to_dict("records") if not trouble_of(look, row)]
    for nth, row in enumerate(rows):
        draft = Draft()
        due = row["due_at"]
        when = f", by {draft.instant('due', due.to_pydatetime(), look.zone)}" if due == due else ""  # noqa: PLR0124  # NaT
        step = (
            f"{draft.text('next_step', str(row['next_step']).rstrip('.'))}{when}"
            if row["next_step"]
            else "no next decision is named"
        )
        claim = f"Escalation of case {draft.text('case', str(row['case_id']))}, with {draft.text('owner', str(row['owner']))}: {step}"
        made = _fact(claim, draft, "escalations", "Escalations in flight", "")
        yield _card(made, "", 90 - nth / 100)


def _ahead(look: Handover) -> Iterator[Card]:
    found = ahead(look)
    if found.verdict == "not known":
        return
    draft = Draft()
    waiting, capacity = draft.number("waiting", found.waiting), draft.number("capacity", found.capacity)
    claim = (
        f"{draft.number('expected', found.expected)} cases ({draft.range('expected', found.low, found.high)}) are expected on the shift, {waiting} wait ({draft.number('waiting_due', found.due)} due before it ends), "
        f"and {capacity} can be decided: {draft.text('verdict', found.verdict)}"
    )
    is_short = found.verdict == "not enough"
    step = "Call in help, or say what may wait." if is_short else ""
    finding = Finding(
        claim, (Evidence("table", "work", "Work ahead"), Evidence("figure", "arrivals", "Arrivals by the hour")),
        draft.values, "moderate", f"from the same hours of {draft.number('weeks', look.work.weeks)} earlier weeks.",
        next_step=step, kind="fact", tone="worse" if is_short else "neutral",
    )  # fmt: skip
    yield _card(
        replace(finding, values=draft.values), "the people are not enough" if is_short else "", 94 if is_short else 40
    )


def _fact(
    claim: str, draft: Draft, key: str, text: str, step: str, detail: str = ""
) -> Finding:  # a card has so many parts
    evidence = (Evidence("cases", key, text),)
    return Finding(claim, evidence, draft.values, "", "", detail, "", step, kind="fact", of_single_cases=True)


def _pattern(claim: str, draft: Draft, look: Handover, *, detail: str, step: str, tone: Tone) -> Finding:
    kind: Kind = "pattern"
    sure: Certainty = "high"
    why = how_judged(look)
    return Finding(
        claim, (Evidence("table", "spikes", "Spikes and silence"),), draft.values, sure, f"{why[:1].lower()}{why[1:]}", detail,
        "Simple bounds of counts: a wave that builds up slowly over weeks is not seen.", step, kind=kind, tone=tone,
    )  # fmt: skip


def _card(finding: Finding, short: str, weight: float) -> Card:
    return Card(finding, short, weight)


def _named(draft: Draft, rows: pd.DataFrame, prefix: str = "case") -> str:
    ids: Sequence[str] = [str(case_id) for case_id in rows["case_id"]]
    return listed(
        [draft.text(f"{prefix}_{n}", case_id) for n, case_id in enumerate(ids[:_NAMED])] + ids[_NAMED:], most=_NAMED
    )


def _cases(rows: pd.DataFrame) -> str:
    return "case" if len(rows) == 1 else "cases"
