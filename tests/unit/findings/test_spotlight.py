"""The spotlight: cases opened by day where most moved, each day judged by the days before it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.unit.findings.conftest import days_of, draw, look_at
from tskit import charts, findings

DAILY = {("ID", "scam"): 10, ("TH", "scam"): 10}


@pytest.fixture(scope="module")
def spiked():
    return draw(DAILY, last={("ID", "scam"): 30})


def test_the_spotlight_lies_on_what_moved_most(spiked):
    days = findings.spotlight(spiked)
    assert days.title == "Scam cases in Indonesia opened by day"
    assert days.frame["observed"].tolist() == [10.0] * 7 + [30.0] * 7
    assert days.events == {date(2026, 10, 26): "rise begins"}


def test_without_a_story_it_lies_on_all_cases():
    days = findings.spotlight(draw(DAILY))
    assert (days.title, days.frame["observed"].tolist()) == ("Cases opened by day", [20.0] * 14)


def test_the_days_of_the_rise_are_alarms_and_those_before_it_are_none(spiked):
    frame = findings.spotlight(spiked).frame
    before = frame["period"] < pd.Timestamp("2026-10-26")
    assert not frame["alarm"][before].any()
    assert frame["alarm"][~before].iloc[0]
    assert frame["is_beyond_noise"][~before].iloc[0]


def test_the_caption_names_the_furthest_day_and_what_was_within_chance(spiked):
    caption = findings.spotlight(spiked).caption
    assert " of 7 days of the period raise an alarm; furthest is Tuesday 27 October with 30, where " in caption


def test_where_nothing_moved_the_caption_says_so_and_what_chance_alone_does():
    days = findings.spotlight(draw(DAILY))
    assert days.caption == (
        "No day is beyond noise: 0 of 7 days of the period raise an alarm, where chance alone makes about 0.1 do so."
    )
    assert not days.frame["is_beyond_noise"].any()


def test_a_day_is_corrected_for_all_that_the_report_compared(spiked):
    frame = findings.spotlight(spiked).frame
    assert (frame["q"] >= frame["p"]).all()
    assert frame["q"].min() >= frame["p"].min() * spiked.looked_at / len(frame) or frame["q"].min() < 1e-9


def test_too_short_a_past_is_told(drawn):
    days = findings.spotlight(drawn(DAILY, weeks=3))
    assert days.caption == "The days before are too few to say what is usual."
    about = charts.About("cases_opened_where", days.title, "Cases opened", "cases", days.subtitle, days.caption)
    assert charts.spike_band(days.frame, about=about, holidays=days.holidays, events=days.events).alt


def test_cases_that_were_not_asked_for_are_named_as_that(drawn):
    days = findings.spotlight(drawn(DAILY, metrics=("overturn_rate",)))
    assert days.frame.empty
    assert days.title == "Not asked for"


def test_a_queue_that_nothing_comes_into_by_itself_has_no_day_to_judge():
    rows = [
        {"queue": "children", "created_at": f"{day} 09:00", "case_id": f"C{n}", "parent_case_id": f"P{n}"}
        for n, day in enumerate(days_of(0))
    ]
    look = look_at(rows, metrics=("cases_opened",), by=("queue",))
    days = findings.spotlight(look)
    assert days.frame.empty
    assert days.caption == "The days before are too few to say what is usual."
    about = charts.About("cases_opened_where", days.title, "Cases opened", "cases", days.subtitle, days.caption)
    assert charts.spike_band(days.frame, about=about)
