"""The SLA clock of a case, and the times in which nobody touched it."""

from pathlib import Path

import pytest

from tests.support.tables import case_set_from
from tskit.model import Casebook, Clock, Site
from tskit.patterns import gaps, known, sla_clock

OFFICE = Site("office", "TH", "Asia/Bangkok", opens="09:00", closes="17:00", queues=("spam",))
BOOK = Casebook(
    Path("drawn"),
    "drawn",
    sites=(OFFICE,),
    clocks=(Clock(2, {"severity": "S3"}), Clock(8, {"severity": "S1"}, site="office"), Clock(24)),
)


def clocks(cases, events="", as_of="2026-03-31"):
    case_set = case_set_from(cases, events=events, as_of=as_of, casebook=BOOK)
    ids = case_set.cases.select("case_id").to_pyarrow().column("case_id").to_pylist()
    return sla_clock(known(case_set, sorted(ids)), casebook=BOOK).set_index("case_id")


def test_the_first_clock_that_fits_says_when_a_case_is_due():
    frame = clocks(
        """
        case_id | severity | created_at       | closed_at
        a       | S3       | 2026-03-02 09:00 | 2026-03-02 12:00
        b       | S0       | 2026-03-02 09:00 | 2026-03-02 12:00
        """
    )
    assert list(frame["verdict"]) == ["missed", "met"]
    assert list(frame["over_hours"]) == [1.0, -21.0]
    assert list(frame["due_from"]) == ["casebook", "casebook"]


def test_a_target_of_the_source_has_its_stops_added_already():
    frame = clocks(
        """
        case_id | severity | created_at       | closed_at        | sla_target_at    | paused_minutes
        a       | S0       | 2026-03-02 09:00 | 2026-03-02 14:00 | 2026-03-02 13:00 | 120
        """
    )
    assert (frame.at["a", "verdict"], frame.at["a", "over_hours"]) == ("missed", 1.0)
    assert (frame.at["a", "elapsed_hours"], frame.at["a", "paused_hours"]) == (3.0, 2.0)


PAUSED = """
    case_id | event_type | occurred_at
    a       | created    | 2026-03-02 09:00
    a       | paused     | 2026-03-02 10:00
    a       | resumed    | 2026-03-02 12:00
    a       | closed     | 2026-03-02 12:30
"""


def test_pauses_move_the_due_time_of_the_casebooks_clock():
    cases = "case_id | severity | created_at | closed_at\na | S3 | 2026-03-02 09:00 | 2026-03-02 12:30"
    frame = clocks(cases, PAUSED)
    assert (frame.at["a", "verdict"], frame.at["a", "over_hours"]) == ("met", -0.5)
    assert frame.at["a", "elapsed_hours"] == 1.5


def test_business_hours_stop_the_clock_at_closing_time():
    """Opened at 16:00 in Bangkok: an hour on that day, seven on the next, so it is due at 16:00."""
    cases = "case_id | severity | created_at | closed_at\na | S1 | 2026-03-09 17:00 | 2026-03-10 17:00"
    frame = clocks(cases)
    assert (frame.at["a", "over_hours"], frame.at["a", "elapsed_hours"]) == (0.0, 8.0)
    assert frame.at["a", "clock"] == "business hours of the office site"


def test_the_first_closing_counts_and_an_open_case_is_late_only_once_due():
    events = """
        case_id | event_type | occurred_at
        a       | created    | 2026-03-02 09:00
        a       | closed     | 2026-03-02 10:00
        a       | reopened   | 2026-03-05 10:00
        a       | closed     | 2026-03-06 10:00
        b       | created    | 2026-03-30 09:00
        c       | created    | 2026-03-02 09:00
    """
    cases = """
        case_id | severity | created_at       | closed_at
        a       | S0       | 2026-03-02 09:00 | 2026-03-06 10:00
        b       | S0       | 2026-03-30 09:00 |
        c       | S0       | 2026-03-02 09:00 |
    """
    frame = clocks(cases, events, as_of="2026-03-30 12:00")
    assert list(frame["verdict"]) == ["met", "not due yet", "missed"]


def test_a_verdict_of_the_source_stands_where_nobody_knows_the_due_time_and_is_disputed_where_it_differs():
    cases = case_set_from(
        """
        case_id | created_at       | closed_at        | sla_target_at    | sla_met
        a       | 2026-03-02 09:00 | 2026-03-02 12:00 |                  | no
        b       | 2026-03-02 09:00 | 2026-03-02 12:00 | 2026-03-02 11:00 | yes
        """
    )
    frame = sla_clock(known(cases, ["a", "b"]), casebook=cases.casebook)
    assert list(frame["verdict"]) == ["missed", "missed"]
    assert list(frame["is_disputed"]) == [False, True]


def still(events, *, least=4.0, market="TH"):
    cases = f"case_id | created_at | queue | market\na | 2026-10-22 15:00 | spam | {market}"
    case_set = case_set_from(cases, events=events, as_of="2026-10-26 11:00", casebook=BOOK)
    return gaps(known(case_set, ["a"]), casebook=BOOK, least_hours=least)


HOLIDAY = """
    case_id | event_type | occurred_at      | to_queue | actor_id
    a       | created    | 2026-10-22 15:00 | spam     |
    a       | accepted   | 2026-10-22 17:00 |          | p1
    a       | decided    | 2026-10-23 17:00 |          | p1
    a       | closed     | 2026-10-23 17:30 |          | p1
"""


def test_a_standstill_over_a_public_holiday_names_it_and_the_hours_that_it_took():
    """Chulalongkorn Day, Friday 23 October; times are Singapore's, an hour ahead of the site's."""
    frame = still(HOLIDAY)
    [row] = frame.to_dict("records")
    assert (row["hours"], row["working_hours"]) == (24.0, 1.0)
    assert row["holiday_hours"] == 7.0
    assert "Chulalongkorn" in row["holiday"]
    assert row["kind"] == "outside hours"


def test_shorter_times_than_asked_for_are_ordinary_work():
    assert len(still(HOLIDAY, least=2.0)) == 2
    assert still(HOLIDAY, least=25.0).empty


def test_a_pause_is_no_waiting():
    events = """
        case_id | event_type | occurred_at      | to_queue | actor_id
        a       | created    | 2026-10-22 10:00 | spam     |
        a       | paused     | 2026-10-22 10:30 |          | p1
        a       | resumed    | 2026-10-22 16:30 |          | p1
        a       | closed     | 2026-10-22 16:40 |          | p1
    """
    [row] = still(events).to_dict("records")
    assert (row["kind"], row["paused_hours"]) == ("paused", 6.0)


def test_opening_hours_in_which_nobody_came_are_waiting():
    events = """
        case_id | event_type | occurred_at      | to_queue | actor_id
        a       | created    | 2026-10-22 10:00 | spam     |
        a       | closed     | 2026-10-22 16:00 |          | p1
    """
    [row] = still(events).to_dict("records")
    assert (row["kind"], row["site"]) == ("waiting", "office")


def test_a_queue_of_no_site_has_no_opening_hours():
    [row] = still(HOLIDAY.replace("spam", "music"), market="XX").to_dict("records")
    assert row["site"] == ""
    assert row["working_hours"] != pytest.approx(row["working_hours"], nan_ok=False)
