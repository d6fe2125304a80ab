"""The open queue in a real JupyterLab: the most urgent case is on the screen first, with the reason for its place."""

import pytest

from tests.browser.review_desk import CASE, SETUP, open_desk, press_and_move_on, run_cell, saved, shown
from tests.support.samples import own_sample
from tskit.cases import load, open_casebook
from tskit.model import Scope
from tskit.patterns import triage

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PLACE = ".tk-review dt:text-is('Place') + dd"
START = "from tskit.ui import start\nstart(casebook={casebook!r})"


@pytest.fixture(scope="module")
def casebook(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=40_000)


@pytest.fixture(scope="module")
def first(casebook):
    """Return the three cases that triage puts first."""
    found = triage(load(Scope(), casebook=open_casebook(casebook))).frame
    return list(found.head(3).itertuples())


def test_the_queue_is_worked_in_the_order_of_triage_and_each_case_says_why(lab, page, casebook, first):
    open_desk(lab, page, casebook, person="ann", call='review(cases, order="triage")')
    page.evaluate("document.querySelector('.tk-review').focus()")
    for place, row in enumerate(first, start=1):
        assert shown(page) == row.case_id
        told = page.inner_text(PLACE)
        assert told.startswith(f"{place} of ")
        assert told.endswith(row.why)
        press_and_move_on(page, "2", "1")
    assert saved(casebook, "ann") == [(row.case_id, "RC2.1") for row in first]


def test_who_types_nothing_finds_the_same_queue_at_the_start(lab, page, casebook, first):
    setup = SETUP.format(person="bao", casebook=str(casebook), pid=str(lab.folder / "bao.pid"))
    lab.write("start.ipynb", setup, START.format(casebook=str(casebook)))
    lab.open(page, "start.ipynb")
    run_cell(page, 0)
    run_cell(page, 1)
    page.get_by_label("Review", exact=True).select_option("Work the open queue by urgency")
    page.wait_for_selector(f"{CASE}:text-is('{first[0].case_id}')")
    page.locator(".tk-review").scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # a key counts only once the case could have been read
    page.evaluate("document.querySelector('.tk-review').focus()")
    press_and_move_on(page, "2", "1")
    assert shown(page) == first[1].case_id
    page.wait_for_selector(f"{PLACE}:text-matches('^2 of ')")
