from datetime import date

import pandas as pd

from tskit.charts import About, cause_trend

ABOUT = About("cause_trend", "Causes over time", "Settled cases", "cases")


def _frame(**columns):
    base = {
        "period_start": [date(2026, 10, 5), date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 12)],
        "cause": ["Misapplication", "Other causes"] * 2,
        "k": [3, 2, 7, 0],
        "is_complete": [True, True, False, False],
    }
    return pd.DataFrame(base | columns)


def test_causes_are_stacked_and_the_sum_stands_on_top():
    data = cause_trend(_frame(), about=ABOUT).spec["datasets"]
    assert [(p["y0"], p["y1"]) for p in data["pieces"]] == [(0, 3), (3, 5), (0, 7)]
    assert [top["t"] for top in data["tops"]] == ["5", "7"]


def test_an_unfinished_period_is_pale_and_named():
    figure = cause_trend(_frame(), about=ABOUT)
    assert [p["o"] for p in figure.spec["datasets"]["pieces"]] == ["whole", "whole", "part"]
    assert "1 period is not complete and pale" in figure.caption


def test_the_rest_is_grey_and_called_so():
    legend = cause_trend(_frame(), about=ABOUT).spec["datasets"]["legend"]
    assert [(row["t"], row["c"]) for row in legend] == [("Misapplication", "k0"), ("Others", "rest")]


def test_months_have_their_names():
    figure = cause_trend(
        _frame(period_start=[date(2026, 9, 1)] * 2 + [date(2026, 10, 1)] * 2), about=ABOUT, period="month"
    )
    assert [top["b"] for top in figure.spec["datasets"]["tops"]] == ["Sep", "Oct"]
    assert "most in Oct 2026" in figure.alt


def test_no_case_draws_a_notice():
    assert "Nothing to draw" in cause_trend(_frame(k=[0, 0, 0, 0]), about=ABOUT).caption
