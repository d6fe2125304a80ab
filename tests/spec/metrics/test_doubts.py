"""A doubtful row stays out of the figures that its doubt touches, is counted in the note, and stays in all others."""

from datetime import date

import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import REGISTRY, measure
from tskit.metrics.doubts import DOUBTS
from tskit.model import MARKS, Window

WEEK = Window(date(2026, 3, 2), date(2026, 3, 9), "Asia/Singapore")


def _flagged(text, metric):
    return measure(case_set_from(text, as_of="2026-03-31"), metric, window=WEEK)


def test_every_doubt_is_read_from_values_or_is_a_flag_of_the_loader_and_touches_known_metrics():
    assert {name for name, doubt in DOUBTS.items() if doubt.shown is None} <= set(MARKS)
    assert {name for doubt in DOUBTS.values() for name in doubt.metrics} <= set(REGISTRY)


CLOSED = """
    created_at       | closed_at        | sla_target_at    | handle_seconds | dq_flags
    2026-03-02 00:00 | 2026-03-02 04:00 | 2026-03-03 00:00 | 600            |
    2026-03-02 00:00 | 2026-03-02 06:00 | 2026-03-03 00:00 | 600            | duplicate_key
    2026-03-02 00:00 | 2026-03-02 20:00 | 2026-03-02 10:00 | 1200           | {flag}
"""


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("ambiguous_time", "at a time that the clocks showed twice"),
        ("nonexistent_time", "at a time that the clocks skipped"),
        ("close_time_on_open_case", "open, but with a closing time"),
        ("look_ahead", "open, but with a closing time that lies ahead"),
        ("bad_value:closed_at", "whose closed_at cannot be read"),
    ],
)
def test_what_the_flag_puts_in_doubt_is_left_out_and_told(flag, words):
    """Of three cases one took 20 hours, as far as its times can be believed. A duplicate that stands is no doubt."""
    found = _flagged(CLOSED.format(flag=flag), "hours_to_close")
    assert_table(found, f"value | k | n | note\n5 | 2 | 2 | 1 {words} left out")
    assert_table(_flagged(CLOSED.format(flag=flag), "sla_attainment"), "value | k | n\n1 | 2 | 2")
    opened = _flagged(CLOSED.format(flag=flag), "cases_opened")
    assert (opened["value"][0], opened["note"][0]) == (3, "")


def test_a_closing_time_on_an_open_case_counts_as_no_closing_anywhere():
    drawn = CLOSED.format(flag="close_time_on_open_case")
    assert_table(_flagged(drawn, "cases_closed"), "value | note\n2 | 1 open, but with a closing time left out")
    assert_table(_flagged(drawn, "handle_time"), "value | n\n10 | 2")
    assert_table(_flagged(drawn, "clearance"), "value | k | n\n0.667 | 2 | 3")


def test_an_unreadable_closing_time_does_not_make_a_case_look_open():
    drawn = """
        created_at | closed_at        | is_closed | dq_flags
        2026-03-02 |                  | no        |
        2026-03-02 |                  | no        | bad_value:closed_at
        2026-02-02 | 2026-02-03 00:00 | yes       | look_ahead
        2026-03-02 | 2026-03-03 00:00 | yes       |
    """
    found = _flagged(drawn, "backlog")
    assert_table(found, "value\n1")
    ahead = "1 open, but with a closing time that lies ahead left out"
    assert found["note"][0] == f"{ahead}; 1 whose closed_at cannot be read left out"
    assert _flagged(drawn, "ageing")["cases"].sum() == 1
    assert_table(_flagged(drawn, "hours_to_close"), "n\n2")


def test_an_appeal_before_the_decision_is_not_counted_as_no_appeal():
    drawn = """
        created_at | decided_at | decision | appealed_at | dq_flags
        2026-03-02 | 2026-03-03 | action   | 2026-03-04  |
        2026-03-02 | 2026-03-03 | action   |             |
        2026-03-02 | 2026-03-03 | action   | 2026-03-02  | appealed_before_decided
    """
    found = _flagged(drawn, "appeal_rate")
    assert_table(found, "value | k | n | note\n0.5 | 1 | 2 | 1 appealed before they were decided left out")


@pytest.mark.parametrize("column", ["decision", "decision_initial"])
def test_an_unreadable_first_decision_is_not_replaced_by_the_last_one(column):
    drawn = f"""
        created_at | decided_at | decision | decision_initial | dq_flags
        2026-03-02 | 2026-03-03 | action   | action           |
        2026-03-02 | 2026-03-03 | action   |                  | bad_value:{column}
    """
    found = _flagged(drawn, "action_rate")
    assert_table(found, f"value | k | n | note\n1 | 1 | 1 | 1 whose {column} cannot be read left out")


def test_an_unreadable_column_that_the_figure_does_not_use_changes_nothing():
    drawn = "created_at | closed_at | dq_flags\n2026-03-02 00:00 | 2026-03-02 05:00 | bad_value:severity"
    found = _flagged(drawn, "hours_to_close")
    assert (found["value"][0], found["note"][0]) == (5, "")


def test_a_case_closed_before_it_was_opened_still_came_in_and_was_never_open():
    drawn = """
        created_at       | closed_at        | dq_flags
        2026-03-03 00:00 | 2026-03-02 00:00 | closed_before_created
        2026-03-03 00:00 | 2026-03-04 00:00 |
    """
    assert_table(_flagged(drawn, "cases_opened"), "value\n2")
    words = "1 closed before they were opened left out"
    assert_table(_flagged(drawn, "hours_to_close"), f"value | n | note\n24 | 1 | {words}")
    days = measure(case_set_from(drawn, as_of="2026-03-31"), "backlog", window=WEEK, period="day")
    assert days["value"].tolist() == [0, 1, 0, 0, 0, 0, 0]
