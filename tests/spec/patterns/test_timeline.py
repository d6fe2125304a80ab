"""What happened to a case: stays, hand-offs, reopenings and pauses, as the log tells them."""

from datetime import UTC, datetime

import pytest

from tests.support.tables import case_set_from
from tskit.errors import ParameterError
from tskit.patterns import handoffs, known, pauses, reopenings, stays, timeline

CASES = """
    case_id | created_at       | closed_at        | queue | case_number
    a       | 2026-03-02 09:00 | 2026-03-02 15:00 | spam  | 0001
    b       | 2026-03-02 09:00 |                  | music | 0002
"""
EVENTS = """
    case_id | event_type  | occurred_at      | seq | from_queue | to_queue | actor_id | actor_type | is_paired_id_row
    a       | created     | 2026-03-02 09:00 | 1   |            |          |          | system     | no
    a       | queue_moved | 2026-03-02 10:00 | 2   | spam       | music    |          | system     | no
    a       | queue_moved | 2026-03-02 10:00 | 3   | 00G1       | 00G2     |          | system     | yes
    a       | assigned    | 2026-03-02 10:30 | 4   | music      |          |          | system     | no
    a       | queue_moved | 2026-03-02 11:00 | 5   |            | music    |          | system     | no
    a       | accepted    | 2026-03-02 11:30 | 6   |            |          | p1       | vendor     | no
    a       | queue_moved | 2026-03-02 12:00 | 7   | music      | spam     | p1       | vendor     | no
    a       | paused      | 2026-03-02 12:30 | 8   |            |          | p2       | user       | no
    a       | resumed     | 2026-03-02 13:00 | 9   |            |          | p2       | user       | no
    a       | closed      | 2026-03-02 13:30 | 10  |            |          | p2       | user       | no
    a       | reopened    | 2026-03-02 14:00 | 11  |            |          |          | system     | no
    a       | closed      | 2026-03-02 15:00 | 12  |            |          | p2       | user       | no
    b       | created     | 2026-03-02 09:00 | 1   |            |          |          | system     | no
    b       | assigned    | 2026-03-02 09:05 | 2   |            | music    |          | system     | no
    b       | paused      | 2026-03-02 10:00 | 3   |            |          | p3       | user       | no
"""


@pytest.fixture(scope="module")
def case_set():
    return case_set_from(CASES, events=EVENTS, as_of="2026-03-02 16:00")


@pytest.fixture(scope="module")
def both(case_set):
    return known(case_set, ["a", "b"])


def rows(frame, *columns):
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_a_stay_lasts_from_one_effective_move_to_the_next(both):
    """To nobody and back is no move, and the second row of one change none either; a reopening begins a new stay."""
    held = stays(both)
    assert rows(held[held["case_id"] == "a"], "queue", "hours", "ended_by") == [
        ("spam", 1.0, "moved"),
        ("music", 2.0, "moved"),
        ("spam", 1.5, "closed"),
        ("spam", 1.0, "closed"),
    ]


def test_an_open_stay_ends_with_what_is_known(both):
    held = stays(both)
    assert rows(held[held["case_id"] == "b"], "queue", "hours", "ended_by") == [("music", 7.0, "open")]


def test_waiting_ends_when_a_person_first_works_on_the_case_there(both):
    """Nobody touched it in its first queue; in music p1 took it up after an hour and a half; p2 paused it after half an hour."""
    held = stays(both)
    waited = held.loc[held["case_id"] == "a", "waited_hours"]
    assert waited.isna().tolist() == [True, False, False, False]
    assert waited.dropna().tolist() == [1.5, 0.5, 1.0]


def test_a_handoff_straight_back_is_marked(both):
    assert rows(handoffs(both), "case_id", "hop", "from_queue", "to_queue", "is_return") == [
        ("a", 1, "spam", "music", False),
        ("a", 2, "music", "spam", True),
    ]
    assert rows(handoffs(both), "waited_hours", "next_hours") == [(1.5, 2.0), (0.5, 1.5)]


def test_a_reopening_tells_how_long_the_case_had_been_closed(both):
    assert rows(reopenings(both), "case_id", "hours") == [("a", 0.5)]


