"""The write-ups of duty in a real browser, on a phone first: what comes first, what counts down, what can be copied."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.duty_notebooks import AS_OF, DUE, escalation, handover, quiet
from tests.support.notebooks import RECORD_URL
from tskit.export import html, pdf
from tskit.export.html.due import left_in_words

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WRITTEN = datetime.fromisoformat(AS_OF)
DUE_AT = datetime.fromisoformat(DUE)
LEFT = ".answer.next .left"
CLOCK = ".answer.next .clock"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    setting = html.Setting(run="2026-11-01T1604Z-escalation_brief-7c1e", record_url=RECORD_URL)
    made = {"escalation": escalation(), "handover": handover(), "quiet": quiet()}
    return {name: html.write(notebook, folder / f"{name}.html", setting=setting) for name, notebook in made.items()}


@pytest.fixture
def opened(browser, pages):
    contexts = []

    def open_page(name, *, size=PHONE, now=None, scripts=True, **settings):
        context = browser.new_context(viewport=size, java_script_enabled=scripts, **settings)
        contexts.append(context)
        tab = context.new_page()
        tab.said = []
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        if now:
            # The hands stand still from here on, and move when a test says so, however slow the machine is.
            tab.clock.install(time=now - timedelta(hours=1))
            tab.clock.pause_at(now)
        tab.goto(pages[name].as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("after", [0, 60, 3_661, 9 * 3_600, 9 * 3_600 + 90, 9 * 3_600 + 1_290, 72 * 3_600, 144 * 3_600])
def test_a_deadline_counts_down_by_the_clock_of_the_device_in_the_same_words(opened, after):
    now = WRITTEN + timedelta(seconds=after)
    tab = opened("escalation", now=now)
    assert tab.locator(LEFT).inner_text() == left_in_words((DUE_AT - now).total_seconds())
    said = tab.locator(CLOCK).inner_text()
    assert said.startswith("Counting down by the clock of this device, ")
    assert said.endswith("written as of Sunday 1 November 2026, 23:59, Asia/Singapore.")


def test_page_and_script_say_every_length_in_the_same_words(opened):
    tab = opened("escalation", now=WRITTEN)
    for seconds in (0, 59, 60, 3_599, 3_600, 3_660, 86_399, 86_400, 90_000, 172_800, 863_940, 864_000, 5_000_000):
        for side in (-1, 1):
            due = WRITTEN + timedelta(seconds=side * seconds)
            tab.locator(LEFT).evaluate(
                "(node, due) => { node.dataset.due = due; document.dispatchEvent(new Event('visibilitychange')); }",
                f"{due:%Y-%m-%dT%H:%M:%SZ}",
            )
            assert tab.locator(LEFT).inner_text() == left_in_words(side * seconds)


def test_it_counts_on_by_the_minute_and_turns_when_the_time_has_passed(opened):
    tab = opened("escalation", now=DUE_AT - timedelta(minutes=3, seconds=30), timezone_id="America/New_York")
    assert tab.locator(LEFT).inner_text() == "3 min left"
    # The zone is the write-up's, wherever the device is.
    assert "Monday 08:56" in tab.locator(CLOCK).inner_text()
    tab.clock.run_for(60_000)
    assert tab.locator(LEFT).inner_text() == "2 min left"
    assert "past" not in tab.locator(LEFT).get_attribute("class")
    tab.clock.run_for(5 * 60_000)
    assert tab.locator(LEFT).inner_text() == "passed 2 min ago"
    assert "past" in tab.locator(LEFT).get_attribute("class")


def test_nothing_is_announced_and_nothing_changes_within_a_minute(opened):
    tab = opened("escalation", now=WRITTEN)
    assert tab.locator("[aria-live]:not([aria-live=off]), [role=alert]").count() == 0
    tab.evaluate(
        "window.__changes = 0; new MutationObserver(all => { window.__changes += all.length; })"
        ".observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true })"
    )
    tab.clock.run_for(55_000)
    assert tab.evaluate("window.__changes") == 0
    tab.clock.run_for(10_000)  # over the turn of the minute
    assert 0 < tab.evaluate("window.__changes") <= 4


@pytest.mark.parametrize("days", [-1, 8, 400])
def test_a_page_that_is_old_or_of_a_wrong_clock_says_what_was_left_when_it_was_written(opened, days):
    """It cannot know what was done since."""
    tab = opened("escalation", now=WRITTEN + timedelta(days=days))
    assert tab.locator(LEFT).inner_text() == "9 h 1 min left"
    assert tab.locator(CLOCK).inner_text() == "Time left as of Sunday 1 November 2026, 23:59, Asia/Singapore."


def test_without_scripts_it_stays_readable_and_true(opened):
    tab = opened("escalation", scripts=False)
    assert tab.locator(LEFT).inner_text() == "9 h 1 min left"
    assert "as of Sunday 1 November 2026, 23:59" in tab.locator(CLOCK).inner_text()
    assert tab.locator("button.copy").filter(visible=True).count() == 0
    tab.locator("summary", has_text="Legal").click()
    assert tab.get_by_text("What legal decides next is due").is_visible()


def test_a_statement_is_copied_as_its_text(opened, browser):
    tab = opened("escalation", permissions=["clipboard-read", "clipboard-write"])
    tab.get_by_role("button", name="Copy the words for Executive").click()
    tab.get_by_role("status").filter(has_text="Copied.").wait_for()
    copied = tab.evaluate("navigator.clipboard.readText()").replace("\r", "")
    assert copied.split("\n\n") == [
        "An episode with threats drew 26 reports in two markets on Sunday; it is down.",
        "26 cases were opened about 4 items in SG and MY; 3 cases are open. The items were played 38,900 to 43,600 times.",
        "What executive decides next is due on Monday 2 November 2026, 09:00, Asia/Singapore.",
    ]
    assert tab.said == []


def test_where_nothing_may_be_copied_the_words_are_selected(opened):
    tab = opened("escalation")
    tab.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false"
    )
    tab.get_by_role("button", name="Copy the words for Executive").click()
    assert "Selected" in tab.get_by_role("status").first.inner_text()
    assert "What executive decides next" in tab.evaluate("String(window.getSelection())")


def _unfold(tab):
    tab.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true; })")


@pytest.mark.parametrize("name", ["escalation", "handover", "quiet"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_barrier(opened, name, size, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = opened(name, size=size, color_scheme=theme)
    _unfold(tab)
    found = axe.Axe().run(tab).response["violations"]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("name", ["escalation", "handover", "quiet"])
@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_nothing_scrolls_sideways_on_a_phone(opened, name, width):
    tab = opened(name, size={"width": width, "height": 844})
    _unfold(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    lists = "[...document.querySelectorAll('.scroll:has(.stacked)')].filter(b => b.scrollWidth > b.clientWidth).length"
    assert width > 640 or tab.evaluate(lists) == 0


def test_the_title_and_the_most_urgent_list_stand_on_the_first_screen_of_a_phone(opened):
    tab = opened("handover")
    for selector in ("h1", "#s-table-due_next tbody tr:nth-child(3)"):
        box = tab.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 844


def test_a_quiet_handover_fits_one_screen_of_a_phone(opened):
    tab = opened("quiet")
    assert tab.evaluate("document.documentElement.scrollHeight") <= 844
    assert tab.locator(".quiet").filter(visible=True).count() == 7


def test_the_next_decision_of_a_brief_is_seen_without_looking_for_it(opened):
    """Within two screens of a phone, and on the first of a desk."""
    for size, screens in ((PHONE, 2), (DESK, 1.1)):
        box = opened("escalation", size=size).locator(".answer.next").bounding_box()
        assert box["y"] + box["height"] <= screens * size["height"]


@pytest.mark.parametrize(("size", "shown"), [(PHONE, 0), (DESK, 1)], ids=["phone", "desk"])
def test_a_chart_of_a_compact_page_is_folded_on_a_phone_alone(opened, size, shown):
    tab = opened("handover", size=size)
    assert tab.locator("figure svg[role=img]").filter(visible=True).count() == shown
    tab.locator("details.roomy:has(figure)").evaluate("fold => { fold.open = true; }")
    assert tab.locator("figure svg[role=img]").filter(visible=True).count() == 1


@pytest.mark.parametrize(("size", "shown"), [(PHONE, 0), (DESK, 1)], ids=["phone", "desk"])
@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_brief_looks_up_is_folded_on_a_phone_and_a_link_opens_it(opened, size, shown, scripts):
    tab = opened("escalation", size=size, scripts=scripts)
    assert tab.locator("#s-table-log").filter(visible=True).count() == shown
    assert tab.locator(".answers, .finding, .statement.asked .words").filter(visible=True).count() == 3
    tab.locator('.answers a[href="#s-table-log"]').click()
    tab.locator("#s-table-log").wait_for(state="visible")


def _sheets(path, folder):
    pypdf = pytest.importorskip("pypdf")
    # In a thread of its own: one thread drives one browser at a time.
    with ThreadPoolExecutor(1) as pool:
        chromium = os.environ.get("TSKIT_CHROMIUM", "")
        made = pool.submit(pdf.write, path, folder / "report.pdf", chromium=chromium).result()
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in pypdf.PdfReader(made).pages]


def test_the_first_sheet_of_a_printed_brief_holds_the_title_and_every_answer(pages, tmp_path):
    first, *others = _sheets(pages["escalation"], tmp_path)
    assert "Threats in one episode drew 26 reports" in first
    assert "What must be decided next" in first
    assert "9 h 1 min left" in first
    assert "Time left as of Sunday 1 November 2026, 23:59" in first
    whole = " ".join([first, *others])
    for audience in ("executive", "policy", "legal", "communications", "vendor"):
        assert f"What {audience} decides next is due on Monday" in whole


def test_a_printed_handover_loses_nothing_that_was_folded(pages, tmp_path):
    whole = " ".join(_sheets(pages["handover"], tmp_path))
    for part in ("to come", "The count is beyond what chance gives", "rows read", "SHA-256 begins"):
        assert part in whole
    assert Path(tmp_path / "report.pdf").stat().st_size < 2_000_000
