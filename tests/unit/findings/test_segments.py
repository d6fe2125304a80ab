from __future__ import annotations

import pandas as pd

from tskit.findings.segments import EVERYTHING, Segment, levels

ID = Segment.of(["market"], ["ID"])
TH = Segment.of(["market"], ["TH"])
SCAM_ID = Segment.of(["market", "policy_id"], ["ID", "scam"])


def test_a_segment_holds_what_fixes_more_of_the_same():
    assert ID.holds(SCAM_ID)
    assert EVERYTHING.holds(ID)
    assert not SCAM_ID.holds(ID)


def test_two_values_of_one_column_exclude_each_other():
    assert ID.excludes(TH)
    assert not ID.excludes(SCAM_ID)
    assert not EVERYTHING.excludes(TH)


def test_select_takes_the_rows_of_the_segment_and_no_blanks():
    cube = pd.DataFrame({"market": ["ID", "TH", None], "policy_id": ["scam", "scam", "scam"]})
    assert ID.select(cube).tolist() == [True, False, False]
    assert EVERYTHING.select(cube).tolist() == [True, True, True]


def test_levels_are_all_cases_then_columns_then_pairs():
    assert levels(["a", "b"]) == ((), ("a",), ("b",), ("a", "b"))
    assert levels([]) == ((),)
    assert levels(["a", "b"], depth=1) == ((), ("a",), ("b",))
