"""A field that is hidden is told from one that is not there; where the user may not ask, neither is claimed."""

import json

import pytest

from tests.support.salesforce_cases import NOW
from tskit.errors import SourceError
from tskit.sources.salesforce.live.hidden import lacking
from tskit.sources.salesforce.live.organisation import organisation_of
from tskit.sources.salesforce.live.settings import settings_of


def said(desk, *names):
    with organisation_of(settings_of(desk.source), secret=desk.secret, pace=desk.clock.pace, now=NOW) as organisation:
        return lacking(names, table="Case", organisation=organisation)


def test_hidden_and_missing_are_two_things(desk):
    desk.org.hidden.add("Case.Reach__c")
    assert said(desk, "Reach__c", "Nowhere__c") == (
        "Case.Reach__c: hidden from this user by field-level security; Case.Nowhere__c: not there in this organisation"
    )


def test_where_the_user_may_not_ask_neither_is_claimed(desk):
    desk.org.hidden.add("Case.Reach__c")
    desk.org.is_strict = True
    unsure = "hidden from this user, or not there (the user may not ask which)"
    assert said(desk, "Reach__c", "Nowhere__c") == f"Case.Reach__c, Case.Nowhere__c: {unsure}"


def test_an_extract_goes_on_without_a_hidden_field_and_notes_it(desk):
    desk.org.hidden.add("Case.Description")
    desk.sync()
    assert all("Description" not in row for row in desk.rows("Case"))
    notes = json.loads((desk.store / "0001" / "delivery.json").read_text(encoding="utf-8"))["notes"]
    assert any("Case.Description: hidden from this user by field-level security" in note for note in notes)
    assert any(note.startswith("EmailMessage: this user sees no such object") for note in notes)


@pytest.mark.parametrize("settings", [{}, {"fields": {"Case": ["Id", "Status"]}}])
def test_a_field_that_is_needed_or_named_stops_it(desk, settings):
    desk.org.hidden.add("Case.Status")
    desk.settings.update(settings)
    with pytest.raises(SourceError, match=r"Case\.Status: hidden .* permission|Case\.Status: hidden .* read access"):
        desk.sync()
    assert desk.org.jobs == {}


def test_an_object_that_was_named_and_is_not_seen_stops_it(desk):
    desk.settings["objects"] = ["Case", "Escalation__c"]
    with pytest.raises(SourceError, match="shows this user no object Escalation__c"):
        desk.sync()


def test_named_fields_and_left_out_ones_decide_what_comes(desk):
    desk.settings.update(objects=["Case"], fields={"Case": ["CaseNumber", "Status", "CreatedDate"]})
    desk.sync()
    assert list(desk.rows("Case")[0]) == ["CaseNumber", "Status", "CreatedDate", "Id", "SystemModstamp", "IsDeleted"]


def test_every_field_comes_where_a_star_stands_but_for_those_in_parts(desk):
    desk.settings.update(objects=["Case"], fields={"Case": ["*"]}, leave_out=["Case.Description"])
    desk.sync()
    names = set(desk.org.tables["Case"].types) - {"Description", "Where__c"}
    assert set(desk.rows("Case")[0]) == names
