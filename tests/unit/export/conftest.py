"""Notebooks that are drawn once for all tests of a process: drawing is what takes the time."""

import pytest

from tests.support.notebooks import RECORD_URL, hostile, trend_report
from tskit.export import html


@pytest.fixture(scope="session")
def notebook():
    return trend_report()


@pytest.fixture(scope="session")
def report(notebook):
    return html.page(notebook, html.Setting(run="2026-11-02T0104Z-trend_report-7c1e", record_url=RECORD_URL))


@pytest.fixture(scope="session")
def hostile_report():
    return html.page(hostile(), html.Setting(run="r"))
