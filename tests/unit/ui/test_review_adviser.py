"""Suggestions at the desk: nobody waits for them, and whoever asks again later knows more."""

import shutil
import threading

import pytest

from tests.support.samples import shared_sample
from tskit import causes
from tskit.cases import load, open_casebook
from tskit.causes import open_log, round_of, rounds
from tskit.errors import ParameterError, RunError
from tskit.model import Scope
from tskit.ui.review.adviser import Adviser, adviser

_PATIENCE = 60


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    return load(Scope(), casebook=open_casebook(folder))


def counted(entries, *, made=None):
    """Return an adviser whose suggestion is how often it was made, and the log that it looks at."""
    times = made if made is not None else []

    def make():
        number = len(times) + 1
        times.append(number)
        return lambda case_id: [f"{case_id}:{number}"]

    return Adviser(make, lambda: entries[0])


def test_who_asks_first_is_not_kept_waiting():
    go_on = threading.Event()

    def make():
        go_on.wait(_PATIENCE)
        return lambda case_id: [case_id]

    slow = Adviser(make, lambda: 0)
    assert slow("a") is None
    assert slow("b") is None
    go_on.set()
    assert slow.wait(_PATIENCE)
    assert slow("b") == ["b"]


def test_nothing_is_made_before_somebody_asks():
    made = []
    counted([0], made=made)
    assert made == []


def test_fifty_more_entries_are_worth_making_them_anew_and_the_old_ones_serve_meanwhile():
    entries = [100]
    desk = counted(entries)
    desk("a")
    assert desk.wait(_PATIENCE)
    entries[0] = 149
    assert desk("a") == ["a:1"]
    entries[0] = 150
    assert desk("a") in (["a:1"], ["a:2"])
    assert desk.wait(_PATIENCE)
    assert desk("a") == ["a:2"]


def test_what_stops_them_is_said_once_and_the_next_asking_tries_again():
    answers = [ParameterError("the rule 'x' names no column"), ValueError("a cell"), None]

    def make():
        trouble = answers.pop(0)
        if trouble:
            raise trouble
        return lambda case_id: [case_id]

    desk = Adviser(make, lambda: 0)
    for expected in (ParameterError, RunError):
        desk("a")
        desk.wait(_PATIENCE)
        with pytest.raises(expected) as caught:
            desk("a")
        assert "a cell" not in str(caught.value)
    desk("a")
    assert desk.wait(_PATIENCE)
    assert desk("a") == ["a"]


def test_at_the_desk_they_are_those_of_the_casebook(case_set):
    log = open_log(case_set.casebook)
    desk = adviser(case_set, log)
    tagged = causes.settled(log)["case_id"].tolist()
    assert desk(tagged[0]) is None
    assert desk.wait(_PATIENCE)
    expected = causes.suggester(case_set, log)
    assert [desk(case_id) for case_id in tagged] == [expected.suggest(case_id) for case_id in tagged]
    assert any(desk(case_id) for case_id in tagged)


def test_they_know_nothing_of_the_round_that_is_left_out(case_set):
    log = open_log(case_set.casebook)
    name = rounds(log)["name"][0]
    desk = adviser(case_set, log, leave_out=name)
    case_ids = round_of(log, name).cases["case_id"].tolist()
    desk(case_ids[0])
    assert desk.wait(_PATIENCE)
    expected = causes.suggester(case_set, log, leave_out=name)
    assert [desk(case_id) for case_id in case_ids] == [expected.suggest(case_id) for case_id in case_ids]
