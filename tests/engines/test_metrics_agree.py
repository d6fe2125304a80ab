"""Every metric gives the same figures on PostgreSQL and on Spark as on DuckDB: counts exactly, the rest to 1e-9."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from tskit.metrics import REGISTRY, Kind, measure, request
from tskit.metrics.request import _GROUPED
from tskit.model import CASES, Sensitivity, Window

GROUPED = [
    column.name for column in CASES.columns if column.sensitivity is Sensitivity.OPEN and column.kind in _GROUPED
]
NAMES = list(REGISTRY)
COUNTED = ("k", "n", "cases")
PERIODS = ("day", "week", "month")


def asked(case_set, metric, **question):
    question.setdefault("window", case_set.scope.window.stretched(days_before=56))
    return measure(case_set, metric, **question)


def same(found, expected):
    """Fail unless two frames hold the same figures and say the same of them."""
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-12)
    for name in set(COUNTED) & set(expected.columns):
        np.testing.assert_array_equal(found[name].to_numpy(), expected[name].to_numpy())


def agree(metric, there, here, **question):
    """Fail unless the engine itself, which remembers nothing of what it was asked before, answers as DuckDB does."""
    expected = asked(here, metric, **question)
    assert len(expected)
    same(asked(replace(there, held={}), metric, **question), expected)


@pytest.mark.parametrize("metric", NAMES)
def test_over_all_cases(metric, there, here):
    agree(metric, there, here)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("metric", [name for name in NAMES if REGISTRY[name].kind is not Kind.AGEING])
def test_by_period(metric, period, there, here):
    agree(metric, there, here, period=period)


@pytest.mark.parametrize("third", range(3))
@pytest.mark.parametrize("metric", NAMES)
def test_by_every_column_that_divides_cases(metric, third, there, here):
    columns = [name for name in GROUPED if here.has(name)]
    agree(metric, there, here, by=tuple(islice(columns, third, None, 3)))


@pytest.mark.parametrize("metric", NAMES)
def test_by_one_column_and_week(metric, there, here):
    columns = [name for name in GROUPED if here.has(name)]
    column = columns[NAMES.index(metric) % len(columns)]
    agree(metric, there, here, by=(column,), period="" if metric == "ageing" else "week")


@pytest.mark.parametrize("metric", NAMES)
def test_with_filters(metric, there, here):
    agree(metric, *(narrowed(case_set) for case_set in (there, here)), by=("market",))


def narrowed(case_set):
    """Return the case set as a load leaves it whose scope keeps two markets."""
    cases = case_set.cases.filter(case_set.cases.market.isin(["ID", "SG"]))
    return replace(case_set, cases=cases, events=case_set.events.semi_join(cases, "case_id"), held={})


@pytest.mark.parametrize("metric", ["cases_opened", "hours_to_close", "backlog"])
def test_days_on_which_the_clocks_change(metric, there, here):
    last = here.scope.last_day
    window = Window(last.replace(day=1, month=10), last, "America/New_York")
    agree(metric, there, here, window=window, period="day")


@pytest.mark.parametrize("metric", ["cases_opened", "sla_attainment", "handle_time", "clearance"])
def test_what_an_engine_told_of_a_fine_question_adds_up_to_the_coarser_ones(metric, there, here, monkeypatch):
    there, questions, fetch = replace(there, held={}), [], request.fetch
    monkeypatch.setattr(request, "fetch", lambda expression: (questions.append(expression), fetch(expression))[1])
    asked(there, metric, by=("market", "queue"), period="day")
    assert questions
    questions.clear()
    for question in ({}, {"by": ("market",), "period": "week"}, {"by": ("queue", "market")}):
        same(asked(there, metric, **question), asked(here, metric, **question))
    assert not questions
