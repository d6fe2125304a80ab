"""Whys and actions in JupyterLab, by keyboard and by mouse, by day and by night."""

import shutil

import pytest

from tests.browser.lab import chromium, closed_browser
from tests.browser.started import Started, violations
from tests.support.samples import shared_sample
from tskit.causes import actions, open_log, whys
from tskit.model import Casebook

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OUTPUT = ".jp-OutputArea-output"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    for path in (folder / "data").glob("*.jsonl"):
        path.unlink()
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory, book):
    chromium()
    with Started(tmp_path_factory.mktemp("lab") / "server", book) as lab, closed_browser() as page:
        lab.open(page, "Start here.ipynb")
        lab.run_all(page)
        page.get_by_label("Review", exact=True).wait_for()
        yield page


def test_whys_are_typed_step_by_step_and_saved(desk, book):
    desk.get_by_label("Review", exact=True).select_option(label="Ask why, step by step")
    desk.get_by_label("About").select_option(label="RC2.1 Guideline missing or outdated")
    desk.get_by_label("Why 1", exact=True).focus()
    for typed in ("The copy is old", "Tab", "its date"):
        desk.keyboard.press("Tab") if typed == "Tab" else desk.keyboard.type(typed)
    desk.get_by_label("Cause 1", exact=True).select_option(label="RC2.1 Guideline missing or outdated")
    desk.get_by_role("button", name="Save", exact=True).press("Enter")
    desk.get_by_text("Saved. It ends at RC2.1 Guideline missing or outdated.").wait_for()
    (chain,) = whys(open_log(Casebook.read(book)))
    assert [(step.text, step.evidence, step.cause) for step in chain.steps] == [
        ("The copy is old", "its date", "RC2.1")
    ]
    assert violations(desk, OUTPUT) == []


def test_an_action_is_put_on_the_register_and_marked_as_done(desk, book):
    desk.get_by_label("Review", exact=True).select_option(label="Actions, and what became of them")
    desk.get_by_label("What to do").fill("Replace the copies")
    desk.get_by_label("Against").select_option(label="RC2.1 Guideline missing or outdated")
    desk.get_by_label("Who does it").fill("Policy")
    desk.get_by_label("By when").fill("2099-01-01")
    desk.get_by_label("Figure to move").select_option(label="Cases opened")
    desk.get_by_role("button", name="Put on the register").click()
    desk.get_by_text("A1 is on the register.").wait_for()
    assert violations(desk, OUTPUT) == []
    desk.get_by_label("In effect").select_option(label="A1 Replace the copies")
    desk.get_by_role("button", name="Mark as done").click()
    desk.get_by_text("A1 is marked as done.").wait_for()
    (action,) = actions(open_log(Casebook.read(book)))
    assert action.done_on is not None


def test_both_pass_axe_by_night(desk):
    desk.evaluate("() => document.body.dataset.jpThemeLight = 'false'")
    desk.get_by_label("Review", exact=True).select_option(label="Ask why, step by step")
    desk.get_by_label("Why 1", exact=True).wait_for()
    assert violations(desk, OUTPUT) == []
