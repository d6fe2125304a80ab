"""Steps and stays of hand-worked logs, and that they are those of the timeline."""

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tables import case_set_from
from tskit.patterns import handoffs, known, stays
from tskit.patterns.flow.steps import as_of_micros, stays_of, steps
from tskit.patterns.rows import fetched

HOUR = 3_600_000_000
CASES = """
    case_id | created_at       | closed_at        | queue | is_closed
    plain   | 2026-03-02 09:00 | 2026-03-02 12:00 | spam  | yes
    open    | 2026-03-02 09:00 |                  | music | no
    moved   | 2026-03-02 09:00 | 2026-03-02 15:00 | spam  | yes
    again   | 2026-03-02 09:00 | 2026-03-02 15:00 | spam  | yes
    equal   | 2026-03-02 09:00 | 2026-03-02 11:00 | music | yes
    nobody  | 2026-03-02 09:00 | 2026-03-02 10:00 |       | yes
    lost    | 2026-03-02 09:00 |                  | music | yes
    before  | 2026-03-02 09:00 | 2026-03-02 08:00 | spam  | yes
    after   | 2026-03-02 09:00 | 2026-03-02 10:00 | music | yes
"""
EVENTS = """
    case_id | event_type  | occurred_at      | seq | from_queue | to_queue | is_paired_id_row
    plain   | created     | 2026-03-02 09:00 | 1   |            |          | no
    plain   | assigned    | 2026-03-02 09:05 | 2   |            | spam     | no
    plain   | closed      | 2026-03-02 12:00 | 3   |            |          | no
    moved   | created     | 2026-03-02 09:00 | 1   |            |          | no
    moved   | queue_moved | 2026-03-02 10:00 | 2   | spam       | music    | no
    moved   | queue_moved | 2026-03-02 10:00 | 3   | 00G1       | 00G2     | yes
    moved   | assigned    | 2026-03-02 10:30 | 4   | music      |          | no
    moved   | queue_moved | 2026-03-02 11:00 | 5   |            | music    | no
    moved   | queue_moved | 2026-03-02 12:00 | 6   | music      | spam     | no
    moved   | closed      | 2026-03-02 15:00 | 7   |            |          | no
    again   | created     | 2026-03-02 09:00 | 1   |            |          | no
    again   | assigned    | 2026-03-02 09:00 | 2   |            | spam     | no
    again   | closed      | 2026-03-02 11:00 | 3   |            |          | no
    again   | closed      | 2026-03-02 11:30 | 4   |            |          | no
    again   | reopened    | 2026-03-02 12:00 | 5   |            |          | no
    again   | closed      | 2026-03-02 15:00 | 6   |            |          | no
    equal   | created     | 2026-03-02 09:00 | 1   |            |          | no
    equal   | queue_moved | 2026-03-02 09:00 | 2   | spam       | music    | no
    equal   | closed      | 2026-03-02 11:00 | 3   |            |          | no
    after   | created     | 2026-03-02 09:00 | 1   |            |          | no
    after   | closed      | 2026-03-02 10:00 | 2   |            |          | no
    after   | queue_moved | 2026-03-02 10:00 | 3   | spam       | music    | no
"""
STAYS = [
    ("after", "spam", 1.0, "closed", 0),
    ("again", "spam", 2.0, "closed", 0),
    ("again", "spam", 3.0, "closed", 1),
    ("before", "spam", -1.0, "closed", 0),
    ("equal", "spam", 0.0, "moved", 0),
    ("equal", "music", 2.0, "closed", 0),
    ("lost", "music", 7.0, "unknown", 0),
    ("moved", "spam", 1.0, "moved", 0),
    ("moved", "music", 2.0, "moved", 0),
    ("moved", "spam", 3.0, "closed", 1),
    ("nobody", "", 1.0, "closed", 0),
    ("open", "music", 7.0, None, 0),
    ("plain", "spam", 3.0, "closed", 0),
]


def held_in(case_set):
    frame = fetched(stays_of(steps(case_set), as_of=as_of_micros(case_set)))
    frame = frame.sort_values(["case_id", "stay"], ignore_index=True)
    return frame.assign(hours=(frame["ended"] - frame["began"]) / HOUR)


