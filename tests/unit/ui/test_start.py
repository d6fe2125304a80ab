"""Where people begin who type nothing: what they can review is offered to them by name."""

import shutil
from datetime import UTC, datetime

import pytest

from tests.support.samples import shared_sample
from tskit.causes import PROBLEMS, open_log, record, round_of
from tskit.model import Casebook, Tag
from tskit.ui import start
from tskit.ui.actions import Actions
from tskit.ui.review import Review
from tskit.ui.start_desks import desks
from tskit.ui.whys import Whys
from tskit.ui.workbench import Workbench

ROUND = "2026-11-wrong-decisions"
PICK = "Pick cases, and review those"
QUEUE = "Work the open queue by urgency"
PART = f"My part of {ROUND}"
SETTLE = f"Settle what people disagree on in {ROUND}"
WHYS, ACTIONS = "Ask why, step by step", "Actions, and what became of them"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    log = open_log(Casebook.read(folder))
    at, (case_id,) = datetime(2026, 11, 4, tzinfo=UTC), round_of(log, ROUND).cases["case_id"][:1]
    for person, cause in (("aisyah", "RC1.2"), ("ben", "RC6.1")):
        record(log, Tag(case_id, cause, person, at, round=ROUND, key=f"{person} differs"))
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
    assert titles(page) == [PICK, QUEUE, PART, SETTLE, WHYS, ACTIONS]


def test_who_was_given_none_is_not_sent_to_them(page):
    assert [desk.title for desk in desks(page.book, person="eve")] == [PICK, QUEUE, SETTLE, WHYS, ACTIONS]


@pytest.mark.parametrize(
    ("title", "kind"),
    [(PICK, Workbench), (QUEUE, Review), (PART, Review), (SETTLE, Review), (WHYS, Whys), (ACTIONS, Actions)],
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


def test_the_form_of_a_session_offers_problems_rounds_and_columns_to_compare(page):
    page.picker.value = "root_cause_session"
    offered = {
        name: [value for _, value in field.control.options]
        for name, field in page.form.fields.items()
        if name in ("problem", "tagging_round", "by")
    }
    assert set(offered["problem"]) == set(PROBLEMS)
    assert offered["tagging_round"] == ["", ROUND, "all"]
    assert {"market", "vendor", "is_escalated"} <= set(offered["by"])
    assert not {"created_at", "reach", "case_id", "decided_by"} & set(offered["by"])
    assert not page.form._run.disabled
    page.picker.value = ""


def test_a_desk_that_cannot_be_opened_says_why(page, folder):
    (folder / "data" / "cases.parquet").rename(folder / "data" / "away.parquet")
    try:
        page.reviews.value = PICK
    finally:
        (folder / "data" / "away.parquet").rename(folder / "data" / "cases.parquet")
    assert place(page) == ()
    assert "cases.parquet" in said(page)[0]
