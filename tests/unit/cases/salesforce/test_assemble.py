"""Records that do not stand, and snapshots beside a history: nothing counts twice, and nothing is lost unsaid."""

from tests.support.salesforce_export import id15, id18
from tests.support.salesforce_objects import (
    ANA,
    CASE,
    COMMON,
    HATE,
    OPENED,
    ROBOT,
    SCAM,
    at,
    case,
    change,
    hop,
    only,
    rows,
    told,
)


def test_deleted_and_merged_cases_are_kept_apart_with_the_reason(organisation):
    alive = {"IsDeleted": "false", "MasterRecordId": ""}
    cases = [
        case(1, **alive),
        case(2, IsDeleted="true", MasterRecordId=""),
        case(3, IsDeleted="true", MasterRecordId=CASE),
        case(4, IsDeleted="false", MasterRecordId=CASE),
    ]
    found = organisation(Case=cases, CaseHistory=[OPENED], **COMMON)
    assert found.quality.reasons == {"deleted_at_source": 1, "merged_into_another": 1}
    assert {row["case_id"]: row["parent_case_id"] for row in rows(found.cases)} == {
        CASE: None,
        id18(id15("500", 4)): CASE,
    }


def test_histories_of_unknown_cases_and_of_no_time_are_kept_apart(organisation):
    history = [
        OPENED,
        change(2, 1, "Status", "New", "Closed", CaseId=id18(id15("500", 7))),
        change(3, 1, "Status", "New", "Closed"),
    ]
    history[2]["CreatedDate"] = "soon"
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert found.quality.reasons == {"no_such_case": 1, "not_a_time": 1}


def test_the_latest_state_of_a_repeated_record_stands(organisation):
    cases = [
        case(1, Status="New", SystemModstamp=at(1)),
        case(1, Status="Closed", ClosedDate=at(5), SystemModstamp=at(5)),
    ]
    found = organisation(Case=cases, CaseHistory=[OPENED, OPENED], **COMMON)
    assert only(found)["status"] == "closed"
    assert found.quality.reasons == {"superseded": 1, "exact_duplicate": 1}
    assert [kind for kind, *_ in told(found)] == ["created"]


def test_every_case_was_opened_once_though_its_history_is_gone(organisation):
    found = organisation(Case=[case(1), case(2)], CaseHistory=[OPENED], **COMMON)
    assert [kind for kind, *_ in told(found)] == ["created", "created"]
    assert any("1 cases have no row in the history" in note for note in found.quality.notes)


def test_without_a_history_there_are_no_events_rather_than_no_moves(organisation):
    mail = [
        {"Id": id18(id15("02s", 1)), "ParentId": CASE, "Incoming": "false", "MessageDate": at(7), "CreatedById": ANA}
    ]
    found = organisation(Case=[case()], EmailMessage=mail, **COMMON)
    assert found.events is None
    assert only(found)["first_response_at"].minute == 7
    assert any("There is no CaseHistory" in note for note in found.quality.notes)


def test_snapshots_tell_changes_where_the_history_does_not(organisation):
    common = {"CaseId": CASE, "LastModifiedById": ANA, "PreviousUpdate": ""}
    snapshots = [
        {**common, "Id": "1", "LastModifiedDate": at(0), "OwnerId": SCAM, "Status": "New"},
        {**common, "Id": "2", "LastModifiedDate": at(3), "OwnerId": ANA, "Status": "New"},
        {**common, "Id": "3", "LastModifiedDate": at(6), "OwnerId": HATE, "Status": "New"},
        {**common, "Id": "4", "LastModifiedDate": at(9), "OwnerId": HATE, "Status": "Closed"},
    ]
    found = organisation(Case=[case(OwnerId=HATE)], CaseHistory2=snapshots, **COMMON)
    assert told(found) == [
        ("created", None, None), ("assigned", None, "scam"), ("accepted", None, None),
        ("queue_moved", "scam", "hate"), ("closed", None, None),
    ]  # fmt: skip
    history = [OPENED, *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM))]
    found = organisation(Case=[case()], CaseHistory=history, CaseHistory2=snapshots, **COMMON)
    assert told(found) == [("created", None, None), ("assigned", None, "scam")]
    assert found.quality.reasons["told_by_case_history"] == 4
