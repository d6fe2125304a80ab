"""What is written about an escalation stands, can be replaced and taken back, and stays in the history."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.support.duty import CASE, minute, said
from tskit.duty import ESCALATIONS, CaseEntry, case_log, numbered, open_duty, take_back, write_case
from tskit.errors import ParameterError
from tskit.model import Casebook

CANARY = "CANARY-log-7f3a"


@pytest.fixture
def log(tmp_path):
    return open_duty(Casebook(tmp_path, "book"))


def kinds(log, *cases, **how):
    return list(case_log(log, cases or None, **how)["kind"])


def undo(log, number, *, minutes=90, author="ben", key="u1", reason=""):
    entry = numbered(log, ESCALATIONS, number)
    return take_back(log, entry, author=author, at=minute(minutes), key=key, reason=reason)


def test_an_entry_comes_back_as_it_was_written(log):
    made = CaseEntry(
        CASE, "next", "mei", minute(1), "k1", text="first line\nsecond", owner="ben", due_at=minute(60),
    )  # fmt: skip
    assert write_case(log, made) == replace(made, seq=1)
    (row,) = case_log(log, [CASE]).to_dict("records")
    assert row == {
        "at": minute(1), "case_id": CASE, "kind": "next", "text": "first line\nsecond", "author": "mei", "owner": "ben",
        "to": "", "due_at": minute(60), "is_beside": False, "key": "k1", "seq": 1, "supersedes": "",
    }  # fmt: skip


def test_the_frame_has_its_columns_and_kinds_without_any_entry(log):
    empty = case_log(log, [CASE])
    said(log, "note", 1, text="x")
    assert empty.empty
    assert dict(empty.dtypes) == dict(case_log(log, [CASE]).dtypes)


def test_a_log_is_read_for_one_case_for_several_and_for_all(log):
    said(log, "note", 1, case_id="a", text="x")
    said(log, "decision", 2, case_id="b", text="x")
    said(log, "reply", 3, case_id="c", text="x")
    assert kinds(log, "a") == ["note"]
    assert kinds(log, "c", "a") == ["note", "reply"]
    assert kinds(log) == ["note", "decision", "reply"]
    assert list(case_log(log, "b")["kind"]) == ["decision"]
    assert case_log(log, []).empty


def test_the_same_key_twice_is_the_same_as_once(log):
    first = said(log, "note", 1, text="x")
    said(log, "note", 2, text="y", supersedes="k1")
    assert said(log, "note", 1, text="x") == first
    assert said(log, "note", 2, text="y", supersedes="k1").seq == 2
    assert list(case_log(log)["text"]) == ["y"]


def test_a_key_stands_for_one_entry(log):
    said(log, "note", 1, text="x")
    with pytest.raises(ParameterError, match="key was used for another entry"):
        said(log, "note", 1, text=CANARY)


def test_a_decision_that_is_replaced_stays_in_the_history(log):
    said(log, "decision", 1, text="leave it up")
    said(log, "decision", 2, text="take it down", supersedes="k1", author="ben")
    assert list(case_log(log)["text"]) == ["take it down"]
    told = case_log(log, with_history=True)[["text", "state", "ended_by"]]
    assert told.values.tolist() == [["leave it up", "replaced", 2], ["take it down", "stands", 0]]


def test_what_is_taken_back_stays_in_the_history_and_what_it_replaced_stands_again(log):
    said(log, "decision", 1, text="leave it up")
    said(log, "decision", 2, text="take it down", supersedes="k1")
    undo(log, 2, reason="the wrong case")
    assert list(case_log(log)["text"]) == ["leave it up"]
    told = case_log(log, with_history=True)[["kind", "author", "state", "ended_by"]].to_numpy().tolist()
    assert told == [
        ["decision", "mei", "stands", 0], ["decision", "mei", "taken back", 3], ["undo", "ben", "undo", 0],
    ]  # fmt: skip
    assert case_log(log, with_history=True)["text"].iloc[-1] == "the wrong case"


def test_taking_back_is_asked_once_of_what_stands(log):
    said(log, "decision", 1, text="x")
    said(log, "decision", 2, text="y", supersedes="k1")
    with pytest.raises(ParameterError, match="#1 was replaced since"):
        undo(log, 1)
    undo(log, 2)
    assert undo(log, 2).seq == 3
    with pytest.raises(ParameterError, match="#2 was taken back already"):
        undo(log, 2, key="u2")
    with pytest.raises(ParameterError, match="#3 takes another entry back"):
        undo(log, 3, key="u3")


def test_an_entry_that_is_not_there_is_refused_with_the_nearest(log):
    with pytest.raises(ParameterError, match=r"no entry #7 there\. Nothing was written there yet"):
        numbered(log, ESCALATIONS, 7, subject=CASE)
    said(log, "note", 1, text="x")
    said(log, "note", 2, text="x", case_id="other")
    with pytest.raises(ParameterError, match=r"no entry #2 there\. The nearest is #1"):
        numbered(log, ESCALATIONS, 2, subject=CASE)


def test_only_what_stands_about_the_same_case_can_be_replaced(log):
    said(log, "note", 1, text="x")
    for told in ({"supersedes": "none"}, {"supersedes": "k1", "case_id": "other"}):
        with pytest.raises(ParameterError, match="does not stand there any more"):
            said(log, "note", 2, text="y", **told)
    assert kinds(log) == ["note"]


def test_the_log_is_read_as_of_a_moment_or_a_number_of_entries(log):
    said(log, "note", 1, text="a")
    said(log, "decision", 2, text="b", supersedes="k1")
    undo(log, 2, minutes=3)
    assert [kinds(log, until=count) for count in range(4)] == [[], ["note"], ["decision"], ["note"]]
    assert [kinds(log, until=minute(m)) for m in (0, 1, 2, 3)] == [[], ["note"], ["decision"], ["note"]]
    assert list(case_log(log, until=1, with_history=True)["state"]) == ["stands"]
    with pytest.raises(ParameterError, match="has 3 entries, and #4 asks for more"):
        case_log(log, until=4)


@pytest.mark.parametrize(
    ("kind", "told", "because"),
    [
        ("idea", {"text": CANARY}, "no kind of entry 'idea'"),
        ("note", {}, "A note says something"),
        ("decision", {"text": " \n"}, "A decision says something"),
        ("owner", {}, "names the owner"),
        ("handoff", {"text": CANARY}, "says to whom"),
        ("handoff", {"to": "night", "owner": "ben"}, "names no other owner"),
        ("note", {"text": CANARY, "to": "ben"}, "Only a hand-off or a reply"),
        ("note", {"text": CANARY, "due_at": minute(9)}, "Only the next step is due"),
        ("note", {"text": CANARY, "is_beside": True}, "Only a decision"),
        ("note", {"text": f"{CANARY}\x1b[2J"}, "text of an entry holds control characters"),
        ("note", {"text": CANARY * 400}, "text of an entry has at most 4,000"),
        ("note", {"text": CANARY, "author": "mei\u202e"}, "author of an entry is one line"),
        ("note", {"text": CANARY, "case_id": ""}, "needs a case"),
        ("note", {"text": CANARY, "key": ""}, "needs a case, an author and a key"),
        ("next", {"text": CANARY, "due_at": datetime(2026, 11, 1, 9)}, "needs a zone"),  # noqa: DTZ001  # what is refused
    ],
)
def test_what_does_not_hold_up_is_refused_unquoted_and_nothing_is_written(log, kind, told, because):
    with pytest.raises(ParameterError, match=because) as caught:
        said(log, kind, 1, **told)
    assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert case_log(log).empty


def test_no_repr_shows_what_was_written(log):
    entry = said(log, "next", 1, text=CANARY, owner=CANARY)
    assert CANARY not in f"{entry!r} {log!r} {numbered(log, ESCALATIONS, 1)!r}"


def test_moments_are_kept_to_the_instant_whatever_zone_they_are_told_in(log):
    at = minute(1).astimezone(tz=datetime.fromisoformat("2026-11-01T00:00+08:00").tzinfo) + timedelta(microseconds=7)
    said(log, "next", 1, text="x", due_at=at)
    assert case_log(log)["due_at"].iloc[0] == at
