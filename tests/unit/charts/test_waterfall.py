import altair as alt
import pandas as pd
import pytest

from tskit.charts import About, waterfall
from tskit.errors import ParameterError

ABOUT = About("drivers", "Why more?", "Overturned decisions", "cases")
PARTS = {
    "volume": [20.0, 8], "volume_low": [12.0, 1], "volume_high": [28.0, 15],
    "mix": [-6.0, 1], "mix_low": [-13.0, 0], "mix_high": [1.0, 2],
    "rate": [17.0, 3], "rate_low": [9.0, 1], "rate_high": [25.0, 5],
}  # fmt: skip


def table(**columns):
    start = {"queue": [None, "</script>"], "is_whole": [True, False], "change": [31.0, 12.0]}
    return pd.DataFrame({**start, **PARTS, **columns})


def test_each_step_begins_where_the_one_before_ended_and_the_last_is_the_whole():
    steps = waterfall(table(), about=ABOUT).spec["datasets"]["steps"]
    assert [(step["from"], step["to"]) for step in steps] == [(0, 20), (20, 14), (14, 31), (0, 31)]


def test_only_parts_beyond_noise_have_the_colour():
    steps = waterfall(table(), about=ABOUT).spec["datasets"]["steps"]
    assert [step["c"] for step in steps] == ["beyond", "part", "beyond", "whole"]


def test_an_interval_lies_around_the_end_of_its_step():
    interval = waterfall(table(), about=ABOUT).spec["datasets"]["intervals"][1]
    assert (interval["lo"], interval["to"], interval["hi"]) == (7, 14, 21)


def test_a_part_that_cannot_be_told_is_left_out():
    steps = waterfall(table(rate=[None, 3]), about=ABOUT).spec["datasets"]["steps"]
    assert [step["t"] for step in steps] == ["volume", "mix", "change"]


def test_the_words_say_every_part():
    words = waterfall(table(), about=ABOUT).alt
    assert "volume +20 (+12 to +28); mix −6 (−13 to +1); rate +17 (+9 to +25); change +31" in words


def test_counts_are_whole_with_thousands_apart_and_none_has_other_decimals():
    frame = table(volume=[1569.04, 8], mix=[-0.3, 1], rate=[0.0, 3], change=[1568.74, 12], mix_low=[-12.5, 0])
    words = waterfall(frame, about=ABOUT).alt
    assert "volume +1,569 (+12 to +28); mix 0 (−12 to +1); rate 0 (+9 to +25); change +1,569" in words


def test_a_change_of_a_share_is_told_in_points_each_to_a_tenth():
    frame = table(**{name: [value[0] / 1000, 0] for name, value in PARTS.items()}, change=[0.031, 0])
    figure = waterfall(frame, about=About("k", "T", "Overturn rate", "share"))
    assert "volume +2.0\u00a0points (+1.2\u00a0points to +2.8\u00a0points)" in figure.alt
    assert {column.unit for column in figure.columns if column.name in PARTS} == {"points"}


def test_segments_are_in_the_table_only():
    figure = waterfall(table(), about=ABOUT)
    assert figure.table["queue"].tolist() == [None, "</script>"]
    assert "</script>" not in str(figure.spec)


def test_both_layouts_are_vega_lite():
    figure = waterfall(table(), about=ABOUT)
    for spec in (figure.spec, figure.narrow):
        alt.Chart.from_dict(spec)


def test_nothing_to_draw_is_said():
    assert waterfall(table(is_whole=False), about=ABOUT).caption.startswith("Nothing to draw")


def test_a_frame_without_parts_is_refused():
    with pytest.raises(ParameterError, match="'mix'"):
        waterfall(table().drop(columns="mix"), about=ABOUT)
