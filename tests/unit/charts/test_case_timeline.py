"""The chart of a case's course: lanes, bars, standstills, events and the due time."""

import pandas as pd
import pytest

from tskit.charts import About, case_timeline
from tskit.charts.theme import DARK, recolour
from tskit.errors import ParameterError

ABOUT = About("case_timeline", "Who held the case, and when", "Course", "hours")


def at(text):
    return pd.Timestamp(f"2026-03-{text}", tz="UTC")


def row(case_id, kind, lane, start, end=None, name=""):
    return {"case_id": case_id, "kind": kind, "lane": lane, "from_at": start, "until_at": end, "name": name}


ONE = [
    row("a", "stay", "spam", at("02 01:00"), at("02 07:00"), "6.0 h"),
    row("a", "stay", "music", at("02 07:00"), at("02 09:00"), "2.0 h"),
    row("a", "stay", "spam", at("02 09:00"), at("02 10:00"), "1.0 h"),
    row("a", "gap", "spam", at("02 01:00"), at("02 06:00"), "waiting"),
    row("a", "event", "spam", at("02 01:00"), None, "opened"),
    row("a", "event", "spam", at("02 09:00"), None, "sent back"),
    row("a", "event", "spam", at("02 10:00"), None, "closed"),
    row("a", "event", "spam", at("20 10:00"), None, "appealed"),
    row("a", "due", "", at("02 08:00"), None, "due"),
]


def drawn(rows):
    return case_timeline(pd.DataFrame(rows), about=ABOUT, zone="Asia/Singapore")


@pytest.fixture(scope="module")
def one():
    return drawn(ONE)


def test_both_layouts_have_their_exact_widths(one):
    for spec, total in ((one.spec, 760), (one.narrow, 340)):
        assert spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] == total


def test_each_queue_is_one_lane_and_each_stay_one_bar(one):
    assert [name["t"] for name in one.spec["datasets"]["lanes"]] == ["spam", "music"]
    bars = one.spec["datasets"]["bars"]
    assert len(bars) == 3
    assert bars[0]["y"] == bars[2]["y"] != bars[1]["y"]
    assert bars[0]["x2"] == bars[1]["x"]
    lengths = [bar["x2"] - bar["x"] for bar in bars]
    assert lengths[0] / lengths[1] == pytest.approx(3.0, rel=0.01)


def test_moves_join_the_lanes_and_turns_for_the_worse_are_marks_of_their_own(one):
    assert len(one.spec["datasets"]["hops"]) == 2
    assert [mark["t"] for mark in one.spec["datasets"]["turns"]] == ["sent back"]
    assert [mark["t"] for mark in one.spec["datasets"]["ends"]] == ["closed"]


def test_what_came_much_later_is_told_in_words_and_squeezes_nothing(one):
    assert "appealed 2026-03-20 18:00" in one.caption
    assert max(bar["x2"] for bar in one.spec["datasets"]["bars"]) > one.spec["width"] * 0.9


def test_times_are_those_of_the_zone(one):
    assert one.table["from"].iloc[0] == "2026-03-02 09:00"
    assert any(tick["t"].startswith("12:00") for tick in one.spec["datasets"]["ticks"])


def test_the_words_say_what_the_picture_shows(one):
    assert "opened 2026-03-02 09:00" in one.alt
    assert "held by spam and music" in one.alt
    assert "sent straight back once" in one.alt


def test_several_cases_begin_at_their_opening(one):
    other = [{**r, "case_id": "b", "from_at": r["from_at"] + pd.Timedelta(days=40)} for r in ONE[:1]]
    other[0]["until_at"] = ONE[0]["until_at"] + pd.Timedelta(days=40)
    figure = drawn([*ONE[:3], *other])
    bars = figure.spec["datasets"]["bars"]
    assert bars[0]["x"] == bars[3]["x"] == 0
    assert figure.spec["datasets"]["ticks"][0]["t"] == "0 h"


def test_it_tells_of_single_cases_and_says_so(one):
    assert one.of_single_cases
    assert one.as_json()["of_single_cases"] is True


def test_every_colour_has_one_for_the_dark_page(one):
    spec = {key: value for key, value in one.spec.items() if key != "datasets"}
    assert str(recolour(spec)).count(DARK.accent) > 0
    assert str(recolour(spec)) != str(spec)


def test_nothing_to_draw_says_so():
    figure = drawn([ONE[4]])
    assert figure.alt.startswith("Nothing to draw")
    assert figure.of_single_cases


def test_a_missing_column_is_refused():
    with pytest.raises(ParameterError, match="'lane'"):
        case_timeline(pd.DataFrame(ONE).drop(columns="lane"), about=ABOUT, zone="UTC")
