"""What objects of Salesforce say together of a case, on tables small enough to check by hand."""

import hmac
from hashlib import sha256

import pytest

from tests.support.salesforce_export import id15, id18
from tests.support.salesforce_objects import (
    ANA,
    BEN,
    CASE,
    GROUPS,
    QUEUES,
    ROBOT,
    USERS,
    at,
    case,
    change,
    hop,
    only,
    rows,
    told,
)  # fmt: skip

KEY = "a key of the tests, long enough"
SCAM, HATE = QUEUES["scam"], QUEUES["hate"]
OPENED = change(1, 0, "created", DataType="")
COMMON = {"Group": GROUPS, "User": USERS}


def pseudonym(text):
    return "p" + hmac.new(KEY.encode(), text.encode(), sha256).hexdigest()[:20]


# Queues and owners


def test_a_change_of_owner_is_counted_once_though_it_has_two_rows(organisation):
    history = [OPENED, *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM)), *hop(4, 2, ("scam", "hate"), (SCAM, HATE))]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert told(found) == [("created", None, None), ("assigned", None, "scam"), ("queue_moved", "scam", "hate")]
    assert found.events.count().to_pyarrow().as_py() == 5
    assert found.quality.tables["events"].rejected == 0


def test_two_changes_of_one_second_are_two_pairs(organisation):
    history = [OPENED, *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM)), *hop(4, 1, ("scam", "hate"), (SCAM, HATE))]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert told(found)[1:] == [("assigned", None, "scam"), ("queue_moved", "scam", "hate")]


@pytest.mark.parametrize("kept", ["Text", "EntityId"])
def test_a_row_without_its_twin_is_the_change_itself(organisation, kept):
    history = [row for row in hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM)) if row["DataType"] == kept]
    found = organisation(Case=[case()], CaseHistory=[OPENED, *history], **COMMON)
    assert told(found) == [("created", None, None), ("assigned", None, "scam")]


def test_rows_of_ids_are_known_by_their_values_where_no_type_is_told(organisation):
    history = [{**row, "DataType": ""} for row in (OPENED, *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM)))]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert told(found) == [("created", None, None), ("assigned", None, "scam")]


def test_the_queue_of_an_accepted_case_is_the_last_one_that_held_it(organisation):
    history = [
        OPENED,
        *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM)),
        *hop(4, 2, ("scam", "Ana"), (SCAM, ANA), field="ownerAccepted"),
        *hop(6, 3, ("Ana", "hate"), (ANA, HATE)),
        *hop(8, 4, ("hate", "Ana"), (HATE, ANA), field="ownerAccepted"),
    ]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert told(found)[1:] == [
        ("assigned", None, "scam"), ("accepted", None, None), ("queue_moved", "scam", "hate"), ("accepted", None, None),
    ]  # fmt: skip
    row = only(found)
    assert (row["queue"], row["owner_id"], row["vendor"]) == ("hate", pseudonym(ANA), "Lumen")
    assert row["first_assigned_at"].isoformat() == "2026-03-02T09:02:00+00:00"


def test_a_person_who_takes_a_case_out_of_a_queue_accepts_it(organisation):
    history = [OPENED, *hop(2, 1, ("scam", "Ana"), (SCAM, ANA)), *hop(4, 2, ("Ana", "Ben"), (ANA, BEN))]
    found = organisation(Case=[case(OwnerId=BEN)], CaseHistory=history, **COMMON)
    assert [kind for kind, *_ in told(found)] == ["created", "accepted", "assigned"]
    assert only(found)["queue"] == "scam", "the first change of owner names the queue that held the case before"


def test_a_case_that_lies_in_a_queue_has_no_owner(organisation):
    row = only(organisation(Case=[case(OwnerId=SCAM)], CaseHistory=[OPENED], **COMMON))
    assert (row["queue"], row["owner_id"], row["vendor"]) == ("scam", None, None)


def test_owners_and_queues_that_nobody_knows_are_told(organisation):
    cases = [case(1, OwnerId=id18(id15("005", 9))), case(2, OwnerId=id18(id15("00G", 9)))]
    found = organisation(Case=cases, CaseHistory=[OPENED], **COMMON)
    stranger, lost = sorted(rows(found.cases), key=lambda row: row["case_id"])
    assert (stranger["owner_id"], stranger["vendor"]) == (pseudonym(id18(id15("005", 9))), None)
    assert lost["queue"] == id18(id15("00G", 9))
    notes = " ".join(found.quality.notes)
    assert "1 cases belong to an owner whom User does not hold" in notes
    assert "1 cases lie in a queue that Group does not hold" in notes


def test_names_of_owners_are_in_no_table(organisation):
    history = [OPENED, *hop(2, 1, ("scam", "Ana"), (SCAM, ANA))]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert "Ana" not in str([rows(found.cases), rows(found.events)])


