"""The panel of filters in JupyterLab: by mouse and by keyboard, in a browser far from the data's zone."""

import json
from datetime import date

import pytest

from tests.browser.lab import chromium, closed_browser
from tests.browser.started import Started, violations
from tests.support.samples import own_sample
from tskit import Scope, load

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PLOT = ".tskit-days-plot"
OPEN = """
import json
from pathlib import Path
from tskit import Scope, load
from tskit.ui import workbench
bench = workbench(load(Scope()), person="dao")
bench.filters.on_change(lambda ids: Path("picked.json").write_text(json.dumps(ids)))
bench
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=2000)


@pytest.fixture(scope="module")
def rows(book):
    case_set = load(Scope(), casebook=book)
    frame = case_set.cases.select("case_id", "created_at", "market").to_pyarrow().to_pandas()
    frame = frame.sort_values(["created_at", "case_id"])
    return frame.assign(day=frame["created_at"].dt.tz_convert("Asia/Singapore").dt.strftime("%Y-%m-%d"))


@pytest.fixture(scope="module", params=["light", "dark"])
def desk(request, tmp_path_factory, book):
    chromium()
    with (
        Started(tmp_path_factory.mktemp("lab") / "server", book) as lab,
        closed_browser(dark=request.param == "dark") as page,
    ):
        lab.write("bench.ipynb", OPEN)
        lab.open(page, "bench.ipynb")
        if request.param == "dark":
            page.evaluate(
                """async () => { await window.jupyterapp.commands.execute(
                    'apputils:change-theme', {theme: 'JupyterLab Dark'}); }"""
            )
        lab.run_all(page)
        page.locator(f"{PLOT} svg").wait_for()
        yield lab, page


def picked(book):
    return json.loads((book / "notebooks" / "picked.json").read_text(encoding="utf-8"))


def told(page, count):
    page.locator(".tskit-told", has_text=f"{count:,} of ").wait_for()


def within(rows, first, last):
    return rows[(rows["day"] >= first) & (rows["day"] <= last)]["case_id"].tolist()


def point(page, rows, day):
    """Return where the bar of a day stands on the page."""
    box = page.locator(PLOT).bounding_box()
    first, last = rows["day"].min(), rows["day"].max()
    between = date.fromisoformat
    total = (between(last) - between(first)).days + 1
    place = (between(day) - between(first)).days + 0.5
    return box["x"] + 46 + (box["width"] - 54) * place / total, box["y"] + 90


def test_a_brush_picks_exactly_the_cases_of_its_days(desk, book, rows):
    _, page = desk
    page.locator(PLOT).scroll_into_view_if_needed()
    start, end = point(page, rows, "2026-03-02"), point(page, rows, "2026-03-20")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    told(page, len(within(rows, "2026-03-02", "2026-03-20")))
    first, last = page.get_by_label("First day").input_value(), page.get_by_label("Last day").input_value()
    assert (first, last) == ("2026-03-02", "2026-03-20")
    assert picked(book) == within(rows, first, last)


def test_a_click_picks_one_day(desk, book, rows):
    _, page = desk
    page.mouse.click(*point(page, rows, "2026-05-06"))
    page.wait_for_function("() => document.querySelector('input[type=date]').value === '2026-05-06'")
    told(page, len(within(rows, "2026-05-06", "2026-05-06")))
    assert picked(book) == within(rows, "2026-05-06", "2026-05-06")


def test_the_keyboard_alone_does_the_same_and_runs_no_command_of_jupyterlab(desk, book, rows):
    _, page = desk
    cells = page.locator(".jp-Cell").count()
    page.locator(PLOT).focus()
    for key in ("d", "d", "x", "a", "b"):
        page.keyboard.press(key)
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+PageDown"):
        page.keyboard.press(key)
    assert "7 May 2026 to" in page.locator(PLOT).get_attribute("aria-valuetext")
    page.keyboard.press("Enter")
    told(page, len(within(rows, "2026-05-07", "2026-05-15")))
    assert picked(book) == within(rows, "2026-05-07", "2026-05-15")
    assert page.locator(".jp-Cell").count() == cells
    assert page.evaluate("document.activeElement.className") == "tskit-days-plot"
    page.keyboard.press("Escape")
    told(page, len(rows))


def test_markets_narrow_the_chart_and_the_cases(desk, book, rows):
    _, page = desk
    page.get_by_label("Markets").select_option(label="ID (Indonesia)")
    kept = rows[rows["market"] == "ID"]
    told(page, len(kept))
    assert picked(book) == kept["case_id"].tolist()
    page.get_by_role("button", name="Clear filters").click()
    told(page, len(rows))


def test_what_is_picked_is_reviewed(desk, book, rows):
    _, page = desk
    page.get_by_label("First day").fill("2026-03-02")
    page.get_by_label("Last day").fill("2026-03-04")
    wanted = within(rows, "2026-03-02", "2026-03-04")
    told(page, len(wanted))
    page.get_by_role("button", name=f"Review these {len(wanted)} cases").click()
    page.get_by_text(wanted[0]).first.wait_for()
    assert page.get_by_text(f"of {len(wanted)}").first.is_visible()


def test_no_case_id_and_no_content_stands_in_the_panels_state(desk, book, rows):
    _, page = desk
    panel = page.locator(".tskit-days").first.locator("xpath=..").inner_html()
    assert not any(case_id in panel for case_id in rows["case_id"])


def test_the_panel_passes_axe(desk):
    assert violations(desk[1], ".jp-OutputArea-output") == []


def test_nothing_was_asked_of_the_network_and_nothing_went_wrong(desk):
    _, page = desk
    assert page.refused == []
    assert page.errors == []
