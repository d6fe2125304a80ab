from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.findings.wording import amount, change, count, day, days, listed, plural, relative, spread

NARROW = "\u202f"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1104, "cases", "1,104"),
        (0.0814, "share", f"8.1{NARROW}%"),
        (0.9999, "share", f"100.0{NARROW}%"),
        (5.23, "hours", f"5.2{NARROW}h"),
        (0.4, "hours", f"24{NARROW}min"),
        (120.0, "hours", "5.0 days"),
        (4.25, "minutes", f"4.2{NARROW}min"),
        (-0.019, "points", "−1.9 points"),
        (-0.0001, "points", "0.0 points"),
        (1.0512, "ratio", "1.05"),
        (float("nan"), "cases", "not known"),
    ],
)
def test_an_amount_carries_its_unit(value, unit, text):
    assert amount(value, unit) == text


def test_a_range_says_its_unit_once():
    assert spread(0.701, 0.784, "share") == f"70.1 to 78.4{NARROW}%"
    assert spread(3.04, 5.2, "hours") == f"3.0 to 5.2{NARROW}h"
    assert spread(0.5, 5.2, "hours") == f"30{NARROW}min to 5.2{NARROW}h"


def test_a_share_changes_in_points_and_a_count_relatively():
    assert change(0.081, 0.062, "share") == "−1.9 points"
    assert change(200, 250, "cases") == f"+25{NARROW}%"
    assert change(0, 250, "cases") == "not known"


@given(st.floats(-0.99, 50))
def test_a_relative_change_never_shows_a_plain_minus(share):
    assert "-" not in relative(share)


@given(st.integers(0, 10**9))
def test_a_count_can_be_read_back(number):
    assert int(count(number).replace(",", "")) == number


def test_days_name_month_and_year_once():
    assert days(date(2026, 10, 5), date(2026, 11, 2)) == "5 October to 1 November 2026"
    assert days(date(2026, 10, 5), date(2026, 10, 12)) == "5 to 11 October 2026"
    assert days(date(2025, 12, 29), date(2026, 1, 5)) == "29 December 2025 to 4 January 2026"
    assert days(date(2026, 10, 5), date(2026, 10, 6)) == "5 October 2026"
    assert day(date(2026, 10, 20), weekday=True) == "Tuesday 20 October"


def test_a_long_list_says_how_many_are_left():
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"


def test_a_noun_follows_its_number():
    assert plural(1, "case") == "1 case"
    assert plural(0, "case") == "0 cases"
