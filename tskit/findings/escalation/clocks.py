"""What has to be decided next, until when and by whom; and every deadline that applies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.escalation.answer import Answer, answered, cases_of, moment
from tskit.findings.tables import table
from tskit.patterns.due import TARGET

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from datetime import datetime

    from tskit.findings.escalation.look import Escalation
    from tskit.findings.tables import Table

__all__ = ["Step", "deadlines_table", "next_decision", "steps"]

_VERIFY = "verify with legal"
_LEGAL = ("statutory", "contractual")
_MOST_TOLD = 3
_MOST_ROWS = 200
_FOR = {
    "executive": "executives",
    "policy": "the policy team",
    "legal": "legal",
    "communications": "communications",
    "vendor": "the vendor",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that has to be done by a moment: `kind` is "logged", "asked", or that of a deadline.

    `what` says it in our own words, `quoted` in those of the log. `cases` counts the cases that it is due for. `owner` is
    empty where nobody is on record; `is_waiting` says that it was handed to them, and that they have not answered yet.
    """

    kind: str
    what: str
    due_at: datetime
    owner: str = ""
    case_id: str = ""
    name: str = ""
    cases: int = 1
    seq: int = 0
    quoted: str = field(default="", repr=False)
    is_waiting: bool = False


def next_decision(escalation: Escalation) -> Answer:
    """Return the next decision with its deadline and its owner: the earliest of what is still to come.

    What the log names, what the reader asked for, and deadlines of the law, of contracts and of the team come before the
    targets of single cases, unless there is but one case; what has passed is told beside it.
    """
    draft, question = Draft(), "What has to be decided next, and by whom?"
    every = sorted(steps(escalation), key=lambda step: step.due_at)
    ahead = [step for step in every if step.due_at > escalation.until]
    weighty = [step for step in ahead if escalation.is_one or step.kind != "target"]
    passed = [step for step in every if step.due_at <= escalation.until]
    told = (weighty or ahead or passed)[:_MOST_TOLD]
    if not told:
        return answered("next", question, draft, _nothing(escalation), ref="deadlines")
    lines = [_step(escalation, draft, nth, step) for nth, step in enumerate(told, 1)]
    beside = [
        _targets(escalation, draft, [step for step in ahead if step.kind == "target" and step not in told]),
        _passed(escalation, draft, [step for step in passed if step not in told]),
    ]
    made = answered("next", question, draft, *lines, *beside, ref="deadlines")
    return replace(
        made,
        due=told[0].due_at,
        tone="worse" if passed else "",
        quoting=tuple(_quoting(line, step) for line, step in zip(lines, told, strict=True)) + made.lines[len(lines) :],
        of_single_cases=any(step.owner or step.case_id for step in told) or bool(passed),
    )


def steps(escalation: Escalation) -> list[Step]:
    """Return everything that is still to be done by a moment: what is logged, asked for, and due by a deadline."""
    return [*_logged(escalation), *_asked(escalation), *_due(escalation)]


