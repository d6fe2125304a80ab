"""How promises, handovers and the checklist stand on the screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tskit.cli.log_shown import is_known, pour_json, rows_of
from tskit.cli.on_duty import aligned, say_below
from tskit.cli.screen import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.calendars import Moment
    from tskit.cli.on_duty import Desk
    from tskit.cli.shift_turns import OnShift
    from tskit.duty import DutyLog

__all__ = ["say_checklist", "say_promise", "say_site", "show_list"]

_ORDER = {"late": 0, "open": 1, "done": 2, "dropped": 3}


def say_promise(duty: DutyLog, desk: Desk, number: int) -> None:
    """Say how one promise stands."""
    from tskit.duty import promises

    found = [row for row in rows_of(promises(duty, now=desk.now)) if row["seq"] == number]
    _say_promises(found, desk, at=desk.now)


def show_list(duty: DutyLog, desk: Desk, *, site: str, until: Moment, every: bool, as_json: bool) -> None:
    """List promises, late first, then by what is due first, after the last handover and the notes since.

    Raises:
        ParameterError: the casebook names no such site.
    """
    from tskit.duty import check_site, promises

    if site:
        check_site(duty, site)
    found = promises(duty, site=site, until=until, now=desk.now)
    if as_json:
        pour_json(found if every else found[found["state"].isin(["open", "late"])])
        return
    at = until if isinstance(until, datetime) else desk.now
    for place in [site] if site else sorted(set(found["site"])) or [""]:
        _say_since(duty, desk, place, until=until)
        rows = [row for row in rows_of(found) if not place or row["site"] == place]
        kept = [row for row in rows if every or row["state"] in ("open", "late")]
        _say_promises(kept, desk, at=at)
        if not kept:
            say('Nothing is promised and left to do: tskit shift promise "..."')


def say_site(duty: DutyLog, desk: Desk, site: str) -> None:
    """Say what goes with a handover: promises that are left, and escalations in flight."""
    from tskit.cli.log_shown import show_all
    from tskit.duty import promises

    rows = rows_of(promises(duty, site=site, now=desk.now))
    left = [row for row in rows if row["state"] in ("open", "late")]
    say(f"Promised and not done: {len(left)}")
    _say_promises(left, desk, at=desk.now)
    say("Escalations in flight:")
    show_all(duty, desk, until=None, every=False, as_json=False)


def say_checklist(duty: DutyLog, desk: Desk, *, site: str, turn: OnShift) -> None:
    """Say which items of the checklist were looked at since the shift began, the latest word on each."""
    from tskit.duty import CHECKLIST, checks

    said = {row["item"]: row for row in rows_of(checks(duty, site=site, shift=turn.name, since=turn.since))}
    since = f" since {desk.full(turn.since)}" if turn.since else ""
    say(f"{site}, {turn.name or 'no shift is on'}{since}")
    lines = aligned([(_mark(said.get(item)), item, sentence) for item, sentence in CHECKLIST.items()])
    for line, item in zip(lines, CHECKLIST, strict=True):
        say(line)
        if item in said:
            row = said[item]
            say_below(f"{row['by']}, {desk.short(row['at'])}{': ' if row['note'] else ''}{row['note']}")


def _mark(row: Mapping[str, Any] | None) -> str:
    return "[ ]" if row is None else "[x]" if row["is_done"] else "[!]"


def _say_since(duty: DutyLog, desk: Desk, site: str, *, until: Moment) -> None:
    """Say the last handover of a site and the notes since."""
    from tskit.duty import handovers, shift_notes

    last = next(iter(reversed(rows_of(handovers(duty, site=site, until=until)))), None)
    if last:
        what = f"{last['shift']} " if last["shift"] else ""
        goes = f" to {last['to']}" if last["to"] else ""
        say(f"{last['site']}: {what}handed over{goes}, {desk.full(last['at'])}, {last['by']}")
        say_below(last["note"])
    for row in rows_of(shift_notes(duty, site=site, since=last["at"] if last else None, until=until)):
        about = f", {row['case_id']}" if row["case_id"] else ""
        say(f"{row['site']}: note #{row['seq']}{about}, {desk.short(row['at'])}, {row['by']}")
        say_below(row["note"])


def _say_promises(rows: Sequence[Mapping[str, Any]], desk: Desk, *, at: datetime) -> None:
    ordered = sorted(rows, key=lambda row: (_ORDER[row["state"]], _due(row), row["seq"]))
    for line, row in zip(aligned([_head(row, desk, at) for row in ordered]) if ordered else (), ordered, strict=True):
        say(line)
        say_below(row["text"])
        if row["state"] in ("done", "dropped"):
            word = f": {row['note']}" if row["note"] else ""
            say_below(f"{row['state']} {desk.short(row['done_at'])}, {row['done_by']}{word}")


def _head(row: Mapping[str, Any], desk: Desk, at: datetime) -> tuple[str, ...]:
    is_left = row["state"] in ("open", "late")
    left = f", {desk.left(row['due_at'], at=at)}" if is_left and is_known(row["due_at"]) else ""
    due = f"due {desk.short(row['due_at'])}{left}" if is_known(row["due_at"]) else ""
    return (
        row["id"],
        row["state"].upper() if row["state"] == "late" else row["state"],
        row["owner"],
        due,
        row["case_id"],
    )


def _due(row: Mapping[str, Any]) -> float:
    return row["due_at"].timestamp() if is_known(row["due_at"]) else float("inf")
