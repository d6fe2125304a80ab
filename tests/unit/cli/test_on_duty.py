"""Moments, numbers and lines as the verbs of a duty read and tell them."""

from datetime import UTC, datetime, timedelta

import pytest

from tskit.cli.on_duty import Desk, aligned, number_of
from tskit.errors import ParameterError

NOW = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def sydney():
    return Desk("mei", NOW, "Australia/Sydney")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2026-10-03T23:00", "Saturday 3 October 2026, 23:00, Australia/Sydney"),
        ("2026-10-04T03:00", "Sunday 4 October 2026, 03:00, Australia/Sydney"),
        ("2026-10-04", "Sunday 4 October 2026, 23:59, Australia/Sydney"),
        # 02:30 does not exist on that night; the clock shows 03:30 at that moment.
        ("2026-10-04T02:30", "Sunday 4 October 2026, 03:30, Australia/Sydney"),
        ("+24h", "Sunday 4 October 2026, 23:00, Australia/Sydney"),
        ("+1d", "Sunday 4 October 2026, 23:00, Australia/Sydney"),
    ],
)
def test_a_deadline_is_told_as_it_was_typed_across_a_change_of_clocks(sydney, typed, told):
    """Worked by hand: at 2:00 on Sunday 4 October 2026 Sydney's clocks go forward to 3:00."""
    assert sydney.full(sydney.due(typed)) == told


def test_of_two_moments_that_a_clock_shows_twice_the_earlier_is_due(sydney):
    assert sydney.due("2026-04-05T02:30") == datetime(2026, 4, 4, 15, 30, tzinfo=UTC)


def test_a_deadline_without_a_word_is_none(sydney):
    assert sydney.due("") is None


@pytest.mark.parametrize("typed", ["soon", "+2", "+2w", "2h", "#12", "2026-13-01", "09:00", "+99999h"])
def test_what_is_no_moment_is_refused(sydney, typed):
    with pytest.raises(ParameterError, match="--due takes a time"):
        sydney.due(typed)


def test_what_is_left_is_told_from_now_or_from_another_moment(sydney):
    due = NOW + timedelta(minutes=80)
    assert sydney.left(due) == "in 1 h 20 min"
    assert sydney.left(due, at=due + timedelta(hours=3)) == "passed 3 h ago"


@pytest.mark.parametrize(("typed", "number"), [("12", 12), ("#12", 12), ("P12", 12), (" p3 ", 3)])
def test_an_entry_goes_by_its_number(typed, number):
    assert number_of(typed) == number


@pytest.mark.parametrize("typed", ["", "x", "-1", "#", "P", "1.5", "1234567890"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ParameterError, match="named by its number"):
        number_of(typed)


def test_columns_stand_below_each_other_and_hold_no_line_of_their_own():
    assert aligned([("#1", "a\nb", "x"), ("#12", "c\x1b[2J", "")]) == ["#1   a b    x", "#12  c\ufffd[2J"]
    assert aligned([]) == []
