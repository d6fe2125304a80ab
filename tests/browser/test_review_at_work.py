"""A person at a queue of 100,000 cases in a real JupyterLab: nothing lost, each tag on the case that was on screen."""

import os
import signal
import time
from itertools import pairwise

import pytest

from tests.browser.review_desk import (
    CASE,
    kernel_of,
    load_again,
    open_desk,
    press,
    press_and_move_on,
    run_cell,
    saved,
    shown,
    strokes,
)
from tests.support.samples import own_sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def casebook(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=100_000)


def test_sixty_cases_by_keyboard_then_away_and_back(lab, page, casebook):
    """The whole of an afternoon: tag, skip, flag, reveal, undo, leave, come back, go on."""
    taken = open_desk(lab, page, casebook, person="sixty")
    assert taken < 3
    assert "of 100," in page.inner_text(".tk-place")
    done = []
    for number in range(60):
        if number == 20:
            done.append((press_and_move_on(page, "s"), "skip"))
        if number == 30:
            press(page, "r")
            page.wait_for_selector(".tk-text")
        keys, cause = [("21", "RC2.1"), ("14", "RC1.4"), ("6", "RC6")][number % 3]
        strokes_ = [*keys] if len(keys) == 2 else [keys, "Enter"]
        done.append((press_and_move_on(page, *strokes_), cause))
        assert page.locator(".tk-text").count() == 0
    assert saved(casebook, "sixty") == done
    undone = press_and_move_on(page, "u")
    assert shown(page) == done.pop()[0] != undone
    assert saved(casebook, "sixty") == done

    load_again(lab, page, "review.ipynb")
    page.wait_for_selector(CASE)
    assert shown(page) not in dict(done)
    at = shown(page)
    page.evaluate("document.querySelector('.tk-review').focus()")
    page.wait_for_timeout(200)
    assert press_and_move_on(page, "2", "1") == at
    done.append((at, "RC2.1"))

    open_desk(lab, page, casebook, person="sixty", name="again.ipynb")
    assert saved(casebook, "sixty") == done
    assert shown(page) not in dict(done)
    assert "60 tagged · 1 skipped" in page.inner_text(".tk-done")


def test_keys_pressed_faster_than_saves_never_reach_a_case_that_was_not_on_the_screen(lab, page, casebook):
    open_desk(lab, page, casebook, person="hasty")
    for gap in (0, 5, 10, 15, 20, 25, 30, 40, 60):
        page.wait_for_timeout(700)
        press(page, *"214152112145", gap=gap)
    press(page, *"345345345" * 5, gap=10)
    page.wait_for_timeout(1500)
    found = saved(casebook, "hasty")
    assert len(found) >= 9
    pressed = strokes(page)
    pairs = {(first[1], f"RC{first[0]}.{second[0]}") for first, second in pairwise(pressed) if first[1] == second[1]}
    assert set(found) <= pairs
    assert len(dict(found)) == len(found)
    assert "not taken" in page.inner_text(".tk-status")


def test_a_kernel_that_does_not_answer_shows_within_four_seconds_and_a_retry_saves_once(lab, page, casebook):
    open_desk(lab, page, casebook, person="stopped")
    at, kernel = shown(page), kernel_of(lab, "stopped")
    os.kill(kernel, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        press(page, "4", "1")
        page.wait_for_selector(".tk-alarm:has-text('NOT SAVED')")
        assert time.monotonic() - begun < 4
        assert shown(page) == at
        assert "RC4.1" in page.inner_text(".tk-chosen")
        press(page, "5", "1")  # blocked: what was not saved comes first
        press(page, "Enter")  # the same judgement with the same key, which a stopped kernel will hear twice
    finally:
        os.kill(kernel, signal.SIGCONT)
    page.wait_for_function("() => !document.querySelector('.tk-alarm').textContent")
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent !== at", arg=[CASE, at])
    assert saved(casebook, "stopped") == [(at, "RC4.1")]


def test_a_dead_kernel_shows_within_four_seconds_and_words_stand_where_the_queue_was(lab, page, casebook):
    open_desk(lab, page, casebook, person="killed")
    at = shown(page)
    os.kill(kernel_of(lab, "killed"), signal.SIGKILL)
    begun = time.monotonic()
    page.evaluate("document.querySelector('.tk-review').focus()")
    press(page, "4", "1")
    page.wait_for_selector(".tk-alarm:has-text('NOT SAVED')")
    assert time.monotonic() - begun < 4
    assert shown(page) == at
    assert saved(casebook, "killed") == []
    page.errors.clear()  # JupyterLab's own complaints about the connection
    load_again(lab, page, "review.ipynb")
    page.get_by_text("To open it, run this cell again.").wait_for()
    page.errors.clear()  # and about the model that died


def test_d_d_deletes_no_cell(lab, page, casebook):
    open_desk(lab, page, casebook, person="careful")
    press(page, "d", "d", "x", "Escape")
    page.evaluate("document.querySelector('.tk-review').focus()")
    press(page, *"ddxzabmy0")
    assert page.evaluate("window.openedNotebook.content.widgets.length") == 2
    assert page.locator(".tk-review").count() == 1


def test_everything_goes_by_mouse_alone(lab, page, casebook):
    open_desk(lab, page, casebook, person="mouse")
    button = lambda name: page.locator(".tk-review").get_by_role("button", name=name, exact=True)  # noqa: E731
    first = shown(page)
    button("Show content").click()
    page.wait_for_selector(".tk-text")
    button("Cover").click()
    assert page.locator(".tk-text").count() == 0
    button("Contributing").click()
    page.click("[data-cause='RC4']")
    page.click("[data-cause='RC4.1']")
    button("high").click()
    page.click("[data-cause='RC2']")
    page.click("[data-cause='RC2.1']")
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent !== at", arg=[CASE, first])
    assert saved(casebook, "mouse") == [(first, "RC2.1")]
    page.wait_for_timeout(200)
    button("Undo").click()
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent === at", arg=[CASE, first])
    page.wait_for_timeout(200)
    button("Skip").click()
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent !== at", arg=[CASE, first])
    assert saved(casebook, "mouse") == [(first, "skip")]
    page.click(".tk-recent summary")
    page.locator(".tk-recent-list button").first.click()
    page.wait_for_function("([s, at]) => document.querySelector(s).textContent === at", arg=[CASE, first])


def test_running_the_cell_again_goes_on_where_the_person_stopped(lab, page, casebook):
    open_desk(lab, page, casebook, person="again")
    first = press_and_move_on(page, "2", "1")
    run_cell(page, 1)
    page.wait_for_function("([s, at]) => document.querySelector(s)?.textContent !== at", arg=[CASE, first])
    assert shown(page) != first
