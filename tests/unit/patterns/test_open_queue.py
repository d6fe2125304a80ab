"""What is open at a moment: by events where there is a log, with nothing from later, and as the backlog counts it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import ibis
import pandas as pd
import pytest

from tests.support.samples import shared_sample
from tests.support.tables import case_set_from
from tskit.cases import load, open_casebook
from tskit.metrics import measure
from tskit.model import Casebook, Deadline, Scope, Window
from tskit.patterns import open_pauses, open_queue

CASES = """
    case_id | record_type | created_at       | closed_at        | queue | market | severity | parent_case_id
    open    | report      | 2026-03-02 09:00 |                  | home  | SG     | S1       |
    closed  | report      | 2026-03-02 09:00 | 2026-03-02 12:00 | home  | SG     | S2       |
    again   | report      | 2026-03-02 09:00 | 2026-03-04 12:00 | late  | MY     | S2       |
    later   | report      | 2026-03-05 09:00 |                  | home  | MY     | S3       |
    appeal  | appeal      | 2026-03-02 10:00 |                  | home  | SG     | S1       | closed
    child   | report      | 2026-03-02 10:00 |                  | home  | SG     | S1       | open
"""
EVENTS = """
    case_id | event_type  | occurred_at      | from_queue | to_queue
    open    | queue_moved | 2026-03-02 11:00 | first      | home
    closed  | closed      | 2026-03-02 12:00 |            |
    again   | queue_moved | 2026-03-02 10:00 | first      | middle
    again   | closed      | 2026-03-02 13:00 |            |
    again   | reopened    | 2026-03-03 08:00 |            |
    again   | queue_moved | 2026-03-04 09:00 | middle     | late
    again   | closed      | 2026-03-04 12:00 |            |
"""


def at(day, hour, minute=0):
    """Return an instant of March 2026, by Singapore's clock."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture(scope="module")
def case_set():
    return case_set_from(CASES, events=EVENTS, as_of="2026-03-09")


def ids(frame):
    return set(frame["case_id"])


def held(frame):
    return frame.set_index("case_id")["queue"].to_dict()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(2, 8, 59), set()),
        (at(2, 9), {"open", "closed", "again"}),
        (at(2, 11, 59), {"open", "closed", "again", "appeal", "child"}),
        (at(2, 12), {"open", "again", "appeal", "child"}),
        (at(2, 14), {"open", "appeal", "child"}),
        (at(3, 8), {"open", "again", "appeal", "child"}),
        (at(4, 12), {"open", "appeal", "child"}),
        (at(6, 0), {"open", "later", "appeal", "child"}),
    ],
)
def test_a_case_is_open_from_its_opening_to_its_closing_and_again_after_a_reopening(case_set, moment, expected):
    assert ids(open_queue(case_set, until=moment)) == expected


def test_the_queue_is_the_one_that_held_the_case_then(case_set):
    assert held(open_queue(case_set, until=at(2, 9))) == {"open": "first", "closed": "home", "again": "first"}
    assert held(open_queue(case_set, until=at(3, 9)))["again"] == "middle"
    assert held(open_queue(case_set))["open"] == "home"


def test_queues_keep_what_they_hold_at_that_moment_alone(case_set):
    assert ids(open_queue(case_set, until=at(2, 9), queues=["first"])) == {"open", "again"}
    assert open_queue(case_set, queues=["first"]).empty


def test_what_was_reopened_and_what_the_backlog_leaves_out_is_told(case_set):
    frame = open_queue(case_set, until=at(3, 9)).set_index("case_id")
    assert frame["is_reopened"].to_dict() == {"open": False, "again": True, "appeal": False, "child": False}
    assert frame["apart"].to_dict() == {"open": "", "again": "", "appeal": "appeal", "child": "child case"}
    assert frame["status"].to_dict()["again"] == "reopened"
    assert frame["age_hours"].to_dict()["open"] == 24


def test_without_a_log_columns_tell_and_the_loss_is_said():
    frame = open_queue(case_set_from(CASES, as_of="2026-03-09"), until=at(2, 14))
    assert ids(frame) == {"open", "again", "appeal", "child"}
    assert "keeps no log" in frame.attrs["loss"]
    assert frame["is_reopened"].isna().all()
    assert held(frame)["again"] == "late"


LATER = """
    case_id | created_at       | closed_at | decided_at       | reach | policy_id | severity | owner_id | tier | appealed_at | appeal_decided_at | appeal_status | is_escalated | first_assigned_at
    a       | 2026-03-02 09:00 |           | 2026-03-03 09:00 | 700   | P         | S2       | ann      | T2   | 2026-03-04  | 2026-03-06        | reversed      | yes          | 2026-03-02 10:00
"""


def test_nothing_is_known_of_later():
    """What a decision, an appeal, an escalation or a change of owner brought is blank before it."""
    told = "case_id | event_type | occurred_at\na | escalated | 2026-03-05"
    case_set = case_set_from(LATER, events=told, as_of="2026-03-09")
    [first] = open_queue(case_set, until=at(2, 9, 30)).to_dict("records")
    blank = ("decided_at", "reach", "policy_id", "owner_id", "tier", "appeal_status", "first_assigned_at")
    assert [name for name in blank if pd.notna(first[name])] == []
    assert (first["severity"], first["status"], first["is_escalated"]) == ("S2", "open", False)
    [then] = open_queue(case_set, until=at(5, 12)).to_dict("records")
    assert (then["reach"], then["policy_id"], then["appeal_status"], then["is_escalated"]) == (
        700,
        "P",
        "pending",
        True,
    )
    [last] = open_queue(case_set).to_dict("records")
    assert (last["appeal_status"], last["owner_id"], last["tier"]) == ("reversed", "ann", "T2")