def test_a_pause_without_an_end_lasts_until_what_is_known(both):
    told = pauses(both)
    hours = (told["resumed_at"] - told["paused_at"]).dt.total_seconds() / 3600
    assert list(zip(told["case_id"], hours, told["is_open"], strict=True)) == [("a", 0.5, False), ("b", 6.0, True)]


def test_the_timeline_marks_hops_and_names_who_held_the_case(both):
    told = timeline(both)
    a = told[told["case_id"] == "a"]
    assert rows(a[a["mark"] != ""], "event_type", "queue", "mark") == [
        ("queue_moved", "music", "hop"),
        ("queue_moved", "spam", "sent back"),
    ]
    assert a["hours_since"].iloc[1] == 1.0


def test_rows_out_of_order_are_put_in_order():
    shuffled = EVENTS.strip().splitlines()
    mixed = "\n".join([shuffled[0], *reversed(shuffled[1:])])
    one = known(case_set_from(CASES, events=mixed, as_of="2026-03-02 16:00"), ["a"])
    assert rows(handoffs(one), "from_queue", "to_queue") == [("spam", "music"), ("music", "spam")]


def test_at_an_earlier_moment_nothing_of_later_is_known(case_set):
    """At 12:15 Singapore time a was back in spam and not closed yet, though its columns say so."""
    then = known(case_set, ["a"], until=datetime(2026, 3, 2, 4, 15, tzinfo=UTC))
    assert then.is_past
    assert then.later == {"a": 5}
    assert "closed_at" not in then.case("a")
    assert then.case("a")["queue"] == "spam"
    assert not then.case("a")["is_closed"]
    assert rows(stays(then), "queue", "ended_by")[-1] == ("spam", "open")
    assert timeline(then)["at"].max() <= then.until


def test_a_case_that_did_not_exist_yet_is_refused(case_set):
    with pytest.raises(ParameterError, match="was opened after"):
        known(case_set, ["a"], until=datetime(2026, 3, 1, tzinfo=UTC))


def test_a_case_number_names_a_case(case_set):
    assert known(case_set, ["0002", " b "]).case_ids == ("b",)


def test_an_unknown_id_is_refused_with_the_nearest():
    cases = case_set_from("case_id | created_at\nINC0000045 | 2026-03-02\nINC0000046 | 2026-03-02")
    with pytest.raises(ParameterError, match="Did you mean 'INC0000045'"):
        known(cases, ["INC000045"])


def test_no_id_at_all_is_refused(case_set):
    with pytest.raises(ParameterError, match="Name at least one case"):
        known(case_set, [" "])


def test_without_a_log_the_times_of_the_case_itself_are_told():
    cases = case_set_from(
        """
        case_id | created_at       | decided_at       | closed_at        | queue
        a       | 2026-03-02 09:00 | 2026-03-02 10:00 | 2026-03-02 11:00 | spam
        """
    )
    one = known(cases, ["a"])
    assert not one.has_log
    assert rows(timeline(one), "event_type", "origin") == [
        ("created", "column"),
        ("decided", "column"),
        ("closed", "column"),
    ]
    assert rows(stays(one), "queue", "hours", "ended_by") == [("spam", 2.0, "closed")]
    assert handoffs(one).empty


DECIDED = """
    case_id | created_at       | decided_at       | decision | decision_visibility            | automated_decision | reach
    d       | 2026-03-02 09:00 | 2026-03-02 10:00 | action   | DECISION_VISIBILITY_CONTENT_REMOVED | AUTOMATED_DECISION_NOT_AUTOMATED | 40
    o       | 2026-03-02 09:00 | 2026-03-02 15:00 | action   | DECISION_VISIBILITY_CONTENT_REMOVED | AUTOMATED_DECISION_NOT_AUTOMATED | 40
"""


def test_what_a_decision_did_is_known_from_its_moment_on_and_not_before():
    then = known(
        case_set_from(DECIDED, as_of="2026-03-02 16:00"), ["d", "o"], until=datetime(2026, 3, 2, 4, tzinfo=UTC)
    )
    made = {"decision", "decision_visibility", "automated_decision", "reach"}
    assert made <= set(then.case("d"))
    assert not made & set(then.case("o"))
