from __future__ import annotations

import itertools

import pytest

from tskit.sources.synthetic.world import SLA_HOURS

CASES = "clean WHERE record_type <> 'appeal'"
CLEAN_CASES = f"{CASES} AND severity LIKE 'S_'"


def test_the_target_is_the_clock_from_the_opening_plus_the_pause(small):
    hours = " ".join(f"WHEN 'S{i}' THEN {hours}" for i, hours in enumerate(SLA_HOURS))
    sql = f"""
        SELECT max(abs(date_diff('second', created_at, sla_target_at) / 60.0 - 60 * CASE severity {hours} END
                       - CAST(paused_minutes AS DOUBLE)))
        FROM {CLEAN_CASES} AND reopened_count = '0' AND severity IN ('S0', 'S1', 'S2', 'S3')
    """
    assert small.value(sql) <= 0.06


def test_met_says_whether_the_case_was_closed_by_its_target(small):
    sql = (
        f"SELECT count(*) FROM {CASES} AND closed_at IS NOT NULL AND (sla_met = 'true') <> (closed_at <= sla_target_at)"
    )
    assert small.value(sql) == 0


def test_an_open_case_has_missed_its_target_once_that_is_past(small):
    end = "TIMESTAMP '2026-11-01 16:00'"
    sql = f"SELECT count(*) FROM {CASES} AND is_closed = 'false' AND sla_met IS DISTINCT FROM CASE WHEN sla_target_at < {end} THEN 'false' END"
    assert small.value(sql) == 0


def test_times_of_a_case_follow_each_other(small):
    order = ("content_created_at::TIMESTAMP", "created_at", "first_assigned_at", "decided_at", "closed_at")
    for earlier, later in itertools.pairwise(order):
        assert small.value(f"SELECT count(*) FROM {CASES} AND {later} < {earlier}") == 0, later


def test_state_and_times_agree(small):
    wrong = {
        "status IN ('closed', 'cancelled')": "is_closed = 'false'",
        "status = 'open'": "first_assigned_at IS NOT NULL",
        "status = 'reopened'": "reopened_count = '0' OR closed_at IS NOT NULL",
        "status = 'escalated'": "is_escalated = 'false' OR decided_at IS NOT NULL",
    }
    for state, condition in wrong.items():
        assert small.value(f"SELECT count(*) FROM {CASES} AND {state} AND ({condition})") == 0, state
    assert small.value(f"SELECT count(*) FROM {CASES} AND (decision IS NULL) <> (decided_at IS NULL)") == 0


@pytest.mark.parametrize(
    ("what", "low", "high"),
    [
        ("avg((sla_met = 'true')::INT)", 0.955, 0.985),
        ("avg((is_escalated = 'true')::INT)", 0.03, 0.055),
        ("avg((reopened_count <> '0')::INT)", 0.012, 0.025),
        ("avg((automated_decision = 'AUTOMATED_DECISION_FULLY')::INT)", 0.08, 0.2),
        ("avg((qa_sampled = 'true')::INT)", 0.025, 0.045),
        ("avg((severity = 'S3')::INT)", 0.0002, 0.0015),
        ("avg((appealed_at IS NOT NULL)::INT) FILTER (decision_initial IN ('action', 'partial'))", 0.05, 0.08),
        ("median(date_diff('minute', created_at, closed_at)) / 60", 3, 12),
        ("avg(CAST(handle_seconds AS DOUBLE))", 180, 480),
        ("avg((is_closed = 'false')::INT)", 0.0005, 0.003),
    ],
)
def test_rates_are_those_of_a_running_operation(full, what, low, high):
    assert low < full.value(f"SELECT {what} FROM {CASES}") < high


def test_urgent_cases_are_closed_within_hours(full):
    sql = f"SELECT median(date_diff('minute', created_at, closed_at)) FROM {CASES} AND severity = "
    assert full.value(sql + "'S3'") < 60
    assert full.value(sql + "'S2'") < 180


def test_open_cases_have_the_ages_of_a_queue_that_moves(full):
    sql = f"""
        SELECT count(*), median(date_diff('hour', created_at, TIMESTAMP '2026-11-01 16:00')),
               max(date_diff('hour', created_at, TIMESTAMP '2026-11-01 16:00'))
        FROM {CASES} AND is_closed = 'false'
    """
    count, median, oldest = full.rows(sql)[0]
    assert count > 100
    assert median < 24
    assert oldest > 7 * 24
