"""Files that nobody of this project wrote, loaded by committed profiles; the figures are those of their README."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tskit.cases import load
from tskit.model import Casebook, Scope

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not here")


@pytest.fixture
def real(tmp_path, monkeypatch):
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
    return lambda location: load(Scope(source=location), casebook=Casebook(DATA, "real"), user_cache=tmp_path)


FILES = {
    "nyc311/311_Animals_short.csv": ("nyc311", 4969, 4969),
    "servicenow/incident_event_log.csv": ("servicenow_incident_log", 1504, 230),
    "salesforce/gen-ai-demo_Case.csv": ("salesforce_case_export", 40, 40),
    "salesforce/data-cloud-workshop_Case.csv": ("salesforce_imported_cases", 40, 40),
    "zendesk/ticket_data.csv": ("zendesk_ticket", 10, 10),
    "thai/wisesight_valid.jsonl": ("thai_wisesight", 300, 300),
    "vietnamese/vihos_dev.csv": ("vietnamese_vihos", 1106, 1106),
}


@pytest.mark.parametrize(("location", "expected"), FILES.items(), ids=FILES)
def test_every_row_of_a_real_file_is_accounted_for(real, location, expected):
    case_set = real(location)
    quality = case_set.quality
    assert (case_set.profile, quality.read, quality.cases) == expected
    assert quality.read == quality.kept + quality.rejected
    assert case_set.cases.count().to_pyarrow().as_py() == quality.cases


def test_nyc311_has_the_figures_of_plain_pandas(real):
    cases = real("nyc311/311_Animals_short.csv").cases
    hours = (cases.closed_at.epoch_seconds() - cases.created_at.epoch_seconds()) / 3600
    assert cases.is_closed.sum().to_pyarrow().as_py() == 4692
    assert (~cases.is_closed).sum().to_pyarrow().as_py() == 277
    assert (hours < 0).sum().to_pyarrow().as_py() == 0
    assert hours.median().to_pyarrow().as_py() == pytest.approx(4.48, abs=0.005)


def test_servicenow_takes_final_values_from_each_cases_last_row(real):
    case_set = real("servicenow/incident_event_log.csv")
    assert case_set.cases.sla_met.sum().to_pyarrow().as_py() == 150
    assert (~case_set.cases.sla_met).sum().to_pyarrow().as_py() == 80
    kinds = case_set.events.event_type.value_counts().to_pyarrow().to_pylist()
    counts = {row["event_type"]: row["event_type_count"] for row in kinds}
    assert counts["created"] == counts["closed"] == 230
    assert sum(counts.values()) == len(set(case_set.events.event_id.to_pyarrow().to_pylist()))
    moved = case_set.events.filter(case_set.events.event_type == "queue_moved")
    assert (moved.from_queue == moved.to_queue).sum().to_pyarrow().as_py() == 0


def test_imported_salesforce_cases_that_close_before_they_open_are_all_flagged(real):
    case_set = real("salesforce/data-cloud-workshop_Case.csv")
    assert case_set.cases.is_closed.sum().to_pyarrow().as_py() == 14
    assert case_set.quality.flags == {"closed_before_created": 14}


def test_salesforce_cases_closed_when_they_were_made_are_flagged(real):
    assert real("salesforce/gen-ai-demo_Case.csv").quality.flags == {"closed_on_create": 32}


def test_text_in_thai_and_vietnamese_is_kept_character_for_character(real):
    thai = real("thai/wisesight_valid.jsonl")
    held = pq.read_table(thai.text_path).to_pydict()
    first = (DATA / "thai/wisesight_valid.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert held["description"][held["case_id"].index("1")] == json.loads(first)["texts"]
