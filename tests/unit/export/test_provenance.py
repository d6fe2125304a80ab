"""The end of a page says how far the logs were read, and its command reads the same again."""

import re
from html import unescape

import pytest
from nbformat import v4

from tests.support.notebooks import trend_report
from tskit.export import html
from tskit.model import LOGS_MIME, TAGS_MIME

DIGEST = "92be5516d7d6aa"
LOGS = {
    "places": [{"log": "escalations", "entries": 17, "digest": DIGEST}, {"log": "shifts", "entries": 1, "digest": "368102351894bb"}],
    "until": "",
    "again": {"log_until": "#17/#1"},
}  # fmt: skip
TAGS = {"log": "tags", "entries": 412, "digest": DIGEST, "taxonomy": "1.2", "counts": {"cases": 3}}


def page(mime, state, *, is_shared=False):
    notebook = trend_report()
    output = v4.new_output("display_data", {mime: state, "text/plain": "How far it was read."})
    notebook.cells.append(v4.new_code_cell("look.logs", outputs=[output]))
    return html.page(notebook, html.Setting(run="r", is_shared=is_shared))


@pytest.mark.parametrize("is_shared", [False, True])
def test_how_far_each_log_was_read_stands_in_the_provenance_and_in_a_copy_to_share(is_shared):
    made = page(LOGS_MIME, LOGS, is_shared=is_shared)
    fact = "<dt>Logs that were read</dt><dd>17 entries of escalations, the last 92be5516d7d6; 1 entry of shifts, the last 368102351894</dd>"
    assert fact in made
    assert ("How far it was read." in made) is not is_shared


def test_the_moment_that_the_logs_were_read_as_of_stands_there_as_well():
    made = page(LOGS_MIME, {**LOGS, "until": "2026-11-01T12:45:00+00:00"})
    assert "the last 368102351894; of these what was written up to 1 Nov 2026, 12:45 UTC</dd>" in made


def test_the_command_for_the_same_run_reads_the_logs_as_far(tmp_path):
    command = re.search(r"tskit run [^<]*", page(LOGS_MIME, LOGS).partition('id="provenance"')[2])
    assert "-p log_until='#17/#1'" in unescape(command[0])


def test_the_place_in_the_log_of_tags_stands_there_as_well():
    assert "<dt>Logs that were read</dt><dd>412 entries of tags, the last 92be5516d7d6</dd>" in page(TAGS_MIME, TAGS)


def test_a_report_that_reads_no_log_says_nothing_of_any():
    assert "Logs that were read" not in html.page(trend_report(), html.Setting(run="r"))
