"""What the days of a source tell about its export."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from tskit.cases.coverage import coverage_notes, thin_weeks

MONDAY = date(2026, 1, 5)


@pytest.fixture
def notes():
    """Return a function that gives the notes on cases opened so many times a day from a Monday on."""

    def told(counts, *, changed=None, **rest):
        database = duckdb.connect()
        more = ", source_modified_at TIMESTAMP" if changed else ""
        database.execute(f"CREATE TABLE cases (created_at TIMESTAMP{more})")
        for number, count in enumerate(counts):
            row = [MONDAY + timedelta(days=number), *([changed] if changed else [])]
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT INTO cases SELECT {marks} FROM range({count})", row)
        return coverage_notes("cases", connection=database, **rest)

    return told


def test_steady_days_say_nothing(notes):
    assert notes([9] * 60) == ()


def test_days_without_a_case_ask_for_the_missing_export(notes):
    counts = [9] * 60
    counts[57:] = [0, 9, 9]
    counts[20:27] = [0] * 7
    assert notes(counts) == (
        "No case was opened from 2026-01-25 to 2026-01-31, on 2026-03-03 (UTC): is an export missing?",
    )


def test_weekends_off_are_no_gap(notes):
    assert notes([9, 9, 9, 9, 9, 0, 0] * 12) == ()


def test_a_week_with_far_fewer_cases_than_its_neighbours_is_told(notes):
    counts = [20] * 70
    counts[28:35] = [1] * 7
    (note,) = notes(counts)
    assert note.endswith(": the week from 2026-02-02 has 7 cases where about 140 are usual.")


@pytest.mark.parametrize("share", [0.35, 1.0, 3.0])
def test_a_quiet_or_a_busy_week_is_none(share):
    days = [(MONDAY + timedelta(days=n), 20 if n // 7 != 4 else int(20 * share)) for n in range(70)]
    assert thin_weeks(days) == []


def test_the_first_and_the_last_week_may_be_cut():
    days = [(MONDAY + timedelta(days=n), 20) for n in range(6, 64)]
    assert thin_weeks(days) == []


def test_a_number_at_which_tools_cut_is_told_once(notes):
    counts = [20] * 100
    assert notes(counts) == (
        "The export holds exactly 2,000 cases, a number at which tools cut exports. Check that it is complete.",
    )
    assert notes(counts, is_cap_told=True) == ()


def test_rows_that_changed_long_after_the_last_case_was_opened_are_told(notes):
    (note,) = notes([9] * 60, changed=date(2026, 4, 1))
    assert note.startswith("Rows were changed up to 2026-04-01, but the last case was opened on 2026-03-05:")
    assert notes([9] * 60, changed=date(2026, 3, 6)) == ()
