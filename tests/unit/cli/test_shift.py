"""Promises, handovers, notes and the checklist of a shift from the command line."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.samples import own_sample
from tskit.cli import main, on_duty
from tskit.duty import CHECKLIST, SHIFTS, checks, handovers, open_duty, promises, shift_notes
from tskit.model import Casebook

CASE = "5005g0000000001AAA"
NOW = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
"""Sunday 1 November 2026, 20:30 in Singapore: half an hour before the day shift ends."""
CANARY = "CANARY-words-7f3a"
SHIFT = """
[[shifts]]
name = "{name}"
site = "singapore"
begins = "{begins}"
ends = "{ends}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = own_sample(tmp_path_factory, cases=3_000)
    for path in (folder / "data").glob("*.jsonl"):
        path.unlink()
    settings = folder / "casebook.toml"
    own = settings.read_text(encoding="utf-8").partition("[[shifts]]")[0]
    day = SHIFT.format(name="day", begins="09:00", ends="21:00")
    settings.write_text(own + day + SHIFT.format(name="night", begins="21:00", ends="09:00"), encoding="utf-8")
    return folder


@pytest.fixture
def duty(folder, monkeypatch):
    for path in folder.glob("records.sqlite*"):
        path.unlink()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    return open_duty(Casebook.read(folder))


@pytest.fixture
def call(duty, capsys, monkeypatch):
    """Return a function that calls `tskit shift` so many minutes after 20:30; exit code, output, errors."""

    def run(verb, *arguments, at=0, author="mei"):
        monkeypatch.setattr(on_duty, "clock", lambda: NOW + timedelta(minutes=at))
        who = ["--author", author] if verb != "list" else []
        with pytest.raises(SystemExit) as caught:
            main(["shift", verb, *arguments, *who])
        shown = capsys.readouterr()
        return caught.value.code or 0, shown.out, shown.err

    return run


def test_a_promise_is_made_kept_and_listed(call, duty):
    code, shown, _ = call("promise", "Call legal", "--due", "2026-11-01T22:00", "--owner", "ben", "--case", CASE)
    assert code == 0
    assert shown.splitlines() == [
        f"P1  open  ben  due Sun 1 Nov 2026, 22:00, in 1 h 30 min  {CASE}",
        "    Call legal",
    ]
    assert (
        call("list", at=91)[1].splitlines()[0] == f"P1  LATE  ben  due Sun 1 Nov 2026, 22:00, passed 1 min ago  {CASE}"
    )
    code, shown, _ = call("done", "P1", "they agree", at=95, author="ben")
    assert (code, shown.splitlines()[-1]) == (0, "    done Sun 1 Nov 2026, 22:05, ben: they agree")
    assert "Nothing is promised and left to do" in call("list")[1]
    assert "they agree" in call("list", "--all")[1]
    (row,) = promises(duty).to_dict("records")
    assert (row["site"], row["state"], row["made_by"]) == ("singapore", "done", "mei")


def test_what_is_late_comes_first_then_what_is_due_first(call):
    call("promise", "someday")
    call("promise", "tomorrow", "--due", "+20h")
    call("promise", "soon", "--due", "+10min")
    call("promise", "now", "--due", "+5min")
    heads = [line.split()[:2] for line in call("list", at=7)[1].splitlines() if line.startswith("P")]
    assert heads == [["P4", "LATE"], ["P3", "open"], ["P2", "open"], ["P1", "open"]]


def test_a_promise_is_dropped_with_a_reason(call, duty):
    call("promise", "x")
    assert call("drop", "p1", "not needed any more")[0] == 0
    assert promises(duty)[["state", "note"]].to_numpy().tolist() == [["dropped", "not needed any more"]]
    code, _, told = call("done", "P1")
    assert code == 12
    assert "P1 is dropped already, since Sunday 1 November 2026, 20:30, Asia/Singapore, by mei" in told


def test_a_promise_is_replaced_at_its_own_site(call, duty):
    call("promise", "x", "--site", "manila")
    assert call("promise", "y", "--instead", "P1", "--due", "+1h")[0] == 0
    assert promises(duty)[["id", "site", "text"]].to_numpy().tolist() == [["P2", "manila", "y"]]


def test_what_was_said_by_mistake_is_taken_back(call, duty):
    call("promise", "x")
    call("done", "P1")
    code, shown, _ = call("undo", "#2", "not yet", at=3)
    assert (code, shown) == (0, "#3 took the done of #2 back, Sunday 1 November 2026, 20:33, Asia/Singapore, mei\n")
    assert list(promises(duty)["state"]) == ["open"]
    assert call("undo", "P1")[0] == 0
    assert promises(duty).empty


