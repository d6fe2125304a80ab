"""How cases move between tiers, queues and states."""

from datetime import date

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import measure
from tskit.model import Window

WEEK = Window(date(2026, 3, 2), date(2026, 3, 9), "Asia/Singapore")


def test_escalation_rate():
    """By the log: b was escalated within 14 days, c after 15, and d's tier alone says nothing about when."""
    cases = case_set_from(
        """
        case_id | created_at | tier
        a       | 2026-03-02 | T1
        b       | 2026-03-02 | T2
        c       | 2026-03-02 | T2
        d       | 2026-03-02 | T2
        """,
        events="""
        case_id | event_type | occurred_at
        b       | escalated  | 2026-03-10
        c       | escalated  | 2026-03-17 00:01
        """,
        as_of="2026-03-31",
    )
    assert_table(measure(cases, "escalation_rate", window=WEEK), "value | k | n\n0.25 | 1 | 4")


def test_escalation_rate_without_a_log_takes_the_tier_reached():
    cases = case_set_from("created_at | tier\n2026-03-02 | T1\n2026-03-02 | legal", as_of="2026-03-31")
    assert_table(measure(cases, "escalation_rate", window=WEEK), "value | k | n\n0.5 | 1 | 2")


def test_escalation_acceptance():
    cases = case_set_from(
        """
        created_at | decided_at | is_escalated | tier
        2026-03-02 | 2026-03-03 | yes          | T2
        2026-03-02 | 2026-03-03 | yes          | T1
        2026-03-02 |            | yes          | T2
        2026-03-02 | 2026-03-03 | no           | T1
        """,
        as_of="2026-03-31",
    )
    assert_table(measure(cases, "escalation_acceptance", window=WEEK), "value | k | n\n0.5 | 1 | 2")


MOVES = """
    case_id | event_type  | occurred_at      | from_queue | to_queue | is_paired_id_row
    a       | created     | 2026-03-02 09:00 |            | spam     | no
    a       | queue_moved | 2026-03-02 10:00 | spam       | music    | no
    a       | queue_moved | 2026-03-02 10:00 | 00G1       | 00G2     | yes
    a       | assigned    | 2026-03-02 11:00 | music      |          | no
    a       | queue_moved | 2026-03-02 12:00 |            | music    | no
    a       | queue_moved | 2026-03-02 13:00 | music      | spam     | no
    b       | created     | 2026-03-02 09:00 |            | spam     | no
    b       | assigned    | 2026-03-02 10:00 | spam       |          | no
    b       | queue_moved | 2026-03-02 11:00 |            | spam     | no
    c       | queue_moved | 2026-03-02 09:00 | spam       | music    | no
"""
CLOSED = """
    case_id | created_at | closed_at
    a       | 2026-03-02 | 2026-03-04
    b       | 2026-03-02 | 2026-03-04
    c       | 2026-03-02 | 2026-03-04
    d       | 2026-03-02 | 2026-03-04
"""


def _moved(metric):
    return measure(case_set_from(CLOSED, events=MOVES, as_of="2026-03-31"), metric, window=WEEK)


def test_reassignment_rate():
    """a moved twice (its id row and its stay with a person are no moves), b never left spam, c moved once."""
    assert_table(_moved("reassignment_rate"), "value | k | n\n0.5 | 2 | 4")


def test_moves_per_case():
    assert_table(_moved("moves_per_case"), "value | n\n0.75 | 4")


def test_ping_pong_share():
    """Only a went back to where it came from."""
    assert_table(_moved("ping_pong_share"), "value | k | n\n0.25 | 1 | 4")


def test_moves_need_a_log():
    found = measure(case_set_from(CLOSED, as_of="2026-03-31"), "reassignment_rate", window=WEEK)
    assert_table(found, "value | note\nNA | needs columns events.to_queue, events.occurred_at, events.seq")


def test_reopen_rate():
    """a came back within 14 days of its first closing, b after 15; c is a duplicate, which is merged, not closed."""
    cases = case_set_from(
        """
        case_id | created_at | closed_at  | decision
        a       | 2026-03-02 | 2026-03-25 | action
        b       | 2026-03-02 | 2026-03-26 | action
        c       | 2026-03-02 | 2026-03-03 | duplicate
        d       | 2026-03-02 | 2026-03-03 | action
        """,
        events="""
        case_id | event_type | occurred_at
        a       | closed     | 2026-03-03
        a       | reopened   | 2026-03-17
        a       | closed     | 2026-03-25
        b       | closed     | 2026-03-03
        b       | reopened   | 2026-03-17 00:01
        b       | closed     | 2026-03-26
        """,
        as_of="2026-03-31",
    )
    found = measure(cases, "reopen_rate", window=WEEK)
    assert_table(found, "value | k | n | note\n0.333 | 1 | 3 | 1 merged into another case left out")


def test_reopen_rate_without_a_log_takes_any_reopening():
    cases = case_set_from(
        "created_at | closed_at | reopened_count\n2026-03-02 | 2026-03-03 | 2\n2026-03-02 | 2026-03-03 | 0",
        as_of="2026-03-31",
    )
    assert_table(measure(cases, "reopen_rate", window=WEEK), "value | k | n\n0.5 | 1 | 2")
