"""Facts of the next cases: fetched beside the work, the same whoever fetches them, and few at a time."""

import shutil
import threading

import pytest

from tests.support.samples import shared_sample
from tskit.cases import load, open_casebook
from tskit.model import Scope
from tskit.ui.review.facts import FactBook
from tskit.ui.review.queue import opened_order

_PATIENCE = 60


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    return load(Scope.from_parameters(start="2020-01-01", end="2030-12-31"), casebook=open_casebook(folder))


@pytest.fixture(scope="module")
def ids(case_set):
    return opened_order(case_set)


def test_what_is_fetched_beside_is_what_is_fetched_at_once(case_set, ids):
    at_once, beside = FactBook(case_set), FactBook(case_set)
    beside.fetch_beside(ids[:20])
    assert beside.wait(_PATIENCE)
    assert beside.lacks(ids[:20]) == []
    assert [beside.of(case_id) for case_id in ids[:20]] == [at_once.of(case_id) for case_id in ids[:20]]


def test_who_needs_a_case_meanwhile_waits_for_no_longer_than_that_and_gets_it(case_set, ids):
    book = FactBook(case_set)
    found = []
    askers = [
        threading.Thread(target=lambda at=at: found.append(book.of(ids[at])["case_id"])) for at in range(0, 90, 9)
    ]
    book.fetch_beside(ids[:60])
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(_PATIENCE)
    assert sorted(found) == sorted(ids[at] for at in range(0, 90, 9))


def test_a_fetch_beside_that_fails_is_met_again_when_its_case_is_asked_for(case_set, ids, monkeypatch):
    book = FactBook(case_set)
    monkeypatch.setattr(FactBook, "_rows", lambda *_: 1 / 0)
    book.fetch_beside(ids[:5])
    assert book.wait(_PATIENCE)
    with pytest.raises(ZeroDivisionError):
        book.of(ids[0])
    monkeypatch.undo()
    assert book.of(ids[0])["case_id"] == ids[0]


def test_facts_of_long_ago_are_let_go(case_set, ids):
    book = FactBook(case_set)
    for start in range(0, 1_000, 100):
        book.fetch(ids[start : start + 100])
    assert len(book.lacks(ids[:1_000])) == 600
    assert book.lacks(ids[900:1_000]) == []
    assert book.of(ids[0])["case_id"] == ids[0]
