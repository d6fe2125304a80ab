"""The page of a pattern scan in a real browser: everybody can read it, on a desk and on a phone, and it names no case to others."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import own_sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
CASE_ID = re.compile(r"5005g\w+")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the folder of a scan of a small sample by two columns."""
    book = own_sample(tmp_path_factory, cases=6_000)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    home = tmp_path_factory.mktemp("home")
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", "tskit.cli", "run", "pattern_scan", "--casebook", str(book)]
    asked = ["-p", "metric=cases_opened,overturn_rate", "-p", "by=market,policy_id"]
    done = subprocess.run([*call, *asked], env=kept | places, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return next((book / "runs").glob("2*"))


@pytest.fixture
def opened(browser, run):
    contexts = []

    def open_page(*, width, theme, name="report.html"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        contexts.append(context)
        tab = context.new_page()
        tab.asked, tab.said = [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.goto((run / name).as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_barrier_and_the_page_never_scrolls_sideways(opened, width, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = opened(width=width, theme=theme)
    for fold in tab.locator("summary").all():
        fold.click()
    found = axe.Axe().run(tab).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert (tab.asked, tab.said) == ([tab.url], [])


def test_the_answer_and_how_much_was_looked_at_stand_in_the_first_screen(opened):
    tab = opened(width=1280, theme="light")
    for place in (tab.locator("h1"), tab.locator(".tile").first):
        box = place.bounding_box()
        assert box["y"] + box["height"] <= 900
    assert "looked at" in tab.locator(".tile").first.inner_text()


def test_every_chart_has_words_for_whoever_does_not_see_it_and_a_table_beside_it(opened):
    tab = opened(width=1280, theme="light")
    pictures = tab.locator("figure .wide svg[role=img]")
    assert pictures.count() >= 1
    names = pictures.evaluate_all("all => all.map(one => one.getAttribute('aria-label') || one.textContent)")
    assert all(len(name) > 20 for name in names)


def test_a_copy_to_share_names_no_case(opened):
    tab = opened(width=1280, theme="light", name="report-to-share.html")
    assert not CASE_ID.search(tab.content())
