"""How long cases lie in queues and how they move between them, worked out by hand."""

import numpy as np
import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.patterns.flow import dwell, flow_map, loops, paths


def in_one_queue(*, ended, seen, as_of="2026-03-04 00:00"):
    """Return cases that lay in spam for so many hours each, and cases that have lain there for so many so far."""
    over = [f"2026-03-02 00:00 | 2026-03-02 {hours:02}:00 | spam" for hours in ended]
    so_far = [f"2026-03-03 {24 - hours:02}:00 | | spam" for hours in seen]
    return case_set_from("\n".join(["created_at | closed_at | queue", *over, *so_far]), as_of=as_of)


def test_the_median_of_stays_knows_those_that_are_open():
    """Ends after 2, 4, 6, 8 hours; open after 3 and 7.

    Still there after 2 h: 5/6. After 4 h, of 4 watched: 5/6 * 3/4 = 0.625. After 6 h, of 3: 0.4167, the first at or below
    one half. The stays that are over have a median of 4 to 6, and count too little what is not.
    """
    table = dwell(in_one_queue(ended=[2, 4, 6, 8], seen=[3, 7])).table
    assert_table(table, "queue | stays | ended | open | unknown | median_hours\nspam | 6 | 4 | 2 | 0 | 6")


def test_where_most_stays_are_open_nobody_knows_the_median():
    table = dwell(in_one_queue(ended=[2], seen=[3, 4])).table
    assert np.isnan(table.loc[0, "median_hours"])


def test_the_restricted_mean_is_the_area_under_the_curve():
    """Ten end after 2 hours, five after 4; five are open after 6: 20 are there for 2 h, 10/20 for 2 h, 5/20 to the horizon.

    Up to 4 h, as far as ten are watched: 2 * 1 + 2 * 0.5 = 3. A mean of the stays that are over would be 2.67.
    """
    table = dwell(in_one_queue(ended=[2] * 10 + [4] * 5, seen=[6] * 5)).table
    assert table.loc[0, "horizon_hours"] == 4.0
    assert table.loc[0, "mean_hours"] == pytest.approx(3.0)


def test_the_restricted_mean_stops_at_the_horizon():
    """Of hours 2, 2, 8 within 5: (2 + 2 + 5) / 3."""
    table = dwell(in_one_queue(ended=[2, 2, 8], seen=[]), horizon=5.0).table
    assert table.loc[0, "mean_hours"] == pytest.approx(3.0)


def test_the_interval_of_the_restricted_mean_is_greenwoods():
    """Of hours 2 and 6, ten each, the area behind 2 h is 4 * 0.5 = 2: the variance is 2^2 * 10 / (20 * 10) = 0.2.

    All stays began at one time, so that nothing is known of how days differ: 4 -+ 1.96 * sqrt(0.2).
    """
    row = dwell(in_one_queue(ended=[2] * 10 + [6] * 10, seen=[])).table.iloc[0]
    assert row["mean_hours"] == pytest.approx(4.0)
    assert [row["low"], row["high"]] == pytest.approx([4 - 1.96 * 0.2**0.5, 4 + 1.96 * 0.2**0.5], abs=1e-3)


TIED = """
    case_id | event_type  | occurred_at      | seq | from_queue | to_queue
    a       | queue_moved | 2026-03-02 10:00 | 2   | music      | legal
    a       | queue_moved | 2026-03-02 10:00 | 1   | spam       | music
    a       | closed      | 2026-03-02 12:00 | 3   |            |
"""
ONE = "case_id | created_at | closed_at | queue\na | 2026-03-02 09:00 | 2026-03-02 12:00 | legal"


def test_of_two_moves_at_one_time_the_log_says_which_was_first():
    """By their numbers: spam for an hour, music for none, legal for two. By their rows: the case would come from music."""
    case_set = case_set_from(ONE, events=TIED, as_of="2026-03-03")
    assert paths(case_set).table["path"].tolist() == ["spam > music > legal"]
    hours = dwell(case_set).table.set_index("queue")["mean_hours"]
    assert hours.to_dict() == {"spam": 1.0, "music": 0.0, "legal": 2.0}


