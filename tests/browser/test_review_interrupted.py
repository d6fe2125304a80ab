"""What comes between a person and their queue: a kernel that dies or is busy, a page that is left, other people's keys."""

import json
import os
import signal
import time

import pytest

from tests.browser.lab import Lab
from tests.browser.review_desk import (
    CASE,
    kernel_of,
    open_desk,
    press,
    press_and_move_on,
    run_cell,
    saved,
    shown,
)
from tests.support.samples import own_sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FOCUS = "document.querySelector('.tk-review').focus()"
ADD_CELL = """async (source) => {
    const notebook = window.openedNotebook.content, last = notebook.widgets.length - 1;
    notebook.activeCellIndex = last;
    await window.jupyterapp.commands.execute('notebook:insert-cell-below');
    notebook.activeCellIndex = last + 1;
    notebook.deselectAll();
    notebook.widgets[last + 1].model.sharedModel.setSource(source);
    window.jupyterapp.commands.execute('notebook:run-cell'); }"""
TAGGED = """
from tskit.causes import open_log, settled
log = open_log(cases.casebook)
tagged = list(settled(log)["case_id"][:8])
review(cases, order=tagged, log=log{more})
"""
DONE_LOOKING = """() => { const said = document.querySelector('.tk-advice').textContent;
    return said && !said.includes('Looking') && !said.includes('once you have'); }"""
ANSWER_MS = 3_500  # a little longer than a question may wait for its answer
NOTE = "a thought that nobody saved yet"


@pytest.fixture(scope="module")
def casebook(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=40_000)


@pytest.fixture(scope="module")
def one_line(tmp_path_factory):
    """A JupyterLab that hands messages to the thread that runs cells, as it does with older kernels."""
    with Lab(tmp_path_factory.mktemp("older") / "server") as lab:
        path = lab.folder / "settings/@jupyterlab/apputils-extension/kernels-settings.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        lab.comms = "disabled"
        path.write_text(json.dumps({"commsOverSubshells": lab.comms}), encoding="utf-8")
        yield lab


def run_beside(page, source):
    """Run one more cell, and go back to the queue while it runs."""
    page.evaluate(ADD_CELL, source)
    page.wait_for_timeout(300)
    page.evaluate(FOCUS)
    page.wait_for_timeout(200)


def test_a_kernel_that_dies_while_nobody_types_shows_by_itself(lab, page, casebook):
    open_desk(lab, page, casebook, person="idle")
    os.kill(kernel_of(lab, "idle"), signal.SIGKILL)
    begun = time.monotonic()
    page.wait_for_selector(".tk-alarm:has-text('NOT ANSWERING')")
    assert time.monotonic() - begun < 10
    page.locator(".jp-Dialog button.jp-mod-accept").click()  # JupyterLab tells it as well, in front of everything
    page.evaluate(FOCUS)
    press(page, "2", "1")
    assert "Not taken" in page.inner_text(".tk-status")
    assert saved(casebook, "idle") == []
    page.errors.clear()  # JupyterLab's own complaints about the connection


def test_a_kernel_that_sleeps_and_wakes_ends_the_alarm_by_itself(lab, page, casebook):
    open_desk(lab, page, casebook, person="woken")
    kernel = kernel_of(lab, "woken")
    os.kill(kernel, signal.SIGSTOP)
    try:
        page.wait_for_selector(".tk-alarm:has-text('NOT ANSWERING')")
    finally:
        os.kill(kernel, signal.SIGCONT)
    page.wait_for_function("() => !document.querySelector('.tk-alarm').textContent")
    at = press_and_move_on(page, "2", "1")
    assert saved(casebook, "woken") == [(at, "RC2.1")]


def test_content_that_is_asked_for_twice_before_it_comes_is_one_look_and_no_alarm(lab, page, casebook):
    open_desk(lab, page, casebook, person="twice")
    kernel = kernel_of(lab, "twice")
    os.kill(kernel, signal.SIGSTOP)
    try:
        press(page, "r", "r")
        page.wait_for_timeout(500)
    finally:
        os.kill(kernel, signal.SIGCONT)
    page.wait_for_selector(".tk-text")
    assert "Opened 1 time today" in page.inner_text(".tk-content-head")
    page.wait_for_timeout(ANSWER_MS)
    assert page.inner_text(".tk-alarm") == ""


def test_a_long_cell_that_asks_the_engine_disturbs_nobody_who_tags_meanwhile(lab, page, casebook):
    open_desk(lab, page, casebook, person="beside")
    asks = "for _ in range(60): last = cases.cases.group_by('market').aggregate(n=cases.cases.count()).to_pandas()\n'asked'"
    run_beside(page, asks)
    done = [(press_and_move_on(page, "2", "1"), "RC2.1") for _ in range(3)]
    press(page, "g", gap=60)
    page.keyboard.type("20000")
    done.append((press_and_move_on(page, "Enter"), ""))  # far away, where nothing was fetched ahead
    done[-1] = (press_and_move_on(page, "4", "1"), "RC4.1")
    assert saved(casebook, "beside") == done
    assert page.inner_text(".tk-alarm") == ""
    page.locator(".jp-OutputArea-output pre", has_text="'asked'").wait_for()


