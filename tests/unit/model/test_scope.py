"""A scope is whole local days, half open."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.errors import ParameterError
from tskit.model import Scope, Window

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_the_last_day_is_included():
    scope = Scope.from_parameters(start="2026-03-01", end="2026-03-31")
    assert (scope.start, scope.end) == (date(2026, 3, 1), date(2026, 4, 1))


def test_an_empty_parameter_means_all():
    scope = Scope.from_parameters(market=[], queue="", severity=["S3", ""])
    assert scope.filters == (("severity", ("S3",)),)
    assert scope.start is None


@pytest.mark.parametrize("text", ["31/3/2026", "2026-3-31", "yesterday"])
def test_a_date_is_written_year_first(text):
    with pytest.raises(ParameterError, match="year-month-day") as caught:
        Scope.from_parameters(start=text)
    assert text not in str(caught.value)


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(ParameterError, match="before"):
        Scope.from_parameters(start="2026-03-02", end="2026-03-01")


def test_days_are_local_days_and_instants_are_utc():
    window = Window(date(2026, 3, 1), date(2026, 3, 2), "Asia/Singapore")
    assert window.starts_at == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert window.ends_at == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_a_day_across_a_change_of_clocks_has_its_true_length():
    window = Window(date(2025, 3, 9), date(2025, 3, 10), "America/New_York")
    assert (window.ends_at - window.starts_at).total_seconds() == 23 * 3600


@given(start=DAYS, length=st.integers(1, 400))
def test_the_window_before_has_the_same_length_and_ends_where_this_one_starts(start, length):
    window = Window(start, date.fromordinal(start.toordinal() + length), "UTC")
    assert window.before().days == length
    assert window.before().end == start


@given(start=DAYS)
def test_a_year_ago_is_the_same_weekday(start):
    window = Window(start, date.fromordinal(start.toordinal() + 7), "UTC")
    assert window.year_before().start.isocalendar().weekday == start.isocalendar().weekday


def test_a_scope_that_was_not_loaded_has_no_window():
    with pytest.raises(ParameterError, match=r"case_set\.scope"):
        _ = Scope().window
