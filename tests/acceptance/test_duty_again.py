"""A brief and a handover that are made again say the same: after others wrote, on another machine, in another order."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import shared_sample

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
pytestmark = [pytest.mark.slow, pytest.mark.acceptance]


@pytest.fixture
def book(tmp_path_factory):
    """Return a casebook of one's own, whose logs nobody has opened yet, and the case that its incident is about."""
    folder = tmp_path_factory.mktemp("again") / "book"
    left_out = shutil.ignore_patterns(".cache", "records*", "runs")
    shutil.copytree(shared_sample(tmp_path_factory, cases=6_000), folder, ignore=left_out)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    story = next(story for story in truth["stories"] if story["name"] == "incident")
    return folder, story["lead_case_id"]


def tskit(folder, *arguments, **variables):
    done = subprocess.run(
        [sys.executable, "-m", "tskit.cli", *arguments, "--casebook", str(folder)],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(folder, template, *parameters, **variables):
    """Return what a run says, by file, and what its manifest keeps of the logs."""
    made = Path(
        tskit(folder, "run", template, *(f"-p{one}" for one in parameters), **variables).splitlines()[-1]
    ).parent
    said = {path.name: path.read_bytes() for path in [made / "findings.json", *sorted((made / "data").iterdir())]}
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "ok"
    (logs,) = manifest["logs"]
    return said, logs


def write_to_both(folder, case_id):
    tskit(folder, "log", case_id, "The reach doubled again", "--author", "someone")
    tskit(folder, "log", case_id, "Decide anew", "--kind", "next", "--due", "2026-11-02T03:00", "--author", "someone")
    promised = ["shift", "promise", "Look again", "--due", "2026-11-02T01:00", "--author", "someone"]
    tskit(folder, *promised)


@pytest.mark.parametrize("template", ["escalation_brief", "oncall_handover"])
def test_what_was_read_of_the_logs_is_read_again_after_others_wrote(book, template):
    folder, case_id = book
    about = [f"case_id={case_id}", "linked=true", "deadline=2026-11-02T09:00"] if template == "escalation_brief" else []
    first, logs = run(folder, template, *about)
    write_to_both(folder, case_id)
    last, others = run(folder, template, *about)
    assert last != first, "what was written is news"
    assert [place["entries"] for place in others["places"]] > [place["entries"] for place in logs["places"]]
    place = f"log_until={logs['again']['log_until']}"
    assert run(folder, template, *about, place, **ELSEWHERE) == (first, logs)
