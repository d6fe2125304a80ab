"""What the sample plants stands where a person on duty would put it: the missed hand-off first, the incident before all else."""

import json
from datetime import datetime

import pytest

from tests.support.samples import shared_sample
from tskit.cases import load, open_casebook
from tskit.model import Scope
from tskit.patterns import triage

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=40_000)


@pytest.fixture(scope="module")
def incident(folder):
    stories = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["stories"]
    return next(story for story in stories if story["name"] == "incident")


@pytest.fixture(scope="module")
def case_set(folder):
    return load(Scope(), casebook=open_casebook(folder))


def test_the_incident_leads_the_queue_and_its_missed_hand_off_leads_the_incident(case_set, incident):
    found = triage(case_set)
    expected = set(incident["open_at_end"])
    assert found.order[0] == incident["missed_handoff"]["case_id"]
    assert set(found.order[: len(expected)]) == expected
    first = found.frame.iloc[0]
    assert first["queue"] == incident["missed_handoff"]["to_queue"]
    assert first["why"].startswith("S2, overdue by ")
    assert found.frame["is_climbing"].iloc[1:3].all()


def test_before_the_first_report_the_queue_knows_nothing_of_it(case_set, incident):
    before = datetime.fromisoformat(incident["first_report_at"])
    found = triage(case_set, until=before.replace(minute=0))
    assert not set(found.order) & set(incident["case_ids"])
    assert not found.frame["is_climbing"].any()
