"""What people wrote on duty stands in the team's own page alone: in nothing that is sent, kept beside it or shared."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import shared_sample

ROOT = Path(__file__).parents[2]
CANARY = "CANARYwords7f3a"
INSIDE = {"report.html", "notebook.ipynb"}
"""What only the team opens: it says so in its band."""
pytestmark = [pytest.mark.slow, pytest.mark.acceptance]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a casebook in which whatever was written on duty holds the canary, and the case that it is about."""
    folder = tmp_path_factory.mktemp("words") / "book"
    shutil.copytree(
        shared_sample(tmp_path_factory, cases=6_000), folder, ignore=shutil.ignore_patterns(".cache", "records*")
    )
    path = folder / "data" / "duty.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["body"] = {**row["body"], "text": f"{CANARY} {row['body'].get('text', '')}"}
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder, next(row["subject"] for row in rows if row["log"] == "escalations")


def tskit(folder, *arguments):
    command = [sys.executable, "-m", "tskit.cli", *arguments, "--casebook", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("template", ["escalation_brief", "oncall_handover"])
def test_a_run_keeps_the_words_of_the_log_to_the_teams_own_page(book, template):
    folder, case = book
    told = tskit(folder, "run", template, *(["-p", f"case_id={case}"] if template == "escalation_brief" else []))
    assert told.returncode == 0, told.stderr
    run = Path(told.stdout.splitlines()[-1]).parent
    holding = {
        path.name for path in run.rglob("*") if path.is_file() and CANARY in path.read_bytes().decode("utf-8", "ignore")
    }
    assert holding == INSIDE, "the page quotes the log, and nothing else does"
    assert CANARY not in told.stdout + told.stderr
    assert (run / "findings.json").is_file()
    assert (run / "manifest.json").is_file()
    assert list(run.glob("*share*.html"))


def test_the_log_is_shown_to_whoever_asks_for_it_and_its_list_of_cases_can_be_piped(book):
    folder, case = book
    assert CANARY in tskit(folder, "log", case).stdout
    assert re.search(rf"^{case}  ", tskit(folder, "log").stdout, re.MULTILINE)
