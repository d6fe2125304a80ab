import shutil
from datetime import UTC, datetime

import pytest

from tests.support.samples import shared_sample
from tskit.causes import open_log, record, round_of
from tskit.cli import main
from tskit.model import Casebook, Tag

PERIOD = ("--start", "2025-06-01", "--end", "2026-11-01")
AT = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a casebook whose cases are read once for all tests here."""
    folder = tmp_path_factory.mktemp("rounds") / "book"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    for name in ("rounds.jsonl", "tags.jsonl"):
        (folder / "data" / name).unlink(missing_ok=True)
    return folder


@pytest.fixture
def book(folder, monkeypatch):
    for path in folder.glob("records.sqlite*"):
        path.unlink()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    return Casebook.read(folder)


@pytest.fixture
def call(book, capsys):
    """Return a function that calls `tskit tags round` and returns exit code, output and errors."""

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["tags", "round", *arguments])
        shown = capsys.readouterr()
        return caught.value.code or 0, shown.out, shown.err

    return run


def opened(call, name="2026-11", *more):
    return call("open", name, "--people", "aisyah, ben,chloe", "-n", "12", "--seed", "7", *PERIOD, *more)


def test_a_round_is_drawn_assigned_and_kept(call, book):
    code, shown, _ = opened(call, "2026-11", "--author", "mei", "--question", "Why?")
    assert code == 0
    assert shown.splitlines()[0].startswith("'2026-11' is open: 12 of ")
    assert shown.splitlines()[0].endswith("random with seed 7.")
    assert shown.splitlines()[1:] == ["  aisyah: 8 cases", "  ben: 8 cases", "  chloe: 8 cases"]
    found = round_of(open_log(book), "2026-11")
    assert (found.author, found.question, found.seed, found.is_blind) == ("mei", "Why?", 7, True)
    assert set(found.cases["raters"].map(len)) == {2}


def test_the_same_seed_draws_the_same_cases(call, book):
    opened(call, "one")
    opened(call, "two")
    one, two = (round_of(open_log(book), name).cases for name in ("one", "two"))
    assert one.equals(two)


def test_strata_and_overlap_are_asked_for_by_name(call, book):
    code, shown, _ = opened(call, "2026-11", "--by", "market", "--equal", "--overlap", "0.5", "--not-blind")
    assert code == 0
    assert "stratified_equal with seed 7" in shown
    found = round_of(open_log(book), "2026-11")
    assert sorted(found.cases["raters"].map(len)) == [1] * 6 + [2] * 6
    assert found.cases["stratum"].nunique() > 1
    assert not found.is_blind


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--problem", "overturn"], 12, "Did you mean 'overturned'?"),
        (["--by", "planet"], 12, "no column 'planet'"),
        (["--equal"], 12, "name their columns with --by"),
        (["--per-case", "4"], 12, "Name more people"),
        (["--start", "2026-13-01"], 12, "is not a date"),
    ],
)
def test_a_round_that_cannot_be_drawn_says_why(call, more, code, said):
    found = opened(call, "2026-11", *more)
    assert found[0] == code
    assert said in found[2]


def test_a_name_is_used_once(call):
    opened(call)
    code, _, told = opened(call)
    assert code == 12
    assert "Take another name" in told


def test_a_period_without_such_a_case_is_no_data(call):
    code, _, told = call("open", "x", "--people", "a,b", "--start", "2020-01-01", "--end", "2020-01-31")
    assert code == 16
    assert told


def test_rounds_are_listed(call):
    assert "No round was opened yet" in call("list")[1]
    opened(call)
    assert "2026-11  12 cases, blind, random: aisyah, ben, chloe" in call("list")[1]


def test_a_round_shows_what_is_left_and_what_to_settle(call, book):
    opened(call)
    log = open_log(book)
    found = round_of(log, "2026-11")
    case = found.cases["case_id"][0]
    one, other = found.cases["raters"][0]
    record(log, Tag(case, "RC1.2", one, AT, round="2026-11", key="k1", confidence="low"))
    assert call("show", "2026-11")[1].splitlines()[-1] == "Nothing waits to be settled."
    record(log, Tag(case, "RC2.1", other, AT, round="2026-11", key="k2"))
    code, shown, _ = call("show", "2026-11")
    assert code == 0
    assert f"  {one}: 1 of 8 tagged, 7 left" in shown
    assert "1 case waits to be settled" in shown
    assert case in shown.splitlines()[-1]
    assert shown.splitlines()[-1].endswith("RC1.2 or RC2.1  (least sure: low)")


def test_a_round_that_is_not_there_is_refused(call):
    opened(call)
    code, _, told = call("show", "2026-12")
    assert code == 12
    assert "Did you mean '2026-11'" in told
