"""The review widget as a page: no barrier that axe knows, nothing kept that was shown, focus never lost."""

import subprocess
import sys

import pytest

from tests.browser.lab import Lab, chromium
from tests.browser.review_desk import (
    CASE,
    keep_widget_state,
    open_desk,
    press,
    press_and_move_on,
    save_notebook,
    saved,
    shown,
)
from tests.support.samples import own_sample
from tskit.cases import contents, load, open_casebook
from tskit.model import Scope

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ACTIVE = "() => document.activeElement.className"
CHANGE_THEME = "async (theme) => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }"
STATES = {
    "covered": [],
    "revealed": ["r"],
    "second level": ["2"],
    "chosen": ["Escape", "c", "4", "1", "t", "7", "2"],
    "ready notes": ["."],
    "help": ["Escape", "?"],
    "search": ["Escape", "/", *"guide"],
    "refused": ["Escape", "Escape", "3", "1"],
    "saved": ["l", "2", "1"],
    "undone": ["u"],
}
ROUND = """
from tskit.causes import open_log
log = open_log(cases.casebook)
review(cases, log=log, person={person!r}, round="2026-11-wrong-decisions"{more})
"""


@pytest.fixture(scope="module")
def casebook(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=40_000)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    chromium()
    with Lab(tmp_path_factory.mktemp("lab") / "server") as lab:
        keep_widget_state(lab)
        yield lab


def focus(page):
    page.evaluate("document.querySelector('.tk-review').focus()")


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_barrier_in_any_state(lab, page, casebook, theme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.set_viewport_size({"width": width, "height": 1000})
    open_desk(lab, page, casebook, person="axe")
    page.evaluate(CHANGE_THEME, theme)
    focus(page)
    barriers = {}
    for state, keys in STATES.items():
        press(page, *keys, gap=60)
        page.wait_for_timeout(400)
        found = axe.run(page, context=".tk-review").response["violations"]
        barriers[state] = [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found]
    assert {state: found for state, found in barriers.items() if found} == {}
    wider = "() => { const r = document.querySelector('.tk-review'); return r.scrollWidth - r.clientWidth; }"
    assert page.evaluate(wider) <= 0


def test_content_is_covered_on_next_on_leaving_the_window_and_on_scrolling_away(lab, page, casebook):
    open_desk(lab, page, casebook, person="covers")

    def reveal():
        focus(page)
        press(page, "r")
        page.wait_for_selector(".tk-text")

    reveal()
    press(page, "j")
    page.wait_for_selector(".tk-text", state="detached")
    page.wait_for_timeout(200)
    reveal()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.wait_for_selector(".tk-text", state="detached")
    reveal()
    page.evaluate(
        """() => { Object.defineProperty(document, 'hidden', {value: true, configurable: true});
            document.dispatchEvent(new Event('visibilitychange')); delete document.hidden; }"""
    )
    page.wait_for_selector(".tk-text", state="detached")
    reveal()
    page.evaluate("document.querySelector('.tk-review').style.display = 'none'")
    page.wait_for_selector(".tk-text", state="detached")


def test_nothing_that_was_shown_is_kept_in_a_file(lab, page, casebook):
    """With JupyterLab told to keep the state of widgets, which is the worst that a person can set."""
    open_desk(lab, page, casebook, person="leaks")
    seen = []
    for _ in range(3):
        press(page, "r")
        page.wait_for_selector(".tk-text")
        press(page, "n")
        page.keyboard.type("A note that nobody else may read.")
        press(page, "Enter")
        seen.append(press_and_move_on(page, "2", "1"))
    press(page, "r")
    page.wait_for_selector(".tk-text")
    seen.append(shown(page))
    save_notebook(page)
    book = open_casebook(casebook)
    told = contents(load(Scope(), casebook=book), seen)
    secrets = [part for content in told.values() for part in (content.subject, content.description)]
    secrets += ["nobody else may read", *seen]
    assert all(len(secret) > 8 for secret in secrets)
    assert len(secrets) == 13
    exported = lab.notebooks / "review.html"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(lab.notebooks / "review.ipynb")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    files = [path for path in lab.notebooks.rglob("*") if path.is_file() and path.name.startswith("review")]
    assert exported in files
    assert any(".ipynb_checkpoints" in path.parts for path in files)
    kept = {path.name: path.read_text(encoding="utf-8") for path in files}
    assert [(name, secret[:9]) for name, text in kept.items() for secret in secrets if secret in text] == []
    assert "Guidance and training" in kept["review.ipynb"]  # the state of the widget was kept, or this proves nothing
    assert "To open it, run this cell again." in kept["review.html"]


def test_focus_is_never_lost(lab, page, casebook):
    open_desk(lab, page, casebook, person="focus")
    within = lambda: page.evaluate("() => Boolean(document.activeElement.closest('.tk-review'))")  # noqa: E731
    assert within()
    page.get_by_role("button", name="Show content").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tk-text")
    assert within()
    press(page, "j")
    page.wait_for_selector(".tk-text", state="detached")
    assert within()
    page.wait_for_timeout(200)
    page.locator("[data-cause='RC2']").focus()
    press(page, "ArrowDown", "ArrowUp", "Enter", gap=50)
    assert "tk-leaf" in page.evaluate(ACTIVE)
    before = shown(page)
    press(page, "Enter")
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent !== at", arg=[CASE, before])
    assert within()
    assert saved(casebook, "focus") == [(before, "RC2.1")]
    for opens in ("/", "g", "?"):
        press(page, opens, "Escape", gap=50)
        assert within()
    focus(page)
    press(page, "Escape")
    assert "jp-Notebook" in page.evaluate(ACTIVE)


def test_the_causes_are_one_stop_of_the_tab_key(lab, page, casebook):
    open_desk(lab, page, casebook, person="tabs")
    stops = page.evaluate(
        """() => ['.tk-roles', '.tk-causes', '.tk-sure'].map(
            (name) => document.querySelectorAll(name + ' button[tabindex="0"]').length)"""
    )
    assert stops == [1, 1, 1]
    keys = page.locator(".tk-causes button").evaluate_all(
        "all => all.map(one => one.ariaKeyShortcuts ?? one.getAttribute('aria-keyshortcuts'))"
    )
    assert keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "-", "0"]


