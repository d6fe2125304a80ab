from datetime import date

import altair as alt
import pandas as pd
import pytest

from tskit.charts import About
from tskit.charts.effect import effect_over_time
from tskit.errors import ParameterError

ABOUT = About("effect", "Did the form work?", "Reports", "cases", caption="Reports fell.")
DAYS = pd.date_range("2026-05-28", periods=6)


def table(**columns):
    start = {"period_start": DAYS, "value": [10.0, 11, 10, 9, 4, 12], "phase": ["before"] * 4 + ["after"] * 2}
    band = {"expected": 10.0, "expected_low": 6.0, "expected_high": 11.0}
    return pd.DataFrame({**start, **band, **columns})


def drawn(frame, **settings):
    return effect_over_time(frame, about=ABOUT, on=date(2026, 6, 1), name="<b>form</b>", **settings)


def test_what_was_expected_is_drawn_from_the_change_on():
    band = drawn(table()).spec["datasets"]["band"]
    assert [row["d"] for row in band] == ["2026-06-01", "2026-06-02"]


def test_days_outside_the_expected_range_are_told_to_who_cannot_see_them():
    words = drawn(table()).alt
    assert "Of 2 days from then on, 1 lie below the expected range and 1 above it." in words
    assert words.endswith("Reports fell.")


def test_the_line_breaks_where_a_day_has_no_value():
    figure = drawn(table(value=[10.0, None, 10, 9, 4, 12]))
    assert len({row["seg"] for row in figure.spec["datasets"]["line"]}) == 2


def test_a_comparison_is_a_line_of_its_own_and_named():
    data = drawn(table(comparison=9.0)).spec["datasets"]
    assert len(data["comparison"]) == 6
    assert data["end_c"][0]["t"] == "comparison"


def test_without_an_expectation_only_what_was_seen_is_drawn():
    figure = drawn(table(expected=None, expected_low=None, expected_high=None))
    assert "band" not in figure.spec["datasets"]
    assert "expected range" not in figure.alt


def test_both_layouts_are_vega_lite():
    figure = drawn(table(comparison=9.0))
    for spec in (figure.spec, figure.narrow):
        alt.Chart.from_dict(spec)


def test_the_table_holds_what_is_drawn():
    figure = drawn(table())
    assert [column.label for column in figure.columns] == [
        "Day", "Phase", "Reports", "Expected without the change", "Expected from", "Expected to",
    ]  # fmt: skip


def test_nothing_to_draw_is_said():
    assert drawn(table(value=None)).caption.startswith("Nothing to draw for reports")


def test_a_frame_without_phases_is_refused():
    with pytest.raises(ParameterError, match="'phase'"):
        drawn(table().drop(columns="phase"))