def test_a_closing_comes_before_a_move_of_the_same_time():
    """A case that is closed and handed on at once ends where it lay: no stay of no hours begins."""
    events = """
        case_id | event_type  | occurred_at      | seq | from_queue | to_queue
        a       | closed      | 2026-03-02 12:00 | 1   |            |
        a       | queue_moved | 2026-03-02 12:00 | 2   | spam       | legal
    """
    table = dwell(case_set_from(ONE, events=events, as_of="2026-03-03")).table
    assert_table(table, "queue | stays | ended | mean_hours\nspam | 1 | 1 | 3")


@pytest.mark.parametrize(
    ("opened", "closed", "hours"),
    [
        ("2026-03-28 22:00", "2026-03-29 08:00", 9.0),  # clocks go from 02:00 to 03:00
        ("2026-10-24 22:00", "2026-10-25 08:00", 11.0),  # clocks go from 03:00 back to 02:00
        ("2026-03-27 22:00", "2026-03-28 08:00", 10.0),
    ],
)
def test_hours_are_those_that_passed_whatever_the_clocks_say(opened, closed, hours):
    """From ten in the evening to eight in the morning are nine hours in Berlin when summer begins, and eleven when it ends."""
    text = f"created_at | closed_at | queue\n{opened} | {closed} | spam"
    case_set = case_set_from(text, zone="Europe/Berlin", as_of="2026-11-30")
    assert dwell(case_set).table["mean_hours"].tolist() == [hours]


CASES = """
    case_id | created_at       | closed_at        | queue
    pong    | 2026-03-02 09:00 | 2026-03-02 15:00 | spam
    round   | 2026-03-02 09:00 | 2026-03-02 15:00 | spam
    on      | 2026-03-02 09:00 | 2026-03-02 15:00 | legal
    stays   | 2026-03-02 09:00 | 2026-03-02 15:00 | spam
"""
EVENTS = """
    case_id | event_type  | occurred_at      | seq | from_queue | to_queue
    pong    | queue_moved | 2026-03-02 10:00 | 1   | spam       | music
    pong    | queue_moved | 2026-03-02 11:00 | 2   | music      | spam
    round   | queue_moved | 2026-03-02 10:00 | 1   | spam       | music
    round   | queue_moved | 2026-03-02 11:00 | 2   | music      | legal
    round   | queue_moved | 2026-03-02 13:00 | 3   | legal      | spam
    on      | queue_moved | 2026-03-02 10:00 | 1   | spam       | music
    on      | queue_moved | 2026-03-02 11:00 | 2   | music      | legal
    stays   | queue_moved | 2026-03-02 10:00 | 1   | spam       | spam
"""


def test_ping_pong_is_straight_back_and_rework_comes_back_at_all():
    """Three were handed on; one of them straight back (A, B, A), two came back to where they had been."""
    found = loops(case_set_from(CASES, events=EVENTS, as_of="2026-03-03"))
    assert_table(
        found.table[:3],
        """
        kind      | cases | of | share
        handed on | 3     | 4  | 0.75
        sent back | 1     | 4  | 0.25
        came back | 2     | 4  | 0.5
        """,
    )


def test_a_way_back_counts_where_it_ends():
    edges = flow_map(case_set_from(CASES, events=EVENTS, as_of="2026-03-03")).edges
    ways = edges[~edges["source"].str.startswith("(") & ~edges["target"].str.startswith("(")]
    assert_table(
        ways,
        """
        source | target | cases | returns | median_hours
        spam   | music  | 3     | 0       | 1
        music  | legal  | 2     | 0       | 1
        legal  | spam   | 1     | 0       | 2
        music  | spam   | 1     | 1       | 1
        """,
    )


def test_a_reopening_begins_a_stay_of_its_own_and_the_hours_between_count_for_nobody():
    """In spam from 9 to 11 and from 14 to 15: stays of two hours and of one, and no case lay there from 11 to 14."""
    events = """
        case_id | event_type | occurred_at      | seq
        a       | closed     | 2026-03-02 11:00 | 1
        a       | reopened   | 2026-03-02 14:00 | 2
        a       | closed     | 2026-03-02 15:00 | 3
    """
    text = "case_id | created_at | closed_at | queue\na | 2026-03-02 09:00 | 2026-03-02 15:00 | spam"
    case_set = case_set_from(text, events=events, as_of="2026-03-03")
    assert_table(dwell(case_set).table, "queue | stays | ended | mean_hours\nspam | 2 | 2 | 1.5")
    assert paths(case_set).table["path"].tolist() == ["spam > reopened: spam"]
