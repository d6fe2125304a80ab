"""Who held a case: queues and owners out of changes that stand there twice, on tables small enough to check by hand."""

import pytest

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
    case,
    change,
    hop,
    only,
    pseudonym,
    rows,
    told,
)


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


def test_histories_join_by_id_though_a_profile_names_cases_by_number(organisation):
    profile = (
        'name = "ours"\nlike = "salesforce_case_export"\n[columns]\ncase_id = "CaseNumber"\ncase_number = "Number__c"\n'
    )
    history = [OPENED, *hop(2, 1, ("Bot", "scam"), (ROBOT, SCAM))]
    found = organisation(Case=[{**case(), "ClosedDate": ""}], CaseHistory=history, profile=profile, **COMMON)
    assert {row["case_id"] for row in rows(found.events)} == {"00000001"}
    assert only(found)["queue"] == "scam"
