"""Which causes lead: the rules of the Pareto, each on a table worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tables import assert_table
from tskit.causes.pareto import pareto
from tskit.stats import proportion, weighted_proportion

TWENTY = """
    cause | severity | times
    RC2.1 | S0       | 8
    RC1.4 | S1       | 5
    RC3.1 | S0       | 2
    RC3.2 | S3       | 2
    RC4.1 | S0       | 1
    RC0.1 | S0       | 2
"""


def test_causes_are_sorted_by_share_ties_by_id_and_what_cannot_be_determined_last(judged_from):
    """RC3.1 and RC3.2 tie; RC0.1 has as many, and stands last for all that. 8 + 5 + 2 = 15 of 20 are 75 %, 17 are 85 %."""
    assert_table(
        pareto(judged_from(TWENTY)).table,
        """
        cause | k | value | cumulative | is_vital
        RC2.1 | 8 | 0.40  | 0.40       | yes
        RC1.4 | 5 | 0.25  | 0.65       | yes
        RC3.1 | 2 | 0.10  | 0.75       | yes
        RC3.2 | 2 | 0.10  | 0.85       | yes
        RC4.1 | 1 | 0.05  | 0.90       | no
        RC0.1 | 2 | 0.10  | 1.00       | no
        """,
    )
    assert pareto(judged_from(TWENTY)).table["cause"].tolist() == ["RC2.1", "RC1.4", "RC3.1", "RC3.2", "RC4.1", "RC0.1"]


def test_a_prefix_of_exactly_eighty_percent_is_the_vital_few(judged_from):
    found = pareto(judged_from("cause | times\nRC1.1 | 7\nRC2.1 | 1\nRC3.1 | 1\nRC4.1 | 1"))
    assert found.vital == ("RC1.1", "RC2.1")


def test_nothing_is_vital_where_too_much_cannot_be_determined(judged_from):
    """The causes that are known explain 7 of 10 only."""
    assert pareto(judged_from("cause | times\nRC1.1 | 7\nRC0.1 | 3")).vital == ()


def test_each_share_has_its_interval(judged_from):
    row = pareto(judged_from(TWENTY)).table.iloc[0]
    low, high = proportion(8, 20)
    assert (row["low"], row["high"]) == (float(low), float(high))


def test_severity_weighs_cases_and_a_grave_cause_moves_up(judged_from):
    """8*1 + 5*2 + 2*1 + 2*10 + 1*1 + 2*1 = 43, of which RC3.2 has 20."""
    table = pareto(judged_from(TWENTY)).table.set_index("cause")["severity_value"]
    assert table.round(4).to_dict() == {
        "RC2.1": 0.1860, "RC1.4": 0.2326, "RC3.1": 0.0465, "RC3.2": 0.4651, "RC4.1": 0.0233, "RC0.1": 0.0465,
    }  # fmt: skip


def test_severity_weights_are_a_setting_and_cases_without_a_weight_are_counted(judged_from):
    found = pareto(judged_from(TWENTY), severity_weights={"S0": 1.0, "S1": 1.0})
    assert found.without_severity == 2
    assert found.table.set_index("cause")["severity_value"]["RC2.1"] == pytest.approx(8 / 18)


def test_a_decision_that_was_right_is_no_error_and_is_counted_apart(judged_from):
    found = pareto(
        judged_from(
            """
            cause | state        | times
            RC1.4 | settled      | 6
            RC2.1 | settled      | 2
                  | not an error | 3
                  | disputed     | 1
                  | untagged     | 3
            """
        )
    )
    assert (found.drawn, found.tagged, found.disputed, found.untagged, found.not_an_error) == (15, 8, 1, 3, 3)
    assert found.table["value"].tolist() == [0.75, 0.25]
    assert (found.untagged_share.k, found.untagged_share.n) == (4, 12)


def test_a_weighted_sample_estimates_the_whole_problem_set(judged_from):
    """One case of a stratum of 10, drawn by halves and by fives: 4*2 + 2*5 = 18 of 4*2 + 2*5 + 6*2 = 30."""
    found = pareto(judged_from("cause | weight | times\nRC1.4 | 2 | 4\nRC1.4 | 5 | 2\nRC2.1 | 2 | 6"))
    first = found.table.iloc[0]
    assert (first["cause"], first["k"], first["estimate"], first["value"]) == ("RC1.4", 6, 18.0, 0.6)
    sums = (np.array([30.0]), np.array([18.0]), np.array([4 * 4 + 25 * 2 + 4 * 6.0]), np.array([4 * 4 + 25 * 2.0]))
    _, low, high, _ = weighted_proportion(sums)
    assert (first["low"], first["high"]) == (low[0], high[0])
    assert found.is_weighted


def test_cases_drawn_by_uncertainty_never_enter_a_share(judged_from):
    found = pareto(judged_from("cause | weight | times\nRC1.4 | 1 | 6\nRC2.1 | 1 | 4\nRC2.1 | | 50"))
    assert found.table["k"].tolist() == [6, 4]
    assert found.without_chance == 50
    assert found.drawn == 10


def test_causes_before_a_clear_break_lead(judged_from):
    """26 against 6 is no chance (sign test, two-sided, 5 breaks); 30 against 26 may well be."""
    found = pareto(judged_from("cause | times\nRC1.4 | 30\nRC2.1 | 26\nRC3.1 | 6\nRC4.1 | 5\nRC5.1 | 3\nRC6.1 | 1"))
    assert found.leading == ("RC1.4", "RC2.1")
    assert found.breaks == 5
    # of 32 cases at most 6, or at least 26: twice the sum of the binomial coefficients over 2 to the 32nd
    exact = 2 * sum(math.comb(32, i) for i in range(7)) / 2**32
    assert found.leading_q == pytest.approx(5 * exact)
    assert found.leading_share is not None
    assert (found.leading_share.k, found.leading_share.n) == (56, 71)


def test_a_large_part_of_all_causes_are_no_few_that_lead(judged_from):
    """Three of five are before the break."""
    found = pareto(judged_from("cause | times\nRC1.4 | 30\nRC2.1 | 28\nRC3.1 | 26\nRC4.1 | 3\nRC5.1 | 2"))
    assert found.leading == ()


def test_an_even_spread_has_no_leading_cause(judged_from):
    found = pareto(judged_from("cause | times\nRC1.4 | 14\nRC2.1 | 12\nRC3.1 | 11\nRC4.1 | 9\nRC5.1 | 4"))
    assert found.leading == ()
    assert math.isnan(found.leading_q)


def test_a_single_cause_leads_once_there_are_enough_cases(judged_from):
    assert pareto(judged_from("cause | times\nRC1.4 | 9")).leading == ("RC1.4",)
    assert pareto(judged_from("cause | times\nRC1.4 | 3")).leading == ()


def test_without_any_tag_there_is_an_account_and_no_share(judged_from):
    found = pareto(judged_from("cause | state | times\n | untagged | 7"))
    assert found.table.empty
    assert (found.drawn, found.tagged, found.untagged, found.untagged_share.value) == (7, 0, 7, 1.0)


CAUSES = st.sampled_from(["RC1.1", "RC2.1", "RC3.1", "RC10.1", "RC0.1"])


@settings(max_examples=40, deadline=None)
@given(causes=st.lists(st.tuples(CAUSES, st.sampled_from([1.0, 2.0, 7.5])), min_size=1, max_size=40), data=st.data())
def test_shares_sum_to_one_and_do_not_depend_on_the_order_of_rows(causes, data):
    import pandas as pd  # noqa: PLC0415  # beside its use

    frame = pd.DataFrame(causes, columns=["cause", "weight"]).assign(state="settled", severity="S1")
    mixed = frame.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    table = pareto(frame).table
    assert table["value"].sum() == pytest.approx(1)
    assert table["cumulative"].iloc[-1] == pytest.approx(1)
    assert table["severity_value"].tolist() == pytest.approx(table["value"].tolist())
    pd.testing.assert_frame_equal(table, pareto(mixed).table)
