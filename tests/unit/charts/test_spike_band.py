from datetime import date, timedelta

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.charts import About, spike_band
from tskit.charts.spike_rows import absent, watched
from tskit.errors import ParameterError
from tskit.patterns.spikes import Around, spikes
from tskit.patterns.spikes.watch import UNFINISHED

ABOUT = About("spikes", "What is unusual?", "Cases opened", "cases", caption="Beyond noise: Monday.")
MONDAY = date(2026, 10, 5)


def table(observed, sides=None, **columns):
    days = [MONDAY + timedelta(days=n) for n in range(len(observed))]
    sides = sides or [""] * len(observed)
    start = {"series": "ads", "period": days, "observed": observed, "expected": 5.0, "lower": 1.0, "upper": 9.0}
    judged = {"alarm": [side != "" for side in sides], "side": sides, "is_beyond_noise": False, "strength": 2.0}
    return pd.DataFrame({**start, **judged, "why_not": "", **columns})


def drawn(frame, **settings):
    return spike_band(frame, about=ABOUT, **settings)


def days(figure, name):
    return [row["d"][-2:] for row in figure.spec["datasets"].get(name, [])]


def test_each_side_of_an_alarm_has_its_own_shape_and_those_beyond_noise_are_filled():
    sides = ["more", "fewer", "silent", "more", ""]
    figure = drawn(table([12, 0, 0, 14, 5], sides, is_beyond_noise=[False, True, True, True, False]))
    marks = {layer["data"]["name"]: layer["mark"] for layer in figure.spec["layer"]}
    assert (days(figure, "up_False"), days(figure, "up_True")) == (["05"], ["08"])
    assert (days(figure, "down_True"), days(figure, "silent_True")) == (["06"], ["07"])
    assert {marks[n]["shape"] for n in ("up_True", "down_True", "silent_True")} == {
        "triangle-up",
        "triangle-down",
        "square",
    }
    assert marks["up_False"]["fill"] != marks["up_True"]["fill"]


def test_alarms_are_those_of_the_pattern_and_not_what_lies_outside_the_band():
    figure = drawn(table([12, 5, 5]))
    assert "up_False" not in figure.spec["datasets"]
    assert "none raises an alarm" in figure.alt


def test_the_clearest_alarm_is_told_with_its_range():
    words = drawn(
        table([12, 5, 20], ["more", "", "more"], strength=[2.1, 0, 9], is_beyond_noise=[False, False, True])
    ).alt
    assert "Of 3 days held against the expected range, 2 raise an alarm (2 up), 1 of them beyond noise" in words
    assert "the clearest on Wed 7 Oct: 20 where 1 to 9 were to be expected." in words
    assert words.endswith("Beyond noise: Monday.")


def test_a_line_does_not_run_across_missing_days_whether_they_have_a_row_or_none():
    with_rows = drawn(table([3, 4, None, None, 5]))
    without = drawn(table([3, 4, None, None, 5]).drop(index=[2, 3]))
    for figure in (with_rows, without):
        assert len({row["seg"] for row in figure.spec["datasets"]["line"]}) == 2
        assert figure.spec["datasets"]["missing"] == [{"d": "2026-10-07", "d2": "2026-10-09"}]
        assert "2 days without data (crosses)" in figure.subtitle


def test_the_last_period_that_is_not_over_is_dashed_and_has_no_band_of_its_own():
    figure = drawn(table([3, 4, 2], lower=[1, 1, 0], why_not=["", "", UNFINISHED]))
    assert (days(figure, "line"), days(figure, "open"), days(figure, "open_dots")) == (
        ["05", "06"],
        ["06", "07"],
        ["07"],
    )
    assert (days(figure, "band"), days(figure, "open_band")) == (["05", "06"], ["07"])
    assert "the last day is not complete (dashed)" in figure.alt


def test_a_rate_is_drawn_as_shares_of_what_each_count_is_out_of():
    frame = table([10, 5, 5], out_of=[20.0, 10.0, 0.0])
    figure = spike_band(frame, about=About("k", "T", "Overturned", "share"))
    assert [row["v"] for row in figure.spec["datasets"]["line"]] == [0.5, 0.5]
    assert [(row["xlo"], row["xhi"]) for row in figure.spec["datasets"]["band"]] == [(0.05, 0.45), (0.1, 0.9)]
    assert figure.table["observed"].tolist() == [10, 5, 5]


def test_periods_with_too_short_a_history_are_drawn_without_a_band():
    figure = drawn(table([5, 6, 7], lower=None, upper=None, expected=None, why_not="too short a history"))
    assert "band" not in figure.spec["datasets"]
    assert "No period could be held against an expected range." in figure.alt


