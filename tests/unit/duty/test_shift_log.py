"""What one shift promises the next, hands over and checks."""

from dataclasses import replace

import pandas as pd
import pytest

from tests.support.duty import CASE, SITE, minute, shift
from tskit.duty import (
    CHECKLIST,
    SHIFTS,
    ShiftEntry,
    checks,
    handovers,
    numbered,
    open_duty,
    promises,
    shift_notes,
    take_back,
    write_shift,
)
from tskit.errors import ParameterError
from tskit.model import Casebook, Site

CANARY = "CANARY-shift-7f3a"


@pytest.fixture
def log(tmp_path):
    sites = tuple(Site(name, "SG", "Asia/Singapore") for name in (SITE, "manila"))
    return open_duty(Casebook(tmp_path, "book", sites=sites))


def states(log, **how):
    return dict(promises(log, **how)[["id", "state"]].itertuples(index=False, name=None))


def test_a_promise_comes_back_as_it_was_made(log):
    made = ShiftEntry(SITE, "promise", "mei", minute(1), "k1", text="call legal", case_id=CASE, due_at=minute(60))
    assert write_shift(log, made) == replace(made, seq=1)
    (row,) = promises(log).to_dict("records")
    assert pd.isna(row.pop("done_at"))
    assert row == {
        "id": "P1", "key": "k1", "site": SITE, "text": "call legal", "case_id": CASE, "owner": "mei",
        "due_at": minute(60), "made_at": minute(1), "made_by": "mei", "state": "open", "done_by": "", "note": "", "seq": 1,
    }  # fmt: skip


def test_a_promise_is_late_from_its_moment_on_until_it_is_done(log):
    shift(log, "promise", 0, text="x", due_at=minute(60), owner="ben")
    shift(log, "done", 70, promise="k0", author="ben", text="called")
    assert states(log, until=minute(60)) == {"P1": "open"}
    assert states(log, until=minute(61)) == {"P1": "late"}
    assert states(log, until=minute(70)) == {"P1": "done"}
    assert states(log, until=1) == {"P1": "open"}
    assert states(log, until=1, now=minute(61)) == {"P1": "late"}
    (row,) = promises(log).to_dict("records")
    assert (row["owner"], row["done_at"], row["done_by"], row["note"]) == ("ben", minute(70), "ben", "called")


def test_what_is_dropped_is_neither_open_nor_late(log):
    shift(log, "promise", 0, text="x", due_at=minute(1))
    shift(log, "dropped", 5, promise="k0", text="not needed")
    assert states(log, now=minute(9)) == {"P1": "dropped"}


def test_taking_done_back_opens_the_promise_again(log):
    shift(log, "promise", 0, text="x")
    shift(log, "done", 5, promise="k0")
    take_back(log, numbered(log, SHIFTS, 2), author="ben", at=minute(6), key="u")
    assert states(log) == {"P1": "open"}


def test_a_promise_can_be_replaced_and_both_stay_in_the_log(log):
    shift(log, "promise", 0, text="x")
    shift(log, "promise", 1, text="y", supersedes="k0", author="ben")
    assert list(promises(log)["text"]) == ["y"]
    assert len(log.store.entries(SHIFTS)) == 2


def test_what_is_done_names_a_promise_of_its_site(log):
    shift(log, "promise", 0, text="x")
    with pytest.raises(ParameterError, match="no such promise at this site"):
        shift(log, "done", 1, promise="k0", site="manila")
    with pytest.raises(ParameterError, match="no such promise at this site"):
        shift(log, "done", 1, promise="other")


def test_a_site_that_the_casebook_does_not_name_is_refused_with_the_nearest(log):
    with pytest.raises(ParameterError, match="Did you mean 'singapore'"):
        shift(log, "note", 0, text="x", site="singapur")


def test_sites_are_read_apart_and_together(log):
    shift(log, "promise", 0, text="x")
    shift(log, "promise", 1, text="y", site="manila")
    assert list(promises(log, site="manila")["id"]) == ["P2"]
    assert list(promises(log)["id"]) == ["P1", "P2"]


def test_a_handover_says_which_shift_ended_and_to_whom_it_went(log):
    shift(log, "handover", 0, shift="weekend day", to="weekend night", text="all quiet")
    (row,) = handovers(log, site=SITE).to_dict("records")
    assert row == {
        "at": minute(0), "site": SITE, "shift": "weekend day", "by": "mei", "to": "weekend night", "note": "all quiet",
        "key": "k0", "seq": 1,
    }  # fmt: skip
    assert handovers(log, site="manila").empty


def test_checks_are_those_of_the_shift_since_it_began(log):
    shift(log, "check", 0, item="due", shift="weekend day")
    shift(log, "check", 10, item="due", shift="weekend night")
    shift(log, "check", 20, item="orders", shift="weekend night", is_done=False, text="portal is down")
    found = checks(log, site=SITE, shift="weekend night", since=minute(5))
    assert found[["item", "is_done", "note"]].to_numpy().tolist() == [
        ["due", True, ""],
        ["orders", False, "portal is down"],
    ]
    assert len(checks(log)) == 3
    assert list(checks(log, since=minute(15))["item"]) == ["orders"]


def test_notes_are_kept_beside_promises(log):
    shift(log, "note", 0, text="queue is quiet", shift="weekend day")
    shift(log, "note", 10, text="x", case_id=CASE)
    assert list(shift_notes(log, site=SITE)["note"]) == ["queue is quiet", "x"]
    assert list(shift_notes(log, since=minute(5))["case_id"]) == [CASE]


@pytest.mark.parametrize("read", [promises, handovers, checks, shift_notes])
def test_the_frames_have_their_columns_and_kinds_without_any_entry(log, read):
    empty = read(log)
    shift(log, "promise", 0, text="x")
    shift(log, "handover", 1)
    shift(log, "check", 2, item="due")
    shift(log, "note", 3, text="x")
    assert empty.empty
    assert dict(empty.dtypes) == dict(read(log).dtypes)


@pytest.mark.parametrize(
    ("kind", "told", "because"),
    [
        ("vow", {"text": CANARY}, "no kind of entry 'vow'"),
        ("promise", {}, "A promise says something"),
        ("note", {"text": "\t"}, "A note says something"),
        ("done", {"text": CANARY}, "names its promise"),
        ("note", {"text": CANARY, "promise": "k0"}, "names its promise"),
        ("check", {"text": CANARY}, "names its item"),
        ("note", {"text": CANARY, "item": "due"}, "names its item"),
        ("note", {"text": CANARY, "is_done": False}, "Only an item of the checklist"),
        ("note", {"text": CANARY, "due_at": minute(0)}, "Only a promise is due"),
        ("note", {"text": f"{CANARY}\x07"}, "text of an entry holds control characters"),
        ("note", {"text": CANARY, "site": ""}, "needs a site"),
    ],
)
def test_what_does_not_hold_up_is_refused_unquoted_and_nothing_is_written(log, kind, told, because):
    with pytest.raises(ParameterError, match=because) as caught:
        shift(log, kind, 1, **told)
    assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert log.store.head(SHIFTS)[0] == 0


def test_the_same_key_twice_is_the_same_as_once(log):
    shift(log, "promise", 0, text="x")
    first = shift(log, "done", 1, promise="k0")
    assert shift(log, "done", 1, promise="k0") == first
    assert log.store.head(SHIFTS)[0] == 2


def test_each_item_of_the_checklist_is_a_sentence_under_a_name_that_is_quickly_typed():
    assert all(name.isalpha() and len(name) <= 12 for name in CHECKLIST)
    assert all(sentence.endswith(".") for sentence in CHECKLIST.values())
