from datetime import date

import numpy as np
import pandas as pd
import pytest

from tskit.charts.wording import day, listed, lowered, named, period_name, shown, signed, span, width


def _plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1104, "cases", "1,104"),
        (0.5, "cases", "0.5"),
        (1234.6, "cases", "1,235"),
        (0.913, "share", "91.3 %"),
        (0.021, "points", "2.1 points"),
        (5.24, "hours", "5.2 h"),
        (1234.5, "hours", "1,234 h"),
        (1.084, "ratio", "1.08"),
        (12, "minutes", "12 minutes"),
    ],
)
def test_a_value_is_written_with_its_unit(value, unit, text):
    assert _plain(shown(value, unit)) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.184, "share", "+18.4 %"),
        (-0.021, "points", "−2.1 points"),
        (0.0, "share", "0.0 %"),
        (-0.0001, "share", "0.0 %"),
    ],
)
def test_a_change_carries_its_sign_unless_it_is_nothing(value, unit, text):
    assert _plain(signed(value, unit)) == text


def test_a_target_has_no_idle_decimal():
    assert _plain(shown(0.95, "share", trim=True)) == "95 %"
    assert _plain(shown(0.955, "share", trim=True)) == "95.5 %"


def test_days_are_written_as_people_say_them():
    assert day(date(2026, 9, 7)) == "7 Sep"
    assert period_name(date(2026, 10, 27), "day") == "Tue 27 Oct"
    assert period_name(date(2026, 10, 26), "week") == "week of 26 Oct"
    assert span(date(2026, 10, 26), date(2026, 10, 26), "week") == "26 Oct to 1 Nov 2026"
    assert span(date(2025, 12, 29), date(2026, 1, 5), "day") == "29 Dec 2025 to 5 Jan 2026"
    assert span(date(2026, 1, 1), date(2026, 1, 1), "day") == "1 Jan 2026"


def test_a_missing_and_an_empty_segment_are_told_apart():
    assert [named(v) for v in (None, np.nan, pd.NA, pd.NaT, " ", "ID", 7)] == ["(not known)"] * 4 + [
        "(blank)",
        "ID",
        "7",
    ]


def test_long_lists_are_cut():
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and 1 more"


def test_abbreviations_keep_their_capitals():
    assert [lowered("Cases opened"), lowered("SLA attainment")] == ["cases opened", "SLA attainment"]


def test_wide_scripts_take_more_room_and_marks_above_letters_none():
    assert width("冒充名人") == 48
    assert width("น้ำ") < width("นนน")
    assert width("e\u0301") == width("e")
