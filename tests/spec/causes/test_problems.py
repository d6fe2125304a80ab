"""Which cases a problem holds, and that they are those that the metric of the catalogue counts."""

import math
from pathlib import Path

import pytest

from tests.support.samples import shared_sample
from tests.support.tables import assert_table, case_set_from
from tskit import Scope, load
from tskit.causes.problems import PROBLEMS, problem_set, unanswerable
from tskit.errors import ParameterError
from tskit.metrics import find, measure

SHARE_OF_GOOD = {"accuracy", "sla_attainment"}
"""Metrics whose numerator is what went well: their problem is the rest of the denominator."""


def members(case_set, *names):
    frame = problem_set(case_set, names).to_pyarrow().to_pandas()
    return frame.sort_values("case_id", ignore_index=True)


def counted_by_metric(case_set, problem):
    row = measure(case_set, problem.metric, window=case_set.scope.window).iloc[0]
    return row["n"] - row["k"] if problem.metric in SHARE_OF_GOOD else row["k"]


def agree(case_set):
    for name, problem in PROBLEMS.items():
        counted = counted_by_metric(case_set, problem)
        assert not math.isnan(counted), name
        assert len(members(case_set, name)) == counted, name


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    return shared_sample(tmp_path_factory, cases=6_000)


def test_every_problem_holds_the_cases_that_its_metric_counts_on_the_dirty_sample(sample):
    case_set = load(Scope.from_parameters(start="2026-05-04", end="2026-09-27"), casebook=str(sample))
    agree(case_set)


def test_every_problem_names_a_metric_of_the_catalogue():
    assert [find(problem.metric).id for problem in PROBLEMS.values()] == ["M07", "M01", "M18", "M24", "M25", "M22"]


def test_a_case_says_in_which_sets_it_is_and_since_when():
    """a is in both, b only incorrect, c only overturned; d is correct, e was decided after the window."""
    cases = case_set_from(
        """
        case_id | created_at | decided_at       | qa_sampled | qa_label_final | appeal_status | appeal_decided_at
        a       | 2026-03-02 | 2026-03-03 12:00 | yes        | incorrect      | reversed      | 2026-03-04 12:00
        b       | 2026-03-02 | 2026-03-05 12:00 | yes        | incorrect      | upheld        | 2026-03-05
        c       | 2026-03-02 | 2026-03-03 12:00 | no         |                | reversed      | 2026-03-06 12:00
        d       | 2026-03-02 | 2026-03-03 12:00 | yes        | correct        |               |
        e       | 2026-03-06 | 2026-03-12 12:00 | yes        | incorrect      |               |
        """
    )
    assert_table(
        members(cases, "qa_incorrect", "overturned"),
        """
        case_id | qa_incorrect | overturned | problem_at
        a       | yes          | yes        | 2026-03-03
        b       | yes          | no         | 2026-03-05
        c       | no           | yes        | 2026-03-06
        """,
    )


def test_incorrect_decisions_leave_out_technical_errors_and_cases_that_were_picked():
    """b is a technical error; c was picked by hand, since the others have a weight."""
    cases = case_set_from(
        """
        case_id | created_at | decided_at | qa_sampled | qa_label_final | error_type | qa_sample_weight
        a       | 2026-03-02 | 2026-03-02 | yes        | incorrect      | FP         | 10
        b       | 2026-03-02 | 2026-03-02 | yes        | incorrect      | TE         | 10
        c       | 2026-03-02 | 2026-03-02 | yes        | incorrect      | FP         |
        d       | 2026-03-02 | 2026-03-02 | yes        | correct        |            | 10
        """
    )
    found = members(cases, "qa_incorrect")
    assert found["case_id"].tolist() == ["a"]
    assert counted_by_metric(cases, PROBLEMS["qa_incorrect"]) == 1


def test_a_label_before_dispute_stands_where_nobody_disputed_it():
    cases = case_set_from(
        """
        case_id | created_at | decided_at | qa_sampled | qa_label  | qa_label_final
        a       | 2026-03-02 | 2026-03-02 | yes        | incorrect |
        b       | 2026-03-02 | 2026-03-02 | yes        | incorrect | correct
        """
    )
    assert members(cases, "qa_incorrect")["case_id"].tolist() == ["a"]


