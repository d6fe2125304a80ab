"""Writes to the log of a site's shifts, and reads it: promises, handovers, checks and notes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tskit.duty.case_log import check_replaced
from tskit.duty.entries import SHIFTS, DutyLog, standing, written
from tskit.duty.frames import frame_of
from tskit.duty.shift_entry import ShiftEntry, shift_draft, shift_entry
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.calendars import Moment

__all__ = ["check_site", "checks", "handovers", "promises", "shift_notes", "write_shift"]

_AT = "datetime64[us, UTC]"
_PROMISES = {
    "id": "str",
    "key": "str",
    "site": "str",
    "text": "str",
    "case_id": "str",
    "owner": "str",
    "due_at": _AT,
    "made_at": _AT,
    "made_by": "str",
    "state": "str",
    "done_at": _AT,
    "done_by": "str",
    "note": "str",
    "seq": "int64",
}
_HANDOVERS = {
    "at": _AT, "site": "str", "shift": "str", "by": "str", "to": "str", "note": "str", "key": "str", "seq": "int64",
}  # fmt: skip
_CHECKS = {
    "at": _AT, "site": "str", "shift": "str", "item": "str", "is_done": "bool", "by": "str", "note": "str", "key": "str", "seq": "int64",
}  # fmt: skip
_NOTES = {
    "at": _AT, "site": "str", "shift": "str", "by": "str", "note": "str", "case_id": "str", "key": "str", "seq": "int64",
}  # fmt: skip


def write_shift(log: DutyLog, entry: ShiftEntry) -> ShiftEntry:
    """Write an entry about a shift, safe on the disk on return, and return it with its number.

    The same key twice is the same as once.

    Raises:
        ParameterError: the site is unknown, the entry does not hold up, the promise is none of the site, what it
            replaces does not stand, or the key stands for another.
        SourceError: the database cannot be written.
    """
    draft = shift_draft(entry)
    check_site(log, entry.site)
    check_replaced(log, SHIFTS, subject=entry.site, key=entry.key, supersedes=entry.supersedes)
    if entry.promise and all(
        found.key != entry.promise for found in standing(log, SHIFTS, subject=entry.site, kinds=["promise"])
    ):
        raise ParameterError("There is no such promise at this site; it may have been taken back.")
    return shift_entry(written(log, SHIFTS, draft))


def check_site(log: DutyLog, site: str) -> None:
    """Check that the casebook names the site, where it names any.

    Raises:
        ParameterError: it does not; the message names the nearest.
    """
    if log.sites and site not in log.sites:
        raise ParameterError.unknown(site, log.sites, what="site")


def promises(log: DutyLog | None, *, site: str = "", until: Moment = None, now: datetime | None = None) -> pd.DataFrame:
    """Return one row for each promise that stands, the first made first.

    `id` is its short name (P12), `state` one of "open", "late" (open and due before the moment), "done" and "dropped";
    `done_at`, `done_by` and `note` say when, by whom and with which words a promise was done or dropped. The moment is
    `now`, or `until` where that is a moment and `now` is not given; without either nothing is late.

    Raises:
        ParameterError: `until` asks for more entries than the log has.
    """
    moment = now or (until if isinstance(until, datetime) else None)
    ends = {entry.promise: entry for entry in _standing(log, site, until, kinds=["done", "dropped"])}
    found = _standing(log, site, until, kinds=["promise"])
    return frame_of([_promise(entry, ends.get(entry.key), moment) for entry in found], _PROMISES)


def handovers(log: DutyLog | None, *, site: str = "", until: Moment = None) -> pd.DataFrame:
    """Return one row for each handover that stands, in order: at, site, shift (that ended), by, to, note, key, seq."""
    found = _standing(log, site, until, kinds=["handover"])
    return frame_of([_told(entry) for entry in found], _HANDOVERS)


def checks(
    log: DutyLog | None, *, site: str = "", shift: str = "", since: datetime | None = None, until: Moment = None
) -> pd.DataFrame:
    """Return one row for each item of a checklist that somebody looked at, in order.

    The columns are at, site, shift, item, is_done, by, note, key and seq. `since` leaves out what was said before that moment,
    as before the shift began.
    """
    found = _standing(log, site, until, kinds=["check"])
    kept = [entry for entry in found if (not shift or entry.shift == shift) and (since is None or entry.at >= since)]
    return frame_of([_told(entry) for entry in kept], _CHECKS)


def shift_notes(
    log: DutyLog | None, *, site: str = "", since: datetime | None = None, until: Moment = None
) -> pd.DataFrame:
    """Return one row for each note of a site that stands, in order: at, site, shift, by, note, case_id, key, seq."""
    found = _standing(log, site, until, kinds=["note"])
    return frame_of([_told(entry) for entry in found if since is None or entry.at >= since], _NOTES)


def _standing(log: DutyLog | None, site: str, until: Moment, *, kinds: Sequence[str]) -> list[ShiftEntry]:
    return [shift_entry(entry) for entry in standing(log, SHIFTS, until=until, subject=site, kinds=kinds)]


def _promise(entry: ShiftEntry, end: ShiftEntry | None, moment: datetime | None) -> dict[str, Any]:
    is_late = entry.due_at is not None and moment is not None and entry.due_at < moment
    return {
        "id": f"P{entry.seq}",
        "key": entry.key,
        "site": entry.site,
        "text": entry.text,
        "case_id": entry.case_id,
        "owner": entry.owner or entry.author,
        "due_at": entry.due_at,
        "made_at": entry.at,
        "made_by": entry.author,
        "state": end.kind if end else "late" if is_late else "open",
        "done_at": end.at if end else None,
        "done_by": end.author if end else "",
        "note": end.text if end else "",
        "seq": entry.seq,
    }


def _told(entry: ShiftEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "site": entry.site,
        "shift": entry.shift,
        "by": entry.author,
        "to": entry.to,
        "item": entry.item,
        "is_done": entry.is_done,
        "note": entry.text,
        "case_id": entry.case_id,
        "key": entry.key,
        "seq": entry.seq,
    }