def test_languages_are_told_by_their_codes_of_today(organisation):
    found = organisation(Case=[case(1), case(2, OwnerId=BEN)], CaseHistory=[OPENED], **COMMON)
    assert [row["reviewer_language"] for row in sorted(rows(found.cases), key=lambda row: row["case_id"])] == [
        "id",
        "zh",
    ]


def test_ids_of_15_and_18_characters_are_the_same(organisation):
    history = [{**row, "CaseId": CASE[:15]} for row in (OPENED, *hop(2, 1, ("Bot", "scam"), (ROBOT[:15], SCAM[:15])))]
    found = organisation(Case=[case(OwnerId=ANA[:15])], CaseHistory=history, **COMMON)
    row = only(found)
    assert (row["case_id"], row["queue"], row["vendor"]) == (CASE, "scam", "Lumen")


def test_ids_that_differ_in_capitals_alone_are_two_cases(organisation):
    upper, lower = id18("500000000000AAA"), id18("500000000000aaA")
    cases = [case(1, Id=upper), case(2, Id=lower)]
    history = [{**OPENED, "CaseId": upper}, {**change(2, 5, "Status", "New", "Closed"), "CaseId": lower}]
    found = organisation(Case=cases, CaseHistory=history, **COMMON)
    assert {(row["case_id"], row["event_type"]) for row in rows(found.events)} == {
        (upper, "created"), (lower, "created"), (lower, "closed"),
    }  # fmt: skip


# States, decisions and other fields


def test_closings_reopenings_and_pauses_come_from_the_states(organisation):
    steps = [
        ("New", "On Hold"),
        ("On Hold", "Working"),
        ("Working", "Closed"),
        ("Closed", "Working"),
        ("Working", "Escalated"),
    ]
    history = [OPENED, *(change(2 + n, 10 * (n + 1), "Status", *step) for n, step in enumerate(steps))]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert [kind for kind, *_ in told(found)] == ["created", "paused", "resumed", "closed", "reopened", "escalated"]
    assert only(found)["reopened_count"] == 1


def test_states_that_no_profile_names_are_closed_where_the_organisation_says_so(organisation):
    history = [
        OPENED,
        change(2, 3, "Status", "New", "Parked for good"),
        change(3, 5, "Status", "Parked for good", "Odd"),
    ]
    states = [
        {"Id": "1", "MasterLabel": "Parked for Good", "IsClosed": "true"},
        {"Id": "2", "MasterLabel": "Odd", "IsClosed": "false"},
    ]
    found = organisation(Case=[case()], CaseHistory=history, CaseStatus=states, **COMMON)
    assert [kind for kind, *_ in told(found)] == ["created", "closed", "reopened"]


def test_a_clock_that_is_told_of_itself_is_not_told_by_the_state_again(organisation):
    history = [
        OPENED, change(2, 1, "IsStopped", "false", "true"), change(3, 1, "Status", "New", "On Hold"),
        change(4, 9, "IsStopped", "true", "false"), change(5, 9, "Status", "On Hold", "Working"),
    ]  # fmt: skip
    kinds = [kind for kind, *_ in told(organisation(Case=[case()], CaseHistory=history, **COMMON))]
    assert sorted(kinds) == ["created", "paused", "resumed", "status_changed", "status_changed"]


def test_a_closing_that_is_told_twice_is_one(organisation):
    history = [OPENED, change(2, 9, "Status", "New", "Closed"), change(3, 9, "closed"), change(4, 0, "created")]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert [kind for kind, *_ in told(found)] == ["created", "closed"]
    assert found.quality.reasons["told_twice"] == 2


def test_a_field_whose_change_is_no_event_is_kept_apart_unless_a_profile_names_it(organisation):
    history = [OPENED, change(2, 3, "Notified__c", "false", "true")]
    found = organisation(Case=[case()], CaseHistory=history, **COMMON)
    assert found.quality.reasons == {"unknown_value": 1}
    profile = 'name = "ours"\nlike = "salesforce_history"\n[values.event_type]\n"Notified__c" = "notified"\n'
    found = organisation(Case=[case()], CaseHistory=history, profile=profile, **COMMON)
    assert [kind for kind, *_ in told(found)] == ["created", "notified"]


DECISIONS = """
name = "ours"
like = "salesforce_case_export"
recognise = ["Id", "CaseNumber", "Outcome__c"]
[columns]
decision = "Outcome__c"
record_type = "Kind__c"
appeal_status = "Appeal__c"
[values.decision]
"Take down" = "action"
"Leave" = "no_action"
"""


