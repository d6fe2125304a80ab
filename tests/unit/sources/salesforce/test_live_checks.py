"""What an administrator is told of an organisation: each question passes, fails or is skipped, and nothing is written."""

import re
from dataclasses import replace

import pytest

from tests.support.salesforce_cases import NOW
from tests.support.salesforce_server import Answer, Fault, Table, error
from tskit.sources.salesforce.live.checks import checks
from tskit.sources.salesforce.live.organisation import organisation_of
from tskit.sources.salesforce.live.settings import settings_of

USER = {"Id": "id", "Name": "string", "SystemModstamp": "datetime"}


@pytest.fixture
def staffed(desk):
    """Somebody who looks at an organisation with users, since the checks' query jobs ask for those."""
    people = [
        {"Id": f"005D00000000{number:03d}AAA", "Name": f"CANARY {number}", "SystemModstamp": "2026-01-01T00:00:00.000Z"}
        for number in range(10)
    ]
    desk.org.tables["User"] = Table(dict(USER), people)
    return desk


def looked(desk):
    with organisation_of(settings_of(desk.source), secret=desk.secret, pace=desk.clock.pace, now=NOW) as organisation:
        return list(checks(organisation, pace=desk.clock.pace))


def failed(desk):
    return {check.title: check.seen for check in looked(desk) if check.outcome == "fail"}


def test_an_organisation_as_documented_passes_every_check(staffed):
    found = looked(staffed)
    assert {check.outcome for check in found} == {"pass"}, [check for check in found if check.outcome != "pass"]
    assert len(found) == 14
    assert not any("CANARY" in check.seen for check in found)
    writing = [line for line in staffed.org.log if not re.match(r"GET|POST \S+/(jobs/query|oauth2/token)$", line)]
    assert writing == []
    assert staffed.org.calls <= 60  # as the page says
    assert len(staffed.org.jobs) == 4


def test_an_organisation_without_rows_skips_what_cannot_be_asked(staffed):
    for table in staffed.org.tables.values():
        table.rows.clear()
    assert {check.title for check in looked(staffed) if check.outcome == "skip"} == {
        "It tells about how many rows there are",
        "Ids are ordered as ranges of them need",
        "A page can be asked for again by its locator",
        "Ranges of ids leave no gap",
    }


def test_a_page_that_differs_the_second_time_fails(staffed):
    def swapped(answer):
        return replace(answer, body=b'"Id","SystemModstamp"\n"x","y"\n', headers={"Sforce-NumberOfRecords": "1"})

    staffed.org.faults = [Fault(r"/results\?", swapped, nth=5)]
    assert list(failed(staffed)) == ["A page can be asked for again by its locator"]


def test_other_names_for_what_is_gone_fail(staffed):
    staffed.org.faults = [
        Fault(r"/jobs/query/750000000000000AAA", lambda answer: error(404, "GONE_FISHING")),
        Fault(r"TskitNoSuchLocator", lambda answer: error(400, "GONE_FISHING")),
    ]
    assert list(failed(staffed)) == ["A job that is gone is told as gone", "A locator that is gone is told as gone"]


def test_answers_that_do_not_tell_of_calls_fail(staffed):
    def silent(answer):
        return replace(answer, headers={k: v for k, v in answer.headers.items() if k != "Sforce-Limit-Info"})

    staffed.org.faults = [Fault(r".", silent, times=10_000)]
    assert list(failed(staffed)) == ["Answers tell how many API calls are used"]


def test_a_field_that_is_needed_and_hidden_fails_by_name(staffed):
    staffed.org.hidden.add("Case.Status")
    assert "Case.Status: hidden" in failed(staffed)["Cases can be read with the fields that are needed"]


def test_a_user_who_may_not_ask_for_permissions_fails_that_check_alone(staffed):
    staffed.org.is_strict = True
    assert list(failed(staffed)) == ["A hidden field is told from a missing one"]


def test_an_organisation_that_nobody_can_sign_in_to_fails_everywhere_and_ends(staffed):
    staffed.org.faults = [
        Fault("oauth2/token", lambda answer: Answer(400, b'{"error": "invalid_client"}'), times=10_000)
    ]
    found = looked(staffed)
    assert {check.outcome for check in found} <= {"fail", "skip"}
    assert "consumer secret" in found[0].seen
