"""How deadlines are told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.export.html.due import Clock, clock_of, left_in_words
from tskit.model import FINDING_MIME, INPUTS_MIME

HOUR = 3_600
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute left"),
        (59.9, "less than a minute left"),
        (-59.9, "passed less than a minute ago"),
        (60, "1 min left"),
        (3 * HOUR + 12 * 60 + 59, "3 h 12 min left"),
        (-20 * 60, "passed 20 min ago"),
        (HOUR, "1 h left"),
        (23 * HOUR + 59 * 60, "23 h 59 min left"),
        (48 * HOUR, "2 d left"),
        (-100 * HOUR, "passed 4 d 4 h ago"),
    ],
)
def test_what_is_left_is_told_in_whole_minutes(seconds, words):
    assert left_in_words(seconds) == words


def test_a_year_is_told_where_it_is_another_one_than_that_of_the_write_up():
    clock = Clock(datetime(2026, 12, 31, 16, 30, tzinfo=UTC), ZoneInfo("Asia/Singapore"))
    told = [clock.due(said) for said in ("2026-12-31T16:00:00Z", "2026-12-31T15:59:00Z", "2024-08-01T02:00:00Z")]
    assert [due.short for due in told] == ["Fri 1 Jan, 00:00", "Thu 31 Dec 2026, 23:59", "Thu 1 Aug 2024, 10:00"]


@given(st.integers(60, 10**8))
def test_never_more_is_told_than_there_is(seconds):
    numbers = [int(word) for word in left_in_words(seconds).split() if word.isdigit()]
    units = {"min": 60, "h": HOUR, "d": 24 * HOUR, "days": 24 * HOUR}
    names = [word for word in left_in_words(seconds).split() if word in units]
    told = sum(number * units[name] for number, name in zip(numbers, names, strict=True))
    assert 0 <= seconds - told < (60 if seconds < DAY else HOUR if seconds < 10 * DAY else DAY)


def test_a_deadline_is_told_in_the_zone_of_the_reader_whatever_zone_it_came_in():
    clock = Clock(datetime(2026, 10, 24, 22, tzinfo=UTC), ZoneInfo("Europe/Dublin"))
    due = clock.due("2026-10-25T13:30:00+08:00")
    assert (due.iso, due.short) == ("2026-10-25T05:30:00Z", "Sun 25 Oct, 05:30")
    assert due.spoken == "Sunday 25 October 2026, 05:30, Europe/Dublin"
    # The clock there is set back in that night: the hours are those that pass, not those between the two times.
    assert due.left == "7 h 30 min left"


@pytest.mark.parametrize("said", [None, "", "soon", "2026-11-02T09:00:00", "2026-11-02", 5])
def test_what_names_no_instant_is_no_deadline(said):
    assert Clock().due(said) is None


def test_the_findings_name_the_moment_and_the_data_where_they_do_not():
    inputs = {INPUTS_MIME: {"as_of": "2026-11-01T16:00:00+00:00", "zone": "Asia/Singapore"}}
    assert clock_of([inputs]).spoken == "Monday 2 November 2026, 00:00, Asia/Singapore"
    answer = {FINDING_MIME: {"as_of": "2026-10-31T16:00:00+00:00", "zone": "Asia/Tokyo"}}
    assert clock_of([inputs, answer]).spoken == "Sunday 1 November 2026, 01:00, Asia/Tokyo"
    assert clock_of([{FINDING_MIME: {"zone": "../../etc"}}]) == Clock()


@pytest.mark.parametrize(
    ("as_of", "said", "left", "is_past"),
    [
        ("2026-11-01T16:00:04+00:00", "2026-11-02T01:00:00Z", "9 h left", False),
        ("2026-11-01T16:00:04+00:00", "2026-11-01T16:00:59Z", "less than a minute left", False),
        ("2026-11-01T16:00:04+00:00", "2026-11-01T16:00:03Z", "passed less than a minute ago", True),
        ("2026-11-01T16:00:04+00:00", "2026-11-01T13:22:00Z", "passed 2 h 38 min ago", True),
        ("2026-11-01T16:00:59+00:00", "2026-11-01T18:53:16Z", "2 h 53 min left", False),
    ],
)
def test_what_is_left_lies_between_the_two_times_as_they_are_shown(as_of, said, left, is_past):
    """Both are shown to the minute: from 00:00 to 09:00 it is 9 hours, whatever the seconds."""
    due = Clock(datetime.fromisoformat(as_of), ZoneInfo("Asia/Singapore")).due(said)
    assert (due.left, due.is_past) == (left, is_past)
