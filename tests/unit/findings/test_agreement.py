"""Agreement as a write-up tells it."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from tskit.causes.entries import TagLog
from tskit.causes.entries import draft_of as tag_draft
from tskit.causes.rounds import open_round
from tskit.causes.taxonomy_file import taxonomy_of
from tskit.errors import ParameterError
from tskit.findings import (
    agreement_by,
    agreement_table,
    disputed_table,
    mixed_up,
    mixed_up_cards,
    mixed_up_table,
)
from tskit.model import Casebook, Tag
from tskit.records import open_store

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
ROUND = "2026-11"


@pytest.fixture
def log(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        yield TagLog(store, taxonomy_of(Casebook(tmp_path, "casebook")))


def judged(log, counts, *, people=("aisyah", "ben")):
    """So many cases for each pair of causes that the two people gave."""
    pairs = [pair for pair, n in counts.items() for _ in range(n)]
    ids = [f"c{i:03d}" for i in range(len(pairs))]
    assigned = pd.DataFrame({"case_id": ids, "raters": [list(people)] * len(ids)})
    open_round(log, ROUND, assigned, author="mei", at=AT)
    tags = [
        Tag(case, cause, person, AT + timedelta(seconds=i), round=ROUND, key=f"{case}:{person}")
        for i, (case, pair) in enumerate(zip(ids, pairs, strict=True))
        for person, cause in zip(people, pair, strict=True)
        if cause
    ]
    log.store.append("tags", [tag_draft(tag) for tag in tags])


MIXED = {
    ("RC1.2", "RC1.2"): 20,
    ("RC2.1", "RC2.1"): 20,
    ("RC1.2", "RC2.1"): 16,
    ("RC2.1", "RC1.2"): 14,
    ("RC3.1", "RC3.1"): 30,
    ("RC3.1", "RC4.2"): 2,
    ("RC5.1", ""): 3,
}


def test_both_levels_stand_in_one_table(log):
    judged(log, MIXED)
    found = agreement_table(log, round=ROUND)
    assert found.frame["level"].tolist() == [1] * 5 + [2] * 5
    assert found.frame["measure"].iloc[0] == "Krippendorff's alpha"
    assert found.frame["items"].iloc[0] == 102
    assert "3 cases with a single judgement" in found.caption


def test_causes_stand_where_people_agree_least_first_and_by_their_names(log):
    judged(log, MIXED)
    found = agreement_by(log, "cause", round=ROUND).frame
    assert found["group"].iloc[0] == "RC4.2 Tool defect or enforcement failed"
    assert found["value"].is_monotonic_increasing
    assert found["group"].iloc[-1].startswith("RC3.1")


def test_pairs_of_people_stand_by_name_and_not_by_how_they_did(log):
    judged(log, {("RC1.2", "RC1.2", "RC2.1"): 40}, people=("aisyah", "ben", "chloe"))
    found = agreement_by(log, "pair", round=ROUND).frame
    assert found["group"].unique().tolist() == ["aisyah · ben", "aisyah · chloe", "ben · chloe"]


def test_markets_need_their_column(log):
    judged(log, MIXED)
    with pytest.raises(ParameterError, match="needs the cases"):
        agreement_by(log, "market", round=ROUND)


def test_a_pair_of_causes_is_held_against_all_judgements_that_name_either(log):
    """RC1.2 and RC2.1: 30 pairs name both, 20 and 20 name one of them twice."""
    judged(log, MIXED)
    first = mixed_up_table(log, round=ROUND).frame.iloc[0]
    assert (first["n"], first["of"]) == (30, 70)
    assert first["share"] == pytest.approx(30 / 70)
    assert first["low"] < first["share"] < first["high"]
    assert first["cause_a"] == "RC1.2 Policy ambiguity"


def test_causes_mixed_up_more_than_one_time_in_ten_make_a_card(log):
    judged(log, MIXED)
    cards = mixed_up_cards(log, round=ROUND)
    assert len(cards) == 1
    finding = cards[0].finding
    quoted = finding.as_json()["values"]
    assert finding.claim.startswith(
        "People take RC1.2 Policy ambiguity and RC2.1 Guideline missing or outdated for each other"
    )
    assert quoted["share"] == pytest.approx(30 / 70, abs=1e-6)
    assert (quoted["n"], quoted["of"], quoted["looked_at"]) == (30, 70, 2)
    assert finding.evidence[0].ref == mixed_up_table(log, round=ROUND).key


def test_slips_make_no_card(log):
    judged(log, {("RC1.2", "RC1.2"): 40, ("RC2.1", "RC2.1"): 40, ("RC1.2", "RC2.1"): 5, ("RC3.1", "RC4.2"): 3})
    assert mixed_up_cards(log, round=ROUND) == []


def test_three_judgements_of_a_case_are_not_three_times_the_proof(log):
    """12 of 66 pairs would convince if each were a case of its own; they come from 6 of 22 cases."""
    judged(log, {("RC1.2", "RC2.1", "RC2.1"): 6, ("RC1.2",) * 3: 8, ("RC2.1",) * 3: 8}, people=("a", "b", "c"))
    assert mixed_up_table(log, round=ROUND).frame["n"].tolist() == [12]
    assert mixed_up_cards(log, round=ROUND) == []


def test_no_judgement_makes_empty_tables_and_no_card(log):
    assert mixed_up_table(log).frame.empty
    assert mixed_up(log).frame.empty
    assert mixed_up_cards(log) == []
    assert "Nothing waits" in disputed_table(log).caption
    assert agreement_table(log).frame["value"].isna().all()


def test_the_series_for_the_chart_keeps_agreement_too(log):
    judged(log, MIXED)
    frame = mixed_up(log, round=ROUND).frame
    assert frame["n"].sum() == 102
    assert ((frame["cause_a"] == frame["cause_b"]) & (frame["n"] == 30)).any()


def test_disputes_are_listed_up_to_a_number_and_counted_in_full(log):
    judged(log, MIXED)
    found = disputed_table(log, round=ROUND, top=5)
    assert len(found.frame) == 5
    assert found.role == "cases"
    assert found.caption == "32 cases with different causes and no decision yet; the worst 5 are listed."
    assert "severity" not in found.frame


def test_severity_stands_beside_a_dispute_where_it_is_known(log):
    judged(log, MIXED)
    cases = pd.DataFrame({"case_id": [f"c{i:03d}" for i in range(105)], "severity": "S2"})
    assert set(disputed_table(log, round=ROUND, cases=cases).frame["severity"]) == {"S2"}
