"""Steps and stays of hand-worked logs, and that they are those of the timeline."""

import random

import pandas as pd

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


def drawn_by_chance(seed, cases=60):
    """Return cases with events of any kind in any order, many at the same time."""
    chance = random.Random(seed)
    queues, kinds = ("", "spam", "music", "legal"), ("assigned", "queue_moved", "closed", "reopened", "commented")
    ids = [f"c{number:02}" for number in range(cases)]
    closings = [chance.choice(["", "2026-03-02 22:00"]) for _ in ids]
    rows = [f"{name} | 2026-03-02 09:00 | {at} | music" for name, at in zip(ids, closings, strict=True)]
    told = [
        f"{name} | {chance.choice(kinds)} | 2026-03-02 {chance.randint(9, 20):02}:00 | {seq} | {chance.choice(queues)} | "
        f"{chance.choice(queues)}"
        for name in ids
        for seq in range(chance.randint(0, 8))
    ]
    head = "case_id | event_type | occurred_at | seq | from_queue | to_queue"
    table = "\n".join(["case_id | created_at | closed_at | queue", *rows])
    return ids, case_set_from(table, events="\n".join([head, *told]), as_of="2026-03-02 23:00")


def test_stays_and_moves_are_those_of_the_timeline():
    ids, case_set = drawn_by_chance(7)
    told, found = known(case_set, ids), held_in(case_set)
    expected = stays(told)
    assert found["case_id"].tolist() == expected["case_id"].tolist()
    assert found["queue"].tolist() == expected["queue"].tolist()
    assert found["hours"].tolist() == expected["hours"].tolist()
    assert found["next_kind"].fillna("open").tolist() == expected["ended_by"].tolist()
    moves = fetched(steps(case_set)).query("kind == 'moved'").sort_values(["case_id", "nth"])
    names = ["from_queue", "to_queue", "is_return"]
    assert moves[["source", "queue", "is_return"]].to_numpy().tolist() == handoffs(told)[names].to_numpy().tolist()
