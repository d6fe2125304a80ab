"""Where causes concentrate: the tests, their correction, and one story told once."""

import math

import numpy as np
import pytest

from tests.support.tables import assert_table
from tskit.causes.concentrations import concentrations
from tskit.causes.segments import by_segment
from tskit.stats import holm

BY = ["decided_vendor", "policy_id"]
STORY = """
    cause | decided_vendor | policy_id     | times
    RC1.4 | Lumen          | impersonation | 10
    RC2.1 | Lumen          | impersonation | 9
    RC3.1 | Lumen          | impersonation | 3
    RC1.4 | Lumen          | scam          | 8
    RC2.1 | Lumen          | scam          | 9
    RC3.2 | Lumen          | scam          | 3
    RC3.1 | Lumen          | hate          | 10
    RC3.2 | Lumen          | hate          | 10
    RC1.4 | Lumen          | hate          | 1
    RC3.1 | Banyan         | impersonation | 9
    RC3.2 | Banyan         | impersonation | 10
    RC2.1 | Banyan         | impersonation | 1
    RC3.1 | Banyan         | scam          | 10
    RC3.2 | Banyan         | scam          | 9
    RC1.4 | Banyan         | scam          | 1
    RC3.1 | Banyan         | hate          | 11
    RC3.2 | Banyan         | hate          | 9
    RC2.1 | Banyan         | hate          | 1
"""


def test_every_cause_is_held_against_the_rest_in_every_segment(judged_from):
    """Of 10 and 20 cases, 6 and 3 are RC1.1. Of C(30,9) = 14,307,150 ways to place the 9, no likelier than this are
    C(10,6)C(20,3) = 239,400, C(10,7)C(20,2) = 22,800, C(10,8)*20 = 900, 10, and C(20,9) = 167,960: 431,070 in all.
    """
    table = by_segment(
        judged_from(
            """
            cause | market | times
            RC1.1 | SG     | 6
            RC2.1 | SG     | 4
            RC1.1 | ID     | 3
            RC2.1 | ID     | 17
            """
        ),
        by=["market"],
    )
    assert_table(
        table,
        """
        cause | segment | k  | n  | rest_k | rest_n | value | rest_value | p     | q     | stands_out
        RC1.1 | SG      | 6  | 10 | 3      | 20     | 0.6   | 0.15       | 0.030 | 0.121 | no
        RC1.1 | ID      | 3  | 20 | 6      | 10     | 0.15  | 0.6        | 0.030 | 0.121 | no
        RC2.1 | SG      | 4  | 10 | 17     | 20     | 0.4   | 0.85       | 0.030 | 0.121 | no
        RC2.1 | ID      | 17 | 20 | 4      | 10     | 0.85  | 0.4        | 0.030 | 0.121 | no
        """,
    )
    assert table["p"].tolist() == pytest.approx([431_070 / 14_307_150] * 4)


def test_far_out_in_the_tail_the_test_is_exact(judged_from):
    """All 6 of RC1.1 among the 20 of 100 cases: C(20,6)/C(100,6) = 1 in 30,755, where chi-square says 1 in 2 million.

    1.2 are expected: enough for chi-square by the usual rule, and a correction for 247 would still believe it.
    """
    table = by_segment(judged_from("cause | m | times\nRC1.1 | a | 6\nRC2.1 | a | 14\nRC2.1 | b | 80"), by=["m"])
    row = table[(table["cause"] == "RC1.1") & (table["segment"] == "a")].iloc[0]
    assert row["p"] == pytest.approx(math.comb(20, 6) / math.comb(100, 6))


def test_few_cases_are_tested_exactly(judged_from):
    """C(5,3)*C(18,0)/C(23,3) = 10/1771."""
    table = by_segment(judged_from("cause | m | times\nRC1.1 | a | 3\nRC2.1 | a | 2\nRC2.1 | b | 18"), by=["m"])
    row = table[(table["cause"] == "RC1.1") & (table["segment"] == "a")].iloc[0]
    assert row["p"] == pytest.approx(10 / 1771)


def test_all_that_was_looked_at_is_corrected_together(judged_from):
    table = by_segment(judged_from(STORY), by=BY)
    assert len(table) == 4 * 5
    assert table["q"].tolist() == pytest.approx(holm(table["p"]).tolist())


