"""An engine that answered a fine question is not asked the coarser ones: they are added up, to the same figures."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.metrics import REGISTRY, Kind, cells, cells_now_and_before, measure, request
from tskit.metrics import held as held_rows
from tskit.model import Window

WINDOW = Window(date(2026, 3, 2), date(2026, 3, 30), "Asia/Singapore")
SUMMED = {Kind.COUNT, Kind.SHARE, Kind.MEAN, Kind.RATIO}
ADDS_UP = [name for name, metric in REGISTRY.items() if metric.kind in SUMMED and not (metric.measured and metric.hit)]
ROWS = "\n".join(
    f"{market} | {queue} | {policy} | {severity} | 2026-03-{day:02} 09:00 | 2026-03-{day + 1:02} 10:00 | 2026-03-{day:02} 12:00 | action | {flag} | yes | {label} | {error} | {weight} | {30 * day} | {again} | upheld | 2026-03-{day + 1:02}"
    for day, (market, queue, policy, severity, flag, label, error, weight, again) in enumerate(
        [
            ("SG", "a", "P1", "S1", "", "correct", "", "2", "0"),
            ("SG", "b", "P1", "", "look_ahead", "incorrect", "FP", "3", "1"),
            ("", "a", "P2", "S2", "", "correct", "", "", "0"),
            ("ID", "", "", "S1", "ambiguous_time", "incorrect", "TE", "2", ""),
            ("ID", "b", "P1", "S2", "", "correct", "", "7", "2"),
        ]
        * 4,
        start=2,
    )
)
CASES = f"""
market | queue | policy_id | severity | created_at | closed_at | decided_at | decision | dq_flags | qa_sampled | qa_label_final | error_type | qa_sample_weight | handle_seconds | reopened_count | appeal_status | appeal_decided_at
{ROWS}
"""


@pytest.fixture
def by_engine(monkeypatch):
    """A case set whose rows are not held, and a list of what the engine is asked."""
    monkeypatch.setattr(held_rows, "_MOST_ROWS", -1)
    drawn = case_set_from(CASES, as_of="2026-04-30")
    drawn = replace(drawn, quality=replace(drawn.quality, flags={"look_ahead": 4, "ambiguous_time": 4}), held={})
    asked, fetch = [], request.fetch
    monkeypatch.setattr(request, "fetch", lambda expression: (asked.append(expression), fetch(expression))[1])
    return drawn, asked


@pytest.mark.parametrize("metric", ADDS_UP)
def test_coarser_questions_follow_from_a_fine_one(metric, by_engine):
    case_set, asked = by_engine
    cells(case_set, metric, window=WINDOW, by=("market", "queue"), period="day")
    number = len(asked)
    part = replace(WINDOW, end=date(2026, 3, 16))
    for by, period, window in (
        ((), "", WINDOW),
        ((), "day", part),
        (("market",), "week", WINDOW),
        (("queue", "market"), "", part),
    ):
        found = measure(case_set, metric, window=window, by=by, period=period)
        assert len(asked) == number
        expected = measure(replace(case_set, held={}), metric, window=window, by=by, period=period)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-12)
        number = len(asked)


HALF = replace(WINDOW, start=date(2026, 3, 16))


@pytest.mark.parametrize("metric", [name for name in ADDS_UP if REGISTRY[name].kind in {Kind.COUNT, Kind.SHARE}])
def test_a_count_or_share_of_a_period_and_of_the_one_before_it_is_one_question(metric, by_engine):
    case_set, asked = by_engine
    both = cells_now_and_before(case_set, metric, window=HALF, by=("market", "policy_id", "severity"))
    number = len(asked)
    for found, window in zip(both, (HALF, HALF.before()), strict=True):
        apart = cells(replace(case_set, held={}), metric, window=window, by=("market", "policy_id", "severity"))
        pd.testing.assert_frame_equal(found, apart, rtol=1e-12)
    assert number == (len(asked) > number)  # one for both, and none where a column is missing


def test_times_of_two_periods_are_asked_apart_since_they_do_not_add_up(by_engine):
    case_set, asked = by_engine
    cells_now_and_before(case_set, "hours_to_decision", window=HALF, by=("market",))
    assert len(asked) > 1


def test_periods_that_do_not_end_together_are_asked_apart(by_engine):
    case_set, asked = by_engine
    measure(case_set, "cases_opened", window=WINDOW, by=("market",), period="week")
    for question in (
        {"window": replace(WINDOW, end=date(2026, 3, 12))},
        {"window": replace(WINDOW, zone="UTC")},
        {"window": WINDOW, "by": ("queue",)},
        {"window": WINDOW, "period": "day"},
    ):
        number = len(asked)
        measure(case_set, "cases_opened", **question)
        assert len(asked) == number + 1


def test_another_end_of_the_data_is_another_question(by_engine):
    case_set, asked = by_engine
    measure(case_set, "cases_opened", window=WINDOW, period="week")
    measure(replace(case_set, as_of=case_set.as_of.replace(day=1)), "cases_opened", window=WINDOW, period="week")
    assert len(asked) == 2


def test_things_that_do_not_add_up_are_asked_each_time(by_engine):
    case_set, asked = by_engine
    case_set = replace(case_set, cases=case_set.cases.mutate(content_id=case_set.cases.case_id), held={})
    for period in ("day", "week"):
        measure(case_set, "distinct_content", window=WINDOW, period=period)
    assert len(asked) == 2