def test_an_appeal_of_a_notifier_is_no_overturned_decision():
    cases = case_set_from(
        """
        case_id | created_at | decision_initial | appeal_status | appeal_decided_at
        a       | 2026-03-02 | action           | reversed      | 2026-03-02
        b       | 2026-03-02 | no_action        | reversed      | 2026-03-02
        c       | 2026-03-02 | action           | omitted       | 2026-03-02
        """
    )
    assert members(cases, "overturned")["case_id"].tolist() == ["a"]


def test_a_breach_needs_a_target_that_fell_due_and_a_known_end():
    """b is open past its target; c was in time; d is closed, nobody knows when; e closed before it was opened."""
    cases = case_set_from(
        """
        case_id | created_at       | closed_at        | sla_target_at    | is_closed
        a       | 2026-03-02 01:00 | 2026-03-02 12:00 | 2026-03-02 08:00 | yes
        b       | 2026-03-02 01:00 |                  | 2026-03-02 08:00 | no
        c       | 2026-03-02 01:00 | 2026-03-02 07:00 | 2026-03-02 08:00 | yes
        d       | 2026-03-02 01:00 |                  | 2026-03-02 08:00 | yes
        e       | 2026-03-02 09:00 | 2026-03-02 08:30 | 2026-03-02 08:00 | yes
        f       | 2026-03-02 01:00 |                  | 2026-03-02 22:00 | no
        """,
        as_of="2026-03-02 20:00",
    )
    assert members(cases, "breached")["case_id"].tolist() == ["a", "b"]
    assert counted_by_metric(cases, PROBLEMS["breached"]) == 2


LOG = """
    case_id | event_type  | occurred_at      | from_queue | to_queue
    a       | created     | 2026-03-02 09:00 |            | spam
    a       | queue_moved | 2026-03-02 10:00 | spam       | music
    b       | escalated   | 2026-03-16 00:00 |            |
    c       | escalated   | 2026-03-16 00:01 |            |
    d       | closed      | 2026-03-03       |            |
    d       | reopened    | 2026-03-04       |            |
    d       | closed      | 2026-03-20       |            |
"""
CASES = """
    case_id | created_at | closed_at
    a       | 2026-03-02 | 2026-03-02
    b       | 2026-03-02 |
    c       | 2026-03-02 |
    d       | 2026-03-02 | 2026-03-20
    e       | 2026-03-08 |
"""


@pytest.mark.parametrize(("name", "found"), [("bounced", ["a"]), ("escalated", ["b"]), ("reopened", ["d"])])
def test_what_the_log_tells(name, found):
    """d is placed by its first closing; c was escalated a minute after its fortnight."""
    cases = case_set_from(CASES, events=LOG, as_of="2026-04-30")
    assert members(cases, name)["case_id"].tolist() == found


def test_without_a_log_columns_stand_in_where_they_can():
    cases = case_set_from("case_id | created_at | tier\na | 2026-03-02 | T2\nb | 2026-03-02 | T1")
    assert members(cases, "escalated")["case_id"].tolist() == ["a"]
    assert unanswerable(cases, ["escalated", "bounced", "reopened"]) == {
        "bounced": ("events", "closed_at"),
        "reopened": ("closed_at", "reopened_count"),
    }


def test_a_problem_that_the_source_cannot_tell_holds_for_no_case():
    cases = case_set_from("case_id | created_at | tier\na | 2026-03-02 | T2")
    assert members(cases, "escalated", "bounced")["bounced"].tolist() == [False]


def test_what_cannot_be_asked_is_refused_with_the_way_out():
    cases = case_set_from("case_id | created_at\na | 2026-03-02")
    with pytest.raises(ParameterError, match="Did you mean 'overturned'"):
        problem_set(cases, ["overturnd"])
    with pytest.raises(ParameterError, match="lacks appeal_decided_at, appeal_status"):
        problem_set(cases, ["overturned"])
    with pytest.raises(ParameterError, match="at least one"):
        problem_set(cases, [])
