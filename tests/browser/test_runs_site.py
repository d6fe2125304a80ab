"""The catalogue in a real browser: it calls nobody, everybody can read and filter it, and thousands of runs stay usable."""

import re

import pytest

from tests.support.run_rows import MADE, hostile_rows, many, weekly
from tskit.export import html

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOOKS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""
SHOWN = "[data-s]:not([hidden])"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    made = {}
    for name, rows in {"weekly": weekly(), "hostile": hostile_rows(), "many": many(2_000), "none": ()}.items():
        folder = tmp_path_factory.mktemp(name)
        made[name] = html.site(rows, folder, made=MADE)
    return made


@pytest.fixture
def opened(browser, pages):
    contexts = []

    def open_page(name, *, width=1280, theme="light", scripts=True, asked=""):
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
        tab.goto(pages[name].as_uri() + asked)
        return tab

    yield open_page
    for context in contexts:
        context.close()


def count(tab):
    return tab.locator("#count").inner_text()


@pytest.mark.parametrize("name", ["weekly", "hostile"])
def test_it_asks_for_nothing_says_nothing_and_breaks_no_policy(opened, name):
    tab = opened(name)
    for fold in tab.locator("summary").filter(visible=True).all():
        fold.click()
    tab.locator("#f-q").fill("scam")
    tab.locator("#clear").click()
    tab.mouse.wheel(0, 50_000)
    tab.wait_for_timeout(200)
    assert tab.asked == [tab.url.partition("#")[0]]
    assert tab.said == []
    assert tab.evaluate("window.__violations") == []
    assert tab.evaluate("window.__ran") is None


def test_attacks_stay_text_and_every_link_stays_below_the_folder(opened):
    tab = opened("hostile")
    assert tab.locator("iframe, form, img, object, embed, [onclick], [onload], [onerror], main [style]").count() == 0
    hrefs = tab.eval_on_selector_all("a[href]", "links => links.map(a => a.href)")
    below = tab.url.partition("#")[0].rpartition("/")[0]
    assert [href for href in hrefs if not href.startswith(below)] == []
    assert tab.evaluate("document.querySelectorAll('main script').length") == 0
    # What is chosen from the data goes into the address and comes back as what it was.
    for place in range(1, tab.locator("#f-template option").count()):
        tab.locator("#f-template").select_option(index=place)
        assert count(tab) == "1 of 15 runs"
        chosen = tab.locator("#f-template").input_value()
        tab.reload()
        assert tab.locator("#f-template").input_value() == chosen
    assert tab.said == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["weekly", "hostile", "none"])
