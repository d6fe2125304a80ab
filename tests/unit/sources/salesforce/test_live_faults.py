"""Every fault ends in a complete extract, or in a clear error after which a second run completes it without duplicates."""

import gzip
import json
import re
from dataclasses import replace

import pytest

from tests.support.salesforce_cases import NOW, case_id
from tests.support.salesforce_server import Answer, Fault, error, told
from tskit.errors import SourceError
from tskit.sources.engine import connect
from tskit.sources.salesforce.live.receiving import receive
from tskit.sources.sync import begin, open_store

ALL = [case_id(number) for number in range(25)]
PAGE = r"^GET .*/results\?"
MAKE = r"^POST .*/jobs/query"
LOOK = r"^GET .*/jobs/query/\w+$"
DESCRIBE = r"/sobjects/Case/describe"
EVER = 10_000


def answering(status, code, **headers):
    no = error(status, code)
    return lambda answer: replace(no, headers={**no.headers, **headers})


def cut_short(answer):
    """The connection ends before the body does."""
    return replace(answer, declared=len(answer.body) + 40)


def plain(text):
    """Another body than what the server has, told as whole."""

    def change(answer):
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Encoding"}
        body = text(uncompressed(answer)) if callable(text) else text
        return replace(answer, body=body, headers=headers)

    return change


def uncompressed(answer):
    return gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") else answer.body


