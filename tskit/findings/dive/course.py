"""What happened, as tables and as the rows of a chart: events, hand-offs, standstills, and the SLA clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.tables import table
from tskit.findings.wording import amount, limit

if TYPE_CHECKING:
    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["EVENTS", "Drawn", "clock_table", "course", "events_table", "gaps_table", "moves_table"]

EVENTS = {
    "created": "opened",
    "assigned": "put into a queue",
    "accepted": "taken up",
    "queue_moved": "moved",
    "escalated": "escalated",
    "status_changed": "state changed",
    "priority_changed": "priority changed",
    "policy_changed": "policy changed",
    "decided": "decided",
    "decision_changed": "decision changed",
    "notified": "parties told",
    "commented": "comment",
    "email_in": "message came in",
    "email_out": "message sent",
    "paused": "clock stopped",
    "resumed": "clock runs again",
    "sla_breached": "target passed",
    "appealed": "appealed",
    "appeal_decided": "appeal decided",
    "closed": "closed",
    "reopened": "opened again",
    "merged": "merged",
    "skipped": "skipped",
    "qa_reviewed": "quality review",
}
_GAPS = {
    "paused": "the clock was stopped",
    "holiday": "public holiday",
    "outside hours": "outside opening hours",
    "waiting": "waiting",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the chart of a course draws: `frame` as `charts.case_timeline` takes it, with its words and its zone."""

    frame: pd.DataFrame = field(repr=False)
    title: str
    subtitle: str
    zone: str


def course(dive: Dive) -> Drawn:
    """Return the course of the cases as bars, standstills, events and due times, for the chart."""
    parts = [_bars(dive), _standstills(dive), _marks(dive), _due(dive)]
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    title = "Who held the case, and when" if dive.is_one else "Who held each case, and when"
    kept = "each bar is a stay in a queue" if dive.known.has_log else "the source keeps no log: times of the case alone"
    return Drawn(frame, title, f"{kept[:1].upper()}{kept[1:]}; times are those of {dive.zone.key}", dive.zone.key)


def events_table(dive: Dive) -> Table:
    """Return every event in order, with the queue that held the case, the time since the one before, and its mark."""
    told = dive.course.events
    rows = [
        (case_id, dive.local(at), EVENTS.get(kind, kind), _where(dive, row[0]), _actor(*row[1:]), mark, hours)
        for (case_id, at, kind, mark, hours), row in zip(
            told[["case_id", "at", "event_type", "mark", "hours_since"]].itertuples(index=False, name=None),
            told[["queue", "actor_type", "actor_id"]].itertuples(index=False, name=None),
            strict=True,
        )
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "at", "event", "queue", "who", "mark", "since"])
    frame["since"] = [amount(value, "hours") if value == value else "" for value in frame["since"].astype(float)]  # noqa: PLR0124  # NaN
    headers = [
        ("at", "When"),
        ("event", "What"),
        ("queue", "Queue"),
        ("who", "By"),
        ("mark", "Mark"),
        ("since", "After"),
    ]
    caption = (
        ""
        if dive.known.has_log
        else "The source keeps no log of events: these are the times that each case itself has."
    )
    made = table(
        frame, _with_case(dive, headers), key="events", title="Every event in order", caption=caption, role="cases"
    )
    return replace(made, of_single_cases=True)


def moves_table(dive: Dive) -> Table:
    """Return every effective move between queues: from, to, whether straight back, and how long it waited there."""
    moves = dive.course.moves
    frame = pd.DataFrame(
        {
            "case_id": moves["case_id"],
            "at": [dive.local(at) for at in moves["at"]],
            "from": [dive.words(name) if name else "nobody" for name in moves["from_queue"]],
            "to": [dive.words(name) for name in moves["to_queue"]],
            "mark": ["sent back" if back else "" for back in moves["is_return"]],
            "waited": [
                _waited(wait, held) for wait, held in zip(moves["waited_hours"], moves["next_hours"], strict=True)
            ],
        }
    )
    headers = [("at", "When"), ("from", "From"), ("to", "To"), ("mark", "Mark"), ("waited", "Then waited")]
    caption = _moves_caption(dive)
    made = table(
        frame, _with_case(dive, headers), key="moves", title="Hand-offs between queues", caption=caption, role="cases"
    )
    return replace(made, of_single_cases=True)


def gaps_table(dive: Dive) -> Table:
    """Return every standstill of four hours or more, with how much of it the site was open, closed or on holiday."""
    gaps = dive.course.gaps
    frame = pd.DataFrame(
        {
            "case_id": gaps["case_id"],
            "from": [dive.local(at) for at in gaps["from_at"]],
            "hours": [amount(hours, "hours") for hours in gaps["hours"]],
            "queue": [dive.words(name) if name else None for name in gaps["queue"]],
            "site": [dive.words(name) if name else None for name in gaps["site"]],
            "open": [amount(hours, "hours") if hours == hours else None for hours in gaps["working_hours"]],  # noqa: PLR0124  # NaN
            "holiday": [name or None for name in gaps["holiday"]],
            "kind": [_GAPS[kind] for kind in gaps["kind"]],
        }
    )
    headers = [
        ("from", "Since"), ("hours", "Stood still"), ("queue", "Queue"), ("kind", "Mostly"),
        ("open", "Site open for"), ("site", "Site"), ("holiday", "Holiday"),
    ]  # fmt: skip
    kept = [header for header in headers if frame.empty or frame[header[0]].notna().any()]
    caption = (
        "No open case stood still for 4 hours or more."
        if frame.empty
        else "Times of 4 hours or more in which nobody touched an open case."
    )
    made = table(
        frame, _with_case(dive, kept), key="gaps", title="When nobody touched it", caption=caption, role="cases"
    )
    return replace(made, of_single_cases=True)


