"""How an escalation stands follows from its entries, in the order of their numbers."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.duty import CASE, START, minute, said
from tskit.duty import ESCALATIONS, CaseEntry, case_log, escalations, numbered, open_duty, standing_of, take_back
from tskit.model import Casebook


@pytest.fixture
def log(tmp_path):
    return open_duty(Casebook(tmp_path, "book"))


def row(log, **how):
    (found,) = escalations(log, **how).to_dict("records")
    return found


def test_an_incident_is_told_as_it_went_on(log):
    """A table worked by hand: after each entry, who has it, what is next, and which hand-off waits."""
    said(log, "opened", 0, text="reports climb", owner="mei")
    said(log, "next", 10, text="take down or label", owner="ben", due_at=minute(60))
    said(log, "decision", 30, text="ask legal", author="ben", is_beside=True)
    said(log, "decision", 50, text="take it down", author="ben")
    said(log, "handoff", 60, text="the night has it", to="aisyah")
    said(log, "note", 61, text="phone is on the desk")
    said(log, "reply", 70, text="read it", author="aisyah", to="communications")
    said(log, "closed", 90, author="aisyah")
    said(log, "note", 95, text="afterwards")
    told = [
        (r["state"], r["owner"], r["next_step"], r["next_owner"], r["handed_to"], r["entries"])
        for r in (row(log, until=count) for count in range(1, 10))
    ]
    assert told == [
        ("open", "mei", "", "", "", 1),
        ("open", "mei", "take down or label", "ben", "", 2),
        ("open", "mei", "take down or label", "ben", "", 3),
        ("open", "mei", "", "", "", 4),
        ("open", "aisyah", "", "", "aisyah", 5),
        ("open", "aisyah", "", "", "aisyah", 6),
        ("open", "aisyah", "", "", "", 7),
        ("closed", "aisyah", "", "", "", 8),
        ("closed", "aisyah", "", "", "", 9),
    ]


def test_a_row_says_when_it_was_opened_and_last_written_to_and_what_is_due(log):
    said(log, "note", 0, text="x")
    said(log, "next", 10, text="x", due_at=minute(60), author="ben")
    told = row(log)
    assert (told["case_id"], told["opened_at"], told["opened_by"]) == (CASE, START, "mei")
    assert (told["last_at"], told["last_by"], told["last_seq"]) == (minute(10), "ben", 2)
    assert (told["due_at"], told["next_seq"], told["next_owner"]) == (minute(60), 2, "")


def test_a_hand_off_that_waits_says_since_when_and_by_whom(log):
    said(log, "handoff", 5, to="night")
    told = row(log)
    assert (told["handed_to"], told["handed_at"], told["handed_by"]) == ("night", minute(5), "mei")
    said(log, "owner", 9, owner="ben", author="ben")
    told = row(log)
    assert (told["handed_to"], told["handed_by"], told["owner"]) == ("", "", "ben")
    assert pd.isna(told["handed_at"])


def test_a_hand_off_waits_no_longer_when_its_author_names_an_owner_after_all(log):
    said(log, "handoff", 5, to="night")
    said(log, "note", 6, text="nobody picks up the phone")
    assert row(log)["handed_to"] == "night"
    said(log, "owner", 9, owner="mei")
    assert (row(log)["handed_to"], row(log)["owner"]) == ("", "mei")


def test_a_closed_escalation_is_opened_again_by_saying_so_and_by_nothing_else(log):
    said(log, "opened", 0, owner="mei")
    said(log, "closed", 1)
    said(log, "next", 2, text="x", due_at=minute(9))
    assert row(log)["state"] == "closed"
    said(log, "opened", 3, author="ben")
    assert (row(log)["state"], row(log)["owner"], row(log)["opened_by"]) == ("open", "mei", "mei")


def test_the_later_number_holds_when_two_people_name_an_owner_whatever_their_clocks_say(log):
    said(log, "owner", 10, owner="mei")
    said(log, "owner", 5, owner="ben", author="ben")
    assert row(log)["owner"] == "ben"
    assert list(case_log(log)["owner"]) == ["mei", "ben"]


def test_taking_a_closing_back_opens_the_escalation_and_its_next_step_again(log):
    said(log, "next", 0, text="x", due_at=minute(60))
    said(log, "closed", 1)
    take_back(log, numbered(log, ESCALATIONS, 2), author="ben", at=minute(3), key="u")
    assert (row(log)["state"], row(log)["next_step"]) == ("open", "x")


def test_cases_stand_in_the_order_in_which_they_were_opened(log):
    for number, case in enumerate(["c", "a", "b", "a"]):
        said(log, "note", number, case_id=case, text="x")
    assert list(escalations(log)["case_id"]) == ["c", "a", "b"]


def test_there_is_no_escalation_without_an_entry(log):
    empty = escalations(log)
    said(log, "note", 0, text="x")
    assert empty.empty
    assert dict(empty.dtypes) == dict(escalations(log).dtypes)
    assert standing_of([]) is None


STEPS = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from(["opened", "note", "decision", "next", "owner", "handoff", "closed", "undo", "replace"]),
    st.sampled_from(["mei", "ben"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_nothing_that_comes_later_changes_what_was_known(tmp_path_factory, steps):
    """After every entry the state is noted; read as of that number at the end, it is the same, and so is the log."""
    log = open_duty(Casebook(tmp_path_factory.mktemp("book"), "book"))
    known = []
    for number, (case, kind, author) in enumerate(steps):
        _write(log, number, case=case, kind=kind, author=author)
        known.append((log.store.head(ESCALATIONS)[0], escalations(log), case_log(log)))
    for count, rows, entries in known:
        pd.testing.assert_frame_equal(escalations(log, until=count), rows)
        pd.testing.assert_frame_equal(case_log(log, until=count), entries)
    assert log.store.verify(ESCALATIONS).is_whole
    log.store.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8), last=STEPS)
def test_what_is_written_and_taken_back_leaves_the_state_as_it_was(tmp_path_factory, steps, last):
    log = open_duty(Casebook(tmp_path_factory.mktemp("book"), "book"))
    for number, (case, kind, author) in enumerate(steps):
        _write(log, number, case=case, kind=kind, author=author)
    before, (case, kind, author) = escalations(log), last
    if kind != "undo" and _write(log, 99, case=case, kind=kind, author=author):
        seq = log.store.head(ESCALATIONS)[0]
        take_back(log, numbered(log, ESCALATIONS, seq), author="ben", at=minute(100), key="u99")
    pd.testing.assert_frame_equal(escalations(log), before)
    log.store.close()


def _write(log, number, *, case, kind, author):
    """Write a step of that kind; taking back and replacing are of the latest entry that stands, if there is one."""
    standing = case_log(log, [case])
    if kind == "undo":
        if len(standing):
            entry = numbered(log, ESCALATIONS, int(standing["seq"].iloc[-1]))
            take_back(log, entry, author=author, at=minute(number), key=f"u{number}")
        return None
    told = {"owner": "ben"} if kind == "owner" else {"to": "night"} if kind == "handoff" else {"text": f"t{number}"}
    if kind == "replace":
        kind, told = "decision", told | ({"supersedes": standing["key"].iloc[-1]} if len(standing) else {})
    return said(log, kind, number, case_id=case, author=author, **told)


def test_a_state_is_told_from_entries_alone():
    entries = [
        CaseEntry(CASE, "opened", "mei", START, "a", owner="mei", seq=1),
        CaseEntry(CASE, "next", "mei", START, "b", text="CANARY", seq=2),
    ]
    state = standing_of(entries)
    assert (state.is_open, state.owner, state.next_owner, state.entries) == (True, "mei", "mei", 2)
    assert "CANARY" not in repr(state)
