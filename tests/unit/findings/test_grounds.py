"""Each card of a trend report leads to what draws and explains it."""

from __future__ import annotations

import pytest

from tests.unit.findings.conftest import draw
from tests.unit.findings.test_parts import appeals, looked
from tskit import findings

BEFORE = {("ID", "scam"): 30, ("TH", "scam"): 30, ("SG", "hate"): 30, ("MY", "spam"): 30}


@pytest.fixture(scope="module")
def two():
    """A rise and a fall apart from each other: the figure of days draws the first of them."""
    return draw(BEFORE, last={("ID", "scam"): 60, ("SG", "hate"): 2})


def refs(item, kind):
    return [one.ref for one in item.evidence if one.kind == kind]


def test_a_change_of_cases_leads_to_what_explains_it(two):
    risen = [item for item in findings.record(two).items if "against" in item.claim]
    assert len(risen) >= 2
    assert all("drivers" in refs(item, "table") for item in risen)


def test_a_figure_is_evidence_for_the_story_that_it_draws_and_for_no_other(two):
    drawn = [item.claim for item in findings.record(two).items if "cases_opened_where" in refs(item, "figure")]
    assert len(drawn) == 1
    title = findings.spotlight(two).title
    assert drawn[0].startswith(title.removesuffix(" opened by day"))


@pytest.mark.parametrize("last", [(28, 700), (56, 70)], ids=["the mix", "the rates"])
def test_a_rate_leads_to_its_parts(last):
    hits, spam = last
    found = findings.record(
        looked(appeals(0, "hate", 70, hits), appeals(0, "spam", spam, spam // (10 if hits == 28 else 2)))
    )
    item = next(item for item in found.items if item.claim.startswith("Overturn rate"))
    assert "rate_parts" in refs(item, "figure")


def test_where_nothing_moved_no_card_leads_to_an_explanation():
    found = findings.record(draw(BEFORE))
    assert not any("drivers" in refs(item, "table") for item in found.items)