def test_numbers_at_alarms_do_not_lie_upon_each_other():
    frame = table([1000, 1001, 1002, 1003, 5, 5, 5], ["more"] * 4 + [""] * 3, is_beyond_noise=True)
    places = [(row["px"], row["py"]) for row in drawn(frame).narrow["datasets"]["named"]]
    assert 1 <= len(places) <= 2
    assert all(abs(a[0] - b[0]) > 30 or abs(a[1] - b[1]) > 13 for a in places for b in places if a is not b)


def test_holidays_and_events_are_marked_and_told():
    holidays = pd.DataFrame({"day": [MONDAY], "name": ["Diwali"], "country": ["SG"]})
    figure = drawn(table([5, 6, 7]), holidays=holidays, events={MONDAY + timedelta(days=1): "policy v4"})
    assert "Holidays: 5 Oct Diwali (SG). Marked: 6 Oct policy v4." in figure.alt


def test_it_draws_what_the_pattern_of_spikes_returns():
    counts = np.random.default_rng(1).poisson(20, 120).astype(float)
    counts[110] = 90
    frame = pd.DataFrame({"period": pd.date_range("2026-01-05", periods=120), "cases": counts})
    found = spikes(frame, around=Around(since=date(2026, 4, 1)))
    figure = drawn(found.table)
    assert days(figure, "up_True") == ["25"]
    for spec in (figure.spec, figure.narrow):
        alt.Chart.from_dict(spec)


def test_the_pattern_begins_its_reason_with_the_word_that_is_looked_for():
    assert not watched(table([1], why_not=[UNFINISHED]), unit="cases", period="day")[0]["ok"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["", "more", "fewer", "silent"]), min_size=1, max_size=30), st.booleans())
def test_the_words_count_as_many_alarms_as_are_drawn(sides, sure):
    figure = drawn(table([5.0] * len(sides), sides, is_beyond_noise=sure))
    data = figure.spec["datasets"]
    named = {"up": "more", "down": "fewer", "silent": "silent"}
    for kind, side in named.items():
        count = len(data.get(f"{kind}_True", [])) + len(data.get(f"{kind}_False", []))
        assert count == sides.count(side)
        assert not count or f"{count} {kind}" in figure.alt
    told = sum(side != "" for side in sides)
    assert (f"{told} raise" if told else "none raises an alarm") in figure.alt


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 60), min_size=2, max_size=30))
def test_missing_days_are_all_the_days_between_those_that_are_there(there):
    frame = pd.DataFrame({"period": [MONDAY + timedelta(days=n) for n in there], "observed": 1.0})
    rows = watched(frame.assign(expected=1.0, lower=0.0, upper=2.0), unit="cases", period="day")
    missing = sum(stretch["count"] for stretch in absent(rows, period="day"))
    assert missing == max(there) - min(there) + 1 - len(there)


def test_a_frame_without_bounds_is_refused():
    with pytest.raises(ParameterError, match="'upper'"):
        drawn(table([1]).drop(columns="upper"))


def test_an_alarm_of_two_days_together_is_joined_to_the_day_before_although_both_lie_in_the_band():
    over = {"over": [1, 1, 2, 1], "observed_over": [5, 8, 16.5, 5], "expected_over": [5, 5, 10.2, 5]}
    figure = drawn(table([5, 8, 8.5, 5], ["", "", "more", ""], **over))
    joined = figure.spec["datasets"]["pairs"]
    assert [(row["d"][-2:], row["d2"][-2:], row["v"], row["v2"]) for row in joined] == [("06", "07", 8, 8.5)]
    assert "a broad line joins two days that are unusual only together" in figure.subtitle
    assert "Wed 7 Oct: 16.5 with the day before, where about 10 were to be expected of the two" in figure.alt
    assert "1 of them is unusual only together with the day before, and lies in the range" in figure.alt
    assert {"over", "observed_over", "expected_over"} <= {column.name for column in figure.columns}


def test_two_days_are_joined_only_where_they_raise_an_alarm_and_the_day_before_has_data():
    frame = table([5, None, 8, 8], ["", "", "more", ""], over=[1, 1, 2, 2])
    assert "pairs" not in drawn(frame).spec["datasets"]
    assert "broad line" in drawn(frame).subtitle


def test_an_alarm_outside_the_band_needs_no_other_day_even_where_both_are_rarer_still():
    figure = drawn(table([5, 14], ["", "more"], over=[1, 2], observed_over=[5, 19], expected_over=[5, 10]))
    assert "pairs" not in figure.spec["datasets"]
    assert "only together" not in figure.alt


def test_an_alarm_on_the_last_day_is_numbered_once():
    figure = drawn(table([5, 5, 20], ["", "", "more"], is_beyond_noise=[False, False, True]))
    assert "named" not in figure.spec["datasets"]
    assert figure.spec["datasets"]["end"][0]["t"] == "20"
