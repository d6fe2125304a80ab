"""How long cases take, whether they are in time, and how many wait."""

from datetime import date

import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import measure
from tskit.model import Window

WEEK = Window(date(2026, 3, 2), date(2026, 3, 9), "Asia/Singapore")


def test_hours_to_close():
    """Nine worked cases took 1 to 9 hours. A negative, an instant and a merged one are left out, each for its reason."""
    hours = "\n".join(f"1 | 2026-03-02 00:00 | 2026-03-02 0{h}:00 | action" for h in range(1, 10))
    cases = case_set_from(
        f"""
        times | created_at | closed_at | decision
        {hours}
        1 | 2026-03-02 09:00 | 2026-03-02 08:00 | action
        2 | 2026-03-02 09:00 | 2026-03-02 09:00 | action
        3 | 2026-03-02 09:00 | 2026-03-02 09:30 | duplicate
        """,
        as_of="2026-03-31",
    )
    found = measure(cases, "hours_to_close", window=WEEK)
    assert_table(found, "value | low | high | k | n\n5 | 2 | 8 | 9 | 9")
    assert found["note"][0] == (
        "1 closed before they were opened left out; 2 closed in the moment they were opened left out; "
        "3 merged into another case left out"
    )


def test_hours_to_close_waits_for_open_cases():
    """Of ten cases four are still open after 40 hours. The median of the closed six would be 4.5; it is 6."""
    hours = "\n".join(f"1 | 2026-03-02 00:00 | 2026-03-02 0{h}:00" for h in (1, 2, 4, 5, 6, 7))
    cases = case_set_from(
        f"""
        times | created_at | closed_at
        {hours}
        4 | 2026-03-02 00:00 |
        """,
        as_of="2026-03-03 16:00",
    )
    found = measure(cases, "hours_to_close", window=WEEK)
    assert_table(found, "value | k | n | is_complete\n6 | 6 | 10 | no")
    assert "Kaplan-Meier, since 40% are still open" in found["note"][0]


def test_hours_to_close_of_a_reopened_case_ends_at_its_first_closing():
    cases = case_set_from(
        "case_id | created_at | closed_at\na | 2026-03-02 | 2026-03-20",
        events="""
        case_id | event_type | occurred_at
        a       | closed     | 2026-03-02 05:00
        a       | reopened   | 2026-03-10
        a       | closed     | 2026-03-20
        """,
    )
    assert_table(measure(cases, "hours_to_close", window=WEEK), "value | k\n5 | 1")


@pytest.mark.parametrize(("metric", "hours"), [("hours_to_close_p90", 90), ("hours_to_close_p95", 95)])
def test_hours_to_close_p90_and_p95(metric, hours):
    """101 cases took 0.5 h (the instant one is left out), 1, 2 ... 100 hours."""
    rows = "\n".join(f"2026-03-02 00:00 | 2026-03-0{2 + h // 24} {h % 24:02}:00" for h in range(1, 101))
    cases = case_set_from(f"created_at | closed_at\n2026-03-02 00:00 | 2026-03-02 00:30\n{rows}", as_of="2026-03-31")
    assert_table(measure(cases, metric, window=WEEK), f"value | n\n{hours} | 101")


def test_hours_to_decision():
    """The case that was closed without a decision is no longer waiting for one, so it is not in the cohort."""
    cases = case_set_from(
        """
        created_at       | decided_at       | closed_at
        2026-03-02 00:00 | 2026-03-02 02:00 | 2026-03-02 03:00
        2026-03-02 00:00 | 2026-03-02 04:00 |
        2026-03-02 00:00 | 2026-03-02 06:00 |
        2026-03-02 00:00 |                  | 2026-03-02 09:00
        """,
        as_of="2026-03-31",
    )
    assert_table(measure(cases, "hours_to_decision", window=WEEK), "value | k | n\n4 | 3 | 3")


def test_hours_to_first_touch():
    cases = case_set_from(
        """
        created_at       | first_assigned_at | closed_at
        2026-03-02 00:00 | 2026-03-02 01:00  |
        2026-03-02 00:00 | 2026-03-02 03:00  |
        2026-03-02 05:00 | 2026-03-02 04:00  |
        """,
        as_of="2026-03-31",
    )
    found = measure(cases, "hours_to_first_touch", window=WEEK)
    assert_table(found, "value | n | note\n2 | 2 | 1 touched before they were opened left out")


def test_handle_time():
    """An idle hour counts as 30 minutes: (10 + 20 + 30) / 3."""
    cases = case_set_from(
        """
        created_at | closed_at        | handle_seconds
        2026-03-02 | 2026-03-02 09:00 | 600
        2026-03-02 | 2026-03-02 09:00 | 1200
        2026-03-02 | 2026-03-02 09:00 | 3600
        2026-03-02 | 2026-03-02 09:00 |
        """,
        as_of="2026-03-31",
    )
    found = measure(cases, "handle_time", window=WEEK)
    assert_table(found, "value | n | note\n20 | 3 | 1 with over 30 minutes, counted as 30")
    assert_table(measure(cases, "handle_time_median", window=WEEK), "value | n\n20 | 3")


SLA = """
    case_id | created_at | closed_at        | sla_target_at    | sla_met
    in_time | 2026-03-02 | 2026-03-03 09:00 | 2026-03-03 09:00 |
    late    | 2026-03-02 | 2026-03-03 09:01 | 2026-03-03 09:00 |
    open    | 2026-03-02 |                  | 2026-03-03 09:00 |
    told    | 2026-03-02 | 2026-03-03 09:01 | 2026-03-03 09:00 | yes
    not_due | 2026-03-02 |                  | 2026-03-06 09:00 |
"""


