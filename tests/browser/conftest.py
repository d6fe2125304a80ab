"""What several tests with a browser share: a JupyterLab, a page in it, and a browser for finished reports."""

import pytest

from tests.browser.lab import Lab, chromium, closed_browser
from tskit.export import pdf


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    chromium()
    with Lab(tmp_path_factory.mktemp("lab") / "server") as lab:
        yield lab


@pytest.fixture
def page():
    """A page that must have asked for nothing beyond loopback, and stumbled over nothing, by the end of the test."""
    with closed_browser() as page:
        yield page
        assert page.refused == []
        assert page.errors == []


@pytest.fixture(scope="module")  # one driver at a time: a second one in the same process refuses to start
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium(), args=pdf.arguments())
        yield launched
        launched.close()