def clock_table(dive: Dive) -> Table:
    """Return the SLA clock of each case: its target, when it was due, how long it ran without pauses, and the verdict."""
    clock = dive.course.clock
    frame = pd.DataFrame(
        {
            "case_id": clock["case_id"],
            "target": [
                _target(hours, words) for hours, words in zip(clock["target_hours"], clock["clock"], strict=True)
            ],
            "due": [dive.local(at) for at in clock["due_at"]],
            "elapsed": [amount(hours, "hours") for hours in clock["elapsed_hours"]],
            "paused": [amount(hours, "hours") if hours else None for hours in clock["paused_hours"]],
            "verdict": clock["verdict"],
            "over": [_over(over) for over in clock["over_hours"]],
            "note": [
                _disputed(dispute, origin)
                for dispute, origin in zip(clock["is_disputed"], clock["due_from"], strict=True)
            ],
        }
    )
    headers = [
        ("case_id", "Case"), ("target", "Target"), ("due", "Due"), ("elapsed", "Clock ran"), ("paused", "Stood still"),
        ("verdict", "Verdict"), ("over", "Margin"), ("note", "Note"),
    ]  # fmt: skip
    kept = [header for header in headers if frame[header[0]].notna().any()]
    caption = "The clock runs from the opening to the first closing, without its pauses."
    made = table(frame, kept, key="clock", title="The SLA clock", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def _bars(dive: Dive) -> pd.DataFrame:
    held = dive.course.stays
    return pd.DataFrame(
        {
            "case_id": held["case_id"],
            "kind": "stay",
            "lane": [dive.words(name) if name else "queue not known" for name in held["queue"]],
            "from_at": held["from_at"],
            "until_at": held["until_at"],
            "name": [
                f"{amount(hours, 'hours')}{', so far' if end == 'open' else ''}"
                for hours, end in zip(held["hours"], held["ended_by"], strict=True)
            ],
        }
    )


def _standstills(dive: Dive) -> pd.DataFrame:
    gaps = dive.course.gaps
    return pd.DataFrame(
        {
            "case_id": gaps["case_id"],
            "kind": "gap",
            "lane": [dive.words(name) if name else "queue not known" for name in gaps["queue"]],
            "from_at": gaps["from_at"],
            "until_at": gaps["until_at"],
            "name": [_GAPS[kind] for kind in gaps["kind"]],
        }
    )


def _marks(dive: Dive) -> pd.DataFrame:
    told = dive.course.events
    return pd.DataFrame(
        {
            "case_id": told["case_id"],
            "kind": "event",
            "lane": [
                dive.words(name) if isinstance(name, str) and name else "queue not known" for name in told["queue"]
            ],
            "from_at": told["at"],
            "until_at": pd.NaT,
            "name": [
                mark if mark == "sent back" else EVENTS.get(kind, kind)
                for mark, kind in zip(told["mark"], told["event_type"], strict=True)
            ],
        }
    )


def _due(dive: Dive) -> pd.DataFrame:
    clock = dive.course.clock[dive.course.clock["due_at"].notna()]
    return pd.DataFrame(
        {
            "case_id": clock["case_id"],
            "kind": "due",
            "lane": "",
            "from_at": clock["due_at"],
            "until_at": pd.NaT,
            "name": "due",
        }
    )


def _with_case(dive: Dive, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return headers if dive.is_one else [("case_id", "Case"), *headers]


def _where(dive: Dive, name: object) -> str | None:
    return dive.words(name) if isinstance(name, str) and name else None


def _actor(kind: object, actor: object) -> str | None:
    words = {"user": "our reviewer", "vendor": "vendor's reviewer", "automation": "automation", "system": "system"}
    if isinstance(kind, str):
        return words.get(kind, kind)
    return "a person" if isinstance(actor, str) else None


def _waited(wait: float, held: float) -> str:
    if wait == wait:  # noqa: PLR0124  # NaN
        return f"{amount(wait, 'hours')} until somebody worked on it"
    return f"{amount(held, 'hours')} and nobody worked on it there" if held == held else "not known"  # noqa: PLR0124  # as above


def _moves_caption(dive: Dive) -> str:
    if not dive.known.has_log:
        return "The source keeps no log of events, so nobody can tell whether a case moved."
    if dive.course.moves.empty:
        return "No case moved from one queue to another."
    return (
        "A move counts where the queue changed; to nobody and back is none. Sent back: straight to where it came from."
    )


def _target(hours: float, words: str) -> str | None:
    return f"{limit(hours, 'hours')}, {words}" if hours == hours else None  # noqa: PLR0124  # NaN


def _over(over: float) -> str | None:
    if over != over:  # noqa: PLR0124  # NaN
        return None
    return f"{amount(abs(over), 'hours')} {'late' if over > 0 else 'to spare'}"


def _disputed(is_disputed: bool, origin: str) -> str:  # noqa: FBT001  # a cell of a column
    if is_disputed:
        return "The source's own verdict says otherwise; check its clock."
    return "The due time is worked out by the casebook's clock." if origin == "casebook" else ""