def test_axe_finds_no_barrier(opened, name, theme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = opened(name, theme=theme, width=width)
    tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    found = axe.Axe().run(tab).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("width", [320, 390, 700, 1000, 1280])
@pytest.mark.parametrize("name", ["weekly", "hostile", "none"])
def test_the_page_never_scrolls_sideways(opened, name, width):
    tab = opened(name, width=width)
    tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_it_reads_without_scripts_and_has_no_filters_then(opened):
    tab = opened("weekly", scripts=False)
    assert not tab.locator("#filters").is_visible()
    assert not tab.locator("#tools").is_visible()
    said = tab.locator("main").inner_text()
    for part in ("26 of 30 runs are done", "Scam cases in ID", "Since the run before", "Batch: Risk trends, 10 runs"):
        assert part in said
    assert tab.locator(".course").filter(visible=True).count() > 10
    tab.locator(".batch > details > summary").click()
    assert tab.locator(".batch .run").first.is_visible()


def test_every_filter_is_reached_and_worked_by_keyboard(opened):
    tab = opened("weekly")
    tab.locator("#f-q").focus()
    tab.keyboard.type("handover")
    assert count(tab) == "1 of 30 runs"
    tab.keyboard.press("Control+a")
    tab.keyboard.press("Delete")
    assert count(tab) == "30 of 30 runs"
    reached = []
    for _ in range(24):
        tab.keyboard.press("Tab")
        at = tab.evaluate("document.activeElement.id || document.activeElement.value")
        if at == "f-template":
            tab.keyboard.press("ArrowDown")
            assert count(tab) == "1 of 30 runs"
            tab.keyboard.press("ArrowUp")
        if at == "failed":
            tab.keyboard.press("Space")
            assert count(tab) == "1 of 30 runs"
            tab.keyboard.press("Space")
        if at not in reached:
            reached.append(at)
    wanted = [
        "f-template",
        "f-market",
        "f-of",
        "f-from",
        "f-to",
        "ok",
        "no_data",
        "failed",
        "unfinished",
        "f-latest",
        "f-changed",
    ]
    assert [at for at in reached if at in wanted] == wanted


@pytest.mark.parametrize(
    ("work", "left"),
    [
        (lambda tab: tab.locator("#f-market").select_option(label="TH (9)"), 9),
        (lambda tab: tab.get_by_label("No data").check(), 2),
        (lambda tab: (tab.get_by_label("No data").check(), tab.get_by_label("Failed").check()), 3),
        (lambda tab: tab.get_by_label("the latest of each report").check(), 16),
        (lambda tab: tab.get_by_label("where findings changed").check(), 10),
        (lambda tab: tab.locator("#f-from").fill("2026-11-22"), 3),
        (lambda tab: tab.locator("#f-to").fill("2026-10-05"), 2),
        (lambda tab: (tab.locator("#f-of").select_option("data"), tab.locator("#f-to").fill("2026-09-07")), 2),
        (lambda tab: tab.locator("#f-q").fill("SCAM cases id 2.6"), 1),
        (lambda tab: tab.locator("#f-q").fill("no such word"), 0),
    ],
)
def test_a_filter_leaves_what_matches_and_says_how_many(opened, work, left):
    tab = opened("weekly")
    work(tab)
    assert count(tab) == f"{left} of 30 runs"
    assert tab.locator(SHOWN).count() == left
    assert tab.locator("#none").is_visible() == (left == 0)
    assert tab.locator(f".month:not([hidden]):not(:has({SHOWN}))").count() == 0
    tab.locator("#clear").click()
    assert count(tab) == "30 of 30 runs"
    assert tab.evaluate("document.activeElement.id") == "f-q"


def test_how_many_are_left_is_announced(opened):
    tab = opened("weekly")
    assert tab.locator("#count").get_attribute("role") == "status"
    assert tab.get_by_role("search").is_visible()


def test_what_matches_within_a_batch_is_seen_and_folds_up_again(opened):
    tab = opened("weekly")
    assert tab.locator(".batch .run").filter(visible=True).count() == 0
    tab.locator("#f-market").select_option(label="JP (1)")
    assert tab.locator(".batch .run").filter(visible=True).count() == 1
    tab.locator("#clear").click()
    assert tab.locator(".batch .run").filter(visible=True).count() == 0


def test_what_is_asked_for_stands_in_the_address(opened):
    tab = opened("weekly")
    tab.locator("#f-q").fill("scam")
    tab.locator("#f-market").select_option(label="TH (9)")
    tab.get_by_role("checkbox", name="Done 26", exact=True).check()
    assert re.search(r"#q=scam&market=TH&status=ok$", tab.url)
    again = opened("weekly", asked=tab.url[tab.url.index("#") :])
    assert count(again) == count(tab)
    assert again.locator("#f-q").input_value() == "scam"


@pytest.mark.parametrize(
    "odd", ["#market=nowhere", "#status=x%00&from=soon", "#q=%zz", "#template=%3Cscript%3E", "#a=b=c&&&"]
)
def test_an_address_that_asks_for_what_is_not_there_asks_for_nothing(opened, odd):
    tab = opened("weekly", asked=odd)
    assert count(tab) == ("30 of 30 runs" if "q=" not in odd else "0 of 30 runs")
    assert tab.said == []


def test_a_link_to_the_run_before_shows_it_though_it_was_filtered_away(opened):
    tab = opened("weekly")
    tab.locator("#f-from").fill("2026-11-22")
    link = tab.locator(f"{SHOWN} .since a").first
    target = link.get_attribute("href")
    link.click()
    tab.locator(target.replace("#", "#")).wait_for(state="visible")
    assert count(tab) == "30 of 30 runs"


@pytest.mark.parametrize(("width", "is_open"), [(1280, True), (390, False)])
def test_on_a_phone_the_filters_leave_room_for_the_runs(opened, width, is_open):
    tab = opened("weekly", width=width)
    assert tab.locator("#f-market").is_visible() == is_open
    if not is_open:
        assert tab.locator("#filters").bounding_box()["height"] < 200
        asked = opened("weekly", width=width, asked="#market=TH")
        assert asked.locator("#f-market").is_visible()


def test_how_a_run_ended_is_told_in_words_and_signs_and_not_by_colour_alone(opened):
    tab = opened("weekly")
    for state, word, sign in (
        ("ok", "Done", "✓"),
        ("failed", "Failed", "✕"),
        ("no_data", "No data", "○"),
        ("unfinished", "Unfinished", "…"),
    ):
        mark = tab.locator(f".run.{state} > .foot .state").first
        assert mark.text_content() == word
        assert mark.evaluate("node => getComputedStyle(node, '::before').content") == f'"{sign}"'


def test_a_line_over_the_runs_says_its_values_in_words(opened):
    tab = opened("weekly")
    said = tab.locator(".course title").first.text_content()
    assert re.fullmatch(r"Cases opened over \d runs since \w+ \d+ \w+ 2026: [\d,]+(; [\d,]+){2,}", said)
    assert tab.locator(".course[role=img]").count() == tab.locator(".course").count()


def test_thousands_of_runs_can_be_searched(opened):
    tab = opened("many")
    tab.locator("#f-q").fill("hk 2.3")
    assert re.fullmatch(r"\d+ of 2,000 runs", count(tab))
    assert 0 < tab.locator(SHOWN).count() < 200
    tab.locator("#clear").click()
    assert count(tab) == "2,000 of 2,000 runs"


def test_on_paper_everything_is_there_but_the_filters(opened):
    tab = opened("weekly")
    tab.emulate_media(media="print")
    assert not tab.locator("#filters").is_visible()
    assert tab.locator(".batch .run").filter(visible=True).count() == 10
    assert tab.locator(".run").first.is_visible()
