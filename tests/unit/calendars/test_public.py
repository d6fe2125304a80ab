from datetime import date

import pytest

from tskit.calendars import holidays_between, moving_holidays, public_holidays
from tskit.errors import ParameterError
from tskit.model import Site, Window

SINGAPORE = "Asia/Singapore"


def _row(frame, name):
    return frame[frame["name"] == name].iloc[0]


@pytest.mark.parametrize(
    ("country", "name", "moving"),
    [
        ("SG", "Chinese New Year", True),
        ("SG", "Diwali", True),
        ("ID", "Eid al-Fitr", True),
        ("VN", "Lunar New Year", True),
        ("SG", "Good Friday", True),
        ("SG", "National Day", False),
        ("AU", "Christmas Day", False),
        ("JP", "Vernal Equinox Day", False),  # 20 or 21 March
        ("JP", "Marine Day", False),  # a third Monday stays within a week
    ],
)
def test_a_holiday_moves_when_its_date_differs_by_more_than_a_week(country, name, moving):
    assert _row(public_holidays(country, [2026]), name)["moving"] == moving


def test_a_day_given_once_counts_as_moving_since_last_year_lacked_it():
    assert _row(public_holidays("SG", [2025]), "Polling Day")["moving"]


def test_a_substitute_day_is_marked_and_moves_only_with_its_holiday():
    frame = public_holidays("SG", [2026])
    national, diwali = _row(frame, "National Day (observed)"), _row(frame, "Diwali (observed)")
    assert (national["observed"], national["moving"]) == (True, False)
    assert (diwali["observed"], diwali["moving"]) == (True, True)
    assert not _row(frame, "Diwali")["observed"]


def test_two_holidays_on_one_day_are_two_rows():
    frame = public_holidays("TH", [2026])
    assert (frame["day"] == date(2026, 12, 5)).sum() == 3


def test_a_subdivision_adds_its_own_days():
    whole, state = public_holidays("AU", [2026]), public_holidays("AU", [2026], subdivision="NSW")
    assert set(whole["day"]) < set(state["day"])


def test_unknown_places_name_the_fix():
    with pytest.raises(ParameterError, match="two letters"):
        public_holidays("Singapore", [2026])
    with pytest.raises(ParameterError, match="NSW"):
        public_holidays("AU", [2026], subdivision="NSV")


def test_a_window_is_half_open_and_spans_years_and_places():
    window = Window(date(2025, 12, 25), date(2026, 1, 2), SINGAPORE)
    frame = holidays_between(["SG", Site("Sydney", "AU", "Australia/Sydney", "NSW")], window)
    assert list(zip(frame["country"], frame["day"].map(str), strict=True)) == [
        ("AU", "2025-12-25"),
        ("SG", "2025-12-25"),
        ("AU", "2025-12-26"),
        ("AU", "2026-01-01"),
        ("SG", "2026-01-01"),
    ]
    assert holidays_between(["SG"], Window(date(2026, 1, 5), date(2026, 1, 12), SINGAPORE)).empty


def test_it_is_said_which_of_two_windows_holds_a_moving_holiday():
    # Four weeks to 1 November 2026; Diwali was on 20 October in 2025 and is on 8 November in 2026.
    october = moving_holidays(["SG"], Window(date(2026, 10, 5), date(2026, 11, 2), SINGAPORE))
    assert october.to_dict("records") == [
        {
            "country": "SG",
            "subdivision": "",
            "name": "Diwali",
            "this_year": None,
            "last_year": date(2025, 10, 20),
            "held_by": "last",
        }
    ]
    november = moving_holidays(["SG"], Window(date(2026, 11, 2), date(2026, 11, 16), SINGAPORE))
    assert list(november["held_by"]) == ["this"]
    lunar = moving_holidays(["SG"], Window(date(2026, 1, 26), date(2026, 2, 23), SINGAPORE))
    assert list(lunar["held_by"]) == ["both"]
    assert moving_holidays(["SG"], Window(date(2026, 7, 6), date(2026, 8, 17), SINGAPORE)).empty
