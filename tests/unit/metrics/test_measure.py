"""Laws that hold for every metric, whatever the data."""

from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tables import case_set_from, case_set_of
from tskit.errors import ParameterError
from tskit.metrics import REGISTRY, durations, levels, matured, measure, request
from tskit.model import CASES, Sensitivity, Window

WINDOW = Window(date(2026, 3, 2), date(2026, 3, 16), "Asia/Singapore")
COLUMNS = ["value", "low", "high", "k", "n", "is_complete", "note"]
HOURS = st.integers(0, 14 * 24 - 1)


@st.composite
def _rows(draw):
    made = []
    for _ in range(draw(st.integers(1, 25))):
        opened, length = draw(HOURS), draw(st.none() | st.integers(-3, 200))
        made.append(
            {
                "market": draw(st.sampled_from(["SG", "ID", ""])),
                "created_at": _at(opened),
                "closed_at": "" if length is None else _at(opened + length),
            }
        )
    return made


def _at(hour):
    day, hour = divmod(hour, 24)
    return f"{date.fromordinal(date(2026, 3, 2).toordinal() + day)} {hour:02}:00"


def _figures(rows, metric, **options):
    return measure(case_set_of({"cases": rows}, as_of="2026-04-30"), metric, window=WINDOW, **options)


@settings(max_examples=8, deadline=None)
@given(_rows())
def test_counts_by_group_and_day_add_up_to_the_count(rows):
    whole = _figures(rows, "cases_opened")["value"].sum()
    assert _figures(rows, "cases_opened", by=["market"], period="day")["value"].sum() == whole
    assert _figures(rows, "cases_opened", period="week")["value"].sum() == whole == len(rows)


@settings(max_examples=8, deadline=None)
@given(_rows())
def test_the_backlog_of_a_day_is_that_of_the_day_before_plus_opened_minus_closed(rows):
    rows = [row for row in rows if not row["closed_at"] or row["closed_at"] >= row["created_at"]]
    if not rows:
        return
    backlog, opened, closed = (
        _figures(rows, metric, period="day")["value"].to_numpy()
        for metric in ("backlog", "cases_opened", "cases_closed")
    )
    assert np.array_equal(backlog, np.cumsum(opened - closed))
    assert backlog[-1] == _figures(rows, "backlog")["value"][0]
    assert (
        backlog[-1] == measure(case_set_of({"cases": rows}, as_of="2026-04-30"), "ageing", window=WINDOW)["cases"].sum()
    )


