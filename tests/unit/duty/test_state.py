"""What a write-up reads of the logs can be read again: the same place gives the same, whoever wrote since."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.duty import minute, said, shift
from tskit.duty import ESCALATIONS, SHIFTS, case_log, duty_state, escalations, open_duty, promises
from tskit.errors import ParameterError
from tskit.model import LOGS_MIME, Casebook

BOTH = (ESCALATIONS, SHIFTS)
CANARY = "CANARY-note-7f3a"


@pytest.fixture
def book(tmp_path):
    book = Casebook(tmp_path, "book", zone="Asia/Singapore")
    log = open_duty(book)
    said(log, "opened", 0, text=CANARY, owner=CANARY)
    said(log, "note", 10, text=CANARY)
    said(log, "next", 20, text="decide", due_at=minute(60))
    shift(log, "promise", 5, text=CANARY, due_at=minute(30))
    return book


def read(state):
    """Return everything that a write-up takes from the logs."""
    frames = (
        case_log(state.log, until=state.until, with_history=True),
        escalations(state.log, until=state.until),
        promises(state.log, until=state.until, now=minute(45)),
    )
    return [frame.to_dict("records") for frame in frames]


def write_more(book):
    """Let others write: later, with a clock that is wrong, and to take back and replace what stood."""
    log = open_duty(book)
    said(log, "decision", 30, text="take down")
    said(log, "note", -600, text="by a clock that is slow")
    said(log, "note", 40, text="put better", supersedes="k10")
    shift(log, "done", 31, promise="k5", text="done")


def test_a_state_says_how_far_each_log_was_read_and_by_what_it_is_read_again(book):
    state = duty_state(book, BOTH)
    heads = [open_duty(book).store.head(name) for name in BOTH]
    assert [(place.entries, place.digest) for place in state.places] == heads == [(3, heads[0][1]), (1, heads[1][1])]
    assert state.again == "#3/#1"
    assert state._repr_mimebundle_()["text/plain"] == (
        f"Read of the logs of duty: 3 entries of escalations, the last {heads[0][1][:12]}; 1 entry of shifts, the last "
        f"{heads[1][1][:12]}. log_until=#3/#1 reads the same again."
    )


def test_nothing_that_was_written_is_part_of_what_a_manifest_keeps(book):
    state = duty_state(book, BOTH, until=minute(90))
    assert CANARY not in json.dumps(state._repr_mimebundle_()) + repr(state)
    assert state._repr_mimebundle_()[LOGS_MIME] == {
        "places": [place.as_json() for place in state.places],
        "until": "2026-11-01T04:30:00+00:00",
        "again": {"log_until": "#3/#1"},
    }


@pytest.mark.parametrize("until", [None, minute(15), minute(90)])
@pytest.mark.parametrize("asked", ["", "2026-11-01T11:12", "2026-11-01", "2026-11-01T13:00 #2/#1", "#2/#0"])
def test_the_same_comes_back_by_its_place_whatever_was_written_since(book, until, asked):
    before = duty_state(book, BOTH, until=until, log_until=asked)
    was = read(before)
    write_more(book)
    again = duty_state(book, BOTH, until=until, log_until=before.again)
    assert read(again) == was == read(before)
    assert (again.places, again.again, again.until) == (before.places, before.again, before.until)


def test_what_others_write_while_a_write_up_is_made_waits_for_the_next(book):
    state = duty_state(book, BOTH)
    write_more(book)
    assert len(case_log(state.log)) == 3
    assert len(case_log(duty_state(book, BOTH).log)) == 5
    assert case_log(state.log, until=2).shape[0] == 2


def test_the_moment_of_the_write_up_holds_beside_a_number(book):
    for asked, kinds in (("#3/#1", ["opened", "note"]), ("2026-11-01T11:20", ["opened", "note", "next"])):
        state = duty_state(book, BOTH, until=minute(15), log_until=asked)
        assert list(case_log(state.log, until=state.until)["kind"]) == kinds


def test_a_day_is_meant_to_its_end_in_the_zone_that_is_named(book):
    said(open_duty(book), "note", 14 * 60, text="on Monday in Singapore, on Sunday in Stockholm")
    for zone, until in (("", "2026-11-01T15:59:59.999999"), ("Europe/Stockholm", "2026-11-01T22:59:59.999999")):
        state = duty_state(book, BOTH, zone=zone, log_until="2026-11-01")
        assert state.until == datetime.fromisoformat(until).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["#2", "#2/#1/#1", "#2#1", "#2/1", "#", "yesterday", "yesterday #2/#1", "#two/#1"])
def test_what_is_no_place_is_refused_with_an_example(book, text):
    with pytest.raises(ParameterError, match=r"#12/#30|A moment is a day"):
        duty_state(book, BOTH, log_until=text)
    with pytest.raises(ParameterError, match=r": #12\.$"):
        duty_state(book, (ESCALATIONS,), log_until="#2/#1")


def test_more_than_the_log_has_is_no_place(book):
    with pytest.raises(ParameterError, match="The log has 1 entries, and #2 asks for more"):
        duty_state(book, BOTH, log_until="#3/#2")


def test_a_team_that_keeps_no_records_reads_nothing_and_none_are_made(tmp_path):
    book = Casebook(tmp_path, "book")
    state = duty_state(book, BOTH)
    with state.reading():
        assert [len(rows) for rows in read(state)] == [0, 0, 0]
    assert state.again == "#0/#0"
    assert "no entry of escalations; no entry of shifts" in state._repr_mimebundle_()["text/plain"]
    assert list(tmp_path.iterdir()) == []
    assert read(duty_state(book, BOTH, log_until=state.again)) == read(state)
    with pytest.raises(ParameterError, match="keeps no records"):
        duty_state(book, BOTH, log_until="#1/#0")


def test_what_was_read_before_there_were_records_is_read_again_once_there_are(tmp_path):
    book = Casebook(tmp_path, "book")
    before = duty_state(book, BOTH)
    said(open_duty(book), "opened", 0, text="first")
    assert read(duty_state(book, BOTH, log_until=before.again)) == read(before)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(-300, 300), max_size=6, unique=True), place=st.integers(0, 6))
def test_every_earlier_place_stays_what_it_was(tmp_path_factory, minutes, place):
    book = Casebook(tmp_path_factory.mktemp("book"), "book")
    log, seen = open_duty(book), []
    for minute_ in minutes:
        seen.append(read(duty_state(book, BOTH)))
        said(log, "note", minute_, text=f"at {minute_}")
    seen.append(read(duty_state(book, BOTH)))
    place = min(place, len(minutes))
    assert read(duty_state(book, BOTH, log_until=f"#{place}/#0")) == seen[place]