def test_whatever_the_source_lacks_is_missing_and_typed():
    frame = open_queue(case_set_from("case_id | created_at | is_closed\na | 2026-03-02 | no\nb | 2026-03-02 | yes"))
    assert ids(frame) == {"a"}
    assert frame[["queue", "market", "reach", "sla_target_at", "content_id"]].isna().all(axis=None)
    assert str(frame["sla_target_at"].dtype) == "datetime64[us, UTC]"
    assert frame["reach"].dtype == "float64"


def test_cases_of_which_nobody_can_tell_are_counted_and_not_listed():
    drawn = """
        case_id | created_at | closed_at  | is_closed | dq_flags
        a       | 2026-03-02 |            | no        |
        b       | 2026-03-02 |            | yes       |
        c       | 2026-03-02 | 2026-03-08 | no        | look_ahead
    """
    frame = open_queue(case_set_from(drawn, as_of="2026-03-05"))
    assert ids(frame) == {"a"}
    assert frame.attrs["unknown"] == 2


def test_nothing_open_is_an_empty_frame_with_all_columns(case_set):
    frame = open_queue(case_set, until=at(1, 9))
    assert frame.empty
    assert list(frame.columns) == list(open_queue(case_set).columns)


def test_pauses_of_open_cases_run_to_their_end_or_to_the_moment():
    told = """
        case_id | event_type | occurred_at
        a       | resumed    | 2026-03-02 09:00
        a       | paused     | 2026-03-02 10:00
        a       | paused     | 2026-03-02 11:00
        a       | resumed    | 2026-03-02 12:00
        a       | paused     | 2026-03-02 14:00
        b       | paused     | 2026-03-02 10:00
    """
    cases = "case_id | created_at | closed_at\na | 2026-03-02 |\nb | 2026-03-02 | 2026-03-02 11:00"
    case_set = case_set_from(cases, events=told, as_of="2026-03-05")
    found = open_pauses(case_set, open_queue(case_set, until=at(2, 15)), until=at(2, 15))
    assert found["case_id"].tolist() == ["a", "a"]
    assert found["paused_at"].tolist() == [at(2, 10), at(2, 14)]
    assert found["resumed_at"].tolist() == [at(2, 12), at(2, 15)]
    assert found["is_open"].tolist() == [False, True]
    silent = case_set_from(cases)
    assert open_pauses(silent, open_queue(silent)).empty


@pytest.mark.parametrize("day", [date(2026, 6, 15), date(2026, 9, 7), date(2026, 10, 31)])
def test_as_many_are_open_as_the_backlog_counts(day, tmp_path_factory):
    """One instant, two ways to it: the backlog's difference of counts, and the list of cases."""
    case_set = load(Scope(), casebook=open_casebook(shared_sample(tmp_path_factory, cases=3_000)))
    window = Window(day - timedelta(days=7), day, case_set.scope.zone)
    frame = open_queue(case_set, until=window.ends_at - timedelta(microseconds=1))
    assert frame["apart"].eq("").sum() == measure(case_set, "backlog", window=window)["value"][0] > 0


@pytest.mark.parametrize("few", [0, 500])
def test_every_query_compiles_for_other_engines(few, case_set, monkeypatch):
    """The tables belong to no engine here, as they would to PostgreSQL or Spark: no expression may be DuckDB's own."""
    expected = open_queue(case_set, until=at(3, 9))
    engine = case_set.cases.get_backend()

    def answered(expression):
        for dialect in ("postgres", "databricks"):
            ibis.to_sql(expression, dialect=dialect)
        return engine.to_pyarrow(expression).to_pandas()

    module = import_module("tskit.patterns.open_queue")
    monkeypatch.setattr(module, "fetched", answered)
    monkeypatch.setattr(module, "_FEW", few)
    monkeypatch.setattr(module, "_counted", lambda table: int(answered(table.aggregate(n=table.count()))["n"][0]))
    unbound = replace(case_set, cases=case_set.cases.unbind(), events=case_set.events.unbind())
    pd.testing.assert_frame_equal(open_queue(unbound, until=at(3, 9)), expected)
    assert open_pauses(unbound, expected, until=at(3, 9)).empty


def test_what_the_casebooks_deadlines_read_comes_along_and_tells_nothing_of_later():
    """A deadline on a tag or on the first response fits no case whose row lacks the column."""
    deadline = Deadline("live", hours=3, where={"tags": "live", "channel": "mail"}, met_by="first_response_at")
    book = Casebook(Path("drawn"), "drawn", deadlines=(deadline,))
    drawn = """
        case_id | created_at       | tags | channel | first_response_at
        a       | 2026-03-02 09:00 | live | mail    | 2026-03-02 12:00
    """
    case_set = case_set_from(drawn, casebook=book, as_of="2026-03-09")
    [last] = open_queue(case_set).to_dict("records")
    assert (list(last["tags"]), last["channel"]) == (["live"], "mail")
    [then] = open_queue(case_set, until=at(2, 11)).to_dict("records")
    assert then["channel"] == "mail"
    assert pd.isna(then["tags"])
    assert pd.isna(then["first_response_at"])