@settings(max_examples=6, deadline=None)
@given(_rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    for metric in ("hours_to_close", "backlog", "clearance"):
        left, right = (_figures(part, metric, by=["market"]) for part in (rows, shuffled))
        assert left.equals(right)


@pytest.mark.parametrize("metric", [name for name in REGISTRY if name != "ageing"])
def test_every_metric_answers_in_the_same_columns(metric):
    cases = case_set_from("market | created_at\nSG | 2026-03-03", as_of="2026-04-30")
    assert list(measure(cases, metric, window=WINDOW, by=["market"], period="week").columns) == [
        "market",
        "period_start",
        *COLUMNS,
    ]


def test_an_unfinished_day_and_a_week_that_the_window_cuts_are_marked():
    cases = case_set_from("created_at\n2026-03-03 09:00", as_of="2026-03-05 09:00")
    days = measure(
        cases, "cases_opened", window=Window(date(2026, 3, 3), date(2026, 3, 7), "Asia/Singapore"), period="day"
    )
    assert days["is_complete"].tolist() == [True, True, False, False]
    weeks = measure(
        cases, "cases_opened", window=Window(date(2026, 3, 3), date(2026, 3, 5), "Asia/Singapore"), period="week"
    )
    assert weeks["period_start"].tolist() == [date(2026, 3, 2)]
    assert weeks["is_complete"].tolist() == [False]


def test_days_follow_the_clock_where_it_changes():
    """New York, 8 March 2026: the day has 23 hours. 23:30 on the 7th and 00:30 on the 9th are days of their own."""
    cases = case_set_from(
        "created_at\n2026-03-07 23:30\n2026-03-08 00:30\n2026-03-08 23:30\n2026-03-09 00:30",
        zone="America/New_York",
        as_of="2026-03-20",
    )
    window = Window(date(2026, 3, 7), date(2026, 3, 10), "America/New_York")
    assert measure(cases, "cases_opened", window=window, period="day")["value"].tolist() == [1, 2, 1]
    longer = Window(date(2026, 3, 1), date(2026, 4, 1), "America/New_York")
    assert measure(cases, "cases_opened", window=longer, period="month")["value"].tolist() == [4]


def test_months_are_calendar_months():
    cases = case_set_from("created_at\n2026-01-31 23:59\n2026-02-01\n2026-02-28 23:59\n2026-03-01", as_of="2026-04-30")
    found = measure(
        cases, "cases_opened", window=Window(date(2026, 1, 1), date(2026, 4, 1), "Asia/Singapore"), period="month"
    )
    assert found["value"].tolist() == [1, 2, 1]


def test_a_case_without_a_value_is_a_group_of_its_own():
    cases = case_set_from("market | created_at\nSG | 2026-03-03\n | 2026-03-03", as_of="2026-04-30")
    assert measure(cases, "cases_opened", window=WINDOW, by=["market"])["market"].tolist() == ["(blank)", "SG"]


@pytest.mark.parametrize("metric", ["cases_opened", "hours_to_close", "sla_attainment", "backlog", "clearance"])
@pytest.mark.parametrize("column", ["is_escalated", "reopened_count"])
def test_cases_without_a_number_or_a_yes_or_no_are_a_group_of_their_own(metric, column):
    values = {"is_escalated": ("yes", "no"), "reopened_count": ("1", "0")}[column]
    rows = "\n".join(
        f"{value} | 2026-03-03 00:00 | 2026-03-03 0{i}:00 | 2026-03-03 02:30"
        for i, value in enumerate((*values, ""), 1)
    )
    cases = case_set_from(f"{column} | created_at | closed_at | sla_target_at\n{rows}", as_of="2026-04-30")
    found = measure(cases, metric, window=WINDOW, by=[column])
    assert found[column].isna().tolist() == [False, False, True]
    expected = {"hours_to_close": [2, 1, 3], "sla_attainment": [1, 1, 0], "backlog": [0, 0, 0]}
    assert found["value"].tolist() == pytest.approx(expected.get(metric, [1, 1, 1]))


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("owner_id", "would show single people"),
        ("case_id", "would show single people"),
        ("created_at", "holds a time"),
        ("tags", "holds a list"),
        ("queue", "The source has no column 'queue'"),
        ("mraket", "Did you mean 'market'"),
    ],
)
def test_what_cannot_be_grouped_by_is_refused_with_the_reason(column, words):
    cases = case_set_from("market | owner_id | tags | created_at\nSG | u1 | x y | 2026-03-03")
    with pytest.raises(ParameterError, match=words):
        measure(cases, "cases_opened", window=WINDOW, by=[column])


def test_cases_from_after_the_end_of_the_data_are_not_counted():
    cases = case_set_from("created_at\n2026-03-03\n2026-03-09", as_of="2026-03-05")
    assert measure(cases, "cases_opened", window=WINDOW)["value"][0] == 1


