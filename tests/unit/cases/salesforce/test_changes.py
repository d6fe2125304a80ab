"""What changes of states, decisions and other fields are, on tables small enough to check by hand."""

from tests.support.salesforce_export import id15, id18
from tests.support.salesforce_objects import (
    ANA,
    BEN,
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
    pseudonym,
    rows,
    told,
)


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
