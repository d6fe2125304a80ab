"""Duty in a hostile casebook: shifts, deadlines, escalations, promises and handovers in which every word is an attack."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

from tests.support.hostile_casebook import PAYLOADS
from tskit.duty import CHECKLIST, CaseEntry, ShiftEntry, open_duty, write_case, write_shift
from tskit.model import Casebook

__all__ = ["NAMED", "NOTED", "hostile_duty"]

NOTED = "notedword7f3a"
"""In all that people write on duty: the team's own page shows it, nothing else does."""
NAMED = "namedword7f3a"
"""In the name of whoever writes, has something or takes over: no file to share has it."""
_HIDDEN = re.compile("[\u202e\u2066\u200b\ufeff]")
_AT = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


def hostile_duty(book, *, subjects):
    """Add to a hostile casebook what a team says and sets on duty; `subjects` are cases of which escalations are told."""
    site = Casebook.read(book).sites[0].name
    shifts = [f"{_name(3)} {half}" for half in ("day", "night")]
    with (book / "casebook.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in _settings(site, shifts))
    duty = open_duty(Casebook.read(book))
    for number, payload in enumerate(PAYLOADS):
        for subject in subjects:
            for kind in ("note", "decision", "owner", "handoff", "reply", "next"):
                write_case(duty, _entry(subject, kind, number, payload))
        _on_shift(duty, site, shifts, number, payload, case=subjects[number % len(subjects)])


def _settings(site, shifts):
    for name, begins, ends in ((shifts[0], "09:00", "21:00"), (shifts[1], "21:00", "09:00")):
        yield f'[[shifts]]\nname = {_toml(name)}\nsite = {_toml(site)}\nbegins = "{begins}"\nends = "{ends}"\nqueues = ["*"]'
    for number, payload in enumerate((PAYLOADS[0], PAYLOADS[7], PAYLOADS[9], PAYLOADS[10], PAYLOADS[3])):
        yield f'[[deadlines]]\nname = {_toml(_words(payload)[:100] + f" {number}")}\nhours = {5 + number}\nkind = "statutory"'
        yield f'where = {{ record_type = "report" }}\nbasis = {_toml(payload[:200])}\nas_of = 2026-11-01\nzone = "Asia/Singapore"'


def _entry(subject, kind, number, payload):
    return CaseEntry(
        case_id=subject,
        kind=kind,
        author=_name(number),
        at=_AT + timedelta(minutes=10 * number),
        key=f"{kind} {number} {subject}"[:200],
        text=f"{NOTED} {_words(payload)}",
        owner=_name(number + 1) if kind in ("owner", "next") else "",
        to=_name(number + 2) if kind in ("handoff", "reply") else "",
        due_at=_AT + timedelta(hours=12 + number) if kind == "next" else None,
    )


def _on_shift(duty, site, shifts, number, payload, *, case):
    at = _AT + timedelta(minutes=10 * number)
    said = {"site": site, "author": _name(number), "at": at, "text": f"{NOTED} {_words(payload)}"}
    promised = ShiftEntry(
        kind="promise", key=f"promise {number}", case_id=case, owner=_name(number + 1), due_at=at + timedelta(hours=number), **said
    )  # fmt: skip
    write_shift(duty, promised)
    if number % 3 == 0:
        write_shift(duty, ShiftEntry(kind="done", key=f"done {number}", promise=f"promise {number}", **said))
    write_shift(duty, ShiftEntry(kind="note", key=f"note {number}", shift=shifts[0], case_id=case, **said))
    write_shift(
        duty, ShiftEntry(kind="handover", key=f"handover {number}", shift=shifts[0], to=_name(number + 2), **said)
    )
    item = list(CHECKLIST)[number % len(CHECKLIST)]
    write_shift(
        duty,
        ShiftEntry(kind="check", key=f"check {number}", shift=shifts[1], item=item, is_done=number % 2 == 0, **said),
    )


def _words(payload):
    """Return a payload as a person can type it: the longest that is taken, without controls."""
    return "".join(letter for letter in payload if letter.isprintable() or _HIDDEN.match(letter)).strip()[:3_900]


def _name(number):
    """Return a name of a person or a shift, as hostile as one may be."""
    return f"{NAMED} {_HIDDEN.sub('', _words(PAYLOADS[number % len(PAYLOADS)]))[:80].strip()} {number}"


def _toml(value):
    return json.dumps(value).replace("\x7f", "\\u007f")
