"""What holds of every deadline, whatever the moment, the place and the pauses."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tskit.calendars import deadline_at
from tskit.model import Deadline, Site

BANGKOK = Site("bangkok", "TH", "Asia/Bangkok", opens="09:00", closes="17:00")
SYDNEY = Site("sydney", "AU", "Australia/Sydney", "NSW", workdays=(2, 3, 4, 5, 6, 7), opens="06:30", closes="22:15")
SITES = (BANGKOK, SYDNEY)

ZONES = [
    *("Asia/Singapore", "Asia/Kolkata", "UTC", "Australia/Sydney", "Europe/Berlin", "America/New_York"),
    # Here the clocks change at midnight, so that it comes twice or never.
    *("Africa/Cairo", "America/Santiago", "Atlantic/Azores"),
]
COUNTRIES = {"SG": "Asia/Singapore", "AU-NSW": "Australia/Sydney", "DE-BE": "Europe/Berlin", "BD": "Asia/Dhaka"}

MOMENT = timedelta(microseconds=1)
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
unhurried = settings(deadline=None, max_examples=60)  # a loaded machine is no failure

moments = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda since: EPOCH + since)
zones = st.sampled_from(ZONES)
hours = st.builds(
    lambda span, stops, zone: Deadline("h", hours=span, pauses=stops, zone=zone),
    st.floats(0.1, 400),
    st.booleans(),
    zones,
)
days = st.builds(
    lambda count, stops, zone: Deadline("d", days=count, pauses=stops, zone=zone),
    st.integers(1, 40),
    st.booleans(),
    zones,
)
of_countries = st.builds(
    lambda count, stops, place: Deadline("w", working_days=count, calendar=place, zone=COUNTRIES[place], pauses=stops),
    st.integers(1, 25),
    st.booleans(),
    st.sampled_from(sorted(COUNTRIES)),
)
of_sites = st.builds(
    lambda count, stops, site: Deadline("w", working_days=count, calendar=site, pauses=stops),
    st.integers(1, 25),
    st.booleans(),
    st.sampled_from(["bangkok", "sydney"]),
)
deadlines = st.one_of(hours, days, of_countries, of_sites)
spans = st.lists(st.tuples(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=9))), max_size=5)


def near(after, pauses):
    """Return the pauses brought to the days after the moment, so that most of them matter."""
    return [(after + (begins - EPOCH) / 30 - timedelta(days=2), lasts) for begins, lasts in pauses]


def due(after, deadline, pauses=()):
    rows = [("a", begins, begins + lasts) for begins, lasts in pauses]
    frame = pd.DataFrame(rows, columns=["case_id", "paused_at", "resumed_at"])
    return deadline_at(pd.Series([after], ["a"]), deadline, sites=SITES, pauses=frame)["a"]


@unhurried
@given(moments, moments, deadlines, spans)
def test_what_begins_later_is_never_due_earlier(one, other, deadline, pauses):
    first, second = sorted([one, other])
    stopped = near(first, pauses)
    assert due(first, deadline, stopped) <= due(second, deadline, stopped)


@unhurried
@given(moments, deadlines, spans)
def test_nothing_is_due_before_it_began(after, deadline, pauses):
    assert due(after, deadline, near(after, pauses)) > pd.Timestamp(after)


@unhurried
@given(moments, deadlines, spans, spans)
def test_more_pause_is_never_due_earlier(after, deadline, some, more):
    fewer = near(after, some)
    assert due(after, deadline, fewer) <= due(after, deadline, fewer + near(after, more))


@unhurried
@given(moments, deadlines, spans)
def test_pauses_move_only_what_they_may(after, deadline, pauses):
    moved = due(after, deadline, near(after, pauses)) > due(after, deadline)
    assert deadline.pauses or not moved


@unhurried
@given(moments, st.one_of(of_countries, of_sites), spans)
def test_a_deadline_in_working_days_never_ends_on_a_day_off(after, deadline, pauses):
    site = next((site for site in SITES if site.name == deadline.calendar), None)
    zone = ZoneInfo(deadline.zone or site.zone)
    last = due(after, deadline, near(after, pauses)).tz_convert(zone)
    country, _, subdivision = (
        f"{site.country}-{site.subdivision}".partition("-") if site else deadline.calendar.partition("-")
    )
    off = holidays.country_holidays(country, subdiv=subdivision or None)
    assert last.date() not in off
    assert (last.isoweekday() in site.workdays) if site else (last.weekday() not in off.weekend)
    # It is the last microsecond of that day.
    assert (last + MOMENT).date() == last.date() + timedelta(days=1)


@unhurried
@given(moments, hours, zones, zones, spans)
def test_zones_do_not_matter_for_hours_in_any_order(after, deadline, one, other, pauses):
    elsewhere = Deadline("h", hours=deadline.hours, pauses=deadline.pauses, zone=other)
    stopped = near(after, pauses)
    assert due(after.astimezone(ZoneInfo(one)), deadline, stopped) == due(after, elsewhere, stopped)


@unhurried
@given(moments, st.floats(0.1, 400), spans)
def test_hours_that_stop_run_as_long_as_they_say(after, span, pauses):
    """From the beginning to the due time, less the time in which some pause lasted, it is the hours of the deadline."""
    stopped = near(after, pauses)
    end = due(after, Deadline("h", hours=span, pauses=True), stopped)
    still = timedelta(0)
    reached = after
    for begins, ends in sorted((begins, begins + lasts) for begins, lasts in stopped):
        begin, close = max(begins, reached), min(ends, end.to_pydatetime())
        still += max(close - begin, timedelta(0))
        reached = max(reached, ends)
    assert abs((end - after - still).total_seconds() - span * 3600) < 1e-5


@unhurried
@given(moments, st.one_of(days, of_countries, of_sites), spans)
@example(datetime(2025, 4, 5, 12, tzinfo=UTC), Deadline("d", days=1, zone="Australia/Sydney", pauses=True), [])
def test_days_are_those_that_somebody_would_count_on_their_fingers(after, deadline, pauses):
    stopped = [(begins, begins + lasts) for begins, lasts in near(after, pauses)]
    assert due(after, deadline, near(after, pauses)) == pd.Timestamp(_on_fingers(after, deadline, stopped))


@unhurried
@given(st.lists(moments, min_size=1, max_size=8), deadlines, spans)
def test_many_cases_at_once_are_due_as_each_alone(afters, deadline, pauses):
    names = [f"c{n}" for n in range(len(afters))]
    rows = [
        (name, begins, begins + lasts)
        for name, after in zip(names, afters, strict=True)
        for begins, lasts in near(after, pauses)
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "paused_at", "resumed_at"]).sample(frac=1, random_state=7)
    together = deadline_at(pd.Series(afters, names), deadline, sites=SITES, pauses=frame)
    assert list(together) == [due(after, deadline, near(after, pauses)) for after in afters]


def _on_fingers(after, deadline, pauses):
    """Return the due time by going from day to day, as slowly as a person does."""
    site = next((site for site in SITES if site.name == deadline.calendar), None)
    zone = ZoneInfo(deadline.zone or site.zone)
    day, left = after.astimezone(zone).date(), deadline.days or deadline.working_days
    while left:
        day += timedelta(days=1)
        opens, closes = _open(day, site, zone)
        left -= _is_counted(day, deadline, site) and not (deadline.pauses and _is_covered(opens, closes, pauses))
    return _begin(day + timedelta(days=1), zone) - MOMENT


def _begin(day, zone):
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _open(day, site, zone):
    if site is None:
        return _begin(day, zone), _begin(day + timedelta(days=1), zone)
    ends = (time.fromisoformat(site.opens), time.fromisoformat(site.closes))
    return tuple(datetime.combine(day, end, ZoneInfo(site.zone)).astimezone(UTC) for end in ends)


def _is_counted(day, deadline, site):
    if deadline.days:
        return True
    if site is not None:
        off = holidays.country_holidays(site.country, subdiv=site.subdivision or None)
        return day.isoweekday() in site.workdays and day not in off
    country, _, subdivision = deadline.calendar.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None).is_working_day(day)


def _is_covered(opens, closes, pauses):
    reached = opens
    for begins, ends in sorted(pauses):
        if begins <= reached:
            reached = max(reached, ends)
    return reached >= closes
