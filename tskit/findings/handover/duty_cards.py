"""The cards of what people have in hand: hand-offs that nobody took up, promises that are late, escalations in flight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.handover.standing import sorted_escalations, trouble_of
from tskit.findings.handover.told import Said, moment, named
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from tskit.findings.cards import Card
    from tskit.findings.handover.look import Handover

__all__ = ["duty_cards"]


def duty_cards(look: Handover) -> Iterator[Card]:
    """Give the cards of escalations and promises; what people wrote stands in the tables alone."""
    rows = sorted_escalations(look).to_dict("records")
    for row in rows:
        if trouble_of(look, row):
            yield _untaken(look, row)
    calm = [row for row in rows if not trouble_of(look, row)]
    if calm:
        yield _in_flight(look, calm)
    yield from _promised(look)


def _untaken(look: Handover, row: Mapping[Hashable, Any]) -> Card:
    draft, due = Draft(), row["due_at"]
    name = f"case {draft.text('case', str(row['case_id']))}"
    step = "Take it up, or name who does: tskit log CASE --owner NAME."
    at = row["handed_at"]
    if row["handed_to"] and isinstance(at, pd.Timestamp):
        claim = f"Nobody has taken up {name}, handed to {draft.text('to', str(row['handed_to']))} on {moment(draft, 'handed_at', at, look)}"
        short = f"{name} handed on and not taken up"
    elif not row["owner"]:
        claim, short = f"The escalation of {name} has no owner", f"{name} without an owner"
    else:
        claim = f"The escalation of {name}, with {draft.text('owner', str(row['owner']))}, has passed its deadline"
        short = f"{name} past its decision"
        step = "Ask its owner whether it was decided, and write down what: tskit log CASE --kind decision."
    detail = ""
    if isinstance(due, pd.Timestamp) and not pd.isna(due):
        detail = (
            f"What is to be decided next was due {moment(draft, 'due', due, look)}."
            if due < look.until
            else f"What is to be decided next is due {moment(draft, 'due', due, look)}."
        )
    return Said(claim, draft, "escalations", "Escalations in flight", detail, step, "worse").card(short, weight=112)


def _in_flight(look: Handover, rows: list[dict[Hashable, Any]]) -> Card:
    draft = Draft()
    told = [_one(look, draft, row, n) for n, row in enumerate(rows, start=1)]
    noun = "escalation" if len(rows) == 1 else "escalations"
    claim = f"{draft.number('in_flight', len(rows))} {noun} in flight with an owner: {listed(told, most=3)}"
    return Said(claim, draft, "escalations", "Escalations in flight").card("", weight=90)


def _one(look: Handover, draft: Draft, row: Mapping[Hashable, Any], n: int) -> str:
    due = row["due_at"]
    name = f"case {draft.text(f'case_{n}', str(row['case_id']))} with {draft.text(f'owner_{n}', str(row['owner']))}"
    if isinstance(due, pd.Timestamp) and not pd.isna(due):
        other = row["next_owner"] if row["next_owner"] != row["owner"] else ""
        decided = f"for {draft.text(f'decides_{n}', str(other))} to decide" if other else "to be decided"
        return f"{name}, {decided} by {moment(draft, f'due_{n}', due, look)}"
    return f"{name}, no next decision named" if not row["next_step"] else name


def _promised(look: Handover) -> Iterator[Card]:
    rows = look.duty.promises[look.duty.promises["state"].eq("late")]
    if rows.empty:
        return
    draft = Draft()
    number = draft.number("promises_late", len(rows))
    noun = "promise" if len(rows) == 1 else "promises"
    who = listed([draft.text(f"who_{n}", str(name)) for n, name in enumerate(dict.fromkeys(rows["owner"]), start=1)])
    about = rows[rows["case_id"].ne("")]
    of = f", about {'case' if len(about) == 1 else 'cases'} {named(draft, about)}" if len(about) else ""
    claim = f"{number} {noun} of earlier shifts {'is' if len(rows) == 1 else 'are'} late, by {who}{of}"
    first = rows["due_at"].min()
    detail = "" if pd.isna(first) else f"The first was due {moment(draft, 'first_due', first, look)}."
    step = "Ask whether it was done; else do it, or say who does."
    said = Said(claim, draft, "promises", "Promised by earlier shifts", detail, step, "worse")
    yield said.card(f"{number} {noun} late", weight=95)
