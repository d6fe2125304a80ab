"""How much work came in, was decided and was closed."""

from datetime import date

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import measure
from tskit.model import Window

WEEK = Window(date(2026, 3, 2), date(2026, 3, 9), "Asia/Singapore")

CASES = """
    case_id | market | record_type | parent_case_id | created_at       | closed_at        | content_id | source_identity | decided_at       | decision  | decision_initial
    a       | SG     | report      |                | 2026-03-02 00:00 | 2026-03-02 09:00 | x          | p1              | 2026-03-02 08:00 | no_action | action
    b       | SG     | report      |                | 2026-03-02 09:00 | 2026-03-05 09:00 | x          | p1              | 2026-03-05 08:00 | partial   |
    c       | ID     | report      |                | 2026-03-08 23:59 |                  | y          | p2              |                  |           |
    d       | ID     | appeal      | a              | 2026-03-03 09:00 | 2026-03-04 09:00 |            |                 |                  |           |
    e       | ID     | report      | b              | 2026-03-03 10:00 | 2026-03-03 11:00 | x          | p3              | 2026-03-03 11:00 | duplicate |
    f       | ID     | report      |                | 2026-03-01 23:59 | 2026-03-09 00:00 | z          | p4              | 2026-03-09 00:00 | no_action |
"""


def _week(metric, **options):
    return measure(case_set_from(CASES, as_of="2026-03-31"), metric, window=WEEK, **options)


def test_cases_opened():
    """Days are local and half open: f came a minute too early. The appeal and the child case are told, not counted."""
    expected = "value | k | n | is_complete | note\n3 | 3 | 3 | yes | 1 appeals left out; 1 child cases left out"
    assert_table(_week("cases_opened"), expected)


def test_cases_opened_by_day_and_market():
    """A day without a case is a day with none, for every market."""
    days = _week("cases_opened", by=["market"], period="day")
    assert len(days) == 14
    expected = """
        market | period_start | value
        SG     | 2026-03-02   | 2
        ID     | 2026-03-08   | 1
    """
    assert_table(days[days["value"] > 0], expected)


def test_appeals_opened():
    assert_table(_week("appeals_opened"), "value\n1")


def test_child_cases_opened():
    """The appeal has a parent too, but is an appeal."""
    assert_table(_week("child_cases_opened"), "value\n1")


def test_cases_closed():
    """Closing at midnight belongs to the next day: f is not closed in this week."""
    assert_table(_week("cases_closed"), "value\n2")


def test_cases_closed_counts_a_reopened_case_by_its_first_closing():
    """Salesforce has overwritten the closing time of 3 March with that of the 20th; the log still has the first."""
    cases = case_set_from(
        """
        case_id | created_at | closed_at
        a       | 2026-03-02 | 2026-03-20
        b       | 2026-03-02 | 2026-03-04
        """,
        events="""
        case_id | event_type | occurred_at
        a       | closed     | 2026-03-03
        a       | reopened   | 2026-03-10
        a       | closed     | 2026-03-20
        b       | closed     | 2026-03-04
        """,
    )
    assert_table(measure(cases, "cases_closed", window=WEEK), "value\n2")


def test_decisions():
    assert_table(_week("decisions"), "value\n3")


def test_actions_are_counted_as_first_decided():
    """The appeal took a's action back; it was an action all the same."""
    assert_table(_week("actions"), "value\n2")


def test_action_rate():
    assert_table(_week("action_rate"), "value | k | n\n0.667 | 2 | 3")


def test_distinct_content():
    """x was reported twice; the child case does not count."""
    assert_table(_week("distinct_content"), "value\n2")


def test_distinct_reporters():
    assert_table(_week("distinct_reporters"), "value\n2")


def test_clearance():
    """Two closed, three opened; the interval is that of a ratio of two counts, and wide."""
    assert_table(_week("clearance"), "value | low | high | k | n\n0.667 | 0.056 | 5.820 | 2 | 3")


def test_clearance_of_a_market_without_intake_is_not_a_number():
    days = _week("clearance", by=["market"], period="day")
    assert days[days["n"] == 0]["value"].isna().all()
