"""Entries of the logs of a duty, for tests."""

from datetime import UTC, datetime, timedelta

from tskit.duty import CaseEntry, ShiftEntry, write_case, write_shift

START = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
"""Sunday 1 November 2026, 11:00 in Singapore."""
CASE = "5005g00000CASE1AAA"
SITE = "singapore"


def minute(count):
    return START + timedelta(minutes=count)


def said(log, kind, minutes, **told):
    """Write an entry about a case, so many minutes after the start; its key is its minute unless it is told."""
    given = {"case_id": CASE, "author": "mei", "key": f"k{minutes}"} | told
    return write_case(log, CaseEntry(kind=kind, at=minute(minutes), **given))


def shift(log, kind, minutes, **told):
    """Write an entry about a shift in the same way."""
    given = {"site": SITE, "author": "mei", "key": f"k{minutes}"} | told
    return write_shift(log, ShiftEntry(kind=kind, at=minute(minutes), **given))