def test_the_next_case_is_told_to_whoever_cannot_see_it(lab, page, casebook):
    open_desk(lab, page, casebook, person="told")
    press_and_move_on(page, "2", "1")
    live = page.inner_text(".tk-live")
    assert "Saved RC2.1" in live
    assert shown(page) in live
    assert "Severity" in live
    assert "Not decided." in live


def test_half_an_answer_is_asked_about_and_kept_until_it_is_whole(lab, page, casebook):
    open_desk(lab, page, casebook, person="halves")
    at = shown(page)
    press(page, "3", "1", gap=60)
    assert "what let it happen" in page.inner_text(".tk-status")
    assert saved(casebook, "halves") == []
    press(page, "c", "4", "1", gap=60)
    press_and_move_on(page, "Enter")
    assert saved(casebook, "halves") == [(at, "RC3.1")]


def test_a_trigger_is_kept_as_one_and_a_changed_judgement_waits_for_enter(lab, page, casebook):
    open_desk(lab, page, casebook, person="changes")
    at = shown(page)
    press(page, "7", "2", gap=60)
    assert "Trigger: RC7.2" in page.inner_text(".tk-chosen")
    press_and_move_on(page, "2", "1")
    press_and_move_on(page, "k")
    assert shown(page) == at
    press(page, "h", gap=60)
    assert page.locator(".tk-save.tk-ready").count() == 1
    press_and_move_on(page, "Enter")
    assert saved(casebook, "changes") == [(at, "RC2.1")]


def test_a_note_that_was_begun_waits_for_the_person_to_come_back(lab, page, casebook):
    open_desk(lab, page, casebook, person="notes")
    press(page, "n")
    page.keyboard.type("half a thought")
    press(page, "Escape")
    press_and_move_on(page, "j")
    assert page.input_value(".tk-note") == ""
    press_and_move_on(page, "k")
    assert page.input_value(".tk-note") == "half a thought"


def test_a_blind_round_hides_and_adjudication_shows_what_people_judged(lab, page, casebook):
    open_desk(lab, page, casebook, person="dao", call=ROUND.format(person="dao", more=""))
    assert "Blind round 2026-11-wrong-decisions" in page.inner_text(".tk-round")
    assert page.inner_text(".tk-others") == ""
    open_desk(lab, page, casebook, person="meiling", call=ROUND.format(person="meiling", more=", adjudicate=True"))
    assert "Adjudicating" in page.inner_text(".tk-round")
    assert page.locator(".tk-other").count() == 2
