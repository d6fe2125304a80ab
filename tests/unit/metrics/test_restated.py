"""Restated history: figures of months that were over, and that a later load gives otherwise."""

from datetime import date

from tests.support.tables import case_set_from
from tskit.metrics.restated import full_months, restated

THEN = """
case_id | market | created_at       | closed_at
a       | SG     | 2026-01-02 09:00 | 2026-01-03 11:00
b       | ID     | 2026-02-03       | 2026-02-05
c       | ID     | 2026-02-04       |
"""
NOW = THEN.replace("| 2026-02-05", "| 2026-03-01")


def figures(now, then):
    return {(one.metric, one.month): (one.was, one.now) for one in restated(now, then)}


def test_a_figure_of_a_month_that_was_over_is_told_as_it_was_and_as_it_is():
    found = figures(case_set_from(NOW, as_of="2026-04-05"), case_set_from(THEN, as_of="2026-03-05"))
    assert found["cases_closed", date(2026, 2, 1)] == (1.0, 0.0)
    assert found["backlog", date(2026, 2, 1)] == (1.0, 2.0)
    assert {month for _, month in found} == {date(2026, 2, 1)}


def test_what_came_after_the_earlier_load_restates_nothing():
    later = f"{THEN}d | ID | 2026-03-20 | 2026-03-21\n"
    assert restated(case_set_from(later, as_of="2026-04-05"), case_set_from(THEN, as_of="2026-03-05")) == ()


def test_a_month_that_was_not_over_is_no_history():
    found = figures(case_set_from(NOW, as_of="2026-04-05"), case_set_from(THEN, as_of="2026-02-20"))
    assert found == {}


def test_only_whole_months_before_the_end_of_the_data_count():
    window = full_months(case_set_from(THEN, as_of="2026-03-05"))
    assert (window.start, window.end) == (date(2026, 1, 1), date(2026, 3, 1))
    assert full_months(case_set_from(THEN, as_of="2026-01-31 23:00")) is None
