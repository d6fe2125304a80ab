"""How far people agree on causes, and what they take for each other (M09)."""

import pandas as pd
import pytest

from tests.support.tables import assert_table
from tskit.causes import agreement, confusion, disputed

NAME = "2026-11"

TWO_PEOPLE = """
    times | case | aisyah | ben
    20    | a    | RC1.2  | RC1.2
    5     | b    | RC1.2  | RC2.1
    10    | c    | RC2.1  | RC1.2
    15    | d    | RC2.1  | RC2.1
"""


def test_two_people(judged):
    """They agree on 35 of 50. Chance gives Cohen 0.5, Fleiss 0.505, and alpha, which allows for so few cases, 0.5."""
    assert_table(
        agreement(judged(TWO_PEOPLE), round=NAME, level=2),
        """
        group | measure      | value | items | ratings | left_out
        all   | alpha        | 0.400 | 50    | 100     | 0
        all   | alpha_masi   | 0.400 | 50    | 100     | 0
        all   | kappa_fleiss | 0.394 | 50    | 100     | 0
        all   | kappa_cohen  | 0.400 | 50    | 100     | 0
        all   | raw          | 0.700 | 50    | 100     | 0
        """,
    )


def test_a_missing_judgement_says_nothing(judged):
    """Krippendorff's own example with missing ratings (2011): 12 units, of which one has a single rating; 0.743."""
    log = judged(
        """
        case | a     | b     | c     | d
        u01  | RC1.1 | RC1.1 | .     | RC1.1
        u02  | RC1.2 | RC1.2 | RC1.3 | RC1.2
        u03  | RC1.3 | RC1.3 | RC1.3 | RC1.3
        u04  | RC1.3 | RC1.3 | RC1.3 | RC1.3
        u05  | RC1.2 | RC1.2 | RC1.2 | RC1.2
        u06  | RC1.1 | RC1.2 | RC1.3 | RC1.4
        u07  | RC1.4 | RC1.4 | RC1.4 | RC1.4
        u08  | RC1.1 | RC1.1 | RC1.2 | RC1.1
        u09  | RC1.2 | RC1.2 | RC1.2 | RC1.2
        u10  | -     | RC2.1 | RC2.1 | RC2.1
        u11  | .     | .     | RC1.1 | RC1.1
        u12  | .     | -     | RC1.3 | .
        """
    )
    found = agreement(log, round=NAME, level=2)
    assert_table(
        found,
        """
        measure      | value | items | ratings | left_out
        alpha        | 0.743 | 11    | 40      | 1
        alpha_masi   | 0.743 | 11    | 40      | 1
        kappa_fleiss | NA    | 11    | 40      | 1
        raw          | 0.818 | 11    | 40      | 1
        """,
    )
    note = found.set_index("measure")["note"]["kappa_fleiss"]
    assert note.startswith("it needs as many ratings on each item, and there are 2 to 4")


def test_levels_are_apart(judged):
    """At level 1 a policy gap and an ambiguous policy are one thing: policy."""
    log = judged("times | case | ben | mei\n20 | a | RC1.1 | RC1.2\n20 | b | RC2.1 | RC2.1")
    assert_table(agreement(log, round=NAME, level=1).query("measure == 'raw'"), "value | items\n1.0 | 40")
    assert_table(agreement(log, round=NAME, level=2).query("measure == 'raw'"), "value | items\n0.5 | 40")


def test_each_cause_against_all_others(judged):
    """RC3.1: seen 20 / 80, expected 2 x 30 x 50 / (80 x 79); nobody ever agreed that something is RC2.3, so it is below chance."""
    log = judged(
        """
        times | case | ben   | mei
        20    | a    | RC2.1 | RC2.1
        10    | b    | RC2.3 | RC3.1
        10    | c    | RC3.1 | RC3.1
        """
    )
    assert_table(
        agreement(log, round=NAME, level=2, by="cause"),
        """
        group | measure | value  | items
        RC2.1 | alpha   | 1.000  | 20
        RC2.3 | alpha   | -0.129 | 10
        RC3.1 | alpha   | 0.473  | 20
        """,
    )


def test_by_market(judged):
    """A market is told from the cases; few of them are a hint."""
    log = judged(TWO_PEOPLE)
    ids = [f"{letter}{n}" for n, letter in enumerate("a" * 20 + "b" * 5 + "c" * 10 + "d" * 15)]
    cases = pd.DataFrame({"case_id": ids, "market": ["ID"] * 25 + ["TH"] * 25})
    found = agreement(log, round=NAME, level=2, by="market", cases=cases)
    assert_table(
        found.query("measure == 'raw'"),
        """
        group | value | items | note
        ID    | 0.8   | 25    | fewer than 30 items: no more than a hint
        TH    | 0.6   | 25    | fewer than 30 items: no more than a hint
        """,
    )


def test_what_people_take_for_each_other(judged):
    assert_table(
        confusion(judged(TWO_PEOPLE), round=NAME, level=2),
        """
        cause_a | cause_b | n
        RC1.2   | RC1.2   | 20
        RC1.2   | RC2.1   | 15
        RC2.1   | RC2.1   | 15
        """,
    )


def test_what_to_settle_first(judged):
    """Other causes at level 1 before others at level 2, then the gravest, then where people were least sure (?)."""
    log = judged(
        """
        case   | ben    | mei
        same   | RC1.2  | RC1.2
        near   | RC2.1? | RC2.3?
        far    | RC1.2  | RC3.1
        grave  | RC1.2  | RC4.1
        unsure | RC1.2? | RC3.1?
        """
    )
    cases = pd.DataFrame({"case_id": ["grave", "near", "far", "unsure"], "severity": ["S3", "S3", "S1", "S1"]})
    found = disputed(log, NAME, cases=cases)
    assert found["case_id"].tolist() == ["grave", "unsure", "far", "near"]
    assert_table(
        found.drop(columns=["causes", "taggers"]),
        """
        case_id | level | severity | confidence
        grave   | 1     | S3       | medium
        unsure  | 1     | S1       | low
        far     | 1     | S1       | medium
        near    | 2     | S3       | low
        """,
    )


@pytest.mark.parametrize("by", ["", "cause"])
def test_a_round_in_which_all_is_one_cause_says_nothing_beyond_chance(judged, by):
    """Whoever always says the same agrees with anybody who does: no agreement beyond chance can be told."""
    found = agreement(judged("times | case | ben | mei\n40 | a | RC1.2 | RC1.2"), round=NAME, by=by)
    alpha = found[found["measure"] == "alpha"].iloc[0]
    assert pd.isna(alpha["value"])
    assert "alike" in alpha["note"]