def test_a_kernel_that_is_busy_is_said_to_be_busy_and_no_key_is_taken(one_line, page, casebook):
    open_desk(one_line, page, casebook, person="busy", name="busy.ipynb")
    at = shown(page)
    run_beside(page, "import time; time.sleep(14)")
    page.wait_for_selector(".tk-alarm:has-text('The kernel is busy.')")
    press(page, "2", "1")
    assert "Not taken" in page.inner_text(".tk-status")
    page.wait_for_function("() => !document.querySelector('.tk-alarm').textContent")
    assert shown(page) == at
    assert saved(casebook, "busy") == []
    assert press_and_move_on(page, "2", "1") == at
    assert saved(casebook, "busy") == [(at, "RC2.1")]


def test_a_judgement_that_meets_a_long_cell_is_saved_once_when_the_cell_is_done(one_line, page, casebook):
    open_desk(one_line, page, casebook, person="met", name="met.ipynb")
    at = shown(page)
    run_beside(page, "import time; time.sleep(15)")
    press(page, "2", "1")
    page.wait_for_selector(".tk-alarm:has-text('NOT SAVED: the kernel is busy')")
    press(page, "Enter")
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent !== at", arg=[CASE, at])
    page.wait_for_timeout(500)
    assert saved(casebook, "met") == [(at, "RC2.1")]
    assert page.inner_text(".tk-alarm") == ""


def test_a_note_outlives_the_view_that_it_was_typed_in_and_leaving_with_it_is_asked_about(lab, page, casebook):
    open_desk(lab, page, casebook, person="begun")
    ask = "() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert not page.evaluate(ask)
    press(page, "n")
    page.keyboard.type(NOTE)
    press(page, "Escape")
    assert page.evaluate(ask)
    before = page.evaluate("document.querySelector('.tk-review').ariaLabel = 'old'")
    run_cell(page, 1)
    page.wait_for_function("old => document.querySelector('.tk-review')?.ariaLabel !== old", arg=before)
    page.wait_for_selector(CASE)
    assert page.input_value(".tk-note") == NOTE
    page.wait_for_timeout(300)
    press_and_move_on(page, "2", "1")
    assert not page.evaluate(ask)
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
    kept = [path for path in lab.folder.rglob("*") if path.is_file() and NOTE.encode() in path.read_bytes()]
    assert kept == []


def test_keys_with_ctrl_are_jupyterlabs_and_plain_ones_are_not(lab, page, casebook):
    open_desk(lab, page, casebook, person="ctrl")
    press(page, "2", "Escape", "n", "x", "Escape")  # whatever was typed before
    page.evaluate(
        "window.openedNotebook.context.model.sharedModel.metadata; window.openedNotebook.context.model.dirty = true"
    )
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.openedNotebook.context.model.dirty")
    page.evaluate(FOCUS)
    press(page, *"ddaab")
    assert page.evaluate("window.openedNotebook.content.widgets.length") == 2


def test_suggestions_come_to_the_panel_while_the_person_works_on(lab, page, casebook):
    open_desk(lab, page, casebook, person="advised", call=TAGGED.format(more=""))
    press(page, "x", gap=60)
    assert "Looking" in page.inner_text(".tk-advice")
    at = press_and_move_on(page, "2", "1")
    assert saved(casebook, "advised") == [(at, "RC2.1")]
    page.wait_for_function(DONE_LOOKING)
    for _ in range(6):
        if page.locator(".tk-advice li").count():
            break
        press_and_move_on(page, "j")
        page.wait_for_function(DONE_LOOKING)
    told = page.locator(".tk-advice li").first
    assert told.inner_text().startswith("RC")
    assert "past tags" in told.inner_text()
    assert told.locator("kbd").count() == 2
    assert saved(casebook, "advised") == [(at, "RC2.1")]  # a suggestion tags nothing by itself


def test_in_a_blind_round_suggestions_come_once_the_case_is_decided(lab, page, casebook):
    call = TAGGED.format(more=", person='dao', round='2026-11-wrong-decisions'").replace("order=tagged, ", "")
    open_desk(lab, page, casebook, person="dao", call=call)
    press(page, "a", "x", gap=100)
    assert "once you have decided" in page.inner_text(".tk-advice")
    assert page.locator(".tk-advice li").count() == 0
    page.wait_for_timeout(300)
    press(page, "2", "1", gap=60)
    page.wait_for_selector(".tk-advice:has-text('Looking')")
    page.wait_for_function(DONE_LOOKING)
    assert "once you have decided" not in page.inner_text(".tk-advice")
