"""The log of an escalation from the command line: what is written, what stands, and what is refused."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.samples import own_sample
from tskit.cli import main, on_duty
from tskit.duty import case_entries, case_log, escalations, open_duty
from tskit.model import Casebook
from tskit.records import Draft

CASE = "5005g0000000001AAA"
NOW = datetime(2026, 11, 1, 11, 40, tzinfo=UTC)
CANARY = "CANARY-words-7f3a"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = own_sample(tmp_path_factory, cases=3_000)
    for path in (folder / "data").glob("*.jsonl"):
        path.unlink()
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
    """Return a function that calls `tskit log` so many minutes after 19:40 in Singapore; exit code, output, errors."""

    def run(*arguments, at=0, author="mei"):
        monkeypatch.setattr(on_duty, "clock", lambda: NOW + timedelta(minutes=at))
        with pytest.raises(SystemExit) as caught:
            main(["log", *arguments, "--author", author])
        shown = capsys.readouterr()
        return caught.value.code or 0, shown.out, shown.err

    return run


def test_the_first_entry_opens_the_escalation_and_says_what_stands(call, duty):
    code, shown, _ = call(CASE, "Reports climb", "--owner", "ben")
    assert code == 0
    assert shown.splitlines() == [
        "#1 owner, Sunday 1 November 2026, 19:40, Asia/Singapore, mei",
        f"{CASE}: open since Sunday 1 November 2026, 19:40, Asia/Singapore; owner: ben",
        "Nothing is due next. Say what must be decided, and until when: --due",
        "This opened the escalation.",
    ]
    (entry,) = case_entries(duty, CASE)
    assert (entry.text, entry.owner, entry.author, entry.at) == ("Reports climb", "ben", "mei", NOW)


def test_a_next_step_is_told_with_its_deadline_and_who_decides(call):
    call(CASE, "Reports climb", "--owner", "ben")
    code, shown, _ = call(CASE, "Take it down or label it", "--due", "2026-11-01T21:00", "--owner", "aisyah", at=10)
    assert code == 0
    assert shown.splitlines() == [
        "#2 next, Sunday 1 November 2026, 19:50, Asia/Singapore, mei",
        f"{CASE}: open since Sunday 1 November 2026, 19:40, Asia/Singapore; owner: ben",
        "Next: Take it down or label it; aisyah decides, due Sunday 1 November 2026, 21:00, Asia/Singapore (in 1 h 10 min)",
    ]


@pytest.mark.parametrize(
    ("due", "at"),
    [
        ("2026-11-02T09:00", "2026-11-02T01:00:00+00:00"),
        ("2026-11-02T09:00+00:00", "2026-11-02T09:00:00+00:00"),
        ("2026-11-02", "2026-11-02T15:59:59.999999+00:00"),
        ("+90min", "2026-11-01T13:10:00+00:00"),
        ("+2h", "2026-11-01T13:40:00+00:00"),
        ("+1d", "2026-11-02T11:40:00+00:00"),
    ],
)
def test_a_deadline_is_a_time_in_the_casebooks_zone_a_day_or_so_long_from_now(call, duty, due, at):
    call(CASE, "x", "--due", due)
    assert case_log(duty)["due_at"].iloc[0] == datetime.fromisoformat(at)


def test_the_kind_follows_from_the_options_that_go_with_it(call, duty):
    call(CASE, "x")
    call(CASE, "x", "--owner", "ben")
    call(CASE, "--to", "night")
    call(CASE, "x", "--due", "+2h")
    call(CASE, "x", "--kind", "reply", "--to", "legal")
    assert list(case_log(duty)["kind"]) == ["note", "owner", "handoff", "next", "reply"]


def test_a_case_is_found_by_its_number_and_an_unknown_one_refused_with_the_nearest(call, duty):
    number = "000000001"
    assert call(number, "x")[0] == 0
    assert list(case_log(duty)["case_id"]) == [CASE]
    code, _, told = call("5005g0000000001AAX", "x")
    assert code == 12
    assert f"Did you mean '{CASE}'" in told
    assert "write with --new" in told
    assert len(case_log(duty)) == 1


def test_a_case_that_is_newer_than_the_source_is_written_when_that_is_said(call, duty):
    assert call("5005g0000009999AAA", "x", "--new")[0] == 0
    assert call("5005g0000009999AAA", "y")[0] == 0
    assert list(case_log(duty)["case_id"]) == ["5005g0000009999AAA"] * 2


def test_a_case_that_has_a_log_needs_no_source(call, duty, folder):
    call(CASE, "x")
    cases = folder / "data" / "cases.parquet"
    cases.rename(cases.with_suffix(".away"))
    try:
        assert call(CASE, "y")[0] == 0
        assert call(CASE)[0] == 0
        assert call()[0] == 0
    finally:
        cases.with_suffix(".away").rename(cases)


def test_the_log_is_shown_with_the_time_since_the_entry_before(call):
    call(CASE, "Reports climb", "--owner", "ben")
    call(CASE, "Take it down\nin both markets", "--kind", "decision", at=25, author="ben")
    call(CASE, "Night has it", "--to", "dao", at=140, author="ben")
    code, shown, _ = call(CASE, at=150)
    assert code == 0
    assert shown.splitlines() == [
        f"{CASE}: open since Sunday 1 November 2026, 19:40, Asia/Singapore; owner: dao",
        "Nothing is due next. Say what must be decided, and until when: --due",
        "Handed to dao 10 min ago; nobody else has written since.",
        "",
        "#1  Sun 1 Nov 2026, 19:40               mei  owner (ben)",
        "    Reports climb",
        "#2  Sun 1 Nov 2026, 20:05  +25 min      ben  decision",
        "    Take it down",
        "    in both markets",
        "#3  Sun 1 Nov 2026, 22:00  +1 h 55 min  ben  handed to dao",
        "    Night has it",
    ]


def test_the_log_is_shown_as_of_a_moment_or_a_number_of_entries(call):
    call(CASE, "first")
    call(CASE, "second", "--due", "2026-11-01T21:00", at=10)
    call(CASE, "third", "--kind", "decision", at=20)
    for until in ("#2", "2026-11-01T19:50", "2026-11-01T19:59:59"):
        _, shown, _ = call(CASE, "--until", until, at=500)
        assert "third" not in shown
        assert "Next: second" in shown
    assert "(in 1 h 5 min)" in call(CASE, "--until", "2026-11-01T19:55", at=500)[1]
    assert "Nothing is written about this case as of Saturday 31 October" in call(CASE, "--until", "2026-10-31")[1]
    assert "asks for more" in call(CASE, "--until", "#9")[2]


def test_an_entry_is_replaced_and_taken_back_and_the_history_shows_both(call):
    call(CASE, "leave it up", "--kind", "decision")
    call(CASE, "take it down", "--instead", "#1", at=5, author="ben")
    code, shown, _ = call(CASE, "--undo", "2", "the wrong case", at=6)
    assert code == 0
    assert shown.splitlines()[0] == "#3 took an entry back, Sunday 1 November 2026, 19:46, Asia/Singapore, mei"
    assert "take it down" not in call(CASE)[1]
    assert call(CASE, "--history")[1].splitlines()[-6:] == [
        "#1  Sun 1 Nov 2026, 19:40          mei  decision",
        "    leave it up",
        "#2  Sun 1 Nov 2026, 19:45  +5 min  ben  decision [taken back by #3]",
        "    take it down",
        "#3  Sun 1 Nov 2026, 19:46  +1 min  mei  took an entry back",
        "    the wrong case",
    ]


def test_what_others_wrote_meanwhile_is_told_and_who_had_it_before(call):
    call(CASE, "x", "--owner", "mei")
    call(CASE, "--owner", "ben", at=1, author="ben")
    call(CASE, "y", at=2, author="dao")
    shown = call(CASE, "--owner", "mei", at=3)[1].splitlines()
    assert shown[-2:] == ["Before, ben had it.", "ben and dao wrote since your last entry: #2, #3"]
    assert "wrote since" not in call(CASE, "z", at=4)[1]


def test_a_decision_says_that_it_settles_the_next_step_or_stands_beside_it(call, duty):
    call(CASE, "label or remove", "--due", "+2h")
    assert "settled" not in call(CASE, "ask legal", "--kind", "decision", "--beside")[1]
    assert escalations(duty)["next_step"].iloc[0] == "label or remove"
    shown = call(CASE, "remove", "--kind", "decision")[1]
    assert shown.splitlines()[-1] == "This settled the next step of #1; --beside would leave it open."
    assert escalations(duty)["next_step"].iloc[0] == ""


def test_a_closed_escalation_takes_notes_and_is_opened_again_by_saying_so(call, duty):
    call(CASE, "x", "--owner", "ben")
    assert f"{CASE}: closed; it was opened Sunday" in call(CASE, "over", "--kind", "closed")[1]
    code, _, told = call(CASE, "y", "--due", "+2h")
    assert code == 12
    assert f"tskit log {CASE} --kind opened" in told
    assert call(CASE, "a lesson")[0] == 0
    assert escalations(duty)["state"].iloc[0] == "closed"
    assert call(CASE, "--kind", "opened")[0] == 0
    assert escalations(duty)["state"].iloc[0] == "open"


def test_escalations_in_flight_are_listed_the_most_pressing_first(call):
    assert "No escalation is in flight. The first entry opens one" in call()[1]
    call("a", "x", "--new")
    call("b", "later", "--due", "+5h", "--owner", "ben", "--new")
    call("c", "sooner", "--due", "+1h", "--new", at=1)
    call("d", "x", "--new", at=2)
    call("d", "--kind", "closed", at=3)
    call("a", "--to", "night", at=4)
    assert call(at=91)[1].splitlines() == [
        "c  nobody               due Sun 1 Nov 2026, 20:41, passed 30 min ago  last entry #3, Sun 1 Nov 2026, 19:41, mei",
        "    next: sooner",
        "b  nobody               due Mon 2 Nov 2026, 00:40, in 3 h 29 min      last entry #2, Sun 1 Nov 2026, 19:40, mei",
        "    next: later (ben decides)",
        "a  night, not taken up                                                last entry #6, Sun 1 Nov 2026, 19:44, mei",
        "    next: nothing is due",
    ]
    assert call("--all")[1].splitlines()[-1].split()[:3] == ["d", "nobody", "closed"]
    assert [line[0] for line in call("--until", "#1")[1].splitlines()] == ["a", " "]


def test_words_come_through_a_pipe(call, duty, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{CANARY}\r\nsecond line\n"))
    assert call(CASE, "-")[0] == 0
    assert case_log(duty)["text"].iloc[0] == f"{CANARY}\nsecond line"


def test_it_is_printed_as_json(call):
    call(CASE, "Grüße", "--due", "2026-11-02T09:00")
    (row,) = json.loads(call(CASE, "--json")[1])
    assert (row["text"], row["due_at"], row["seq"]) == ("Grüße", "2026-11-02T01:00:00.000000Z", 1)
    (row,) = json.loads(call("--json")[1])
    assert (row["case_id"], row["next_step"], row["handed_at"]) == (CASE, "Grüße", None)
    (row,) = json.loads(call(CASE, "x", "--json")[1])
    assert (row["seq"], row["state"]) == (2, "stands")


@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (["--owner", "ben"], "Name the case that it is about"),
        ([CASE, CANARY, "--until", "#1"], "leave them out to write"),
        ([CASE, CANARY, "--kind", "decison"], "Did you mean 'decision'"),
        ([CASE, "--kind", "decision"], "A decision says something"),
        ([CASE, CANARY, "--due", "soon"], "--due takes a time"),
        ([CASE, CANARY, "--due", "#12"], "--due takes a time"),
        ([CASE, CANARY, "--kind", "note", "--due", "+2h"], "Only the next step is due"),
        ([CASE, f"{CANARY}\x1b[2J"], "holds control characters"),
        ([CASE, CANARY, "--owner", "m\u202ei"], "owner of an entry is one line"),
        ([f"{CANARY}\udcff", "x"], "The id of a case is one line"),
        ([CANARY * 20, "x"], "The id of a case has at most 255"),
        ([CASE, f"{CANARY}\udcff"], "holds control characters"),
        ([CASE, "--undo", "7"], "There is no entry #7 there"),
        ([CASE, "--undo", "seven"], "named by its number"),
        ([CASE, CANARY, "--instead", "7"], "There is no entry #7 there"),
        (["--verify", "--expect", "12"], "--expect takes what an earlier verify said of a log"),
    ],
)
def test_what_does_not_hold_up_is_refused_unquoted_and_nothing_is_written(call, duty, arguments, because):
    code, shown, told = call(*arguments)
    assert code == 12
    assert because in told
    assert CANARY not in shown + told
    assert case_log(duty).empty


def test_words_command_no_terminal(call, duty, folder):
    """The store of another program may hold what ours refuses; it is shown, not done."""
    duty.store.append(
        "escalations", [Draft("note", CASE, "m\x1b[31m", NOW, "k", "", {"text": "a\x1b]52;c;eA==\x07\u202eb"})]
    )
    for arguments in ((CASE,), ()):
        shown = call(*arguments)[1]
        assert all(line.isprintable() for line in shown.splitlines())


def test_both_logs_are_verified_and_a_later_look_finds_what_was_cut_off(call, duty):
    call(CASE, "x")
    code, shown, _ = call("--verify")
    assert code == 0
    first, second = shown.splitlines()
    assert re.fullmatch(r"escalations: 1 entries, all as they were written; 1:[0-9a-f]{64}", first)
    assert second == "shifts: 0 entries, all as they were written"
    head = first.rpartition("; ")[2]
    assert call("--verify", "--expect", f"escalations:{head}")[0] == 0
    _, digest = head.split(":")
    code, _, told = call("--verify", "--expect", f"escalations:2:{digest}")
    assert (code, "its end was removed" in told) == (15, True)


def test_an_entry_that_was_changed_is_found(call, duty):
    call(CASE, "x")
    with duty.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tskit_entries_update")
        connection.exec_driver_sql("UPDATE tskit_entries SET body = '{}'")
    code, _, told = call("--verify")
    assert (code, "Entry 1 was changed after it was written" in told) == (15, True)


def test_a_crash_shows_no_words(folder, duty):
    """Words that stood on the command line are in no message, even where something breaks inside."""
    for path in folder.glob("records.sqlite*"):
        path.unlink()
    (folder / "records.sqlite").write_text("no database")
    told = subprocess.run(
        [sys.executable, "-m", "tskit.cli", "log", CASE, CANARY, "--new"], cwd=folder, capture_output=True, text=True,
        env=os.environ | {"TSKIT_CASEBOOK": str(folder)}, check=False,
    )  # fmt: skip
    assert told.returncode == 10
    assert CANARY not in told.stdout + told.stderr
