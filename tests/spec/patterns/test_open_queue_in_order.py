"""The open queue in order: which evidence counts, how many points it gives, and who comes first where points are equal."""

from pathlib import Path

import pandas as pd
import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.model import Casebook, Clock, Triage
from tskit.patterns import triage
from tskit.patterns.open_queue import open_queue
from tskit.patterns.spread import spread

NOW = "2026-03-09 09:00"
UNTIL = pd.Timestamp("2026-03-09 01:00", tz="UTC").to_pydatetime()
BOOK = Casebook(Path("drawn"), "drawn", clocks=(Clock(4, where={"severity": "S2"}), Clock(48)))


def ordered(cases, *, weights=None, clocks=BOOK.clocks):
    book = Casebook(Path("drawn"), "drawn", clocks=clocks, triage=weights or Triage())
    return triage(case_set_from(cases, casebook=book, as_of=NOW)).frame


def test_each_part_has_its_points_and_they_add_up():
    """Harm 40 for S2 and 10 for S1; reach 8 a tenfold; 30 at the due time, none 24 h away, 40 once passed; no spread."""
    drawn = """
        case_id | created_at       | severity | reach
        near    | 2026-03-09 06:00 | S2       | 1000
        late    | 2026-03-09 04:00 | S2       | 1
        slow    | 2026-03-08 09:00 | S1       | 100000
        soon    | 2026-03-07 15:00 | S1       |
        unknown | 2026-03-09 08:00 |          | 0
    """
    assert_table(
        ordered(drawn),
        """
        case_id | rank | harm | reach_points | deadline_points | spread_points | score | hours_left
        near    | 1    | 40   | 24.0         | 28.8            | 0             | 92.8  | 1
        late    | 2    | 40   | 0            | 40              | 0             | 80    | -1
        slow    | 3    | 10   | 40           | 0               | 0             | 50    | 24
        soon    | 4    | 10   | 0            | 22.5            | 0             | 32.5  | 6
        unknown | 5    | 0    | 0            | 0               | 0             | 0     | 47
        """,
    )


def test_equal_points_go_by_due_time_then_age_then_id():
    drawn = """
        case_id | created_at       | severity | sla_target_at
        b       | 2026-03-09 07:00 | S1       | 2026-03-20 12:00
        a       | 2026-03-09 07:00 | S1       | 2026-03-20 12:00
        old     | 2026-03-09 06:00 | S1       | 2026-03-20 12:00
        first   | 2026-03-09 08:00 | S1       | 2026-03-20 11:00
        none    | 2026-03-01 08:00 | S1       |
    """
    frame = ordered(drawn, clocks=())
    assert frame["case_id"].tolist() == ["first", "old", "a", "b", "none"]
    assert set(frame["score"]) == {10.0}


def test_another_weight_gives_another_order():
    drawn = """
        case_id | created_at       | severity | reach
        harm    | 2026-03-09 06:00 | S2       |
        reach   | 2026-03-09 06:00 | S1       | 1000000
    """
    assert ordered(drawn, clocks=())["case_id"].tolist() == ["reach", "harm"]
    assert ordered(drawn, clocks=(), weights=Triage(reach=2))["case_id"].tolist() == ["harm", "reach"]


REPORTS = """
    case_id | created_at       | closed_at        | record_type | content_id | subject_account_id | market
    open    | 2026-03-09 08:00 |                  | report      | i1         | a1                 | SG
    same    | 2026-03-08 09:01 | 2026-03-08 20:00 | report      | i1         | a1                 | MY
    own     | 2026-03-09 07:00 | 2026-03-09 08:00 | report      | i1         |                    | SG
    account | 2026-03-09 08:30 | 2026-03-09 08:40 | report      | i2         | a1                 | TH
    other   | 2026-03-09 08:30 | 2026-03-09 08:40 | report      | i3         | a3                 | VN
    edge    | 2026-03-08 09:00 | 2026-03-08 20:00 | report      | i1         | a1                 | ID
    before  | 2026-03-07 09:01 | 2026-03-08 20:00 | report      | i4         | a1                 | ID
    gone    | 2026-03-07 09:00 | 2026-03-08 20:00 | report      | i1         | a1                 | ID
    appeal  | 2026-03-09 08:00 | 2026-03-09 08:40 | appeal      | i1         | a1                 | PH
    old     | 2026-03-01 08:00 |                  | report      | i3         | a3                 | VN
    blank   | 2026-03-09 08:00 |                  | report      |            |                    | VN
"""


def evidence(cases, hours=24):
    case_set = case_set_from(cases, as_of=NOW)
    return spread(case_set, open_queue(case_set), until=UNTIL, hours=hours)


def test_other_reports_of_the_item_and_the_account_count_within_the_hours_and_each_once():
    """The window holds its end and not its beginning: 24 h before nine o'clock is the day before. Nobody counts himself.

    A report of both the same item and account counts once, an appeal not at all, and a blank is like no blank.
    """
    assert_table(
        evidence(REPORTS),
        """
        case_id | same_item | same_account | others_same | markets | before
        open    | 2         | 1            | 3           | 2       | 2
        old     | 1         | 0            | 1           | 1       | 0
        blank   | 0         | 0            | 0           | 0       | 0
        """,
    )


def test_the_market_of_the_case_itself_counts_only_where_others_reported_it_there():
    alone = "\n".join(line for line in REPORTS.strip().splitlines() if not line.strip().startswith("own"))
    assert evidence(alone).set_index("case_id")["markets"].to_dict() == {"open": 1, "old": 1, "blank": 0}


def test_more_hours_see_more():
    assert evidence(REPORTS, hours=48).set_index("case_id")["others_same"].to_dict() == {
        "open": 5,
        "old": 1,
        "blank": 0,
    }
    assert evidence(REPORTS, hours=1).set_index("case_id")["others_same"].to_dict() == {"open": 1, "old": 1, "blank": 0}


def test_how_many_times_as_many_is_an_exact_interval_and_a_rise_by_chance_is_no_climb():
    """Three after two: from 0.17 to 18 times as many (Clopper-Pearson of 3 in 5, as odds)."""
    row = evidence(REPORTS).set_index("case_id").loc["open"]
    assert row["times_low"] == pytest.approx(0.1719, abs=1e-3)
    assert row["times_high"] == pytest.approx(17.95, abs=0.05)
    assert not row["is_climbing"]


def test_a_source_without_items_and_accounts_tells_nothing():
    found = evidence("case_id | created_at | severity\na | 2026-03-09 | S1")
    assert found[["others_same", "same_item", "markets", "before"]].isna().all(axis=None)
    assert not found["is_climbing"].any()


def test_a_source_with_accounts_alone_tells_of_these():
    drawn = """
        case_id | created_at       | closed_at        | subject_account_id
        open    | 2026-03-09 08:00 |                  | a1
        other   | 2026-03-09 07:00 | 2026-03-09 08:00 | a1
    """
    assert_table(evidence(drawn), "case_id | same_item | same_account | others_same | markets\nopen | 0 | 1 | 1 | 0")