def test_the_first_decision_is_attributed_to_who_made_it_in_the_queue_of_then(organisation):
    history = [
        OPENED,
        *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM)),
        change(4, 5, "Outcome__c", "", "Take down"),
        *hop(5, 6, ("scam", "hate"), (SCAM, HATE)),
        change(7, 9, "Outcome__c", "Take down", "Leave", CreatedById=BEN),
    ]
    cases = [case(Outcome__c="Leave", OwnerId=BEN)]
    found = organisation(Case=cases, CaseHistory=history, profile=DECISIONS, **COMMON)
    row = only(found)
    assert (row["decision"], row["decision_initial"]) == ("no_action", "action")
    assert (row["decided_by"], row["decided_vendor"], row["decided_queue"]) == (pseudonym(ANA), "Lumen", "scam")
    assert row["decided_at"].isoformat() == "2026-03-02T09:05:00+00:00"
    assert [kind for kind, *_ in told(found)][-2:] == ["queue_moved", "decision_changed"]


def test_what_a_machine_decides_is_decided_by_nobody(organisation):
    history = [OPENED, change(2, 5, "Outcome__c", "", "Leave", CreatedById=ROBOT)]
    found = organisation(Case=[case(Outcome__c="Leave")], CaseHistory=history, profile=DECISIONS, **COMMON)
    assert only(found)["decided_by"] is None
    assert [row["actor_type"] for row in rows(found.events) if row["event_type"] == "decided"] == ["system"]


def test_an_appeal_that_is_a_case_of_its_own_is_told_of_its_parent(organisation):
    appeal = {"Kind__c": "appeal", "ParentId": CASE, "Outcome__c": ""}
    cases = [
        case(1, Outcome__c="Take down", Kind__c="report", ParentId="", Appeal__c=""),
        case(2, **appeal, CreatedDate=at(60), Status="Closed", ClosedDate=at(90), Appeal__c="reversed"),
        case(3, Outcome__c="Leave", Kind__c="report", ParentId="", Appeal__c=""),
        case(4, **{**appeal, "ParentId": id18(id15("500", 3))}, CreatedDate=at(70), Appeal__c=""),
    ]
    found = organisation(Case=cases, CaseHistory=[OPENED], profile=DECISIONS, **COMMON)
    told_of = {row["case_id"]: row for row in rows(found.cases)}
    first, second = told_of[CASE], told_of[id18(id15("500", 3))]
    assert first["appeal_status"] == "reversed"
    assert (first["appealed_at"].hour, first["appeal_decided_at"].isoformat()) == (10, "2026-03-02T10:30:00+00:00")
    assert (second["appeal_status"], second["appeal_decided_at"]) == ("pending", None)
    assert told_of[id18(id15("500", 2))]["appeal_status"] is None, "the appeal is counted once, with what it is about"


# Records that do not stand


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


# Snapshots of owner and state


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


# Deadlines


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


# Mails, comments and posts


def test_mails_and_comments_are_events_and_their_text_is_in_the_file_of_texts_alone(organisation, tmp_path):
    mail = {"ParentId": CASE, "CreatedById": ANA, "Status": "3", "Subject": "CANARY-subject", "TextBody": "CANARY-body"}
    mails = [
        {**mail, "Id": id18(id15("02s", 1)), "Incoming": "true", "MessageDate": at(1)},
        {**mail, "Id": id18(id15("02s", 2)), "Incoming": "false", "MessageDate": at(2), "CreatedById": ROBOT},
        {**mail, "Id": id18(id15("02s", 3)), "Incoming": "false", "MessageDate": at(8)},
        {**mail, "Id": id18(id15("02s", 4)), "Incoming": "false", "MessageDate": at(3), "Status": "5"},
    ]
    comments = [
        {
            "Id": id18(id15("00a", 1)),
            "ParentId": CASE,
            "CreatedById": BEN,
            "CreatedDate": at(5),
            "CommentBody": "CANARY-comment",
        }
    ]
    feed = [
        {"Id": id18(id15("0D5", 1)), "ParentId": CASE, "CreatedById": BEN, "CreatedDate": at(6), "Type": "TextPost", "Body": "CANARY-post"},
        {"Id": id18(id15("0D5", 2)), "ParentId": CASE, "CreatedById": BEN, "CreatedDate": at(5), "Type": "CaseCommentPost", "Body": ""},
    ]  # fmt: skip
    found = organisation(
        Case=[case()], CaseHistory=[OPENED], EmailMessage=mails, CaseComment=comments, CaseFeed=feed, **COMMON
    )
    assert [kind for kind, *_ in told(found)] == [
        "created",
        "email_in",
        "email_out",
        "commented",
        "commented",
        "email_out",
    ]
    assert only(found)["first_response_at"].minute == 8, "a machine's answer and a draft are no response"
    assert found.quality.reasons == {"never_sent": 1, "told_by_another_object": 1}
    assert "CANARY" not in str([rows(found.cases), rows(found.events), found.as_json()])
    assert found.text_path is None or b"CANARY" not in found.text_path.read_bytes()
    files = list((tmp_path / "user").rglob("event_text.parquet"))
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