def test_fewer_than_five_cases_are_shown_and_not_tested(judged_from):
    table = by_segment(judged_from("cause | m | times\nRC1.1 | a | 4\nRC2.1 | b | 40"), by=["m"])
    assert table[table["segment"] == "a"]["p"].isna().all()
    assert not table["stands_out"].any()


def test_a_rest_of_fewer_than_five_cases_is_no_comparison_either(judged_from):
    table = by_segment(judged_from("cause | m | times\nRC1.1 | a | 40\nRC2.1 | b | 4"), by=["m"])
    assert table["p"].isna().all()


def test_a_story_is_told_once_in_the_segment_that_carries_it(judged_from):
    """Lumen stands out, and so do both policies; what carries it is Lumen on these two, for both causes."""
    [found] = concentrations(judged_from(STORY), by=BY).found
    assert set(found.causes) == {"RC1.4", "RC2.1"}
    assert dict(found.place.parts) == {"decided_vendor": ("Lumen",), "policy_id": ("impersonation", "scam")}
    assert (found.here.k, found.here.n) == (36, 42)
    assert (found.rest.k, found.rest.n) == (4, 82)
    assert found.q < 0.001


def test_a_story_of_a_whole_vendor_is_not_narrowed(judged_from):
    rows = """
        cause | decided_vendor | policy_id | times
        RC1.4 | Lumen          | scam      | 12
        RC3.1 | Lumen          | scam      | 8
        RC1.4 | Lumen          | hate      | 11
        RC3.1 | Lumen          | hate      | 9
        RC3.1 | Banyan         | scam      | 20
        RC3.1 | Banyan         | hate      | 20
    """
    [found] = [one for one in concentrations(judged_from(rows), by=BY).found if "RC1.4" in one.causes]
    assert str(found.place) == "Lumen"


def test_two_vendors_with_the_same_cause_are_one_story(judged_from):
    rows = """
        cause | decided_vendor | times
        RC1.4 | Lumen          | 20
        RC3.1 | Lumen          | 5
        RC1.4 | Saffron        | 20
        RC3.1 | Saffron        | 6
        RC3.2 | Saffron        | 3
        RC3.1 | Banyan         | 20
        RC3.2 | Banyan         | 16
        RC1.4 | Banyan         | 4
        RC3.1 | Northwind      | 22
        RC3.2 | Northwind      | 15
        RC1.4 | Northwind      | 3
    """
    [found] = [one for one in concentrations(judged_from(rows), by=["decided_vendor"]).found if "RC1.4" in one.causes]
    assert str(found.place) == "Lumen or Saffron"


def test_noise_is_never_a_concentration(judged_from):
    """400 sets of random causes in random segments: at 5 % after correction about 20 may claim something, not 200."""
    rng = np.random.default_rng(5)
    text = "cause | decided_vendor | policy_id | times\n" + "RC1.4 | a | b | 1\n" * 120
    frame = judged_from(text)
    claimed = 0
    for _ in range(60):
        frame["cause"] = rng.choice(["RC1.4", "RC2.1", "RC3.1", "RC3.2", "RC5.1"], 120, p=[0.1, 0.1, 0.4, 0.3, 0.1])
        frame["decided_vendor"] = rng.choice(list("abcd"), 120)
        frame["policy_id"] = rng.choice(list("uvwxyz"), 120)
        claimed += bool(concentrations(frame, by=BY).found)
    assert claimed <= 7


def test_unequal_weights_make_a_sample_worth_less(judged_from):
    """8 cases that weigh 1 and 2 that weigh 16 are worth 40*40 / (8 + 512) = 3 cases, and no test is sure of 3."""
    rows = "cause | m | weight | times\nRC1.1 | a | 1 | 8\nRC1.1 | a | 16 | 2\nRC2.1 | b | 1 | 10"
    table = by_segment(judged_from(rows), by=["m"])
    assert table["p"].iloc[0] == pytest.approx(1 / math.comb(13, 3))  # all 3 of 13 on one side of 3


def test_what_cannot_be_determined_is_not_looked_for(judged_from):
    table = by_segment(judged_from("cause | m | times\nRC0.1 | a | 20\nRC2.1 | b | 20"), by=["m"])
    assert set(table["cause"]) == {"RC2.1"}
