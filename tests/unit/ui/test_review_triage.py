"""The open queue under review stands in the order of triage, and each case says why it stands where it does."""

import shutil

import pytest

from tests.support.samples import shared_sample
from tskit.cases import load, open_casebook
from tskit.errors import ParameterError
from tskit.model import Scope
from tskit.patterns import triage
from tskit.ui.review import review


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    return load(Scope(), casebook=open_casebook(folder))


def test_the_first_case_is_the_most_urgent_and_its_place_is_told_first(case_set):
    session = review(case_set, order="triage", person="eve")._session
    found = triage(case_set)
    assert list(session.queue.order) == found.order
    for place, row in enumerate(found.frame.head(3).itertuples()):
        session.queue.go(place)
        case = session.view()["case"]
        assert case["case_id"] == row.case_id
        first = case["facts"][0]
        assert first["label"] == "Place"
        assert first["text"] == f"{place + 1} of {len(found.order):,} with {row.score:,.1f} points: {row.why}"


def test_another_order_tells_no_place(case_set):
    session = review(case_set, order=triage(case_set).order[:2], person="eve")._session
    assert "Place" not in [fact["label"] for fact in session.view()["case"]["facts"]]


def test_an_order_that_nobody_knows_is_refused_and_is_no_list_of_letters(case_set):
    with pytest.raises(ParameterError, match="Did you mean 'triage'"):
        review(case_set, order="triag", person="eve")


def test_where_nothing_is_open_there_is_no_queue(case_set):
    quiet = Scope.from_parameters(status="closed")
    with pytest.raises(ParameterError, match="Nothing is open"):
        review(load(quiet, casebook=case_set.casebook), order="triage", person="eve")