def in_a_cell(body):
    return body[: body.index(b"CANARY line one", len(body) // 2) + 5] + b"\n"


def after_a_row(body):
    rows = body.split(b'\n"500')
    return b'\n"500'.join(rows[:-2]) + b"\n"


def in_a_row(body):
    return body[: body.rindex(b'"SG"') + 5]


def dropped(answer):
    return Answer(0, is_dropped=True)


def job_told(**cells):
    def change(answer):
        return replace(answer, body=json.dumps({**json.loads(answer.body), **cells}).encode())

    return change


COMPLETE = {
    "a page is refused once with 503": [Fault(PAGE, answering(503, "SERVER_UNAVAILABLE"), nth=2)],
    "a page is refused once with 500": [Fault(PAGE, answering(500, "UNKNOWN_EXCEPTION"), nth=1)],
    "too many requests at once": [Fault(MAKE, answering(429, "TOO_MANY_REQUESTS", **{"Retry-After": "30"}))],
    "a row is locked": [Fault(MAKE, answering(400, "UNABLE_TO_LOCK_ROW"), times=2)],
    "a token expires between two pages": [Fault(PAGE, before=lambda org: org.expire(), nth=2)],
    "a token expires while a job is looked at": [Fault(LOOK, before=lambda org: org.expire())],
    "a token expires before a job is made": [Fault(MAKE, before=lambda org: org.expire())],
    "a body ends before its length": [Fault(PAGE, cut_short, nth=2)],
    "a body ends in a quoted cell": [Fault(PAGE, plain(in_a_cell), nth=2)],
    "a body ends after a row": [Fault(PAGE, plain(after_a_row), nth=2)],
    "a body ends within a row": [Fault(PAGE, plain(in_a_row), nth=2)],
    "a page is no text": [Fault(PAGE, plain(b"\xff\xfe\x00\n"), nth=2)],
    "a page is empty": [Fault(PAGE, plain(b""), nth=2)],
    "a page is a proxy's": [Fault(PAGE, plain(b"<html>Sign in to the network</html>\n"), nth=2)],
    "nobody answers": [Fault(PAGE, dropped, nth=2, times=2)],
    "a description is cut": [Fault(DESCRIBE, plain(lambda body: body[:90]))],
    "a job is gone between two pages": [Fault(PAGE, before=lambda org: org.lose_jobs(), nth=2)],
    "a job is gone before its first page": [Fault(PAGE, before=lambda org: org.lose_jobs(), nth=1)],
    "a locator is not known any more": [Fault(PAGE, answering(400, "InvalidLocator"), nth=3)],
    "a field appears while pages come": [
        Fault(PAGE, before=lambda org: org.tables["Case"].types.update(New__c="string"), nth=2)
    ],
}

ENDS = {
    "a page is refused for good": ([Fault(PAGE, answering(503, "SERVER_UNAVAILABLE"), nth=2, times=EVER)], "in 4 attempts"),
    "the calls of the day are used up": ([Fault(PAGE, answering(403, "REQUEST_LIMIT_EXCEEDED"), nth=2)], "no more API calls"),
    "a page never comes whole": ([Fault(PAGE, plain(in_a_cell), nth=2, times=EVER)], "ends within a quoted cell"),
    "a page always tells of other rows": ([Fault(PAGE, plain(after_a_row), nth=2, times=EVER)], "holds 8 rows and tells of 10"),
    "nobody answers any more": ([Fault(PAGE, dropped, nth=3, times=EVER)], "the connection failed"),
    "somebody aborts the job": ([Fault(LOOK, job_told(state="Aborted"))], "aborted the query job"),
    "a job fails": ([Fault(LOOK, job_told(state="Failed", errorMessage="CANARY"))], "failed in Salesforce"),
    "a job found more than its pages hold": ([Fault(LOOK, job_told(state="JobComplete", numberRecordsProcessed=26))], "26 rows"),
    "a job never ends": ([Fault(LOOK, job_told(state="InProgress"), times=EVER)], "not finished after 120 minutes"),
    "every job is lost": ([Fault(PAGE, before=lambda org: org.lose_jobs(), times=EVER)], "lost 5 query jobs"),
    "a new token is refused": ([Fault(PAGE, answering(401, "INVALID_SESSION_ID"), nth=2, times=2)], "refuses the token"),
    "the sign-in is refused": ([Fault("oauth2/token", lambda answer: (told({"error": "invalid_client"}, 400)))], "refuses the sign-in"),
    "an address leads elsewhere": (
        [Fault(PAGE, lambda answer: Answer(302, b"", {"Location": "https://evil.example/"}))], "sends a page of Case elsewhere",
    ),
    "a permission is taken away": ([Fault(MAKE, answering(403, "INSUFFICIENT_ACCESS"))], "lacks a permission"),
    "a field vanishes before its query": (
        [Fault(MAKE, before=lambda org: org.drop_field("Case", "Reach__c"))], "not there in this organisation",
    ),
    "a field is hidden before its query": (
        [Fault(MAKE, before=lambda org: org.hidden.add("Case.Reach__c"))], "hidden from this user by field-level security",
    ),
}  # fmt: skip


def standing(desk):
    """Return the ids of cases as a load reads them, and how often each came."""
    connection = connect(desk.store.parent / "spill")
    raw = open_store(desk.store, connection=connection)["Case"]
    found = raw.table["Id"].to_pyarrow().to_pylist()
    connection.disconnect()
    return sorted(found)


@pytest.mark.parametrize("name", COMPLETE)
def test_a_fault_in_passing_leaves_a_complete_extract(name, desk):
    desk.org.faults = COMPLETE[name]
    for fault in desk.org.faults:
        fault.seen = 0
    desk.sync()
    assert all(fault.seen >= fault.nth for fault in desk.org.faults)
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL
    assert len({tuple(row) for row in desk.rows("Case")}) == 1


@pytest.mark.parametrize("name", ENDS)
def test_a_lasting_fault_ends_in_words_and_a_second_run_completes_the_extract(name, desk):
    desk.org.faults, words = ENDS[name]
    for fault in desk.org.faults:
        fault.seen = 0
    with pytest.raises(SourceError, match=re.escape(words)) as raised:
        desk.sync()
    assert "CANARY" not in str(raised.value)
    assert raised.value.__cause__ is None
    kept = desk.rows("Case")
    desk.org.faults = []
    desk.sync()
    assert desk.rows("Case")[: len(kept)] == kept
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL
    assert standing(desk) == ALL
    assert len(desk.rows("CaseHistory")) == 7


def test_a_cut_extract_goes_on_at_its_locator_without_another_job(desk):
    desk.org.faults = [Fault(PAGE, answering(503, "SERVER_UNAVAILABLE"), nth=2, times=EVER)]
    with pytest.raises(SourceError, match="is kept"):
        desk.sync()
    desk.org.faults, before = [], len(desk.org.queries)
    desk.sync()
    assert not any("FROM Case " in f"{query} " and "Status" in query for query in desk.org.queries[before:])
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL


def test_a_killed_extract_goes_on_after_what_is_durable(desk):
    class Killed(BaseException):
        pass

    def die(table, rows):
        if rows == 20:
            raise Killed

    with pytest.raises(Killed), begin(desk.store, source=desk.source, now=NOW) as delivery:
        receive(desk.source, delivery, secret=desk.secret, progress=die, now=NOW, pace=desk.clock.pace)
    assert len(desk.rows("Case")) == 20
    desk.sync()
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL


def test_a_job_that_expired_between_two_runs_is_begun_anew_and_rows_that_are_here_are_left_out(desk):
    desk.org.faults = [Fault(PAGE, answering(503, "SERVER_UNAVAILABLE"), nth=3, times=EVER)]
    with pytest.raises(SourceError):
        desk.sync()
    desk.org.faults = []
    desk.org.lose_jobs()
    desk.org.tables["Case"].rows.reverse()  # another job may give another order
    desk.sync()
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL


def test_a_row_that_changed_while_it_was_read_stands_once_as_it_is_now(desk):
    desk.org.faults = [Fault(PAGE, answering(503, "SERVER_UNAVAILABLE"), nth=3, times=EVER)]
    with pytest.raises(SourceError):
        desk.sync()
    desk.org.faults = []
    desk.org.lose_jobs()
    desk.org.tables["Case"].rows[2].update(Status="Closed", SystemModstamp="2026-03-01T09:00:00.000Z")
    desk.sync()
    assert [row["Status"] for row in desk.rows("Case") if row["Id"] == case_id(2)] == ["New", "Closed"]
    assert standing(desk) == ALL


def test_syncing_twice_without_news_seals_nothing(desk):
    assert desk.sync() == 1
    assert desk.sync() == 1
    assert desk.sync() == 1


def test_waits_grow_and_are_never_shorter_than_what_was_asked_for(desk):
    desk.org.faults = [Fault(MAKE, answering(429, "TOO_MANY", **{"Retry-After": "30"}), times=3)]
    desk.sync()
    assert desk.clock.waits[:3] == [30.75, 31.5, 33.0]


def test_an_extract_stops_before_the_share_of_calls_that_the_source_may_use(desk):
    desk.org.allowed_calls = 10
    with pytest.raises(SourceError, match=r"used 8 of its 10 API calls .* stops at 80%"):
        desk.sync()
    assert desk.org.calls == 8
    desk.org.allowed_calls = 1000
    desk.sync()
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL


def test_a_field_that_vanishes_among_pages_is_told_until_it_is_back_or_left_out(desk):
    desk.org.faults = [Fault(PAGE, answering(503, "SERVER_UNAVAILABLE"), nth=2, times=EVER)]
    with pytest.raises(SourceError):
        desk.sync()
    desk.org.faults = []
    desk.org.hidden.add("Case.Reach__c")
    for _ in range(2):
        with pytest.raises(SourceError, match=r"Case\.Reach__c: hidden .* 10 rows of it are kept.*leave_out"):
            desk.sync()
    desk.settings["leave_out"] = ["Case.Reach__c"]
    desk.sync()
    assert standing(desk) == ALL


def test_a_session_id_that_expires_is_asked_for_by_name(desk):
    desk.settings["client_id"] = ""
    desk.secrets["token"] = desk.org.grant()
    desk.org.faults = [Fault(PAGE, before=lambda org: org.expire(), nth=2)]
    with pytest.raises(SourceError, match="tskit secret set org --kind token"):
        desk.sync()
    desk.secrets["token"] = desk.org.grant()
    desk.sync()
    assert sorted(row["Id"] for row in desk.rows("Case")) == ALL