def drawn(events=EVENTS):
    return case_set_from(CASES, events=events, as_of="2026-03-02 16:00")


def test_each_stay_lasts_as_worked_out_by_hand():
    found = held_in(drawn()).astype(object)
    found = found.where(found.notna(), None)
    assert list(found[["case_id", "queue", "hours", "next_kind", "visit"]].itertuples(index=False, name=None)) == STAYS


def test_a_stay_is_over_or_seen_so_far_or_of_unknown_end():
    found = held_in(drawn()).set_index("case_id")
    assert not found.loc[["lost", "before"], ["done", "seen"]].astype(bool).to_numpy().any()
    assert found.loc["open", ["done", "seen"]].tolist() == [False, True]
    rest = found.drop(["lost", "before", "open"])
    assert rest["done"].all()
    assert not rest["seen"].any()


def test_a_move_of_a_closed_case_is_a_move_and_begins_no_stay():
    told = fetched(steps(drawn()))
    moves = told[told["kind"] == "moved"].sort_values(["case_id", "nth"])
    assert list(zip(moves["case_id"], moves["source"], moves["queue"], moves["is_return"], strict=True)) == [
        ("after", "spam", "music", False),
        ("equal", "spam", "music", False),
        ("moved", "spam", "music", False),
        ("moved", "music", "spam", True),
    ]
    assert moves["held"].isna().tolist() == [True, False, False, False]


def test_the_order_of_rows_does_not_matter():
    head, *rows = EVENTS.strip().splitlines()
    random.Random(7).shuffle(rows)
    pd.testing.assert_frame_equal(held_in(drawn("\n".join([head, *rows]))), held_in(drawn()))


def test_without_a_log_a_case_lies_in_its_queue():
    found = held_in(case_set_from(CASES, as_of="2026-03-02 16:00")).set_index("case_id")
    assert found.loc["moved", ["queue", "hours"]].tolist() == ["spam", 6.0]
    assert len(found) == 9


def test_what_comes_after_the_end_of_what_is_known_is_not_told():
    found = held_in(case_set_from(CASES, events=EVENTS, as_of="2026-03-02 11:30")).set_index("case_id")
    assert found.loc["moved", "queue"].tolist() == ["spam", "music"]
    assert found.loc["moved", "seen"].tolist() == [False, True]
    assert found.loc["plain", "hours"] == 2.5


KINDS = ("assigned", "queue_moved", "closed", "reopened", "commented")
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(KINDS),
        st.integers(0, 12),
        st.sampled_from(["", "spam", "music", "legal"]),
        st.sampled_from(["", "spam", "music", "legal"]),
    ),
    min_size=1,
    max_size=14,
)


@pytest.mark.slow
@pytest.mark.conformance
@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_stays_and_moves_are_those_of_the_timeline(rows):
    head = "case_id | event_type | occurred_at | seq | from_queue | to_queue"
    lines = [
        f"{c} | {kind} | 2026-03-02 {9 + at:02} :00 | {seq} | {a} | {b}".replace(" :", ":")
        for seq, (c, kind, at, a, b) in enumerate(rows)
    ]
    cases = "case_id | created_at | closed_at | queue\n" + "\n".join(
        f"{name} | 2026-03-02 09:00 | {closed} | music"
        for name, closed in (("a", ""), ("b", "2026-03-02 20:00"), ("c", ""))
    )
    case_set = case_set_from(cases, events="\n".join([head, *lines]), as_of="2026-03-02 23:00")
    told = known(case_set, ["a", "b", "c"])
    expected, found = stays(told), held_in(case_set)
    assert list(
        zip(found["case_id"], found["queue"], found["hours"], found["next_kind"].fillna("open"), strict=True)
    ) == list(
        zip(
            expected["case_id"],
            expected["queue"],
            expected["hours"],
            expected["ended_by"].replace("", None),
            strict=True,
        )
    )
    moves = fetched(steps(case_set)).query("kind == 'moved'").sort_values(["case_id", "nth"])
    handed = handoffs(told)
    assert (
        moves[["source", "queue", "is_return"]].to_numpy().tolist()
        == handed[["from_queue", "to_queue", "is_return"]].to_numpy().tolist()
    )