NAMES = [c.name for c in CASES.columns if c.sensitivity is not Sensitivity.HIDDEN]
SURVIVING = ("hours_to_close", "hours_to_close_p90", "hours_to_close_p95", "hours_to_decision", "hours_to_first_touch")
TIMES = {
    "created_at": ("2026-03-03 09:00", "2026-03-10 09:00"),
    "decided_at": ("2026-03-03 10:00", ""),
    "first_assigned_at": ("2026-03-03 10:00", ""),
    "closed_at": ("2026-03-03 12:00", ""),
    "is_closed": ("yes", "no"),
    "handle_seconds": ("60", ""),
    "sla_target_at": ("2026-03-03 13:00", "2026-03-10 13:00"),
    "market": ("SG", "SG"),
    "case_id": ("a", "b"),
}
ALL_COLUMNS = "\n".join(
    " | ".join(line) for line in (NAMES, *([TIMES.get(name, ("", ""))[i] for name in NAMES] for i in range(2)))
)


DIALECTS = ("postgres", "bigquery", "snowflake", "trino")


@pytest.mark.parametrize("metric", REGISTRY)
def test_every_query_of_every_metric_compiles_for_other_engines(metric, monkeypatch):
    """The tables belong to no engine here, as they would to a warehouse: no expression may be DuckDB's own.

    Each query is compiled for the other engines and then answered by DuckDB, so that the next one is asked, too; most
    cases are open, so that Kaplan-Meier's is among them. Both ways give the same figures.
    """
    drawn = case_set_from(ALL_COLUMNS, events=EVENT, as_of="2026-04-30")
    flags = {"ambiguous_time": 1, "look_ahead": 1, "bad_value:decided_at": 1}
    drawn = replace(drawn, quality=replace(drawn.quality, flags=flags))
    options = {"window": WINDOW, "by": ["market"], "period": "" if metric == "ageing" else "week"}
    expected = measure(drawn, metric, **options)
    engine, queries = drawn.cases.get_backend(), []

    def answered(expression):
        queries.append([ibis.to_sql(expression, dialect=dialect) for dialect in DIALECTS])
        return engine.to_pyarrow(expression).to_pandas()

    for module in (request, levels, durations):
        monkeypatch.setattr(module, "fetch", answered)
    unbound = replace(drawn, cases=drawn.cases.unbind(), events=drawn.events.unbind())
    found = measure(unbound, metric, **options)
    assert len(queries) == {"clearance": 2, "handle_time_median": 2}.get(metric, 3 if metric in SURVIVING else 1)
    pd.testing.assert_frame_equal(found, expected)


EVENT = """
    case_id | event_type | occurred_at | from_queue | to_queue
    a       | closed     | 2026-03-03  | x          | y
"""


@pytest.mark.parametrize(
    ("as_of", "start", "end"),
    [
        ("2026-03-30 00:00", date(2026, 3, 2), date(2026, 3, 16)),
        ("2026-03-29 23:00", date(2026, 3, 2), date(2026, 3, 16)),  # the last hour of a day may hold no case
        ("2026-03-29 22:59", date(2026, 3, 2), date(2026, 3, 9)),
        ("2026-03-22 22:59", date(2026, 2, 2), date(2026, 3, 2)),  # no week of it is known yet
        ("2026-04-13 00:00", date(2026, 3, 2), date(2026, 3, 30)),
    ],
)
def test_the_matured_part_of_a_window_has_a_figure_and_so_has_the_window_before_it(as_of, start, end):
    rows = "\n".join(
        f"2026-{month:02}-{day:02} | action | " for month in (1, 2, 3) for day in range(1, 30 - (month == 2))
    )
    cases = case_set_from(f"decided_at | decision | appealed_at\n{rows}", as_of=as_of)
    window = Window(date(2026, 3, 2), date(2026, 3, 30), "Asia/Singapore")
    part = matured(cases, "appeal_rate", window=window)
    assert (part.start, part.end) == (start, end)
    assert matured(cases, "overturn_rate", window=window) == window
    for known in (part, part.before()):
        figure = measure(cases, "appeal_rate", window=known)
        assert figure["is_complete"][0]
        assert figure["value"][0] == 0
    whole = measure(cases, "appeal_rate", window=window)
    assert np.isnan(whole["value"][0]) == (part != window)
