"""The page of a batch in a real browser: safe, readable by everybody, put in order and searched by keyboard."""

import pytest

from tests.support.run_rows import MADE, batch, hostile_batch
from tskit.export import html

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOOKS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    made = {"plain": batch(), "hostile": hostile_batch(), "small": batch(6)}
    return {name: html.batch_page(one, tmp_path_factory.mktemp(name), made=MADE) for name, one in made.items()}


@pytest.fixture
def opened(browser, pages):
    contexts = []

    def open_page(name, *, width=1280, theme="light", scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts
        )
        contexts.append(context)
        tab = context.new_page()
        tab.asked, tab.said = [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.add_init_script(HOOKS)
        tab.goto(pages[name].as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


def first_column(tab):
    return tab.eval_on_selector_all(
        "#table tbody tr:not([hidden]) th", "cells => cells.map(cell => cell.firstChild.textContent)"
    )


@pytest.mark.parametrize("name", ["plain", "hostile", "small"])
def test_it_asks_for_nothing_says_nothing_and_breaks_no_policy(opened, name):
    tab = opened(name)
    for control in tab.locator("summary, #table button, fieldset input").filter(visible=True).all():
        control.click()
    tab.mouse.wheel(0, 50_000)
    tab.wait_for_timeout(200)
    assert tab.asked == [tab.url.partition("#")[0]]
    assert tab.said == []
    assert tab.evaluate("window.__violations") == []
    assert tab.evaluate("window.__ran") is None
    assert tab.locator("iframe, form, img, object, embed, [onclick], [onload], [onerror], main [style]").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_axe_finds_no_barrier(opened, name, theme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = opened(name, theme=theme, width=width)
    tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    found = axe.Axe().run(tab).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("width", [320, 390, 700, 1000, 1280])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_the_page_never_scrolls_sideways(opened, name, width):
    tab = opened(name, width=width)
    tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_it_reads_without_scripts(opened):
    tab = opened("plain", scripts=False)
    assert not tab.locator("#filters").is_visible()
    assert tab.locator("#table button").count() == 0
    said = tab.locator("main").inner_text()
    for part in ("36 of 40 runs are done", "stand out", "No case falls into the scope.", "Runs are not ranked"):
        assert part in said
    assert tab.locator(".panel svg").filter(visible=True).count() == 36
    tab.locator("details.multiples summary", has_text="SLA attainment").click()
    assert tab.locator(".panel svg").filter(visible=True).count() == 72


def test_what_stands_out_comes_before_the_table_and_the_table_before_the_panels(opened):
    tab = opened("plain")
    headings = tab.locator("h2").all_inner_texts()
    assert headings == ["What stands out", "All runs", "Beside each other", "Without a report", "Where this comes from"]


def test_any_column_puts_the_runs_in_order_by_keyboard_and_says_so(opened):
    tab = opened("plain")
    head = tab.locator("#table th", has_text="Cases opened")
    head.locator("button").focus()
    tab.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    values = tab.eval_on_selector_all("#table tbody tr", "rows => rows.map(row => row.cells[3].dataset.v)")
    numbers = [float(value) for value in values if value]
    assert numbers == sorted(numbers, reverse=True)
    assert values[-4:] == [""] * 4  # what has no value stays last
    tab.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert tab.eval_on_selector("#table tbody", "body => body.lastElementChild.cells[3].dataset.v") == ""
    name = tab.locator("#table th", has_text="market")
    name.locator("button").click()
    assert name.get_attribute("aria-sort") == "ascending"
    assert head.get_attribute("aria-sort") is None
    assert first_column(tab) == sorted(first_column(tab))


def test_the_table_can_be_searched_and_says_how_many_are_left(opened):
    tab = opened("plain")
    tab.locator("#f-q").fill("JP")
    assert tab.locator("#count").inner_text() == "4 of 40 runs"
    assert all(name.startswith("JP") for name in first_column(tab))
    tab.locator("#clear").click()
    tab.get_by_label("what stands out").check()
    assert first_column(tab) == ["ID · 2026-06-01", "VN · 2026-06-29"]
    tab.locator("#clear").click()
    tab.get_by_label("Not run").check()
    assert first_column(tab) == ["HK · 2026-09-07"]


def test_what_stands_out_is_a_word_in_the_table_and_at_its_panel(opened):
    tab = opened("plain")
    assert "stands out" in tab.locator("#table tr[data-c]").first.inner_text()
    assert "stands out" in tab.locator(".panel.out").first.inner_text()


def test_every_panel_says_its_values_in_words(opened):
    tab = opened("plain")
    said = tab.locator(".panel svg title").all_text_contents()
    assert len(said) == 180
    assert all("by week, the latest last: " in one for one in said)


def test_a_few_runs_need_no_search(opened):
    tab = opened("small")
    assert tab.locator("#filters").count() == 0
    assert tab.locator("#table tbody tr").count() == 6


def test_on_paper_everything_is_there_but_the_filters(opened):
    tab = opened("plain")
    tab.emulate_media(media="print")
    assert not tab.locator("#filters").is_visible()
    assert tab.locator("#table tbody tr").filter(visible=True).count() == 40
    assert tab.locator(".panel svg").filter(visible=True).count() == 180
