"""The log and the columns of a case tell the same."""

from __future__ import annotations

import pytest

# Cases of which no row can be kept still have events, as in a real export.
KNOWN = "events JOIN clean USING (case_id)"

ONCE = {
    "created": "created_at",
    "accepted": "first_assigned_at",
    "decided": "decided_at",
    "appeal_decided": "appeal_decided_at",
}


@pytest.mark.parametrize(("kind", "column"), ONCE.items())
def test_an_event_of_the_case_stands_at_the_time_of_its_column(small, kind, column):
    sql = (
        # Who takes up an escalated case accepts it again; the case keeps the first time.
        f"SELECT count(*) FROM clean c FULL JOIN (SELECT case_id, min(occurred_at) AS occurred_at FROM {KNOWN} "
        f"WHERE event_type = '{kind}' GROUP BY 1) e USING (case_id) "
        f"WHERE strftime(c.{column}, '%Y-%m-%dT%H:%M:%SZ') IS DISTINCT FROM e.occurred_at"
    )
    assert small.value(sql) == 0


def test_the_last_closing_is_the_close_time_of_the_case(small):
    sql = """
        WITH last AS (
            SELECT case_id, arg_max(event_type, CAST(seq AS INT)) AS kind, max(occurred_at) AS latest
            FROM events WHERE event_type IN ('closed', 'reopened') GROUP BY 1
        )
        SELECT count(*) FROM clean LEFT JOIN last USING (case_id)
        WHERE (CASE WHEN kind = 'closed' THEN latest END) IS DISTINCT FROM strftime(closed_at, '%Y-%m-%dT%H:%M:%SZ')
          AND try_cast(closed_at AS TIMESTAMP) IS NOT NULL
    """
    assert small.value(sql) == 0


def test_the_log_counts_the_reopenings_of_the_case(small):
    sql = """
        SELECT count(*) FROM clean LEFT JOIN
        (SELECT case_id, count(*) AS n FROM events WHERE event_type = 'reopened' GROUP BY 1) USING (case_id)
        WHERE coalesce(n, 0) <> CAST(reopened_count AS INT)
    """
    assert small.value(sql) == 0


def test_the_last_move_ends_in_the_queue_of_the_case(small):
    sql = """
        WITH moves AS (
            SELECT case_id, arg_max(to_queue, CAST(seq AS INT)) AS queue FROM events WHERE to_queue IS NOT NULL GROUP BY 1
        )
        SELECT count(*) FROM clean c JOIN moves USING (case_id) WHERE moves.queue <> c.queue
    """
    assert small.value(sql) == 0


def test_every_move_starts_where_the_case_was(small):
    sql = """
        SELECT count(*) FROM (
            SELECT event_type, from_queue, lag(to_queue) OVER (PARTITION BY case_id ORDER BY CAST(seq AS INT)) AS was
            FROM events WHERE event_type IN ('assigned', 'queue_moved')
        ) WHERE event_type = 'queue_moved' AND from_queue IS DISTINCT FROM was
    """
    assert small.value(sql) == 0


def test_some_cases_go_back_and_forth_between_two_queues(small):
    sql = """
        SELECT count(*) FROM (
            SELECT from_queue, to_queue, lag(from_queue) OVER w AS before, lag(to_queue) OVER w AS via
            FROM events WHERE event_type = 'queue_moved' WINDOW w AS (PARTITION BY case_id ORDER BY CAST(seq AS INT))
        ) WHERE before = to_queue AND via = from_queue
    """
    assert small.value(sql) > 50


def test_escalated_cases_are_those_with_an_escalation(small):
    sql = """
        SELECT count(*) FROM clean LEFT JOIN
        (SELECT DISTINCT case_id, true AS escalated FROM events WHERE event_type = 'escalated') USING (case_id)
        WHERE coalesce(escalated, false) <> (is_escalated = 'true')
    """
    assert small.value(sql) == 0


def test_the_decision_of_the_case_is_the_last_one_in_the_log(small):
    sql = """
        WITH last AS (
            SELECT case_id, arg_max(new_value, CAST(seq AS INT)) AS value
            FROM events WHERE field = 'decision' GROUP BY 1
        )
        SELECT count(*) FROM clean LEFT JOIN last USING (case_id)
        WHERE record_type <> 'appeal' AND value IS DISTINCT FROM decision
    """
    assert small.value(sql) == 0


def test_the_sequence_runs_without_a_gap_and_never_back_in_time(small):
    sql = """
        SELECT count(*) FROM (
            SELECT CAST(seq AS INT) AS seq, occurred_at, row_number() OVER w AS place, lag(occurred_at) OVER w AS before
            FROM events WINDOW w AS (PARTITION BY case_id ORDER BY CAST(seq AS INT))
        ) WHERE seq <> place OR occurred_at < before
    """
    assert small.value(sql) == 0


def test_a_case_has_five_to_six_and_a_half_events(small):
    assert 5 < small.truth["rows"]["events"] / small.truth["rows"]["cases"] < 6.5


def test_event_keys_are_unique(small):
    assert small.value("SELECT count(*) - count(DISTINCT event_id) FROM events") == 0


def test_a_breach_is_logged_for_every_case_that_missed_its_target(small):
    sql = """
        SELECT count(*) FROM clean LEFT JOIN
        (SELECT DISTINCT case_id, true AS breached FROM events WHERE event_type = 'sla_breached') USING (case_id)
        WHERE record_type <> 'appeal' AND coalesce(breached, false) <> coalesce(sla_met = 'false', false)
    """
    assert small.value(sql) == 0
