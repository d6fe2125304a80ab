"""What went wrong on our side, in the order of time: wrong takedowns, and hand-offs that nobody took up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.escalation.answer import Answer, cases_of, moment
from tskit.findings.escalation.wrong import missed_handoffs, wrong_takedowns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.escalation.done import Done
    from tskit.findings.escalation.look import Escalation

__all__ = ["unseen_of", "went_wrong"]

_MOST = 3


@dataclass(frozen=True, slots=True)
class _Mishap:
    at: pd.Timestamp
    line: str


def went_wrong(escalation: Escalation, told: Done) -> Answer:
    """Return the wrong takedowns and the missed hand-offs by their case, in the order of time; each kind's first three."""
    draft = Draft()
    gone, missed = wrong_takedowns(escalation), missed_handoffs(escalation)
    left = missed[missed["touched_at"].isna()]
    shown = [
        *(_takedown(escalation, draft, n, row) for n, row in enumerate(gone.head(_MOST).to_dict("records"), 1)),
        *(_handoff(escalation, draft, n, row) for n, row in enumerate(left.head(_MOST).to_dict("records"), 1)),
    ]
    lines = [mishap.line for mishap in sorted(shown, key=lambda mishap: mishap.at)]
    rest = len(gone) + len(left) - len(shown)
    lines += [f"{draft.number('more_mishaps', rest)} more of the kind stand in the tables below."] if rest > 0 else []
    slow = len(missed) - len(left)
    if slow:
        lines.append(
            f"The target passed in {draft.number('slow_handoffs', slow)} further hand-offs before somebody took them up."
        )
    if told.late_cases:
        lines.append(
            f"Past their target: {draft.number('late', told.late_cases)} of {cases_of(draft, 'cases', told.cases)}."
        )
    unseen = unseen_of(escalation, told)
    nothing = "Nothing that is on record: no action was reversed, and no hand-off was left without an answer."
    if unseen:
        nothing = f"Nothing that is on record, but the source does not tell of {' or '.join(unseen)}."
    return Answer(
        "wrong", "What went wrong?", tuple(lines) or (nothing,), draft.values,
        tone="worse" if lines else "" if unseen else "better", ref="mishaps" if shown else "", of_single_cases=bool(shown),
    )  # fmt: skip


def unseen_of(escalation: Escalation, told: Done) -> tuple[str, ...]:
    """Return by what something may have gone wrong that the source does not tell of."""
    untold = {"appeals": told.appeals is None, "hand-offs": not escalation.known.has_log}
    return tuple(name for name, is_unseen in untold.items() if is_unseen)


def _takedown(escalation: Escalation, draft: Draft, nth: int, row: Mapping[Any, Any]) -> _Mishap:
    case_id = draft.text(f"wrong_case_{nth}", str(row["case_id"]))
    decided = moment(draft, f"wrong_decided_at_{nth}", row["decided_at"], escalation)
    what = f"Wrong takedown: case {case_id}{', which is not one of these,' if row['is_beside'] else ''} was acted on {decided}"
    if pd.isna(row["reversed_at"]):
        return _Mishap(row["decided_at"], f"{what} and reversed on appeal; when is not on record.")
    reversed_at = moment(draft, f"wrong_reversed_at_{nth}", row["reversed_at"], escalation, after=row["decided_at"])
    stood = draft.number(f"wrong_hours_{nth}", float(row["hours_up"]), "hours")
    return _Mishap(row["decided_at"], f"{what} and reversed on appeal {reversed_at}, after {stood}.")


def _handoff(escalation: Escalation, draft: Draft, nth: int, row: Mapping[Any, Any]) -> _Mishap:
    case_id = draft.text(f"missed_case_{nth}", str(row["case_id"]))
    at = moment(draft, f"missed_at_{nth}", row["at"], escalation)
    came = escalation.words(row["from_queue"]) if isinstance(row["from_queue"], str) else "nobody"
    waited = draft.number(f"missed_hours_{nth}", float(row["waited_hours"]), "hours")
    due = row["target_at"]
    passed = (
        f"; its target passed {moment(draft, f'missed_target_at_{nth}', due, escalation, after=row['at'])}"
        if pd.notna(due) and due <= escalation.until
        else ""
    )
    return _Mishap(
        row["at"],
        f"Missed hand-off: case {case_id} went from the {came} to the {escalation.words(row['to_queue'])} {at}, and nobody has taken it up for {waited}{passed}.",
    )