def deadlines_table(escalation: Escalation) -> Table:
    """Return all deadlines that apply: of the log, of the reader, and of the casebook, with what they rest on.

    Targets of the cases stand here only while nobody has met them, and below all others unless there is but one case.
    """
    rows = [*_rows_of_steps(escalation), *_rows_of_deadlines(escalation)]
    columns = ["case_id", "name", "due", "kind", "state", "owner", "basis", "as_of"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = _in_order(frame, is_one=escalation.is_one)
    headers = [
        ("name", "What"), ("due", "Due", "due"), ("case_id", "Case"), ("state", "State"), ("kind", "Kind"),
        ("owner", "Owner"), ("basis", "Rests on"), ("as_of", "Held against it on"),
    ]  # fmt: skip
    shown = frame.head(_MOST_ROWS)
    kept = [header for header in headers if shown.empty or shown[header[0]].replace("", None).notna().any()]
    made = table(shown, kept, key="deadlines", title="Deadlines", caption=_caption(frame), role="cases")
    return replace(made, of_single_cases=True)


def _in_order(frame: pd.DataFrame, *, is_one: bool) -> pd.DataFrame:
    at = pd.to_datetime(frame["due"], utc=True)
    is_last = frame["kind"].eq("target") & (not is_one)
    order = frame.assign(_at=at, _last=is_last).sort_values(["_last", "_at"], kind="stable")
    return order.drop(columns=["_last", "_at"])


def _logged(escalation: Escalation) -> Iterator[Step]:
    rows = escalation.rows
    for row in rows[rows["state"].eq("open") & rows["next_step"].ne("")].to_dict("records"):
        if pd.notna(row["due_at"]):
            what = f"the next step in the log of case {row['case_id']}"
            yield Step(
                "logged", what, row["due_at"], row["next_owner"], row["case_id"],
                seq=row["next_seq"], quoted=row["next_step"], is_waiting=_waits(row, row["next_owner"]),
            )  # fmt: skip


def _asked(escalation: Escalation) -> Iterator[Step]:
    """Give the answer that the reader asked for; whoever has the escalation of the cases that were named owes it."""
    if escalation.deadline is None:
        return
    rows = escalation.rows[escalation.rows["state"].eq("open") & escalation.rows["owner"].ne("")]
    named = rows[rows["case_id"].isin(escalation.selected.named)]
    rows = named if len(named) else rows
    owners = set(rows["owner"])
    owner = str(owners.pop()) if len(owners) == 1 else ""
    is_waiting = bool(owner) and all(_waits(row, owner) for row in rows.to_dict("records"))
    yield Step(
        "asked", f"the answer for {_FOR[escalation.audience]}", escalation.deadline, owner, is_waiting=is_waiting
    )


def _due(escalation: Escalation) -> Iterator[Step]:
    """Give what is due by each deadline: the earliest case that is still ahead, and the earliest that has passed."""
    waiting = _unmet(escalation)
    owners = _owners(escalation)
    waits = {row["case_id"] for row in escalation.rows.to_dict("records") if _waits(row, row["owner"])}
    waiting = waiting.assign(has_passed=waiting["due_at"] <= escalation.until).sort_values("due_at", kind="stable")
    for (kind, name, _), some in waiting.groupby(["kind", "name", "has_passed"], sort=False):
        first = some.iloc[0]
        case_id = str(first["case_id"])
        owner = owners.get(case_id, "")
        step = Step(str(kind), "", first["due_at"], owner, case_id, str(name), cases=len(some))
        yield replace(step, what=_what(step, escalation), is_waiting=case_id in waits)


def _unmet(escalation: Escalation) -> pd.DataFrame:
    due = escalation.deadlines
    return due[due["met_at"].isna() & due["due_at"].notna() & due["verdict"].isin(["missed", "not due yet"])]


def _owners(escalation: Escalation) -> dict[str, str]:
    rows = escalation.rows[escalation.rows["owner"].ne("")]
    return dict(zip(rows["case_id"], rows["owner"], strict=True))


def _waits(row: Mapping[Hashable, Any], owner: str) -> bool:
    """Return whether the escalation was handed to them, and they have not answered yet."""
    return bool(owner) and row["handed_to"] == owner


def _what(step: Step, escalation: Escalation) -> str:
    name = "the target" if step.name == TARGET else step.name
    of = "of the case" if escalation.is_one else f"of case {step.case_id}"
    return f"{name} {of}{f' ({_VERIFY})' if step.kind in _LEGAL else ''}"


def _step(escalation: Escalation, draft: Draft, nth: int, step: Step) -> str:
    at = moment(draft, f"next_{nth}_due_at", step.due_at, escalation)
    hours = (step.due_at - escalation.until).total_seconds() / 3600
    left = f"{draft.number(f'next_{nth}_hours', abs(hours), 'hours')} {'left' if hours > 0 else 'ago'}"
    what = draft.text(f"next_{nth}", step.what)
    owner = f"owner {draft.text(f'next_{nth}_owner', step.owner)}" if step.owner else "no owner on record"
    owner = f"{owner}, who has not taken it up yet" if step.is_waiting else owner
    return f"{what[:1].upper()}{what[1:]}: {'due' if hours > 0 else 'passed'} {at}, {left}; {owner}."


def _quoting(line: str, step: Step) -> str:
    """Return the line with the log's own words before it, where it comes from the log."""
    return f"\u201c{step.quoted}\u201d (#{step.seq}). {line}" if step.quoted else line


def _targets(escalation: Escalation, draft: Draft, ahead: list[Step]) -> str:
    if not ahead:
        return ""
    first = moment(draft, "next_target_at", min(step.due_at for step in ahead), escalation)
    number = sum(step.cases for step in ahead)
    return f"{cases_of(draft, 'targets_ahead', number)} {'has' if number == 1 else 'have'} a target ahead, the first {first}."


def _passed(escalation: Escalation, draft: Draft, passed: list[Step]) -> str:
    if not passed:
        return ""
    first = moment(draft, "first_passed_at", passed[0].due_at, escalation)
    number = draft.number("passed", sum(step.cases for step in passed))
    what = draft.text("first_passed", passed[0].what)
    return f"Passed and not met: {number}, first {what}, {first}."


def _nothing(escalation: Escalation) -> str:
    unnamed = escalation.rows["next_step"].ne("").sum() if len(escalation.rows) else 0
    if unnamed:
        return "The log names a next step without a deadline; nothing else is due."
    return "Nothing is due: the log names no next step, and no deadline of these cases is ahead."


def _rows_of_steps(escalation: Escalation) -> Iterator[tuple[object, ...]]:
    for step in [*_logged(escalation), *_asked(escalation)]:
        state = "passed" if step.due_at <= escalation.until else "ahead"
        name = step.quoted or step.what
        kind = "decision log" if step.kind == "logged" else "asked for"
        yield step.case_id or None, name, step.due_at.isoformat(), kind, state, step.owner or None, None, None


def _rows_of_deadlines(escalation: Escalation) -> Iterator[tuple[object, ...]]:
    """Give every deadline of the casebook that applies, met or not, and the targets that nobody has met."""
    owners, due = _owners(escalation), escalation.deadlines
    shown = due[due["due_at"].notna() & (due["kind"].ne("target") | due.index.isin(_unmet(escalation).index))]
    for row in shown.to_dict("records"):
        is_legal = row["kind"] in _LEGAL
        basis = f"{row['basis']}; {_VERIFY}" if is_legal and _VERIFY not in row["basis"] else row["basis"]
        state = {"missed": "missed" if pd.notna(row["met_at"]) else "passed", "not due yet": "ahead"}
        yield (
            row["case_id"], row["name"], row["due_at"].isoformat(), row["kind"],
            state.get(row["verdict"], row["verdict"]), owners.get(row["case_id"]), basis or None, row["as_of"] or None,
        )  # fmt: skip


def _caption(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "No deadline of the casebook applies to these cases, and the log names none."
    more = len(frame) - _MOST_ROWS
    left_out = f" The first {_MOST_ROWS} of {len(frame):,}." if more > 0 else ""
    return f"Targets stand here while nobody has met them. Deadlines of the law and of contracts are presets: {_VERIFY}.{left_out}"
