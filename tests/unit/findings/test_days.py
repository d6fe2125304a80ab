"""Short histories: five weeks, so that neither periods nor weeks are enough."""

from __future__ import annotations

import numpy as np

from tests.unit.findings.conftest import draw
from tskit import findings

DAILY = {("ID", "scam"): 20, ("TH", "scam"): 20}


def test_without_earlier_weeks_the_days_of_both_periods_are_the_yardstick():
    look = draw(DAILY, weeks=5)
    judged = [move for move in look.moves if len(move.segment.items) <= 1]
    assert {move.verdict.yardstick for move in judged} == {"days"}
    assert {move.verdict.points for move in judged} == {14}
    assert all(np.isfinite(move.verdict.p) for move in judged)


def test_a_doubling_is_seen_yet_never_more_than_moderately_sure():
    look = draw(DAILY, last={("ID", "scam"): 40, ("TH", "scam"): 40}, weeks=5)
    card = next(item for item in findings.record(look).items if item.kind == "change")
    assert card.certainty in {"moderate", "low"}
    assert "judged by how much the 14 days of both periods vary" in card.why_sure
    history = dict(findings.limits_table(look).rows)["History"]
    assert history.startswith(
        "The data holds only 4 earlier periods of 7 days: changes are judged by how much the days"
    )


def test_equal_weeks_are_no_change():
    look = draw(DAILY, weeks=5)
    assert look.told.is_quiet


def test_ten_earlier_periods_are_a_yardstick_of_their_own():
    look = draw(DAILY, weeks=12)
    assert {move.verdict.yardstick for move in look.moves} == {"periods"}


def test_a_source_of_one_period_is_judged_by_nothing():
    look = draw(DAILY, weeks=1)
    assert look.looked_at == 0
    assert findings.record(look).title == "Too little history to judge the 7 days to 1 November 2026"
