"""A column with a value of its own on nearly every case is no way to divide them, and stops no report."""

import pytest

from tests.unit.findings.conftest import draw
from tskit import findings
from tskit.findings.quality import limits_of


@pytest.fixture(scope="module")
def crowded():
    return draw({(f"market {n}", "scam"): 1 for n in range(501)}, weeks=3)


def test_it_is_left_out_and_the_others_are_looked_into(crowded):
    assert crowded.by == ("policy_id",)
    assert crowded.crowded == ("market",)
    assert {column for move in crowded.moves for column, _ in move.segment.items} <= {"policy_id"}


def test_the_limits_and_its_chart_say_so(crowded):
    assert "market hold too many different values" in dict(limits_of(crowded))["Crowded columns"]
    series = findings.by_segment(crowded, "cases_opened", column="market")
    assert series.frame.empty
    assert series.title == "Too many values of market to compare"
