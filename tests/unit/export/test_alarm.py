"""What an alert may tell of a run is what its copy to share says; the worked notebooks of every template are held to it."""

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import nbformat
import pytest

from tskit.export.alarm import said
from tskit.export.sharing import to_share
from tskit.model import FINDING_MIME

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
TEMPLATES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
SINGLE = re.compile(r"5005g\w+|item-\w+|acct-\w+|\b(aisyah|dao|chloe)\b")
"""A case, an item, an account, and people on duty, as the sample names them."""


def run(folder, template, *, status="ok", failure=None):
    shutil.copy(NOTEBOOKS / f"{template}.ipynb", folder / "notebook.ipynb")
    manifest = {"id": "run-1", "template": {"name": template}, "status": status, "failure": failure}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def findings_of(notebook):
    bundles = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [finding for bundle in bundles if FINDING_MIME in bundle for finding in bundle[FINDING_MIME]["findings"]]


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_told_that_the_copy_to_share_does_not_say(tmp_path, template):
    told = said(run(tmp_path, template))
    shared = findings_of(to_share(nbformat.read(tmp_path / "notebook.ipynb", as_version=4)))
    assert [one.claim for one in told.findings if not one.is_covered] == [finding["claim"] for finding in shared]
    assert told.is_sample


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_case_no_item_and_nobody_is_named(tmp_path, template):
    told = json.dumps(asdict(said(run(tmp_path, template))))
    assert SINGLE.search((tmp_path / "notebook.ipynb").read_text(encoding="utf-8")) or template == "root_cause_session"
    assert not SINGLE.search(told)


@pytest.mark.parametrize("template", TEMPLATES)
def test_of_a_finding_of_single_cases_only_signals_and_certainty_are_left(tmp_path, template):
    told = said(run(tmp_path, template))
    alone = [
        finding.get("of_single_cases", False) for finding in findings_of(nbformat.read(tmp_path / "notebook.ipynb", 4))
    ]
    assert [one.is_covered for one in told.findings] == alone
    assert {(one.claim, one.detail, one.next_step) for one in told.findings if one.is_covered} <= {("", "", "")}


def test_a_run_that_stopped_says_where_and_not_what_was_there(tmp_path):
    failure = {"section": "Load", "cell": 3, "kind": "KeyError"}
    told = said(run(tmp_path, "trend_report", status="failed", failure=failure))
    assert told.failure == "stopped in the section 'Load', code cell 3 (KeyError)"
    assert (told.title, told.lead, told.findings) == ("", "", ())


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        said(tmp_path)
    (run(tmp_path, "trend_report") / "notebook.ipynb").write_text('{"cells": 3}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"notebook\.ipynb is no notebook"):
        said(tmp_path)
