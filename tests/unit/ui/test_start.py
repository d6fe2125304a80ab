"""Where people begin who type nothing: what they can review is offered to them by name."""

import shutil

import pytest

from tests.support.samples import shared_sample
from tskit.ui import start
from tskit.ui.actions import Actions
from tskit.ui.review import Review
from tskit.ui.start_desks import desks
from tskit.ui.whys import Whys
from tskit.ui.workbench import Workbench

ROUND = "2026-11-wrong-decisions"
PICK = "Pick cases, and review those"
PART = f"My part of {ROUND}"
SETTLE = f"Settle what people disagree on in {ROUND}"
WHYS, ACTIONS = "Ask why, step by step", "Actions, and what became of them"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    return folder


@pytest.fixture
def page(folder, monkeypatch):
    monkeypatch.setenv("TSKIT_PERSON", "aisyah")
    return start(casebook=folder)


def titles(page):
    return [value for _, value in page.reviews.options if value]


def place(page):
    return page.children[4].children


def said(page):
    return [line["text"] for line in page.children[3].lines]


def test_who_was_given_cases_of_a_round_finds_their_part_of_it(page):
    assert titles(page) == [PICK, PART, SETTLE, WHYS, ACTIONS]


def test_who_was_given_none_is_not_sent_to_them(page):
    assert [desk.title for desk in desks(page.book, person="eve")] == [PICK, SETTLE, WHYS, ACTIONS]


@pytest.mark.parametrize(
    ("title", "kind"), [(PICK, Workbench), (PART, Review), (SETTLE, Review), (WHYS, Whys), (ACTIONS, Actions)]
)
def test_each_opens_its_desk(page, title, kind):
    page.reviews.value = title
    assert isinstance(page.desk, kind)
    assert place(page) == (page.desk,)
    assert said(page) == []


def test_a_round_is_judged_blind_and_settled_with_both_sides_in_sight(page):
    page.reviews.value = PART
    assert page.desk._session.round.is_blind
    page.reviews.value = SETTLE
    assert page.desk._session.round.is_adjudication


def test_what_is_opened_next_takes_the_place_of_what_was_there(page):
    page.reviews.value = PART
    page.picker.value = "trend_report"
    assert (page.reviews.value, page.desk) == ("", None)
    assert place(page) == (page.form,)
    page.reviews.value = PART
    assert (page.picker.value, page.form) == ("", None)
    assert place(page) == (page.desk,)
    page.reviews.value = ""
    assert place(page) == ()


def test_a_desk_that_cannot_be_opened_says_why(page, folder):
    (folder / "data" / "cases.parquet").rename(folder / "data" / "away.parquet")
    try:
        page.reviews.value = PICK
    finally:
        (folder / "data" / "away.parquet").rename(folder / "data" / "cases.parquet")
    assert place(page) == ()
    assert "cases.parquet" in said(page)[0]
