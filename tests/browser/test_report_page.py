"""The report in a real browser: it calls nobody, says nothing to the console, runs no attack, and everybody can read it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.notebooks import RECORD_URL, hostile, trend_report
from tskit.export import html, pdf

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOOKS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    setting = html.Setting(run="2026-11-02T0104Z-trend_report-7c1e", record_url=RECORD_URL)
    return {
        "plain": html.write(trend_report(), folder / "plain.html", setting=setting),
        "hostile": html.write(hostile(), folder / "hostile.html", setting=html.Setting(run="r", record_url=RECORD_URL)),
    }


@pytest.fixture
def opened(browser, pages):
    contexts = []

    def open_page(name, *, width=1440, theme="light", scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts
        )
        contexts.append(context)
        tab = context.new_page()
        tab.asked, tab.said = [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.on("dialog", lambda dialog: (tab.said.append("dialog"), dialog.dismiss()))
        tab.add_init_script(HOOKS)
        tab.goto(pages[name].as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


def _visible(tab, selector):
    return tab.locator(selector).filter(visible=True).count()


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_it_asks_for_nothing_says_nothing_and_breaks_no_policy(opened, name):
    tab = opened(name)
    for fold in tab.locator("summary").all():
        fold.click()
    tab.mouse.wheel(0, 50_000)
    tab.wait_for_timeout(200)
    assert tab.asked == [tab.url]
    assert tab.said == []
    assert tab.evaluate("window.__violations") == []


def test_attacks_stay_text(opened):
    tab = opened("hostile")
    assert tab.evaluate("window.__ran") is None
    assert tab.locator("iframe, form, input, object, embed, [onclick], [onload], [onerror], main [style]").count() == 0
    assert tab.locator("body").is_visible()
    hrefs = tab.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))")
    assert all(href.startswith(("#", "https://desk.example/cases/")) for href in hrefs)
    tab.locator("h1").hover()
    assert "<script>" in tab.locator("h1").inner_text()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_axe_finds_no_barrier(opened, name, theme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = opened(name, theme=theme, width=width)
    for fold in tab.locator("summary").all():
        fold.click()
    found = axe.Axe().run(tab).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("width", [390, 700, 1440])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_the_page_never_scrolls_sideways(opened, name, width):
    tab = opened(name, width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "size"), [(1440, "wide"), (390, "narrow")])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_every_figure_shows_one_picture_of_the_right_size(opened, width, size, theme, scripts):
    tab = opened("plain", width=width, theme=theme, scripts=scripts)
    assert _visible(tab, "figure svg[role=img]") == 3
    assert _visible(tab, f"figure .{size} svg") == 3


def test_values_show_under_the_pointer_from_above_and_below_a_line_too(opened):
    tab = opened("plain")
    picture = tab.locator("#s-figure-spike_by_day .wide svg")
    picture.scroll_into_view_if_needed()
    tab.wait_for_timeout(300)
    box = picture.bounding_box()
    tab.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)
    tip = tab.locator(".tip")
    assert tip.is_visible()
    assert "Value: " in tip.inner_text()
    place = tip.bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 1440
    tab.mouse.move(box["x"] + 4, box["y"] - 40)
    assert not tip.is_visible()
    assert tab.asked == [tab.url]
    assert tab.evaluate("window.__violations") == []


def test_values_are_words_of_the_browsers_own_without_scripts(opened):
    tab = opened("plain", scripts=False)
    assert tab.locator("#s-figure-spike_by_day .wide svg title").count() >= 56


def test_it_reads_without_scripts(opened):
    tab = opened("plain", scripts=False)
    text = tab.locator("main").inner_text()
    for part in (
        "Impersonation podcasts in Indonesia rose fivefold",
        "91.3",
        "1,104 cases against 212 expected",
        "rows read",
    ):
        assert part in text
    assert not tab.locator("#tools").is_visible()
    tab.locator("summary", has_text="Data behind this figure").first.click()
    assert tab.locator("figure details.data table").first.is_visible()


def test_the_theme_follows_the_button_and_the_charts_follow_the_theme(opened):
    tab = opened("plain")
    paper = "getComputedStyle(document.body).backgroundColor"
    line = "getComputedStyle(document.querySelector('figure .wide path[stroke=\"var(--accent)\"]')).stroke"
    light = tab.evaluate(paper), tab.evaluate(line)
    tab.get_by_role("button", name="Dark page").click()
    dark = tab.evaluate(paper), tab.evaluate(line)
    assert light[0] == "rgb(251, 250, 247)"
    assert dark[0] == "rgb(20, 24, 27)"
    assert light[1] != dark[1]
    assert _visible(tab, "figure svg[role=img]") == 3
    tab.get_by_role("button", name="Light page").click()
    assert tab.evaluate(paper) == light[0]


def test_the_contents_list_leads_to_every_section_and_shows_where_one_is(opened):
    tab = opened("plain")
    links = tab.locator("nav.contents a")
    assert links.count() >= 6
    tab.get_by_role("link", name="Queue health").click()
    tab.locator("nav.contents a[aria-current]", has_text="Queue health").wait_for(timeout=5000)
    assert tab.locator("h2", has_text="Queue health").is_visible()


def test_the_contents_list_can_be_reached_on_a_phone(opened):
    tab = opened("plain", width=390)
    tab.evaluate("window.scrollTo(0, 3000)")
    assert tab.get_by_role("link", name="Findings", exact=True).is_visible()
    box = tab.locator("nav.contents").bounding_box()
    assert box["y"] < 60
    assert box["height"] < 70


def test_a_link_to_evidence_leads_to_its_figure(opened):
    tab = opened("plain")
    tab.get_by_role("link", name="Figure 1: daily cases").click()
    tab.wait_for_timeout(600)
    assert 0 <= tab.locator("#s-figure-spike_by_day").bounding_box()["y"] < 400


def test_code_opens_all_at_once(opened):
    tab = opened("plain")
    assert _visible(tab, "details.code pre") == 0
    tab.get_by_role("button", name="Show code").click()
    assert _visible(tab, "details.code pre") >= 5


def test_focus_is_seen(opened):
    tab = opened("plain")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["y"] >= 0
    tab.keyboard.press("Tab")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_pdf_holds_the_answer_and_is_tagged(pages, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    # In a thread of its own: one thread drives one browser at a time.
    with ThreadPoolExecutor(1) as pool:
        path = pool.submit(
            pdf.write, pages["plain"], tmp_path / "report.pdf", chromium=os.environ.get("TSKIT_CHROMIUM", "")
        ).result()
    reader = pypdf.PdfReader(path)
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)
    assert "Impersonation podcasts in Indonesia rose fivefold" in text.replace("\n", " ")
    assert "Contents" not in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert round(float(reader.pages[0].mediabox.width)) == 595
    assert len(reader.outline) >= 1
    assert Path(path).stat().st_size < 2_000_000
