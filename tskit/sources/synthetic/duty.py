"""What people on duty wrote down: the escalation of the planted incident, and the shifts around it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tskit.calendars import public_holidays
from tskit.sources.synthetic.clock import epoch
from tskit.sources.synthetic.quiet import quiet_sunday
from tskit.sources.synthetic.rota import DUTY_SITE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.sources.synthetic.plan import Plan

__all__ = ["duty_lines"]

_CHECKS = ("severe", "due", "orders", "escalations", "promises", "spikes", "staffing", "reach")
"""The items of the checklist, in its order."""


@dataclass(slots=True)
class _Log:
    """Entries around one `day`; a time is a clock of Singapore on it, or so many `days` from it."""

    day: date
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def moment(self, clock: str, days: int = 0) -> str:
        """Return a time as ISO 8601 in UTC."""
        hours, minutes = map(int, clock.split(":"))
        seconds = epoch(self.day + timedelta(days=days)) + hours * 3600 + minutes * 60
        return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def case(self, case_id: str, clock: str, author: str, kind: str, body: dict[str, str]) -> None:
        """Add an entry to the log of an escalation."""
        self._add("escalations", case_id, (self.moment(clock), author, kind), body)

    def shift(self, when: tuple[str, int], author: str, kind: str, body: dict[str, str]) -> str:
        """Add an entry to the log of the site, and return its key."""
        return self._add("shifts", DUTY_SITE, (self.moment(*when), author, kind), body)

    def change(self, when: tuple[str, int], author: str, to: str, text: str, *, skipped: tuple[str, ...] = ()) -> None:
        """Add a hand-over at the end of a shift; whoever comes on goes through the checklist, but for what is `skipped`."""
        clock, days = when
        at_nine = clock < "12:00"
        parts = ("night", "day") if at_nine else ("day", "night")
        ends, begins = self.name_of(days - at_nine, parts[0]), self.name_of(days, parts[1])
        self.shift(when, author, "handover", {"shift": ends, "to": to, "text": text})
        for place, item in enumerate(item for item in _CHECKS if item not in skipped):
            after = f"{clock[:2]}:{8 + 3 * place:02d}"
            self.shift((after, days), to, "check", {"shift": begins, "item": item})

    def name_of(self, days: int, part: str) -> str:
        """Return the name of a shift that begins on a day."""
        day = self.day + timedelta(days=days)
        free = day.isoweekday() > 5 or day in set(public_holidays("SG", [day.year])["day"])
        return f"{'weekend' if free else 'weekday'} {part}"

    def _add(self, log: str, subject: str, said: tuple[str, str, str], body: dict[str, str]) -> str:
        at, author, kind = said
        key = f"sample:{self.day:%Y%m%d}:{log}:{len(self.lines) + 1:03d}"
        head = {"log": log, "kind": kind, "subject": subject, "author": author, "at": at, "key": key, "supersedes": ""}
        self.lines.append({**head, "body": body})
        return key


def duty_lines(cases: Mapping[str, str] | None, *, plan: Plan) -> str:
    """Return both logs as JSON lines in the order of time.

    `cases` are the ids of the incident's named cases; without them the logs tell of the quiet weekend alone.
    """
    quiet, last = _Log(quiet_sunday(plan.until)), _Log(plan.until)
    _quiet(quiet)
    if cases is not None:
        _weekend(last, cases["missed_handoff"])
        _escalation(last, cases["lead"])
        _left(last, cases["missed_handoff"])
        _direction(last, cases["order"])
    lines = sorted(quiet.lines + last.lines, key=lambda line: line["at"])
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


def _quiet(log: _Log) -> None:
    asked = {"text": "Write down which queues nobody was on overnight", "owner": "aisyah"}
    promised = log.shift(("20:40", -1), "chloe", "promise", {**asked, "case_id": "", "due_at": log.moment("09:00")})
    log.change(("21:00", -1), "chloe", "aisyah", "A quiet Saturday. Nothing is escalated.")
    log.shift(
        ("08:30", 0),
        "aisyah",
        "done",
        {"promise": promised, "text": "All queues had somebody; the list is in the shift folder."},
    )
    log.change(("09:00", 0), "aisyah", "dao", "A quiet night. Nothing is escalated.")
    log.change(("21:00", 0), "dao", "chloe", "A quiet Sunday. Nothing is escalated.")


def _weekend(log: _Log, missed: str) -> None:
    """Write the shifts of the last two days: two promises that were kept, and one that was not."""
    asked = {"text": "Ask Saffron who reviews Thai tomorrow", "owner": "chloe", "case_id": ""}
    thai = log.shift(("20:35", -1), "dao", "promise", {**asked, "due_at": log.moment("09:00")})
    log.change(("21:00", -1), "dao", "chloe", "A usual day. Nothing is escalated.")
    log.shift(("08:10", 0), "chloe", "done", {"promise": thai, "text": "Saffron named two reviewers, on until 23:00."})
    asked = {"text": "Read the appeals that wait longest, and list them for the morning", "owner": "ben", "case_id": ""}
    appeals = log.shift(("08:45", 0), "chloe", "promise", {**asked, "due_at": log.moment("20:00")})
    log.change(("09:00", 0), "chloe", "ben", "A quiet night. Nothing is escalated.")
    note = "Reports of a threat against a concert, first from Malaysia. Escalated; aisyah has it."
    log.shift(("12:06", 0), "ben", "note", {"shift": log.name_of(0, "day"), "text": note})
    log.shift(
        ("18:20", 0), "ben", "done", {"promise": appeals, "text": "The list is in the folder of the appeals queue."}
    )
    asked = {"text": "Tell escalations-t2 about the second upload before its target passes", "owner": "ben"}
    log.shift(("20:55", 0), "ben", "promise", {**asked, "case_id": missed, "due_at": log.moment("21:20")})
    log.change(
        ("21:00", 0),
        "ben",
        "dao",
        "Threats against a concert are escalated and still climb. One upload is on its way to escalations-t2.",
        skipped=("escalations", "promises"),
    )


def _escalation(log: _Log, lead: str) -> None:
    """Write the log of the escalation that the first report opened."""
    entries = (
        ("12:04", "ben", "opened", "A threat against people at an open-air concert next week, in one episode. Few have heard it yet, and more report it.", {"owner": "aisyah"}),
        ("12:40", "aisyah", "note", "Heard minutes 12 to 16 with a reviewer who speaks Malay. The threat is direct and names a place. It is no quotation and no song.", {}),
        ("13:10", "aisyah", "reply", "Legal is told. They ask us to keep the audio and the account's records.", {"to": "legal"}),
        ("13:36", "aisyah", "decision", "Restrict interactions and recommendations at once. Removal would hide it from nobody who has the link, and needs a second view; look again when the reach does not slow down.", {}),
        ("17:05", "ben", "note", "The same audio is online under a second account, with a new opening. A case about it waits for an answer.", {}),
        ("19:22", "aisyah", "decision", "Uploads of the same audio without comment come down on sight.", {}),
        ("20:24", "aisyah", "decision", "The takedown of the news episode was wrong: it plays the threat and speaks against it. Restore it, tell the uploader, and have reviewers listen to the minutes after a quotation.", {}),
        ("20:46", "aisyah", "next", "Look again at the restriction: leave it, or remove the episode", {"owner": "dao", "due_at": log.moment("23:00")}),
        ("21:02", "aisyah", "handoff", "The night has it until the morning. Look again at the restriction: the reach did not slow down.", {"to": "dao"}),
        ("21:18", "dao", "note", "Taken over. The episode goes up for a second view.", {}),
        ("22:38", "dao", "decision", "Remove the episode. The restriction did not slow it down, and the threat names a place.", {}),
        ("23:20", "dao", "next", "Decide what becomes of the accounts that uploaded it: a suspension for 30 days, or their end", {"owner": "aisyah", "due_at": log.moment("09:30", 1)}),
        ("23:24", "dao", "owner", "Back to aisyah for the morning.", {"owner": "aisyah"}),
    )  # fmt: skip
    for clock, author, kind, text, more in entries:
        log.case(lead, clock, author, kind, {"text": text, **more})


def _left(log: _Log, missed: str) -> None:
    """Write the log of the case that was handed over and that nobody took up."""
    text = "The same audio with a new opening. Is the opening enough to call it comment? The target passes soon."
    log.case(missed, "20:54", "ben", "opened", {"text": text, "owner": "ben"})
    log.case(missed, "20:56", "ben", "handoff", {"text": "To the night, at the change of shifts.", "to": "dao"})


def _direction(log: _Log, order: str) -> None:
    """Write the log of the authority's direction: no preset knows its deadline, so that it stands here."""
    text = "A direction from Malaysia asks us to switch off access to the second upload there. It names the hour."
    log.case(order, "22:16", "dao", "opened", {"text": text, "owner": "dao"})
    step = "Switch off access in Malaysia, or tell the authority why not"
    log.case(order, "22:18", "dao", "next", {"text": step, "owner": "aisyah", "due_at": log.moment("12:00", 1)})
