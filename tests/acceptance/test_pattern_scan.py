"""A scan finds each planted story by the right pattern, at the top, and says so where there is none.

The scope of each is what somebody would choose who wonders about it: its days, and where they lie within the last four weeks,
these with the metric in question. benchmarks/false_alarms.py scans many story-free samples; this holds one of them.
"""

from datetime import date

import pytest

from tests.support.samples import shared_sample
from tskit import Scope, load
from tskit.findings.scan import scan
from tskit.sources.synthetic import write_sample

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return str(shared_sample(tmp_path_factory, cases=100_000))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Return a smaller one, for stories that are plain to see in it."""
    return str(shared_sample(tmp_path_factory, cases=40_000))


def scanned(casebook, *, metric, by, start="", end=""):
    return scan(load(Scope.from_parameters(start=start, end=end), casebook=casebook), metric=metric, by=by)


@pytest.fixture(scope="module")
def lately(sample):
    """Return the scan of the last four weeks, in which three stories and the incident fall."""
    return scanned(
        sample, metric=["cases_opened", "sla_attainment", "overturn_rate"], by=["market", "queue", "policy_id"]
    )


def first_of(found, *kinds):
    """Return the first two sights of some kinds."""
    return [sight for sight in found.sights if sight.kind in kinds][:2]


def test_nothing_but_what_was_planted_is_told_of_the_last_four_weeks(lately):
    columns = {"market": {"ID", "TH", "MY", "SG"}, "queue": {"deceptive-th", "conduct-th", "urgent-safety"}}
    columns["policy_id"] = {"DEC-SCAM", "DEC-SPAM", "DAN-THREATS"}
    for sight in lately.sights:
        assert any(value in columns[name] for name, value in sight.segment.items() if name in columns), sight.statement


def test_the_scam_wave_is_a_spike_of_its_market_and_policy(lately):
    assert {"market": "ID", "policy_id": "DEC-SCAM"} in [sight.segment for sight in first_of(lately, "spike")]


def test_the_appeals_in_bulk_are_a_change_of_the_mix(lately):
    found = first_of(lately, "mix")
    assert ("overturn_rate", {"policy_id": "DEC-SPAM"}) in [(sight.metric, sight.segment) for sight in found]


def test_the_closed_site_is_found_where_its_cases_waited(lately):
    found = first_of(lately, "flow", "breach")
    thai = {"deceptive-th", "conduct-th"}, {"flow Thai deceptive queue", "flow Thai conduct queue"}
    assert any(sight.segment.get("queue") in thai[0] or set(sight.also) & thai[1] for sight in found)


def test_the_drifted_guideline_is_a_shift_of_the_accuracy_of_its_vendor(sample):
    by = ["vendor", "policy_id"]
    found = scanned(sample, metric=["accuracy"], by=by, start="2026-08-24", end="2026-11-01")
    assert "Lumen" in [sight.segment.get("vendor") for sight in found.sights if sight.metric == "accuracy"][:2]


def test_the_many_accounts_of_one_actor_are_linked(small):
    by = ["market", "policy_id"]
    found = scanned(small, metric=["cases_opened"], by=by, start="2026-07-24", end="2026-08-04")
    linked = [sight for sight in found.sights[:2] if sight.kind == "linked"]
    assert [sight.segment.get("policy_id") for sight in linked] == ["DEC-IMPERSONATION"]


def test_the_field_written_the_wrong_way_round_is_a_shift(small):
    by = ["market", "channel"]
    found = scanned(small, metric=["automated_detection_share"], by=by, start="2025-09-01", end="2025-10-31")
    assert ("shift", "automated_detection_share") in [(sight.kind, sight.metric) for sight in found.sights[:2]]


def test_a_sample_without_stories_is_told_as_nothing_beyond_noise(tmp_path):
    root = tmp_path / "quiet"
    write_sample(root, cases=20_000, seed=4_801, until=date(2026, 11, 1), stories="none")
    found = scanned(str(root), metric=["cases_opened", "sla_attainment", "overturn_rate"], by=["market", "policy_id"])
    assert found.is_quiet
    assert found.statement.startswith("Nothing beyond noise: ")
    assert min(found.looked_at.values()) > 0
