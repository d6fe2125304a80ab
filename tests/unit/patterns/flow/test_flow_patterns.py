"""Paths, ways, dwell, loops, bottlenecks and breaches of a handful of cases, worked out by hand."""

import numpy as np
import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import measure
from tskit.model.scope import Window
from tskit.patterns.flow import bottlenecks, breaches, dwell, flow_map, loops, paths

CASES = """
    case_id | created_at       | closed_at        | queue | sla_target_at    | market
    a       | 2026-03-02 09:00 | 2026-03-02 12:00 | spam  | 2026-03-02 11:00 | SG
    b       | 2026-03-02 09:00 | 2026-03-02 15:00 | spam  | 2026-03-02 16:00 | SG
    c       | 2026-03-03 09:00 | 2026-03-03 15:00 | spam  | 2026-03-03 16:00 | ID
    d       | 2026-03-03 09:00 |                  | music | 2026-03-03 15:00 | ID
"""
EVENTS = """
    case_id | event_type  | occurred_at      | from_queue | to_queue
    b       | queue_moved | 2026-03-02 10:00 | spam       | music
    b       | queue_moved | 2026-03-02 12:00 | music      | spam
    b       | closed      | 2026-03-02 15:00 |            |
    c       | closed      | 2026-03-03 11:00 |            |
    c       | reopened    | 2026-03-03 12:00 |            |
    c       | closed      | 2026-03-03 15:00 |            |
"""


@pytest.fixture(scope="module")
def case_set():
    return case_set_from(CASES, events=EVENTS, as_of="2026-03-03 17:00")


def test_paths_add_up_to_the_cases_that_were_closed(case_set):
    found = paths(case_set)
    assert_table(
        found.table,
        """
        path                    | paths | stays | cases | of | share | before_cases
        spam                    | 1     | 1     | 1     | 3  | 0.333 | 0
        spam > music > spam     | 1     | 3     | 1     | 3  | 0.333 | 0
        spam > reopened: spam   | 1     | 2     | 1     | 3  | 0.333 | 0
        """,
    )
    assert found.table["before_share"].isna().all()
    assert "nothing beyond noise" in found.statement


def test_rare_paths_are_folded_and_counted(case_set):
    table = paths(case_set, most=1).table
    assert table["path"].tolist() == ["spam", "2 other paths"]
    assert table["cases"].sum() == 3
    assert table["paths"].sum() == 3


def test_ways_between_queues_with_the_hours_before(case_set):
    found = flow_map(case_set)
    assert_table(
        found.edges,
        """
        source   | target   | cases | returns | median_hours
        (opened) | spam     | 3     | 0       |
        (opened) | music    | 1     | 0       |
        spam     | music    | 1     | 0       | 1
        music    | spam     | 1     | 1       | 2
        spam     | (closed) | 4     | 0       | 3
        (closed) | spam     | 1     | 0       |
        """,
    )
    nodes = found.nodes.set_index("node")
    assert nodes["entries"].to_dict() == {"(closed)": 4, "(opened)": 4, "music": 2, "spam": 5}
    assert nodes.loc["(opened)", "x"] == 0
    assert nodes.loc["(closed)", "x"] == 1


def test_open_stays_count_as_long_as_they_have_lasted(case_set):
    """Spam held cases for 1, 2, 3, 3 and 3 hours; music for 2, and for 8 hours so far: its mean knows 2 + 6 / 2."""
    assert_table(
        dwell(case_set, horizon=8.0).table,
        """
        queue | stays | ended | open | unknown | median_hours
        spam  | 5     | 5     | 0    | 0       | 3
        music | 2     | 1     | 1    | 0       | 2
        """,
    )


def test_the_mean_of_stays_that_are_all_over_is_their_mean(case_set):
    table = dwell(case_set).table.set_index("queue")
    assert table.loc["spam", "mean_hours"] == pytest.approx(12 / 5)
    assert np.isnan(table.loc["spam", "p"])


def test_loops_are_shares_of_closed_cases(case_set):
    assert_table(
        loops(case_set).table,
        """
        kind      | cases | of | share
        handed on | 1     | 3  | 0.333
        sent back | 1     | 3  | 0.333
        came back | 1     | 3  | 0.333
        reopened  | 0     | 0  |
        """,
    )


def test_a_source_that_knows_of_no_reopening_tells_of_none():
    table = loops(case_set_from(CASES, as_of="2026-03-20 17:00")).table.set_index("kind")
    assert table["of"].to_dict() == {"handed on": 3, "sent back": 3, "came back": 3, "reopened": 0}


def test_moves_are_those_of_the_metrics(case_set):
    """M24 and M24p count the same cases of the same window."""
    window, table = case_set.scope.window, loops(case_set).table.set_index("kind")
    for metric, kind in (("reassignment_rate", "handed on"), ("ping_pong_share", "sent back")):
        told = measure(case_set, metric, window=window)
        assert told[["k", "n"]].iloc[0].tolist() == table.loc[kind, ["cases", "of"]].tolist()


def test_hours_in_queues_are_those_within_the_window(case_set):
    assert_table(
        bottlenecks(case_set).table,
        """
        queue | hours | share | again_share | stays
        spam  | 12    | 0.545 | 0.5         | 5
        music | 10    | 0.455 | 0           | 2
        """,
    )
    second = Window(case_set.scope.window.start.replace(day=3), case_set.scope.window.end, case_set.scope.zone)
    hours = bottlenecks(case_set, window=second).table.set_index("queue")
    assert hours["hours"].to_dict() == {"music": 8.0, "spam": 5.0}
    assert hours["before_hours"].to_dict() == {"music": 2.0, "spam": 7.0}


def test_late_cases_are_those_of_the_metric_and_few_prove_nothing(case_set):
    found = breaches(case_set, by=("market",))
    assert "2 cases (50 %) missed it" in found.statement
    assert "nothing beyond noise" in found.statement
    assert_table(
        found.table[found.table["feature"] != "path"],
        """
        feature | value | cases | late | other_cases | other_late | ratio
        market  | SG    | 2     | 1    | 2           | 1          | 1
        market  | ID    | 2     | 1    | 2           | 1          | 1
        queue   | spam  | 3     | 1    | 1           | 1          | 0.333
        queue   | music | 2     | 1    | 2           | 1          | 1
        """,
    )


def test_where_nothing_happened_nothing_is_said(case_set):
    empty = case_set.scope.window.before(periods=3)
    for ask in (paths, dwell, loops, bottlenecks, breaches):
        assert ask(case_set, window=empty).statement.startswith("No case")
    assert flow_map(case_set, window=empty).edges.empty


def test_other_names_of_queues_change_the_names_alone(case_set):
    swapped = {"spam": "zzz", "music": "aaa"}
    text, cases = EVENTS, CASES
    for name, other in swapped.items():
        text, cases = text.replace(name, other), cases.replace(name, other)
    other = case_set_from(cases, events=text, as_of="2026-03-03 17:00")
    mine, theirs = (paths(cs).table.set_index("path")["cases"].to_dict() for cs in (case_set, other))
    assert {path.replace("spam", "zzz").replace("music", "aaa"): n for path, n in mine.items()} == theirs
    mean, renamed = (dwell(cs).table.set_index("queue")["mean_hours"] for cs in (case_set, other))
    assert mean.rename(swapped).to_dict() == pytest.approx(renamed.to_dict(), nan_ok=True)
