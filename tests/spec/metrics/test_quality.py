"""Whether decisions are right, and what appeals say about them."""

from datetime import date

import numpy as np
import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.metrics import measure
from tskit.model import Window

WEEK = Window(date(2026, 3, 2), date(2026, 3, 9), "Asia/Singapore")


def _measured(text, metric, *, as_of="2026-03-31", **options):
    return measure(case_set_from(text, as_of=as_of), metric, window=WEEK, **options)


SAMPLED = """
    times | created_at | decided_at | decision  | qa_sampled | qa_label  | qa_label_final | error_type
    30    | 2026-03-02 | 2026-03-03 | action    | yes        | correct   |                |
    5     | 2026-03-02 | 2026-03-03 | action    | yes        | incorrect | correct        |
    6     | 2026-03-02 | 2026-03-03 | action    | yes        | incorrect | incorrect      | FP
    40    | 2026-03-02 | 2026-03-03 | no_action | yes        | correct   |                |
    4     | 2026-03-02 | 2026-03-03 | no_action | yes        | incorrect | incorrect      | FN
    2     | 2026-03-02 | 2026-03-03 | action    | yes        | incorrect | incorrect      | TE
    99    | 2026-03-02 | 2026-03-03 | action    |            |           |                |
"""


def test_accuracy():
    """The result after dispute counts; a technical error is not the reviewer's decision."""
    found = _measured(SAMPLED, "accuracy")
    assert_table(found, "value | k | n | note\n0.882 | 75 | 85 | 2 technical errors left out")


def test_accuracy_leaves_out_targeted_samples():
    """Where others have a weight, a case without one was not drawn at random."""
    drawn = """
        times | created_at | decided_at | qa_sampled | qa_label_final | qa_sample_weight
        40    | 2026-03-02 | 2026-03-03 | yes        | correct        | 10
        10    | 2026-03-02 | 2026-03-03 | yes        | incorrect      | 10
        20    | 2026-03-02 | 2026-03-03 | yes        | incorrect      |
    """
    found = _measured(drawn, "accuracy")
    assert_table(found, "value | k | n | note\n0.8 | 40 | 50 | 20 of a targeted sample left out")


def test_accuracy_weighs_a_sample_of_unequal_chances():
    """One in ten of the easy queue and every case of the hard one were drawn: 400 of 500 and 10 of 50 are right."""
    drawn = """
        times | created_at | decided_at | qa_sampled | qa_label_final | qa_sample_weight
        40    | 2026-03-02 | 2026-03-03 | yes        | correct        | 10
        10    | 2026-03-02 | 2026-03-03 | yes        | incorrect      | 10
        10    | 2026-03-02 | 2026-03-03 | yes        | correct        | 1
        40    | 2026-03-02 | 2026-03-03 | yes        | incorrect      | 1
    """
    found = _measured(drawn, "accuracy")
    assert_table(found, f"value | k | n | note\n{410 / 550} | 50 | 100 | weighted by design")
    assert found["high"][0] - found["low"][0] > 0.2  # the width of about 52 cases, not of 100


@pytest.mark.parametrize(
    ("metric", "k", "n"),
    [("precision", 35, 41), ("recall", 35, 39), ("false_positive_rate", 6, 46)],
)
def test_precision_recall_and_false_positive_rate(metric, k, n):
    """TP 35, FP 6, TN 40, FN 4."""
    assert_table(_measured(SAMPLED, metric), f"value | k | n\n{k / n} | {k} | {n}")


@pytest.mark.parametrize("metric", ["recall", "false_positive_rate"])
def test_without_a_sample_of_cases_left_alone_nobody_knows_what_was_missed(metric):
    only_actions = "\n".join(line for line in SAMPLED.splitlines() if "no_action" not in line)
    found = _measured(only_actions, metric)
    assert np.isnan(found["value"][0])
    assert "no case without action was sampled" in found["note"][0]


