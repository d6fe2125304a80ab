from __future__ import annotations

import json
from datetime import date, timedelta

import pandas as pd
import pytest

from tests.support.samples import shared_sample
from tskit import Scope, load
from tskit.cases import all_contents
from tskit.errors import ParameterError
from tskit.text import normalise
from tskit.ui import filters
from tskit.ui.filter_query import Picked, Picker, jumps
from tskit.ui.workbench import Workbench

ZONE = "Asia/Singapore"


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    return load(Scope(), casebook=shared_sample(tmp_path_factory, cases=2000))


@pytest.fixture(scope="module")
def rows(case_set):
    """Return every case with its local day, by another way than the panel's: in pandas."""
    columns = ["case_id", "created_at", "market", "queue", "policy_id"]
    frame = case_set.cases.select(columns).to_pyarrow().to_pandas().sort_values(["created_at", "case_id"])
    return frame.assign(day=frame["created_at"].dt.tz_convert(ZONE).dt.date)


@pytest.fixture
def panel(case_set):
    return filters(case_set)


def said(panel):
    return " ".join(line["text"] for line in panel.told.lines)


def test_it_begins_with_the_period_of_the_scope(panel, case_set, rows):
    window = case_set.scope.window
    expected = rows[(rows["day"] >= window.start) & (rows["day"] < window.end)]["case_id"].tolist()
    assert panel.case_ids == expected
    assert panel.chart.chosen == [str(window.start), str(case_set.scope.last_day)]
    assert said(panel) == f"{len(expected):,} of {len(rows):,} cases."


def test_every_day_of_the_data_is_counted_in_the_casebooks_zone(panel, rows):
    counted = rows.groupby("day").size()
    assert {day: n for day, n in panel.chart.days if n} == {str(day): n for day, n in counted.items()}
    days = [date.fromisoformat(day) for day, _ in panel.chart.days]
    assert days == [days[0] + timedelta(days=i) for i in range((days[-1] - days[0]).days + 1)]


def test_a_brush_gives_the_cases_of_its_days_in_order(panel, rows):
    panel.chart.chosen = ["2026-10-01", "2026-10-03"]
    inside = rows[(rows["day"] >= date(2026, 10, 1)) & (rows["day"] <= date(2026, 10, 3))]
    assert panel.case_ids == inside["case_id"].tolist()
    assert (panel.first.value, panel.last.value) == (date(2026, 10, 1), date(2026, 10, 3))


def test_days_that_are_typed_show_in_the_chart(panel):
    panel.first.value = date(2026, 9, 1)
    panel.last.value = date(2026, 9, 2)
    assert panel.chart.chosen == ["2026-09-01", "2026-09-02"]


def test_a_choice_taken_back_means_all_days(panel, rows):
    panel.chart.chosen = []
    assert panel.case_ids == rows["case_id"].tolist()
    assert panel.first.value is None


def test_values_hold_together_and_keep_the_days(panel, rows):
    panel.pick(first=None, last=None)
    panel.columns["market"].value = ("ID", "TH")
    panel.columns["policy_id"].value = ("DEC-SCAM",)
    kept = rows[rows["market"].isin(["ID", "TH"]) & (rows["policy_id"] == "DEC-SCAM")]
    assert panel.case_ids == kept["case_id"].tolist()
    assert sum(n for _, n in panel.chart.days) == len(kept)
    panel._clear()
    assert panel.case_ids == rows["case_id"].tolist()


def test_words_are_searched_in_the_content_and_never_shown(panel, case_set, rows):
    contents = all_contents(case_set)
    word = normalise(str(contents["description"].iloc[0])).split()[0]
    holds = {row.case_id for row in contents.itertuples() if word in normalise(f"{row.subject} {row.description}")}
    panel.pick(first=None, last=None)
    panel.words.value = f"  {word.upper()} "
    assert panel.case_ids == [case_id for case_id in rows["case_id"] if case_id in holds]
    assert sum(n for _, n in panel.chart.days) == len(holds)
    sent = json.dumps([panel.chart.get_state(), panel.told.get_state()], default=str)
    assert not any(str(text) in sent for text in contents["description"] if len(str(text)) > 12)
    assert not any(case_id in sent for case_id in rows["case_id"])


def test_who_listens_gets_the_ids_of_each_change(panel):
    heard = []
    panel.on_change(heard.append)
    panel.chart.chosen = ["2026-10-01", "2026-10-01"]
    panel.columns["market"].value = ("ID",)
    assert len(heard) == 2
    assert heard[-1] == panel.case_ids


def test_days_the_wrong_way_round_pick_nothing_and_say_so(panel):
    panel.first.value, panel.last.value = date(2026, 10, 5), date(2026, 10, 1)
    assert panel.case_ids == []
    assert "swap them" in said(panel)


def test_nothing_picked_is_nothing_and_no_error(panel):
    panel.words.value = "no such words anywhere"
    assert panel.case_ids == []
    assert set(panel.chart.marked) == set()
    assert panel.jump.disabled


def test_a_jump_chooses_the_days_that_stand_out(case_set):
    panel = filters(case_set)
    days = pd.Series([4] * 120, index=pd.date_range("2026-01-01", periods=120), name="cases")
    days.iloc[100:103] = 40
    panel._picker.days = lambda _: days
    panel._count()
    assert [label for label, _ in panel.jump.options][1:] == ["11 Apr to 13 Apr 2026: 120 cases, usually 12"]
    panel.jump.value = "2026-04-11"
    assert panel.chart.chosen == ["2026-04-11", "2026-04-13"]


def test_steady_days_have_no_jump_and_short_histories_none_either():
    assert jumps(pd.Series([4] * 300, index=pd.date_range("2026-01-01", periods=300))) == []
    assert jumps(pd.Series([4, 400] * 5, index=pd.date_range("2026-01-01", periods=10))) == []


def test_a_day_that_a_change_of_the_clocks_makes_shorter_is_one_day(case_set):
    picker = Picker(case_set)
    assert len(picker.days(Picked())) == picker.window.days


def test_the_panel_repeats_nothing_that_was_typed(panel):
    panel.words.value = "canary-7f3a"
    assert "canary" not in repr(panel)
    assert "canary" not in repr(panel.picked)


def test_the_review_opens_with_what_is_picked_and_only_when_asked(case_set):
    opened = []

    class Queue(type(filters(case_set).told)):
        pass

    def review(ids):
        opened.append(list(ids))
        return Queue()

    bench = Workbench(case_set, review)
    bench.filters.chart.chosen = ["2026-10-01", "2026-10-03"]
    assert opened == []
    assert bench._load.description == f"Review these {len(bench.filters.case_ids):,} cases"
    bench._load.click()
    assert opened == [bench.filters.case_ids]
    first = bench.review
    bench._load.click()
    assert first.comm is None
    assert bench._place.children == (bench.review,)
    bench.filters.words.value = "no such words anywhere"
    assert bench._load.disabled


def test_a_review_that_cannot_be_opened_says_why(case_set):
    def refuse(ids):
        raise ParameterError("Nobody is named as the reviewer.")

    bench = Workbench(case_set, refuse)
    bench.load()
    assert [line["text"] for line in bench._told.lines] == ["Nobody is named as the reviewer."]
