from datetime import UTC, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.calendars import WorkCalendar, calendar_of, due_at, elapsed_hours, paused_minutes
from tskit.errors import ParameterError
from tskit.model import Clock, Site

SG = Site("Singapore", "SG", "Asia/Singapore")
SYDNEY = Site("Sydney", "AU", "Australia/Sydney", "NSW", workdays=(1, 2, 3, 4, 5, 6, 7), opens="00:00", closes="24:00")
NIGHT = Site("Manila", "PH", "Asia/Manila", opens="22:00", closes="06:00")
BERLIN = Site("Berlin", "DE", "Europe/Berlin", opens="08:30", closes="17:15")
CALENDARS = [WorkCalendar(), *(WorkCalendar.of_site(site) for site in (SG, SYDNEY, NIGHT, BERLIN))]

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)

moments = st.timedeltas(timedelta(0), timedelta(days=1065)).map(lambda since: EPOCH + since)
unhurried = settings(deadline=None)  # a loaded machine is no failure
hours = st.floats(0, 300, allow_nan=False)
calendars = st.sampled_from(CALENDARS)


def _local(text, zone="Asia/Singapore"):
    return pd.Timestamp(text).tz_localize(ZoneInfo(zone)).tz_convert("UTC")


def _one(value):
    return pd.Series([value])


# opened (local)     hours  due (local)          why
WORKED = """
2026-03-02 09:00  |   4  |  2026-03-02 13:00  | within a day
2026-03-02 09:00  |   9  |  2026-03-02 18:00  | used up at closing time, not at the next opening
2026-03-02 17:00  |   2  |  2026-03-03 10:00  | over night
2026-03-02 20:00  |   1  |  2026-03-03 10:00  | opened after hours
2026-03-06 17:00  |   2  |  2026-03-09 10:00  | over a weekend
2026-03-07 12:00  |   1  |  2026-03-09 10:00  | opened on a Saturday
2026-02-16 17:00  |   2  |  2026-02-19 10:00  | Lunar New Year on 17 and 18 February
2026-05-29 17:00  |   2  |  2026-06-02 10:00  | Vesak Day fell on a Sunday, so Monday is off
2026-03-02 20:00  |   0  |  2026-03-02 20:00  | no time at all
"""


@pytest.mark.parametrize("line", WORKED.strip().splitlines())
def test_due_times_worked_by_hand(line):
    opened, span, due, _ = (part.strip() for part in line.split("|"))
    calendar = WorkCalendar.of_site(SG)
    got = due_at(_one(_local(opened)), float(span), calendar=calendar)
    assert got[0] == _local(due)
    assert elapsed_hours(_one(_local(opened)), got, calendar=calendar)[0] == pytest.approx(float(span))


def test_a_day_on_which_the_clocks_change_is_an_hour_shorter_or_longer():
    calendar = WorkCalendar.of_site(SYDNEY)
    days = pd.Series(
        [_local(f"2026-{day}", "Australia/Sydney") for day in ("10-04", "10-05", "04-04", "04-05", "04-07")]
    )
    ends = pd.Series(
        [_local(f"2026-{day}", "Australia/Sydney") for day in ("10-05", "10-06", "04-05", "04-06", "04-08")]
    )
    # 5 October is Labour Day, 4 April Easter Saturday and 5 April Easter Sunday in New South Wales.
    assert elapsed_hours(days, ends, calendar=calendar).tolist() == [23.0, 0.0, 0.0, 0.0, 24.0]
    # Berlin opens at 08:30 local, which is 07:30 UTC in winter and 06:30 in summer.
    opened = pd.Series(pd.to_datetime(["2026-03-27T00:00Z", "2026-03-30T00:00Z"]))
    due = due_at(opened, 1.0, calendar=WorkCalendar.of_site(BERLIN))
    assert due.dt.strftime("%H:%M").tolist() == ["08:30", "07:30"]


def test_a_night_shift_belongs_to_the_day_on_which_it_begins():
    calendar = WorkCalendar.of_site(NIGHT)
    friday_night = _one(_local("2026-03-06 23:00", "Asia/Manila"))
    assert due_at(friday_night, 7.0, calendar=calendar)[0] == _local("2026-03-07 06:00", "Asia/Manila")
    assert due_at(friday_night, 8.0, calendar=calendar)[0] == _local("2026-03-09 23:00", "Asia/Manila")


def test_a_stopped_clock_moves_the_due_time_and_shortens_the_elapsed_one():
    calendar, opened = WorkCalendar.of_site(SG), _one(_local("2026-03-02 16:00"))
    due = due_at(opened, 2.0, calendar=calendar, paused=90.0)
    assert due[0] == _local("2026-03-03 10:30")
    assert elapsed_hours(opened, due, calendar=calendar, paused=90.0)[0] == 2.0
    assert elapsed_hours(opened, due, calendar=calendar, paused=9000.0)[0] == 0.0


def test_pauses_that_overlap_count_once_and_nights_cost_nothing():
    pauses = pd.DataFrame(
        [
            ("a", _local("2026-03-02 10:00"), _local("2026-03-02 12:00")),
            ("a", _local("2026-03-02 10:30"), _local("2026-03-02 11:00")),
            ("a", _local("2026-03-02 11:30"), _local("2026-03-02 13:00")),
            ("b", _local("2026-03-02 17:00"), _local("2026-03-03 10:00")),
            ("c", _local("2026-03-07 10:00"), _local("2026-03-08 10:00")),
            ("d", _local("2026-03-02 10:00"), pd.NaT),
        ],
        columns=["case_id", "paused_at", "resumed_at"],
    )
    assert paused_minutes(pauses, calendar=WorkCalendar.of_site(SG)).to_dict() == {"a": 180.0, "b": 120.0, "c": 0.0}
    assert paused_minutes(pauses, calendar=WorkCalendar())["b"] == 17 * 60


