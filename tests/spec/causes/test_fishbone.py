"""Which branch of a fishbone a cause lies on, and what a branch adds up to."""

from pathlib import Path

from tests.support.tables import assert_table
from tskit.causes import BRANCHES, taxonomy_of
from tskit.causes.fishbone import fishbone
from tskit.causes.pareto import pareto
from tskit.model import Casebook

TAXONOMY = taxonomy_of(Casebook(root=Path("drawn"), name="drawn"))


def test_every_branch_is_there_with_its_causes_by_frequency(judged_from):
    ranked = pareto(judged_from("cause | times\nRC2.1 | 5\nRC1.4 | 3\nRC3.1 | 1\nRC0.1 | 1"))
    found = fishbone(ranked, taxonomy=TAXONOMY)
    assert list(dict.fromkeys(found["branch"])) == [*BRANCHES, ""]
    assert_table(
        found[found["k"] > 0].replace("", None),
        """
        branch | cause | k | value | branch_k | branch_value
        Method | RC2.1 | 5 | 0.5   | 8        | 0.8
        Method | RC1.4 | 3 | 0.3   | 8        | 0.8
        People | RC3.1 | 1 | 0.1   | 1        | 0.1
        """
        "       | RC0.1 | 1 | 0.1   | 1        | 0.1",
    )


def test_the_cases_of_the_bones_are_those_of_the_pareto(judged_from):
    ranked = pareto(judged_from("cause | times\nRC2.1 | 5\nRC4.2 | 3\nRC8.2 | 1\nRC9.1 | 4\nRC8.1 | 2"))
    assert fishbone(ranked, taxonomy=TAXONOMY)["k"].sum() == 15


def test_a_level_one_cause_lies_on_its_own_branch(judged_from):
    found = fishbone(pareto(judged_from("cause | times\nRC5 | 5")), taxonomy=TAXONOMY)
    assert found.loc[found["k"] > 0, "branch"].tolist() == ["Machine"]
