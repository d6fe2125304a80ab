from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.sources.synthetic.clock import epoch, pace_of
from tskit.sources.synthetic.stories import told
from tskit.sources.synthetic.world import SITES

FIRST, UNTIL = date(2026, 9, 1), date(2026, 11, 1)
BANGKOK = next(site for site in SITES if site.name == "bangkok")
USUAL = pace_of(BANGKOK, first=FIRST, until=UNTIL, closure=None)
CLOSED = pace_of(BANGKOK, first=FIRST, until=UNTIL, closure=told("all", until=UNTIL)["holiday_backlog"])


def hours(pace, start: date, *, hour: int, work: float) -> float:
    begin = epoch(start) + hour * 3600
    return (pace.finish(np.array([begin]), np.array([work]))[0] - begin) / 3600


@given(st.integers(0, 59 * 86_400), st.floats(0.1, 40), st.floats(0.1, 40))
def test_more_work_is_never_done_earlier_and_never_faster_than_the_clock(offset, work, more):
    start = np.array([epoch(FIRST) + offset])
    one, two = (USUAL.finish(start, np.array([w])) for w in (work, work + more))
    assert start[0] + work * 3600 <= one[0] + 1
    assert one[0] <= two[0]


@given(st.integers(0, 59 * 86_400), st.floats(0.1, 40))
def test_a_closure_never_makes_a_case_faster(offset, work):
    start, load = np.array([epoch(FIRST) + offset]), np.array([work])
    assert CLOSED.finish(start, load)[0] >= USUAL.finish(start, load)[0] - 1


def test_two_hours_of_work_on_a_weekday_morning_take_two_hours():
    # Tuesday 8 September 2026, 10:00 in Singapore is 9:00 in Bangkok, within the shift.
    assert hours(USUAL, date(2026, 9, 8), hour=10, work=2) == pytest.approx(2, abs=0.01)


def test_work_waits_for_the_morning():
    assert 5 < hours(USUAL, date(2026, 9, 8), hour=2, work=1) < 8


def test_a_closed_weekend_holds_a_case_until_monday():
    assert hours(CLOSED, date(2026, 10, 23), hour=10, work=2) > 68
    assert hours(USUAL, date(2026, 10, 23), hour=10, work=2) < 5


def test_the_pace_is_the_usual_one_long_after_a_closure():
    day = date(2026, 10, 31)
    assert hours(CLOSED, day, hour=10, work=2) == pytest.approx(hours(USUAL, day, hour=10, work=2))


def test_a_public_holiday_slows_a_site():
    # Tuesday 13 October 2026 is a public holiday in Thailand; the Tuesday after is not.
    assert hours(USUAL, date(2026, 10, 13), hour=10, work=2) > hours(USUAL, date(2026, 10, 20), hour=10, work=2)
