from __future__ import annotations

import pytest

from tests.unit.findings.conftest import draw
from tskit.findings.fold import explains
from tskit.findings.segments import EVERYTHING, Segment

SCAM_ID = Segment.of(["market", "policy_id"], ["ID", "scam"])
SPAM_TH = Segment.of(["market", "policy_id"], ["TH", "spam"])
DAILY = {("ID", "scam"): 10, ("ID", "spam"): 10, ("TH", "scam"): 10, ("TH", "spam"): 10}


@pytest.fixture(scope="module")
def spiked():
    return draw(DAILY, last={("ID", "scam"): 30})


@pytest.mark.parametrize(
    ("moved", "cause", "verdict"),
    [
        (EVERYTHING, SCAM_ID, True),  # 420 less 210 is 210, as in the week before
        (EVERYTHING, SPAM_TH, False),  # 420 less 70 is 350, against 210
        (SCAM_ID, EVERYTHING, True),  # a part of the cause goes with it
        (SCAM_ID, SPAM_TH, False),  # no case lies in both
    ],
)
def test_a_move_is_explained_by_what_it_stands_still_without(spiked, moved, cause, verdict):
    measured = spiked.measured["cases_opened"]
    move = next(move for move in spiked.moves if move.segment == moved)
    assert explains(move, cause, measured, case_set=spiked.case_set) is verdict
