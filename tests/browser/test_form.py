"""The way of somebody who types no command: open JupyterLab, choose, fill in, run, read."""

import json

import pytest

from tests.browser.lab import chromium, closed_browser
from tests.browser.started import Started, violations
from tests.support.samples import own_sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OUTPUT = ".jp-OutputArea-output"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=2000)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, book):
    chromium()
    with Started(tmp_path_factory.mktemp("lab") / "server", book) as lab, closed_browser() as page:
        lab.open(page, "Start here.ipynb")
        lab.run_all(page)
        page.get_by_label("Write-up").wait_for()
        page.get_by_label("Write-up").select_option(label="Risk trends (trend_report)")
        page.locator(OUTPUT).get_by_role("button", name="Run", exact=True).wait_for()
        yield lab, page


def manifest(book, number=-1):
    folder = sorted((book / "runs").iterdir())[number]
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_the_form_passes_axe_by_day(desk):
    assert violations(desk[1], OUTPUT) == []


def test_a_period_the_wrong_way_round_is_said_at_once_and_cannot_be_run(desk):
    _, page = desk
    page.get_by_label("First day").fill("2026-10-20")
    page.get_by_label("Last day").fill("2026-10-01")
    page.get_by_text("lies before 'start'; swap them").wait_for()
    assert page.locator(OUTPUT).get_by_role("button", name="Run", exact=True).is_disabled()
    page.get_by_label("First day").fill("")
    page.get_by_label("Last day").fill("")
    page.locator(OUTPUT).locator("button:enabled", has_text="Run").wait_for()


def test_a_run_shows_how_far_it_is_and_leaves_the_notebook_free(desk, book):
    lab, page = desk
    page.get_by_label("Markets").select_option(label=["ID (Indonesia)", "TH (Thailand)"])
    page.locator(OUTPUT).get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Section 1 of 11").wait_for()
    # Another cell runs while the write-up does.
    lab.run_all(page)
    page.get_by_label("Write-up").wait_for()


def test_the_report_opens_in_a_tab_of_its_own(desk, book):
    _, page = desk
    # The cell that was run again has the form anew, with the values of the run that goes on beside it.
    page.get_by_label("Write-up").select_option(label="Risk trends (trend_report)")
    page.get_by_label("Markets").wait_for()
    chosen = page.get_by_label("Markets").evaluate("box => [...box.selectedOptions].map(one => one.value)")
    assert sorted(chosen) == ["ID (Indonesia)", "TH (Thailand)"]
    page.locator(OUTPUT).get_by_role("button", name="Run", exact=True).click()
    link = page.get_by_role("link", name="Open the report")
    link.wait_for(timeout=180_000)
    with page.context.expect_page() as opened:
        link.click()
    report = opened.value
    report.wait_for_load_state()
    assert "/files/runs/" in report.url
    assert report.locator("h1").first.is_visible()
    assert report.get_by_role("link", name="Findings", exact=True).count() == 1
    # It has an origin of its own, so that nothing in it can speak to JupyterLab.
    assert report.evaluate("self.origin") == "null"
    report.close()
    assert manifest(book)["status"] == "ok"
    assert sorted(manifest(book)["parameters"]["market"]) == ["ID", "TH"]
    assert manifest(book)["given"] == ["market"]
    assert page.get_by_text("Earlier reports").is_visible()


def test_a_run_can_be_stopped_and_is_kept_as_failed(desk, book):
    _, page = desk
    page.locator(OUTPUT).get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Section 1 of 11").wait_for()
    page.locator(OUTPUT).get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("It was stopped from outside").wait_for()
    assert manifest(book)["status"] == "failed"
    assert page.locator(OUTPUT).get_by_role("button", name="Run", exact=True).is_enabled()


def test_nothing_was_asked_of_the_network_and_nothing_went_wrong(desk):
    _, page = desk
    assert page.refused == []
    assert page.errors == []
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
