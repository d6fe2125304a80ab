"""Which hand-offs somebody took up: each rule on a log drawn by hand."""

import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.patterns import known, taken_up

_CASES = """
case_id | created_at       | closed_at
a       | 2026-11-01 09:00 |
b       | 2026-11-01 09:00 |
c       | 2026-11-01 09:00 | 2026-11-01 15:00
"""
_LOG = """
case_id | event_type  | occurred_at      | from_queue | to_queue | actor_id | actor_type
a       | created     | 2026-11-01 09:00 |            |          |          | system
a       | accepted    | 2026-11-01 09:30 |            |          | p1       | user
a       | escalated   | 2026-11-01 10:00 |            |          | p1       | user
a       | queue_moved | 2026-11-01 10:00 | q1         | t2       |          | system
a       | notified    | 2026-11-01 11:00 |            |          |          | system
b       | created     | 2026-11-01 09:00 |            |          |          | system
b       | queue_moved | 2026-11-01 10:00 | q1         | t2       | p1       | user
b       | accepted    | 2026-11-01 12:30 |            |          | p2       | vendor
b       | queue_moved | 2026-11-01 13:00 | t2         | q1       | p2       | vendor
c       | created     | 2026-11-01 09:00 |            |          |          | system
c       | queue_moved | 2026-11-01 10:00 | q1         | t2       |          | system
c       | closed      | 2026-11-01 15:00 |            |          |          | automation
"""


@pytest.fixture
def handed():
    case_set = case_set_from(_CASES, events=_LOG, as_of="2026-11-01 20:00")
    return taken_up(known(case_set, ["a", "b", "c"])).set_index(["case_id", "to_queue"])


def test_whoever_hands_on_has_not_taken_it_up_and_a_notice_is_nobody(handed):
    """The one who escalated case a wrote at 10:00; after that only the system did. Ten hours later nobody has."""
    row = handed.loc[("a", "t2")]
    assert row["is_open"]
    assert pd.isna(row["touched_at"])
    assert row["waited_hours"] == 10


def test_it_is_taken_up_when_a_person_next_works_on_it(handed):
    row = handed.loc[("b", "t2")]
    assert not row["is_open"]
    assert row["waited_hours"] == 2.5


def test_what_a_machine_closed_nobody_took_up_and_nobody_has_to(handed):
    row = handed.loc[("c", "t2")]
    assert not row["is_open"]
    assert pd.isna(row["touched_at"])
    assert row["waited_hours"] == 5


def test_at_an_earlier_moment_what_came_later_is_not_known():
    case_set = case_set_from(_CASES, events=_LOG, as_of="2026-11-01 20:00")
    at = pd.Timestamp("2026-11-01 12:00", tz="Asia/Singapore").to_pydatetime()
    rows = taken_up(known(case_set, ["b"], until=at))
    assert rows["is_open"].tolist() == [True]
    assert rows["waited_hours"].tolist() == [2]


def test_without_a_log_there_is_no_row():
    case_set = case_set_from(_CASES, as_of="2026-11-01 20:00")
    assert taken_up(known(case_set, ["a"])).empty
