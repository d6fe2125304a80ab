"""Where actions come from, and whether reports lead to any."""

from datetime import date

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import measure
from tskit.model import Window

WEEK = Window(date(2026, 3, 2), date(2026, 3, 9), "Asia/Singapore")

CASES = """
    times | created_at | decided_at | decision  | source_type         | content_id | automated_decision           | automated_detection
    3     | 2026-03-02 | 2026-03-03 | action    | proactive_automated | a          | AUTOMATED_DECISION_FULLY     | yes
    1     | 2026-03-02 | 2026-03-03 | action    | proactive_human     | b          | AUTOMATED_DECISION_PARTIALLY | no
    4     | 2026-03-02 | 2026-03-03 | partial   | user_report         | c          | NA                           | no
    2     | 2026-03-02 | 2026-03-03 | action    |                     | d          |                              |
    6     | 2026-03-02 | 2026-03-03 | no_action | user_report         | e          |                              | no
    2     | 2026-03-02 | 2026-03-03 | invalid   | trusted_flagger     | f          |                              | no
    5     | 2026-03-02 | 2026-03-03 | action    | appeal              | g          |                              | no
""".replace("NA ", "   ")


def _measured(metric, text=CASES):
    return measure(case_set_from(text, as_of="2026-03-31"), metric, window=WEEK)


def test_proactive_rate():
    """Four of the actions whose origin is known; of two nobody knows it."""
    found = _measured("proactive_rate")
    assert_table(found, f"value | k | n | note\n{4 / 13} | 4 | 13 | 2 actions of unknown origin left out")


def test_proactive_rate_of_a_source_with_reports_only_is_unknown():
    """None found proactively does not mean 0 %: such cases never reach this source."""
    reports = "\n".join(line for line in CASES.splitlines() if "proactive" not in line)
    found = _measured("proactive_rate", reports)
    assert_table(found, "value | low | high\nNA | NA | NA")
    assert "the source holds reported cases only" in found["note"][0]


def test_automated_share():
    assert_table(_measured("automated_share"), "value | k | n\n0.75 | 3 | 4")


def test_automated_detection_share():
    assert_table(_measured("automated_detection_share"), f"value | k | n\n{3 / 21} | 3 | 21")


def test_actionability():
    """Four reports of one item are one item: c of c, e and f. What was found proactively was not reported."""
    assert_table(_measured("actionability"), f"value | k | n\n{1 / 3} | 1 | 3")


def test_unfounded_share():
    assert_table(_measured("unfounded_share"), f"value | k | n\n{1 / 3} | 1 | 3")
