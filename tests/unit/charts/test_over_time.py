from datetime import date, timedelta

import pandas as pd

from tskit.charts import About, over_time

ABOUT = About("opened", "Cases opened per day", "Cases opened", "cases")
MONDAY = date(2026, 10, 5)


def _frame(values, **columns):
    days = [MONDAY + timedelta(days=i) for i in range(len(values))]
    return pd.DataFrame({"period_start": days, "value": values, **columns})


def _days(figure, name):
    return [row["d"][-2:] for row in figure.spec["datasets"].get(name, [])]


def test_a_line_breaks_where_days_are_missing_and_a_day_between_two_gaps_is_a_dot():
    figure = over_time(_frame([3, 4, None, 5, None, 6, 7] + [1] * 40), about=ABOUT)
    line = figure.spec["datasets"]["line"]
    assert [(row["d"][-2:], row["seg"]) for row in line[:5]] == [("05", 0), ("06", 0), ("08", 1), ("10", 2), ("11", 2)]
    assert _days(figure, "dots") == ["08"]
    assert "2 days without a value" in figure.subtitle


def test_an_unfinished_day_is_dashed_hollow_and_no_part_of_what_is_said():
    figure = over_time(_frame([3, 9, 400], is_complete=[True, True, False]), about=ABOUT)
    assert _days(figure, "line") == ["05", "06"]
    assert _days(figure, "open") == ["06", "07"]
    assert _days(figure, "open_dots") == ["07"]
    assert "highest 9 on Tue 6 Oct" in figure.caption
    assert "400" not in figure.caption
    assert "not complete (dashed)" in figure.alt


def test_days_beyond_the_expected_range_are_counted_and_marked_unfinished_ones_are_not():
    frame = _frame([5, 50, 1, 5, 99], expected_low=2, expected_high=10, is_complete=[True] * 4 + [False])
    figure = over_time(frame, about=ABOUT)
    assert _days(figure, "beyond") == ["06", "07"]
    assert "Of 4 days, 1 above and 1 below the expected range, the first on Tue 6 Oct." in figure.caption


def test_nothing_beyond_is_said_plainly():
    figure = over_time(_frame([5, 6], expected_low=2, expected_high=10), about=ABOUT)
    assert "Every complete day stayed inside the expected range." in figure.caption


def test_a_target_is_judged_on_the_exact_value():
    share = About("sla", "SLA", "Closed within SLA", "share")
    figure = over_time(_frame([0.95, 0.9499999, 0.96]), about=share, target=0.95)
    assert "1 day of 3 lay below it" in figure.caption


def test_holidays_outside_the_axis_are_left_out_and_one_day_names_all_its_countries():
    holidays = pd.DataFrame(
        [(MONDAY + timedelta(days=d), "Diwali", c) for d, c in ((1, "SG"), (1, "MY"), (90, "SG"))],
        columns=["day", "name", "country"],
    )
    figure = over_time(_frame([3, 4, 5]), about=ABOUT, holidays=holidays)
    assert [row["t"] for row in figure.spec["datasets"]["holidays"]] == ["Diwali (MY, SG)"]
    assert "6 Oct Diwali (MY, SG)" in figure.alt
    assert "holidays" in figure.subtitle


def test_a_frame_that_knows_why_it_is_empty_is_quoted():
    figure = over_time(_frame([None], note=["needs column qa_label_final"]), about=ABOUT)
    assert figure.caption == "Nothing to draw for cases opened: needs column qa_label_final."


def test_own_words_win():
    about = About("k", "T", "Cases opened", "cases", subtitle="Mine", caption="Mine, too.")
    figure = over_time(_frame([1, 2]), about=about)
    assert (figure.subtitle, figure.caption) == ("Mine", "Mine, too.")


def test_the_axis_names_the_year_only_where_it_changes():
    weeks = pd.DataFrame({"period_start": [date(2025, 11, 3) + timedelta(weeks=i) for i in range(20)], "value": 3})
    assert "%Y" in str(over_time(weeks, about=ABOUT, period="week").spec["layer"][0])
    assert "%Y" not in str(over_time(weeks[10:], about=ABOUT, period="week").spec["layer"][0])


def test_rows_in_any_order_give_the_same_chart():
    frame = _frame([3, 4, 5, 6])
    assert over_time(frame, about=ABOUT).spec == over_time(frame[::-1], about=ABOUT).spec
