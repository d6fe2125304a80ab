from __future__ import annotations

import pytest

from tests.unit.findings.conftest import draw
from tskit import findings
from tskit.errors import ParameterError
from tskit.findings.segments import EVERYTHING, Segment

DAILY = {("ID", "scam"): 10, ("ID", "spam"): 10, ("TH", "scam"): 10, ("TH", "spam"): 10}
SCAM_ID = Segment.of(["market", "policy_id"], ["ID", "scam"])


@pytest.fixture(scope="module")
def spiked():
    return draw(DAILY, last={("ID", "scam"): 30})


def test_one_cause_makes_one_story_named_by_its_most_specific_segment(spiked):
    # 210 cases where 70 are usual; Indonesia, scam and the total moved only because of them.
    (volume,) = spiked.told.volumes
    assert volume.segment == SCAM_ID
    assert (volume.story.driver.now, volume.story.driver.before) == (210, 70)
    context = {move.segment for move in volume.story.context}
    assert context == {EVERYTHING, Segment.of(["market"], ["ID"]), Segment.of(["policy_id"], ["scam"])}


def test_a_lesser_cause_beside_a_large_one_is_a_story_of_its_own(drawn):
    look = drawn(DAILY, last={("ID", "scam"): 60, ("TH", "spam"): 21})
    assert [volume.segment.key for volume in look.told.volumes] == ["ID · scam", "TH · spam"]
    # Thailand and spam rose on their own: leaving scam in Indonesia out changes nothing about them.
    contexts = [{move.segment.key for move in volume.story.context} for volume in look.told.volumes]
    assert contexts == [{"", "ID", "scam"}, {"TH", "spam"}]


def test_a_whole_market_that_rose_is_told_as_the_market(drawn):
    look = drawn(DAILY, last={("ID", "scam"): 20, ("ID", "spam"): 20})
    assert [volume.segment.key for volume in look.told.volumes] == ["ID"]


def test_weeks_that_are_all_alike_tell_nothing(drawn):
    look = drawn(DAILY)
    assert look.told.is_quiet
    assert look.looked_at > 0
    assert findings.record(look).title == "Nothing unusual in the 7 days to 1 November 2026"


def test_the_card_gives_the_hand_worked_figures_and_keeps_them_as_values(spiked):
    card = findings.record(spiked).items[0]
    assert card.claim.startswith("Scam cases in Indonesia: 210 against 70 expected (")
    assert (card.values["cases"], card.values["expected"]) == (210, 70)
    assert "All cases together went from 280 to 420; without these, from 210 to 210." in card.detail
    assert (card.kind, card.tone, card.certainty) == ("change", "worse", "high")


def test_the_title_is_the_answer(spiked):
    assert findings.record(spiked).title == "Scam cases in Indonesia rose to 3.0 times the usual"


def test_the_peak_is_dated(spiked):
    spike = spiked.told.volumes[0].peak.spike
    assert (str(spike.start), spike.end, spike.peak_value) == ("2026-10-26", None, 30)


def test_a_list_of_the_rest_says_how_many_comparisons_were_made(spiked):
    last = findings.record(spiked).items[-1]
    assert last.claim == "Nothing else moved beyond noise"
    assert last.values["looked_at"] == spiked.looked_at


def test_text_from_a_command_line_names_metrics_and_columns(drawn):
    look = drawn(DAILY, metrics="cases_opened, backlog", by="market")
    assert [metric.name for metric in look.metrics] == ["cases_opened"]
    assert set(look.missing) == {"backlog"}
    assert look.by == ("market",)


def test_an_unknown_metric_or_column_is_refused_with_the_nearest(drawn):
    with pytest.raises(ParameterError, match="cases_opened"):
        drawn(DAILY, metrics=["cases_openned"])
    with pytest.raises(ParameterError, match="market"):
        drawn(DAILY, by=["markett"])