APPEALS = """
    times | created_at | decided_at | decision_initial | decision  | automated_decision       | appealed_at | appeal_status      | appeal_decided_at
    50    | 2026-03-02 | 2026-03-03 | action           | action    | AUTOMATED_DECISION_FULLY |             | none               |
    6     | 2026-03-02 | 2026-03-03 | action           | action    | AUTOMATED_DECISION_FULLY | 2026-03-04  | upheld             | 2026-03-05
    3     | 2026-03-02 | 2026-03-03 | action           | no_action | AUTOMATED_DECISION_FULLY | 2026-03-04  | reversed           | 2026-03-06
    1     | 2026-03-02 | 2026-03-03 | partial          | no_action |                          | 2026-03-17  | partially_reversed | 2026-03-18
    2     | 2026-03-02 | 2026-03-03 | action           | action    |                          | 2026-03-18  | pending            |
    4     | 2026-03-02 | 2026-03-03 | no_action        | action    |                          | 2026-03-04  | reversed           | 2026-03-05
    8     | 2026-03-02 | 2026-03-03 | duplicate        | duplicate |                          |             | none               |
"""


def test_appeal_rate():
    """Appeals within 14 days, of decisions that can be appealed: not of duplicates. Those of the 18th came too late."""
    assert_table(_measured(APPEALS, "appeal_rate"), f"value | k | n\n{14 / 66} | 14 | 66")


def test_appeal_rate_of_a_young_cohort_is_not_known_yet():
    found = _measured(APPEALS, "appeal_rate", as_of="2026-03-20")
    assert_table(found, "value | low | k | n | is_complete\nNA | NA | NA | 66 | no")
    assert (
        found["note"][0] == "not known yet: each case is followed for 14 days, so cohorts are complete up to 2026-03-06"
    )


def test_overturn_rate():
    """Of appeals decided in the week; pending ones do not count, and notifiers' appeals are shown apart."""
    found = _measured(APPEALS, "overturn_rate")
    assert_table(found, "value | k | n | note\n0.333 | 3 | 9 | 4 appeals of notifiers left out")


def test_a_partial_reversal_is_an_overturn_and_an_appeal_that_was_dropped_is_none():
    """Of 5 decided, one was reversed and one in part; the omitted and the pending one were not decided."""
    drawn = """
        times | created_at | decided_at | decision_initial | decision  | appealed_at | appeal_status      | appeal_decided_at
        3     | 2026-03-02 | 2026-03-03 | action           | action    | 2026-03-04  | upheld             | 2026-03-05
        1     | 2026-03-02 | 2026-03-03 | action           | no_action | 2026-03-04  | reversed           | 2026-03-05
        1     | 2026-03-02 | 2026-03-03 | action           | partial   | 2026-03-04  | partially_reversed | 2026-03-05
        1     | 2026-03-02 | 2026-03-03 | action           | action    | 2026-03-04  | omitted            | 2026-03-05
        1     | 2026-03-02 | 2026-03-03 | action           | action    | 2026-03-04  | pending            |
    """
    assert_table(_measured(drawn, "overturn_rate"), "value | k | n\n0.4 | 2 | 5")
    assert_table(_measured(drawn, "overturn_per_action"), f"value | k | n\n{2 / 7} | 2 | 7")


def test_overturn_rate_notifier():
    assert_table(_measured(APPEALS, "overturn_rate_notifier"), "value | k | n\n1 | 4 | 4")


def test_overturn_rate_without_an_appeal_is_not_a_number():
    found = _measured(APPEALS, "overturn_rate", period="day")
    assert found[found["n"] == 0]["value"].isna().all()
    assert found["note"][0] == "no case to divide by"


def test_overturn_per_action():
    """Three of 62 actions; the partial one was reversed on the 15th day."""
    assert_table(_measured(APPEALS, "overturn_per_action"), f"value | k | n\n{3 / 62} | 3 | 62")


def test_appeal_precision():
    """Automated actions that stood: an appeal proxy."""
    assert_table(_measured(APPEALS, "appeal_precision"), f"value | k | n\n{56 / 59} | 56 | 59")
