"""Whys and actions without Python: asked for at a terminal, given as options elsewhere, refused in plain words."""

import shutil
import sys

import pytest

from tests.support.samples import shared_sample
from tskit.causes import actions, open_log, whys
from tskit.cli import main
from tskit.model import Casebook

PERIOD = ("--start", "2025-06-01", "--end", "2026-11-01")
ACTION = {
    "--what": "Replace the copies", "--cause": "RC2.1", "--owner": "Policy lead", "--due": "2099-11-20",
    "--metric": "cases_opened", "--where": "market=ID, SG", "--author": "mei",
}  # fmt: skip
STEPS = ("--because", "The copy is old", "--evidence", "its date", "--cause", "-")
ROOT = ("--because", "Nobody replaces it", "--evidence", "the procedure", "--cause", "RC2.1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("actions") / "book"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    for path in (folder / "data").glob("*.jsonl"):
        path.unlink()
    return folder


@pytest.fixture
def log(folder, monkeypatch):
    for path in folder.glob("records.sqlite*"):
        path.unlink()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    return open_log(Casebook.read(folder))


@pytest.fixture
def call(log, capsys):
    """Return a function that calls `tskit tags` and returns exit code, output and errors."""

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["tags", *arguments])
        shown = capsys.readouterr()
        return caught.value.code or 0, shown.out, shown.err

    return run


def options(**changed):
    given = ACTION | {f"--{name}": value for name, value in changed.items()}
    return [part for name, value in given.items() if value for part in (name, value)]


@pytest.fixture
def typed(monkeypatch):
    """Return a function that lets a person at a terminal type these lines."""

    def lines(*said):
        answers = iter(said)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))

    return lines


def test_an_action_is_written_with_the_figure_before_it(call, log):
    code, shown, _ = call("action", "add", *options(), *PERIOD)
    assert code == 0
    assert (
        shown.splitlines()
        == [
            "A1  due 2099-11-20  Policy lead (policy): Replace the copies",
            "    against RC2.1 Guideline missing or outdated; watched: cases_opened where market=ID,SG",
        ]
        or "OVERDUE" not in shown
    )  # by today's date
    (action,) = actions(log)
    assert (action.id, action.where, action.author) == ("A1", (("market", ("ID", "SG")),), "mei")
    assert action.baseline.value > 0
    assert (action.baseline.start.isoformat(), action.baseline.end.isoformat()) == ("2025-06-01", "2026-11-02")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cause": "RC2.11"}, "There is no cause 'RC2.11'"),
        ({"metric": "overturn"}, "Did you mean 'overturn_rate'?"),
        ({"due": "20.11.2026"}, "A day is written as in 2026-11-20."),
        ({"where": "market"}, "Where to watch is written as in"),
        ({"where": "marke=ID"}, "Did you mean 'market'?"),
        ({"where": "market=XX"}, "No case has 'XX' in market"),
        ({"where": "case_id=a"}, "There is no column to watch in 'case_id'"),
        ({"partner": "legl"}, "Did you mean 'legal'?"),
        ({"owner": ""}, "Who does it: give it with --owner"),
    ],
)
def test_what_does_not_hold_up_is_refused_and_nothing_is_written(call, log, changed, said):
    code, _, told = call("action", "add", *options(**changed), *PERIOD)
    assert code == 12
    assert said in told
    assert actions(log) == []


def test_a_person_at_a_terminal_is_asked_until_the_answer_can_be_read(call, log, typed):
    typed("", "Replace them", "RC99", "RC2.1", "Mei", "soon", "2026-11-20", "x", "cases_opened")
    code, _, told = call("action", "add", *PERIOD)
    assert code == 0
    assert [(action.what, action.owner) for action in actions(log)] == [("Replace them", "Mei")]
    assert "cannot be left empty" in told
    assert "no cause 'RC99'" in told
    assert "A day is written as in" in told


def test_an_action_is_done_from_a_day_that_has_come(call, log):
    call("action", "add", *options(), *PERIOD)
    assert call("action", "done", "A1", "--on", "2999-01-01")[0] == 12
    code, shown, _ = call("action", "done", "A1", "--on", "2026-11-05")
    assert (code, shown.splitlines()[0][:19]) == (0, "A1  done 2026-11-05")
    assert "No action is open" in call("action", "list")[1]
    assert "A1  done 2026-11-05" in call("action", "list", "--all")[1]
    assert len(log.store.entries("actions")) == 2


def test_an_action_gets_another_day_or_is_dropped(call, log):
    call("action", "add", *options(), *PERIOD)
    call("action", "change", "A1", "--due", "2026-12-01", "--owner", "Ben")
    assert [(str(a.due), a.owner, a.is_dropped) for a in actions(log)] == [("2026-12-01", "Ben", False)]
    assert "A1  dropped" in call("action", "change", "A1", "--drop")[1]
    assert call("action", "change", "A1")[0] == 12


def test_an_action_that_is_not_there_is_refused_with_the_nearest(call):
    assert "The register is empty" in call("action", "done", "A1")[2]
    call("action", "add", *options(id="guide"), *PERIOD)
    assert "Did you mean 'guide'?" in call("action", "done", "gide")[2]


def test_whys_are_written_and_shown_with_where_they_end(call, log):
    assert "Nobody has asked why yet" in call("why", "show")[1]
    code, shown, _ = call("why", "add", "RC2.1", *STEPS, *ROOT, "--author", "mei")
    assert code == 0
    assert shown == call("why", "show", "RC2.1")[1]
    assert "  2. Nobody replaces it  [RC2.1 Guideline missing or outdated]" in shown.splitlines()
    assert shown.splitlines()[-1] == "  It ends at RC2.1 Guideline missing or outdated."
    assert [chain.subject for chain in whys(log)] == ["cause:RC2.1"]


def test_whys_about_a_case_are_asked_for_step_by_step(call, log, typed):
    typed("The copy is old", "", "its date", "RC77", "RC2.1", "")
    code, shown, told = call("why", "add", "5005g0000035833AAA")
    assert code == 0
    assert "Every why needs its evidence" in told
    assert "no cause 'RC77'" in told
    assert shown.startswith("5005g0000035833AAA, ")
    assert [chain.subject for chain in whys(log)] == ["5005g0000035833AAA"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((), "Give each step with --because and --evidence"),
        (("--because", "a"), "Every --because has one --evidence"),
        (("--because", "a", "--evidence", " "), "Why 1 has no evidence"),
        (("--because", "a", "--evidence", "b", "--cause", "RC77"), "There is no cause 'RC77'"),
    ],
)
def test_whys_that_do_not_hold_up_are_refused_and_nothing_is_written(call, log, steps, said):
    code, _, told = call("why", "add", "RC2.1", *steps)
    assert code == 12
    assert said in told
    assert whys(log) == []
