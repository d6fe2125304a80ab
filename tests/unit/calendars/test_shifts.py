"""Which shift begins next: local days and hours, nights, holidays, and changes of the clocks."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tskit.calendars import duty_site, last_turn, next_turn, turns
from tskit.errors import ParameterError
from tskit.model import Casebook, Shift, Site

SINGAPORE = Site("singapore", "SG", "Asia/Singapore", queues=("urgent", "legal"))
DUBLIN = Site("dublin", "IE", "Europe/Dublin", queues=("eu",))
SHIFTS = (
    Shift("weekday day", "singapore", "09:00", "21:00", days=(1, 2, 3, 4, 5)),
    Shift("weekday night", "singapore", "21:00", "09:00", days=(1, 2, 3, 4, 5), queues=("*",)),
    Shift("weekend day", "singapore", "09:00", "21:00", days=(6, 7), on_holidays=True, queues=("*",)),
    Shift("weekend night", "singapore", "21:00", "09:00", days=(6, 7), on_holidays=True, queues=("*",)),
    Shift("night", "dublin", "22:00", "06:00"),
)
BOOK = Casebook(Path("drawn"), "drawn", sites=(SINGAPORE, DUBLIN), shifts=SHIFTS)


def at(text, zone="Asia/Singapore"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "name", "begins"),
    [
        ("2026-10-31T08:00", "weekend day", "2026-10-31T09:00"),
        ("2026-11-01T20:59", "weekend night", "2026-11-01T21:00"),
        ("2026-11-01T23:58", "weekday day", "2026-11-02T09:00"),
        ("2026-10-30T21:00", "weekday night", "2026-10-30T21:00"),
        ("2026-10-30T21:01", "weekend day", "2026-10-31T09:00"),
    ],
)
def test_the_next_shift_is_the_one_that_begins_then_or_after(moment, name, begins):
    turn = next_turn(BOOK, at=at(moment))
    assert (turn.shift.name, turn.begins_at) == (name, at(begins))


def test_on_a_public_holiday_those_who_are_there_on_holidays_stand_in():
    """Sunday 8 November 2026 is Deepavali in Singapore, and Monday the 9th its day in lieu."""
    turn = next_turn(BOOK, at=at("2026-11-09T08:00"))
    assert turn.shift.name == "weekend day"
    assert next_turn(BOOK, at=at("2026-11-10T08:00")).shift.name == "weekday day"


def test_where_no_shift_is_for_holidays_the_weekday_rules():
    plain = Casebook(Path("d"), "d", sites=(SINGAPORE,), shifts=(SHIFTS[0],))
    assert next_turn(plain, at=at("2026-11-09T08:00")).begins_at == at("2026-11-09T09:00")


def test_a_night_belongs_to_the_day_on_which_it_begins():
    turn = next_turn(BOOK, at=at("2026-11-01T10:00"), shift="weekend night")
    assert (turn.ends_at, turn.hours) == (at("2026-11-02T09:00"), 12.0)


def test_a_change_of_the_clocks_makes_a_night_longer_or_shorter():
    autumn = next_turn(BOOK, "dublin", at=at("2026-10-24T20:00", "Europe/Dublin"))
    spring = next_turn(BOOK, "dublin", at=at("2026-03-28T20:00", "Europe/Dublin"))
    assert (autumn.hours, spring.hours) == (9.0, 7.0)


def test_the_last_turn_is_the_one_that_began_before():
    turn = last_turn(BOOK, at=at("2026-11-01T09:00"))
    assert turn is not None
    assert (turn.shift.name, turn.begins_at) == ("weekend night", at("2026-10-31T21:00"))


def test_a_shift_answers_for_its_queues_for_its_sites_or_for_all():
    assert next_turn(BOOK, at=at("2026-11-02T08:00")).queues == ("urgent", "legal")
    assert next_turn(BOOK, at=at("2026-11-01T08:00")).queues == ()


def test_without_shifts_the_opening_hours_stand_in_and_it_says_so():
    plain = Casebook(Path("d"), "d", sites=(SINGAPORE,))
    turn = next_turn(plain, at=at("2026-10-31T08:00"))
    assert (turn.is_assumed, turn.begins_at) == (True, at("2026-11-02T09:00"))


def test_turns_come_in_order_and_none_is_missed():
    week = turns(BOOK, "singapore", begin_after=at("2026-10-25T21:00"), begin_until=at("2026-11-01T21:00"))
    assert len(week) == 14
    assert all(one.ends_at == two.begins_at for one, two in pairwise(week))


def test_an_unknown_site_or_shift_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="singapore"):
        duty_site(BOOK, "singapor")
    with pytest.raises(ParameterError, match="weekend day"):
        next_turn(BOOK, at=at("2026-11-01T08:00"), shift="weekend dya")
    with pytest.raises(ParameterError, match="names no site"):
        duty_site(Casebook(Path("d"), "d"))


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("begins", "9:00", "is no time"),
        ("ends", "24:00", "is no time"),
        ("ends", 9, "is no time"),
        ("days", (0, 1), "numbers from 1"),
        ("days", ("Mon",), "numbers from 1"),
        ("days", (), "on no day"),
        ("people", 0, "above 0"),
        ("cases_per_hour", "six", "above 0"),
        ("queues", "urgent", "list of names"),
        ("on_holidays", "yes", "true or false"),
        ("site", "", "needs a site"),
    ],
)
def test_a_shift_that_cannot_be_meant_is_refused_by_name(setting, value, says):
    settings = {"name": "day", "site": "singapore", "begins": "09:00", "ends": "21:00", setting: value}
    with pytest.raises(ParameterError, match=says):
        Shift(**settings)
