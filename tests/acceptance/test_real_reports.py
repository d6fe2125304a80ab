"""Trend reports on files that nobody of this project wrote: they finish, say what cannot be answered, and claim little."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not here")
TABLE = "application/vnd.tskit.table+json"


def report(folder: Path, location: str, zone: str, template: str = "trend_report") -> tuple[dict, dict[str, dict]]:
    """Return the findings and the tables of a write-up that a process of its own has made."""
    (folder / "book").mkdir()
    (folder / "book" / "casebook.toml").write_text(f'name = "real"\nzone = "{zone}"\n', encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    kept |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    kept |= {"TSKIT_PSEUDONYM_KEY": "a key of the tests, long enough"}
    call = [sys.executable, "-m", "tskit.cli", "run", template, "--casebook", "book", "-p", f"source={location}"]
    done = subprocess.run(call, cwd=folder, env=kept, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    run = next((folder / "book" / "runs").iterdir())
    notebook = nbformat.read(run / "notebook.ipynb", as_version=4)
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    tables = {data[TABLE]["key"]: data[TABLE] for data in outputs if TABLE in data}
    assert (run / "report.html").stat().st_size > 50_000
    return json.loads((run / "findings.json").read_text(encoding="utf-8")), tables


@pytest.fixture(scope="module")
def nyc311(tmp_path_factory):
    return report(tmp_path_factory.mktemp("nyc311"), str(DATA / "nyc311/311_Animals_short.csv"), "America/New_York")


@pytest.fixture(scope="module")
def servicenow(tmp_path_factory):
    return report(tmp_path_factory.mktemp("servicenow"), str(DATA / "servicenow/incident_event_log.csv"), "UTC")


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    location = str(DATA / "servicenow/incident_event_log.csv")
    return report(tmp_path_factory.mktemp("scan"), location, "UTC", "pattern_scan")


def row(table: dict, first: str) -> list:
    return next(row for row in table["rows"] if row[0] == first)


def test_ten_weeks_of_nyc311_are_judged_by_days_and_say_so(nyc311):
    findings, tables = nyc311
    assert row(tables["metrics"], "Cases opened")[1:4] == ["2,016", "1,816", "+11\u202f%"]
    assert "judged by how much the days of both periods vary" in row(tables["limits"], "History")[1]
    assert all(
        item["certainty"] in {"moderate", "low", ""} for item in findings["findings"] if item["kind"] == "change"
    )


def test_nobody_calls_two_weekly_levels_that_overlap_a_change(nyc311):
    # By hand: 503, 388, 493 and 432 cases in the four weeks before, then 421, 477, 547 and 571.
    findings, _ = nyc311
    assert [item["claim"] for item in findings["findings"] if item["kind"] == "change"] == []


def test_a_backlog_that_nearly_tripled_is_named_although_it_cannot_be_judged(nyc311):
    findings, _ = nyc311
    assert findings["title"] == "Backlog 280 against 103 before, with too little history to judge it"


@pytest.mark.parametrize("metric", ["Overturn rate", "Decisions", "Decision accuracy", "Appeal rate", "Reopen rate"])
def test_what_nyc311_cannot_answer_is_named_with_the_column_that_it_lacks(nyc311, metric):
    _, tables = nyc311
    assert row(tables["metrics"], metric)[-1].startswith("needs column")


def test_the_default_period_of_servicenow_holds_the_cases_and_not_the_stragglers(servicenow):
    findings, tables = servicenow
    assert row(tables["metrics"], "Cases opened")[1] == "230"
    assert "no period before to compare with" in findings["lead"]


def test_a_source_of_a_single_week_gives_no_claim_of_change(servicenow):
    findings, tables = servicenow
    assert findings["title"].startswith("Too little history to judge")
    assert {item["kind"] for item in findings["findings"]} <= {"steady", "incident", "target"}
    assert tables["changes"]["rows"] == []
    assert row(tables["metrics"], "SLA attainment")[-1] == "needs column sla_target_at"


def test_a_scan_of_servicenow_tells_of_nothing_and_how_much_it_looked_at(scan):
    # Support tickets of four weeks with no planted story, and little history: silence is the answer to be given.
    findings, _ = scan
    assert findings["title"] == "Nothing stands out among 234 things looked at"
    assert [item for item in findings["findings"] if item["kind"] in {"change", "pattern"}] == []


def test_a_scan_of_servicenow_names_what_it_could_not_look_at(scan):
    _, tables = scan
    assert {row[0] for row in tables["limits"]["rows"]} >= {
        "Decision accuracy",
        "Segments that explain a change since the period before",
    }


def test_a_scan_of_forty_cases_of_one_day_ends_in_words(tmp_path):
    location = str(DATA / "salesforce/gen-ai-demo_Case.csv")
    findings, tables = report(tmp_path, location, "UTC", "pattern_scan")
    assert findings["title"].startswith("Nothing stands out among ")
    assert "the data does not reach back" in str(tables["limits"]["rows"])
