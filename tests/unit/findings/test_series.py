from __future__ import annotations

import pytest

from tests.unit.findings.conftest import book, days_of, draw, look_at
from tskit import findings

DAILY = {("ID", "scam"): 10, ("TH", "scam"): 10}


@pytest.fixture(scope="module")
def spiked():
    return draw(DAILY, last={("ID", "scam"): 30})


def test_ranked_changes_are_relative_to_the_period_before(spiked):
    ranked = findings.ranked_changes(spiked, "cases_opened").frame.set_index("segment")
    assert ranked.loc["Indonesia", "change"] == pytest.approx(210.5 / 70.5 - 1)
    assert ranked.loc["Thailand", "change"] == pytest.approx(0.0)
    assert ranked["is_beyond_noise"].to_dict() == {"Indonesia": True, "Thailand": False, "scam": True}


def test_a_metric_by_queue_uses_the_casebooks_words():
    rows = [
        {"queue": "q1", "created_at": f"{day} 09:00", "closed_at": f"{day} 10:00"}
        for back in range(9)
        for day in days_of(back)
    ]
    look = look_at(rows, metrics=("cases_closed",), by=("queue",), casebook=book(labels={"q1": "Thai queue"}))
    series = findings.by_segment(look, "cases_closed", column="queue")
    assert set(series.frame["queue"]) == {"Thai queue"}
    assert series.frame["value"].tolist() == [7.0] * 8


def test_what_the_source_lacks_stands_in_the_title(spiked):
    assert findings.by_week(spiked, "accuracy").title == "Not asked for"
    lacking = draw(DAILY, metrics=("cases_opened", "overturn_rate"))
    assert findings.by_week(lacking, "overturn_rate").title.startswith("Not computed: it needs the column")