def test_missing_and_impossible_times_stay_missing():
    calendar = WorkCalendar.of_site(SG)
    opened = pd.Series(pd.to_datetime(["2026-03-02T01:00Z", None, "1899-12-30T00:00Z", "2199-01-01T00:00Z"], utc=True))
    assert due_at(opened, 1.0, calendar=calendar).isna().tolist() == [False, True, True, True]
    assert elapsed_hours(opened, opened, calendar=calendar).isna().tolist() == [False, True, True, True]
    assert due_at(opened, pd.Series([np.nan] * 4), calendar=WorkCalendar()).isna().all()
    assert due_at(opened[:1], 1e6, calendar=calendar).isna().all()  # due after 2100
    assert due_at(opened[:0], 1.0, calendar=calendar).empty
    assert elapsed_hours(opened[:0], opened[:0], calendar=calendar).empty


def test_the_index_is_kept():
    opened = pd.Series(pd.to_datetime(["2026-03-02T01:00Z", "2026-03-03T01:00Z"]), index=[7, 3])
    due = due_at(opened, pd.Series([1.0, 2.0], index=[7, 3]), calendar=WorkCalendar())
    assert list(due.index) == [7, 3]
    assert list((due - opened).dt.total_seconds()) == [3600.0, 7200.0]


@unhurried
@given(moments, hours, calendars)
def test_a_case_closed_when_due_took_exactly_its_hours(opened, span, calendar):
    due = due_at(_one(opened), span, calendar=calendar)
    assert due[0] >= pd.Timestamp(opened)
    assert elapsed_hours(_one(opened), due, calendar=calendar)[0] == pytest.approx(span, abs=1e-8)


@unhurried
@given(moments, hours, hours, calendars)
def test_more_hours_are_never_due_earlier(opened, less, more, calendar):
    less, more = sorted((less, more))
    assert due_at(_one(opened), less, calendar=calendar)[0] <= due_at(_one(opened), more, calendar=calendar)[0]


@unhurried
@given(st.lists(moments, min_size=3, max_size=3).map(sorted), calendars)
def test_elapsed_time_adds_up_and_never_exceeds_the_wall_clock(times, calendar):
    a, b, c = (_one(time) for time in times)
    whole = elapsed_hours(a, c, calendar=calendar)[0]
    parts = elapsed_hours(a, b, calendar=calendar)[0] + elapsed_hours(b, c, calendar=calendar)[0]
    assert whole == pytest.approx(parts, abs=1e-8)
    assert 0 <= whole <= (times[2] - times[0]) / timedelta(hours=1) + 1e-8


@unhurried
@given(moments, hours)
def test_around_the_clock_is_plain_addition_and_subtraction(opened, span):
    due = due_at(_one(opened), span, calendar=WorkCalendar())
    assert (due[0] - pd.Timestamp(opened)).total_seconds() == pytest.approx(span * 3600, abs=1e-5)
    assert elapsed_hours(due, _one(opened), calendar=WorkCalendar())[0] == pytest.approx(-span, abs=1e-8)


@unhurried
@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=6), calendars)
def test_pauses_in_any_order_lose_the_same_time(spans, calendar):
    rows = [("a", min(pair), max(pair)) for pair in spans]
    columns = ["case_id", "paused_at", "resumed_at"]
    forward = paused_minutes(pd.DataFrame(rows, columns=columns), calendar=calendar)
    backward = paused_minutes(pd.DataFrame(rows[::-1], columns=columns), calendar=calendar)
    assert forward.tolist() == pytest.approx(backward.tolist())


def test_a_million_cases_take_about_a_second():
    opened = pd.Series(
        pd.to_datetime(np.random.default_rng(7).integers(1_700_000_000, 1_790_000_000, 1_000_000), unit="s", utc=True)
    )
    calendar, began = WorkCalendar.of_site(SG), process_time()
    elapsed_hours(opened, due_at(opened, 24.0, calendar=calendar), calendar=calendar)
    assert process_time() - began < 4  # 0.3 s measured; the rest is for a loaded machine


def test_a_clock_names_a_site_of_the_casebook():
    assert calendar_of(Clock(24), sites=[]) == WorkCalendar.around_the_clock()
    assert calendar_of(Clock(8, site="Singapore"), sites=[SG]).site == SG
    with pytest.raises(ParameterError, match="Did you mean 'Singapore'"):
        calendar_of(Clock(8, site="Singapor"), sites=[SG])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"opens": "9am"}, "'opens'"),
        ({"closes": "25:00"}, "'closes'"),
        ({"workdays": ()}, "workdays"),
        ({"workdays": (0, 1)}, "workdays"),
        ({"zone": "Singapore time"}, "zone"),
    ],
)
def test_a_site_that_cannot_be_read_is_refused_with_the_fix(settings, message):
    site = Site(**{"name": "X", "country": "SG", "zone": "Asia/Singapore", **settings})
    with pytest.raises(ParameterError, match=message):
        WorkCalendar.of_site(site)
