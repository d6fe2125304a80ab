"""The deadline of a case, and all its milestones."""

import pytest

from tests.support.salesforce_export import id15, id18
from tests.support.salesforce_objects import CASE, COMMON, OPENED, at, case, only, rows, told

MILESTONE = {"Id": id18(id15("555", 1)), "CaseId": CASE, "MilestoneTypeId": id18(id15("557", 2)), "StartDate": at(0)}
TYPES = [{"Id": id18(id15("557", 1)), "Name": "First Response"}, {"Id": id18(id15("557", 2)), "Name": "Case resolved"}]


@pytest.mark.parametrize(
    ("completed", "is_completed", "is_violated", "met"),
    [
        (at(50), "true", "false", True),
        (at(70), "true", "true", False),
        ("", "false", "true", False),
        ("", "false", "false", False),  # past due, though nobody has marked it yet
    ],
)
def test_a_deadline_is_met_where_it_was_completed_and_not_violated(
    organisation, completed, is_completed, is_violated, met
):
    due = {"TargetDate": at(60), "CompletionDate": completed, "IsCompleted": is_completed, "IsViolated": is_violated}
    found = organisation(
        Case=[case()], CaseHistory=[OPENED], CaseMilestone=[{**MILESTONE, **due, "StoppedTimeInMins": "12"}], **COMMON
    )
    row = only(found)
    assert (row["sla_met"], row["sla_target_at"].isoformat(), row["paused_minutes"]) == (
        met,
        "2026-03-02T10:00:00+00:00",
        12.0,
    )
    assert ("sla_breached", None, None) in told(found) or met


def test_a_deadline_ahead_is_neither_met_nor_missed(organisation):
    due = {"TargetDate": at(900), "CompletionDate": "", "IsCompleted": "false", "IsViolated": "false"}
    found = organisation(Case=[case()], CaseHistory=[OPENED], CaseMilestone=[{**MILESTONE, **due}], **COMMON)
    assert only(found)["sla_met"] is None
    assert [kind for kind, *_ in told(found)] == ["created"]


def test_the_deadline_of_a_case_is_that_of_its_resolution(organisation):
    first = {
        **MILESTONE,
        "Id": id18(id15("555", 2)),
        "MilestoneTypeId": id18(id15("557", 1)),
        "TargetDate": at(300),
        "IsViolated": "true",
    }
    due = {**MILESTONE, "TargetDate": at(60), "IsViolated": "false", "CompletionDate": at(10)}
    first["CompletionDate"] = ""
    found = organisation(Case=[case()], CaseHistory=[OPENED], CaseMilestone=[first, due], MilestoneType=TYPES, **COMMON)
    assert only(found)["sla_met"] is True


def test_all_milestones_are_a_table_of_their_own(organisation):
    second = {**MILESTONE, "Id": id18(id15("555", 2)), "MilestoneTypeId": id18(id15("557", 1))}
    due = {"TargetDate": at(60), "CompletionDate": "", "IsViolated": "false", "StoppedTimeInHrs": "0.50"}
    lost = {**second, "Id": id18(id15("555", 3)), "CaseId": id18(id15("500", 9))}
    given = [{**row, **due} for row in (MILESTONE, second, lost)]
    found = organisation(Case=[case()], CaseHistory=[OPENED], CaseMilestone=given, MilestoneType=TYPES, **COMMON)
    kept = sorted(rows(found.milestones), key=lambda row: row["type"])
    assert [(row["type"], row["case_id"], row["is_violated"], row["stopped_minutes"]) for row in kept] == [
        ("Case resolved", CASE, True, 30.0),
        ("First Response", CASE, True, 30.0),
    ]
    account = found.quality.tables["milestones"]
    assert (account.read, account.kept, account.rejected) == (3, 2, 1)