def test_sla_attainment():
    """The second counts, open and overdue is missed, what the system says stands, and what is not due does not count."""
    found = measure(case_set_from(SLA, as_of="2026-03-05"), "sla_attainment", window=WEEK)
    assert_table(found, "value | k | n\n0.5 | 2 | 4")


def test_sla_attainment_counts_an_overdue_case_that_was_closed_after_the_window():
    """Due on the 3rd, closed on the 20th: missed, and due in this week, whenever it was closed."""
    cases = case_set_from(
        "created_at | closed_at | sla_target_at\n2026-03-02 | 2026-03-20 | 2026-03-09 00:00"
        "\n2026-03-02 | 2026-03-20 | 2026-03-08 23:59",
        as_of="2026-03-31",
    )
    assert_table(measure(cases, "sla_attainment", window=WEEK), "value | k | n\n0 | 0 | 1")


def test_sla_attainment_closed():
    """Without the open case it looks better than it is."""
    found = measure(case_set_from(SLA, as_of="2026-03-05"), "sla_attainment_closed", window=WEEK)
    assert_table(found, "value | k | n\n0.667 | 2 | 3")


OPEN = """
    case_id | market | created_at       | closed_at        | is_closed
    a       | SG     | 2026-02-01 00:00 |                  | no
    b       | SG     | 2026-03-02 10:00 | 2026-03-02 20:00 | yes
    c       | SG     | 2026-03-02 10:00 | 2026-03-04 00:00 | yes
    d       | ID     | 2026-03-03 23:00 | 2026-03-04 01:00 | yes
    e       | ID     | 2026-03-03 23:00 |                  | yes
    f       | ID     | 2026-03-04 09:00 | 2026-03-02 09:00 | yes
"""


def test_backlog():
    """Open at the end of each local day. c closed at midnight sharp, which is the 4th. e left no time: it is told. f was never open."""
    found = measure(case_set_from(OPEN, as_of="2026-03-04 12:00"), "backlog", window=WEEK, period="day")
    expected = """
        period_start | value | is_complete
        2026-03-02   | 2     | yes
        2026-03-03   | 3     | yes
        2026-03-04   | 1     | no
        2026-03-05   | NA    | no
        2026-03-06   | NA    | no
        2026-03-07   | NA    | no
        2026-03-08   | NA    | no
    """
    assert_table(found, expected)
    assert "1 closed, nobody knows when left out" in found["note"][0]


@pytest.mark.parametrize(("period", "as_of"), [("", "2026-03-31"), ("week", "2026-03-31"), ("", "2026-03-09")])
def test_backlog_at_the_end_of_a_window_is_that_of_its_last_instant(period, as_of):
    """Opened at midnight sharp after the window: not yet there. Closed at that midnight: still open within it."""
    cases = case_set_from(
        """
        created_at       | closed_at
        2026-03-09 00:00 |
        2026-03-02 00:00 | 2026-03-09 00:00
        2026-03-02 00:00 | 2026-03-08 23:59
        """,
        as_of=as_of,
    )
    assert measure(cases, "backlog", window=WEEK, period=period)["value"].tolist() == [1]
    assert measure(cases, "ageing", window=WEEK)["cases"].sum() == 1


def test_backlog_at_the_last_instant_of_the_data_counts_what_opened_then():
    cases = case_set_from(
        """
        created_at       | closed_at
        2026-03-04 12:00 |
        2026-03-02 00:00 | 2026-03-04 12:00
        """,
        as_of="2026-03-04 12:00",
    )
    assert measure(cases, "backlog", window=WEEK)["value"].tolist() == [1]


def test_backlog_at_one_point_by_market():
    found = measure(case_set_from(OPEN, as_of="2026-03-31"), "backlog", window=WEEK, by=["market"])
    assert_table(found, "market | value\nSG | 1\nID | 0")


def test_backlog_knows_when_a_reopened_case_was_closed():
    """Closed on the 3rd, open again on the 5th, closed for good on the 20th: the case table knows only the last."""
    cases = case_set_from(
        "case_id | created_at | closed_at\na | 2026-03-02 | 2026-03-20",
        events="""
        case_id | event_type | occurred_at
        a       | closed     | 2026-03-03 12:00
        a       | closed     | 2026-03-03 13:00
        a       | reopened   | 2026-03-05 12:00
        a       | closed     | 2026-03-20 00:00
        """,
        as_of="2026-03-31",
    )
    found = measure(cases, "backlog", window=WEEK, period="day")
    assert found["value"].tolist() == [1, 0, 0, 1, 1, 1, 1]


def test_ageing():
    cases = case_set_from(
        """
        created_at       | closed_at
        2026-03-08 23:00 |
        2026-03-08 20:00 |
        2026-03-07 00:00 |
        2026-02-27 00:00 |
        2026-03-08 01:00 | 2026-03-08 02:00
        """,
        as_of="2026-03-31",
    )
    expected = """
        bucket   | cases | oldest_hours
        0-4 h    | 1     | 240
        4-24 h   | 1     | 240
        1-3 d    | 1     | 240
        3-7 d    | 0     | 240
        over 7 d | 1     | 240
    """
    assert_table(measure(cases, "ageing", window=WEEK), expected)
