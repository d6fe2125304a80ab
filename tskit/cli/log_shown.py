"""How the log of an escalation, and the escalations in flight, stand on the screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tskit.cli.on_duty import aligned, say_below
from tskit.cli.screen import pour, say
from tskit.text import span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.cli.on_duty import Desk
    from tskit.duty import CaseEntry, DutyLog, Standing

__all__ = ["is_known", "pour_json", "rows_of", "show_all", "show_case", "show_written"]

_NOBODY = "nobody; name one with --owner"
_NO_NEXT = "Nothing is due next. Say what must be decided, and until when: --due"


def show_written(duty: DutyLog, desk: Desk, number: int, *, as_json: bool) -> None:
    """Say what was written, what stands now, and what others wrote since the same person last did."""
    from tskit.duty import ESCALATIONS, case_entries, case_log, numbered, standing_of

    entry = numbered(duty, ESCALATIONS, number)
    if as_json:
        found = case_log(duty, [entry.subject], with_history=True)
        pour_json(found[found["seq"] == number])
        return
    standing = case_entries(duty, entry.subject)
    what = "took an entry back" if entry.kind == "undo" else entry.kind
    say(f"#{number} {what}, {desk.full(entry.at)}, {desk.author}")
    before = standing_of(e for e in standing if e.seq < number)
    _say_state(standing_of(standing), entry.subject, desk, at=desk.now)
    for line in _changes(before, standing, number, desk):
        say(line)


def show_case(duty: DutyLog, desk: Desk, case_id: str, *, until: Moment, history: bool, as_json: bool) -> None:
    """Show what was written about a case, oldest first, with the time since the entry before."""
    from tskit.duty import case_entries, case_log, standing_of

    found = case_log(duty, [case_id], until=until, with_history=history)
    if as_json:
        pour_json(found)
        return
    if found.empty:
        say(f'Nothing is written about this case{_as_of(until, desk)}: tskit log {case_id} "..."')
        return
    standing = case_entries(duty, case_id, until=until)
    at = until if isinstance(until, datetime) else desk.now
    _say_state(standing_of(standing), case_id, desk, at=at)
    say("")
    rows = rows_of(found)
    gaps = ["", *(_gap(row["at"] - before["at"]) for before, row in pairwise(rows))]
    heads = [
        (f"#{row['seq']}", desk.short(row["at"]), gap, row["author"], _what(row, desk))
        for row, gap in zip(rows, gaps, strict=True)
    ]
    for line, row in zip(aligned(heads), rows, strict=True):
        say(line)
        say_below(row["text"])


def show_all(duty: DutyLog, desk: Desk, *, until: Moment, every: bool, as_json: bool) -> None:
    """List the escalations, what is due first on top, then those without a next step, the longest untouched first."""
    from tskit.duty import escalations

    found = escalations(duty, until=until)
    found = found if every else found[found["state"] == "open"]
    found = found.sort_values(["state", "due_at", "last_at"], ascending=[False, True, True], na_position="last")
    if as_json:
        pour_json(found)
        return
    if found.empty:
        say(f'No escalation is in flight{_as_of(until, desk)}. The first entry opens one: tskit log CASE "..."')
        return
    at = until if isinstance(until, datetime) else desk.now
    rows = rows_of(found)
    for line, row in zip(aligned([_flight(row, desk, at) for row in rows]), rows, strict=True):
        say(line)
        say_below(_step(row))


def pour_json(frame: pd.DataFrame) -> None:
    """Print a frame as JSON: one object a row, times in UTC, null where there is none."""
    text = frame.to_json(orient="records", date_format="iso", date_unit="us", force_ascii=False, indent=1)
    pour(f"{text}\n")


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each row of a frame by the names of its columns."""
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False, name=None)]


def is_known(at: datetime) -> bool:
    """Return whether a moment of a frame is there."""
    from pandas import notna

    return bool(notna(at))


def _say_state(state: Standing | None, case_id: str, desk: Desk, *, at: datetime) -> None:
    if state is None:
        say(f"{case_id}: nothing stands about this case any more.")
        return
    how = "open since" if state.is_open else "closed; it was opened"
    say(f"{case_id}: {how} {desk.full(state.first.at)}; owner: {state.owner or _NOBODY}")
    if state.next:
        due = (
            f", due {desk.full(state.next.due_at)} ({desk.left(state.next.due_at, at=at)})" if state.next.due_at else ""
        )
        say(f"Next: {state.next.text}; {state.next_owner or 'nobody'} decides{due}")
    elif state.is_open:
        say(_NO_NEXT)
    if state.handed and state.is_open:
        say(f"Handed to {state.handed.to} {span(at - state.handed.at)} ago; nobody else has written since.")


def _changes(before: Standing | None, standing: Sequence[CaseEntry], number: int, desk: Desk) -> Iterator[str]:
    """Yield what the entry changed, and who wrote since its author last did."""
    entry = next((e for e in standing if e.seq == number), None)
    if entry is None:
        return
    if before is None:
        yield "This opened the escalation."
        return
    if entry.kind in ("owner", "handoff") and before.owner not in ("", entry.to or entry.owner):
        yield f"Before, {before.owner} had it."
    if before.next and (entry.kind == "closed" or (entry.kind == "decision" and not entry.is_beside)):
        yield f"This settled the next step of #{before.next.seq}; --beside would leave it open."
    own = max((e.seq for e in standing if e.author == desk.author and e.seq < number), default=0)
    others = [e for e in standing if own and own < e.seq < number]
    if others:
        who = " and ".join(dict.fromkeys(e.author for e in others))
        yield f"{who} wrote since your last entry: {', '.join(f'#{e.seq}' for e in others)}"


def _what(row: Mapping[str, Any], desk: Desk) -> str:
    kind = {"handoff": "handed", "undo": "took an entry back"}.get(row["kind"], row["kind"])
    to = f" to {row['to']}" if row["to"] else ""
    owner = f" ({row['owner']})" if row["owner"] else ""
    due = f", due {desk.short(row['due_at'])}" if is_known(row["due_at"]) else ""
    beside = ", beside the next step" if row["is_beside"] else ""
    ended = f" [{row['state']} by #{row['ended_by']}]" if row.get("ended_by") else ""
    return f"{kind}{to}{owner}{due}{beside}{ended}"


def _flight(row: Mapping[str, Any], desk: Desk, at: datetime) -> tuple[str, ...]:
    is_open = row["state"] == "open"
    waits = ", not taken up" if row["handed_to"] and is_open else ""
    due = f"due {desk.short(row['due_at'])}, {desk.left(row['due_at'], at=at)}" if is_known(row["due_at"]) else ""
    last = f"last entry #{row['last_seq']}, {desk.short(row['last_at'])}, {row['last_by']}"
    return (row["case_id"], (row["owner"] or "nobody") + waits, due if is_open else "closed", last)


def _step(row: Mapping[str, Any]) -> str:
    if row["state"] != "open":
        return ""
    decides = f" ({row['next_owner']} decides)" if row["next_owner"] not in ("", row["owner"]) else ""
    return f"next: {row['next_step']}{decides}" if row["next_step"] else "next: nothing is due"


def _gap(passed: timedelta) -> str:
    # People's clocks differ, and the order is that of the writing.
    sign = "+" if passed >= timedelta(0) else "−"
    return f"{sign}{span(abs(passed))}".replace("less than a minute", "0 min")


def _as_of(until: Moment, desk: Desk) -> str:
    if until is None:
        return ""
    return f" as of {desk.full(until)}" if isinstance(until, datetime) else f" as of entry #{until}"
