"""What a case counts as, at each level, and which cases a sample lets into a share."""

import pandas as pd

from tests.support.tables import assert_table, frame_from
from tskit.causes.judged import judged

CASES = pd.DataFrame({"case_id": ["a", "b", "c", "d", "e"], "market": ["SG", "SG", "ID", "ID", "TH"]})
SETTLED = frame_from(
    """
    case_id | cause | cause_l1 | raters | how
    a       | RC2.1 | RC2      | 2      | agreed
    b       |       | RC2      | 2      | disputed
    c       |       |          | 2      | disputed
    d       | RC0.2 | RC0      | 1      | single
    z       | RC2.1 | RC2      | 2      | agreed
    """
).assign(trigger="", contributing=[[] for _ in range(5)], confidence="high")


def test_a_case_settled_on_level_one_alone_is_disputed_on_level_two():
    assert_table(
        judged(CASES, SETTLED, level=2),
        """
        case_id | cause | state        | weight
        a       | RC2.1 | settled      | 1
        b       |       | disputed     | 1
        c       |       | disputed     | 1
        d       |       | not an error | 1
        e       |       | untagged     | 1
        """,
    )
    assert_table(
        judged(CASES, SETTLED, level=1),
        """
        case_id | cause | state
        a       | RC2   | settled
        b       | RC2   | settled
        c       |       | disputed
        d       |       | not an error
        e       |       | untagged
        """,
    )


def test_a_sample_holds_its_own_cases_of_the_problem_set_alone():
    """z is no case of the problem set; b was drawn by uncertainty and has no weight."""
    sample = frame_from("case_id | weight | stratum\na | 2.5 | x\nb | | x\nz | 2.5 | x")
    assert_table(
        judged(CASES, SETTLED, level=1, sample=sample), "case_id | cause | weight\na | RC2 | 2.5\nb | RC2 | NA"
    )