def test_a_handover_says_what_goes_with_it(call, duty):
    call("promise", "Call legal")
    code, shown, _ = call("handover", "All quiet", "--to", "dao", at=20)
    assert code == 0
    assert shown.splitlines() == [
        "#2 singapore handed over to dao, Sunday 1 November 2026, 20:50, Asia/Singapore, mei",
        "Promised and not done: 1",
        "P1  open  mei",
        "    Call legal",
        "Escalations in flight:",
        'No escalation is in flight. The first entry opens one: tskit log CASE "..."',
    ]
    assert handovers(duty)[["shift", "to", "note"]].to_numpy().tolist() == [["day", "dao", "All quiet"]]


@pytest.mark.parametrize(("at", "shift"), [(20, "day"), (45, "day"), (12 * 60 + 20, "night"), (12 * 60 + 50, "night")])
def test_a_handover_is_of_the_shift_that_ends_nearest_to_it(call, duty, at, shift):
    call("handover", at=at)
    assert list(handovers(duty)["shift"]) == [shift]


def test_the_list_begins_with_the_last_handover_and_the_notes_since(call, duty):
    call("note", "before")
    call("handover", "All quiet", "--to", "night", at=30)
    call("note", "Portal is down", "--case", CASE, at=40, author="dao")
    call("promise", "Call legal", at=41)
    assert call("list", at=42)[1].splitlines() == [
        "singapore: day handed over to night, Sunday 1 November 2026, 21:00, Asia/Singapore, mei",
        "    All quiet",
        f"singapore: note #3, {CASE}, Sun 1 Nov 2026, 21:10, dao",
        "    Portal is down",
        "P4  open  mei",
        "    Call legal",
    ]
    assert list(shift_notes(duty)["shift"]) == ["day", "night"]
    assert "Call legal" not in call("list", "--until", "#3")[1]


def test_the_checklist_is_ticked_for_the_shift_that_is_on(call, duty):
    assert call("check")[1].count("[ ]") == len(CHECKLIST)
    call("check", "due")
    code, shown, _ = call("check", "orders", "portal is down", "--open", at=5)
    assert code == 0
    assert shown.splitlines()[0] == "singapore, day since Sunday 1 November 2026, 09:00, Asia/Singapore"
    assert (shown.count("[ ]"), shown.count("[x]"), shown.count("[!]")) == (len(CHECKLIST) - 2, 1, 1)
    assert "    mei, Sun 1 Nov 2026, 20:35: portal is down" in shown.splitlines()
    assert call("check", "orders", at=6)[1].count("[x]") == 2
    assert checks(duty)[["item", "is_done", "shift"]].to_numpy().tolist() == [
        ["due", True, "day"], ["orders", False, "day"], ["orders", True, "day"],
    ]  # fmt: skip
    assert call("check", at=40)[1].count("[ ]") == len(CHECKLIST), "the night begins with a list of its own"


def test_promises_are_printed_as_json(call):
    call("promise", "x", "--due", "2026-11-01T22:00")
    call("promise", "y")
    call("done", "P2")
    (row,) = json.loads(call("list", "--json")[1])
    assert (row["id"], row["due_at"], row["done_at"]) == ("P1", "2026-11-01T14:00:00.000000Z", None)
    assert len(json.loads(call("list", "--json", "--all")[1])) == 2


def test_words_come_through_a_pipe(call, duty, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("one\ntwo\n"))
    assert call("note", "-")[0] == 0
    assert list(shift_notes(duty)["note"]) == ["one\ntwo"]


@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (["promise", CANARY, "--site", "singapur"], "'singapore'"),
        (["promise", CANARY, "--due", "soon"], "--due takes a time"),
        (["promise", CANARY, "--case", "5005g0000000001AAX"], f"Did you mean '{CASE}'"),
        (["promise", " "], "A promise says something"),
        (["promise", f"{CANARY}\x07"], "holds control characters"),
        (["promise", CANARY, "--instead", "P9"], "There is no promise P9. Nothing is promised yet"),
        (["done", "P3", CANARY], "There is no promise P3. Nothing is promised yet"),
        (["done", "third", CANARY], "a promise as in P12"),
        (["note", CANARY, "--shift", "dai"], "Did you mean 'day'"),
        (["handover", CANARY, "--shift", "dai"], "Did you mean 'day'"),
        (["check", "order", CANARY], "Did you mean 'orders'"),
        (["undo", "7"], "There is no entry #7 there"),
        (["list", "--site", "singapur"], "Did you mean 'singapore'"),
    ],
)
def test_what_does_not_hold_up_is_refused_unquoted_and_nothing_is_written(call, duty, arguments, because):
    code, shown, told = call(*arguments)
    assert code == 12
    assert because in told
    assert CANARY not in shown + told
    assert duty.store.head(SHIFTS)[0] == 0


def test_a_promise_that_is_not_there_is_refused_with_those_that_wait(call):
    for words in ("x", "y", "w"):
        call("promise", words)
    call("done", "P2")
    code, _, told = call("drop", "P21", "z")
    assert (code, "There is no promise P21. Not done yet: P1, P3." in told) == (12, True)
    assert "Say why it is given up" in call("drop", "P1", " ")[2]
