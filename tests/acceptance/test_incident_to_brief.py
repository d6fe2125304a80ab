"""From a cold terminal to what is told: the brief of the planted incident, and the handover of a loud and of a quiet shift."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.samples import shared_sample

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

ROOT = Path(__file__).parents[2]
BRIEF_SECONDS, HANDOVER_SECONDS = 60.0, 10.0
BUSY = 5
"""How many times as long as its work a run may take by the wall where others use the machine as well."""


@dataclass(frozen=True)
class Run:
    folder: Path
    cpu: float
    wall: float

    @property
    def findings(self):
        return json.loads((self.folder / "findings.json").read_text(encoding="utf-8"))

    @property
    def brief(self):
        return (self.folder / "brief.md").read_text(encoding="utf-8").splitlines()

    @property
    def claims(self):
        return [finding["claim"] for finding in self.findings["findings"]]


@pytest.fixture(scope="module")
def casebook(tmp_path_factory):
    """Return a casebook of its own that nobody has opened yet: no cache, no records."""
    copy = tmp_path_factory.mktemp("incident") / "casebook"
    sample = shared_sample(tmp_path_factory, cases=40_000)
    shutil.copytree(sample, copy, ignore=shutil.ignore_patterns(".cache", "records*", "runs"))
    return copy


@pytest.fixture(scope="module")
def planted(casebook):
    truth = json.loads((casebook / "truth.json").read_text(encoding="utf-8"))
    return next(story for story in truth["stories"] if story["name"] == "incident")


@pytest.fixture(scope="module")
def tskit(casebook, tmp_path_factory):
    """Return a function that runs a template in processes of its own, and says what that cost all of them."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    kept |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}

    def call(template, *given):
        asked = [part for one in given for part in ("-p", one)]
        command = [sys.executable, "-m", "tskit.cli", "run", template, *asked]
        spent, began = _of_children(), time.monotonic()
        done = subprocess.run(command, cwd=casebook, env=kept, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        return Run(Path(done.stdout.splitlines()[-1]).parent, _of_children() - spent, time.monotonic() - began)

    return call


@pytest.fixture(scope="module")
def brief(tskit, planted):
    """Three inputs: the case, who asks, by when."""
    return tskit(
        "escalation_brief", f"case_id={planted['lead_case_id']}", "audience=legal", "deadline=2026-11-02T09:00"
    )


@pytest.fixture(scope="module")
def cluster(tskit, planted):
    return tskit("escalation_brief", f"case_id={planted['lead_case_id']}", "linked=true", "deadline=2026-11-02T09:00")


@pytest.fixture(scope="module")
def loud(tskit):
    return tskit("oncall_handover", "until=2026-11-01T21:00")


@pytest.fixture(scope="module")
def quiet(tskit):
    return tskit("oncall_handover", "until=2026-09-20T21:00")


def _of_children():
    """Return the seconds of processor time of every process that was started from here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _places(words, told):
    """Return in which of the lines each of the words stands first."""
    return [next(n for n, line in enumerate(told) if word in line) for word in words]


def test_three_inputs_make_a_finished_brief_within_a_minute(brief):
    assert brief.cpu < BRIEF_SECONDS
    assert brief.wall < BUSY * BRIEF_SECONDS
    assert {"report.html", "report-to-share.html", "brief.md", "findings.json"} <= {
        p.name for p in brief.folder.iterdir()
    }
    asked = [one["audience"] for one in brief.findings["statements"] if one["is_asked"]]
    assert asked == ["legal"]
    assert brief.brief[0].startswith("*SAMPLE DATA: ")


def test_the_brief_of_the_cluster_names_what_was_planted_in_the_order_to_act(cluster, planted):
    found = cluster.findings
    assert str(planted["size"]["cases"]) in found["title"]
    assert "Malaysia and Singapore" in found["title"]
    assert "1 hand-off missed, 1 wrong takedown" in found["title"]
    order = ["hand-off was missed", "wrong takedown was reversed", "where 0.", "The reach"]
    assert _places(order, cluster.claims) == sorted(_places(order, cluster.claims))
    assert f"{planted['reach']['total']:,}" in found["lead"]
    details = " ".join(finding["detail"] for finding in found["findings"])
    assert planted["missed_handoff"]["case_id"] in details
    assert planted["wrong_takedown"]["case_id"] in details


def test_the_brief_of_the_cluster_takes_no_longer(cluster):
    assert cluster.cpu < BRIEF_SECONDS
    assert cluster.wall < BUSY * BRIEF_SECONDS


@pytest.mark.parametrize("shift", ["loud", "quiet"])
def test_a_handover_is_a_matter_of_seconds(request, tskit, shift):
    """Once the casebook was read. What it takes on a quiet machine is told by benchmarks/on_duty.py; here a busy one may run."""
    run = request.getfixturevalue(shift)
    assert run.cpu < 2 * HANDOVER_SECONDS
    assert run.wall < BUSY * HANDOVER_SECONDS


def test_the_handover_of_the_loud_shift_begins_with_what_nobody_took_up(loud, planted):
    missed, lead = planted["missed_handoff"]["case_id"], planted["lead_case_id"]
    order = [
        f"Nobody has taken up case {missed}",
        "cases due within 4 h",
        "cases of threats in Malaysia and Singapore",
        lead,
    ]
    assert _places(order, loud.brief) == sorted(_places(order, loud.brief))
    assert f"case {missed} handed on and not taken up" in loud.brief[0]
    assert "threats over one episode climb in MY and SG" in loud.brief[0]
    assert planted["wrong_takedown"]["case_id"] not in " ".join(loud.claims)


def test_the_handover_of_the_quiet_shift_says_that_it_was_quiet(quiet):
    assert quiet.findings["title"].startswith("Quiet")
    assert quiet.brief[0].startswith("*SAMPLE DATA: For the team: Quiet")
    assert not [finding for finding in quiet.findings["findings"] if finding["kind"] in {"incident", "pattern"}]
    assert len(quiet.brief) <= 6
