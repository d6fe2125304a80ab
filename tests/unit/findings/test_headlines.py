from __future__ import annotations

import pytest

from tests.unit.findings.conftest import LAST, book, days_of, draw, look_at
from tskit import findings
from tskit.findings.measured import window_of
from tskit.model import Target

DAILY = {("ID", "scam"): 10, ("TH", "scam"): 10}


def closed(day, *, appealed):
    return {
        "created_at": f"{day} 09:00",
        "closed_at": f"{day} 12:00",
        "decided_at": f"{day} 11:00",
        "decision": "action",
        "appealed_at": f"{day} 18:00" if appealed else "",
    }


@pytest.fixture(scope="module")
def followed():
    """Ten decisions a day, one of them appealed, over 20 weeks."""
    rows = [closed(day, appealed=n == 0) for back in range(20) for day in days_of(back) for n in range(10)]
    return look_at(rows, metrics=("appeal_rate", "cases_opened"), by=())


def tile(look):
    return findings.headlines(look).frame.iloc[0]


def test_a_change_within_noise_is_said_to_be_so_with_its_interval():
    found = tile(draw(DAILY, last={("ID", "scam"): 11}))
    assert (found["text"], found["change"], found["tone"]) == (
        "147",
        "+5.0\u202f% (−21\u202f% to +40\u202f%), within noise",
        "neutral",
    )


def test_a_change_beyond_noise_has_its_interval():
    found = tile(draw(DAILY, last={("ID", "scam"): 40}))
    assert found["change"].startswith("▲ +150\u202f% (+")
    assert found["tone"] == "worse"


def test_a_tile_holds_the_interval_of_its_value_for_whoever_compares_two_runs(followed):
    found = findings.headlines(followed).frame.set_index("metric")
    rate = found.loc["appeal_rate"]
    assert rate["low"] < rate["value"] < rate["high"]


def test_the_spark_holds_the_weeks_before_and_this_one():
    spark = tile(draw(DAILY, last={("ID", "scam"): 40}))["spark"]
    assert spark == [140.0] * 12 + [350.0]


def test_a_tile_says_whether_the_target_is_met():
    rows = [closed(day, appealed=n == 0) for back in range(9) for day in days_of(back) for n in range(10)]
    look = look_at(rows, metrics=("cases_opened",), by=(), casebook=book(targets=(Target("cases_opened", at_most=50),)))
    assert (tile(look)["verdict"], tile(look)["target"]) == ("target missed", "at most 50")


def test_a_metric_with_follow_up_is_judged_on_the_cohort_that_has_matured(followed):
    # The data ends on 1 November and each decision is followed for 14 days: 12 to 18 October is the last known week.
    window = window_of(followed.case_set, "appeal_rate")
    assert (str(window.start), window.days) == ("2026-10-12", 7)
    assert window_of(followed.case_set, "cases_opened").start == LAST
    assert followed.measured["appeal_rate"].now.value == pytest.approx(0.1)
    assert followed.measured["appeal_rate"].before.value == pytest.approx(0.1)


def test_the_table_says_which_cohort_that_is(followed):
    row = findings.against_before_and_a_year_ago(followed).rows[0]
    assert row[:3] == ["Appeal rate", "10.0\u202f%", "10.0\u202f%"]
    assert row[-1].startswith(
        "decisions of 12 to 18 October 2026 against those of 5 to 11 October 2026, since each is followed for 14 days"
    )


def test_the_table_has_seven_narrow_columns_and_a_note(followed):
    assert [header.name for header in findings.against_before_and_a_year_ago(followed).columns] == [
        *("metric", "now", "before", "change", "verdict", "year_ago", "target", "note")
    ]
