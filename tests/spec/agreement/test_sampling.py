"""Which cases a round takes, and what its sample says of all cases."""

import pandas as pd

from tests.support.tables import assert_table
from tskit.causes import assign, draw, weighted_share


def cases(**markets):
    ids = [(f"{market}{n:04d}", market) for market, count in markets.items() for n in range(count)]
    return pd.DataFrame(ids, columns=["case_id", "market"])


def strata(sample):
    found = sample.groupby("stratum")[["inclusion_probability", "weight"]].first()
    return found.assign(cases=sample["stratum"].value_counts()).astype("float64").reset_index()


def test_a_stratified_sample():
    """Each market gives its share of the cases, one at least, and each case stands for as many as it was drawn from."""
    assert_table(
        strata(draw(cases(ID=700, SG=290, TW=10), design="stratified", by=["market"], size=100, seed=7)),
        """
        stratum | cases | inclusion_probability | weight
        ID      | 70    | 0.1                   | 10
        SG      | 29    | 0.1                   | 10
        TW      | 1     | 0.1                   | 10
        """,
    )


def test_a_sample_with_as_many_cases_of_each_stratum():
    """What a small market cannot give, the others do."""
    sample = draw(cases(ID=700, SG=290, TW=10), design="stratified_equal", by=["market"], size=90, seed=7)
    assert_table(
        strata(sample),
        """
        stratum | cases | inclusion_probability | weight
        ID      | 40    | 0.057                 | 17.5
        SG      | 40    | 0.138                 | 7.25
        TW      | 10    | 1                     | 1
        """,
    )


def test_a_share_of_all_cases():
    """All of TW's 10 cases and none of ID's 700 are wrong: 10 of 50 in the sample, 10 of 710 of all."""
    sample = draw(cases(ID=700, TW=10), design="stratified_equal", by=["market"], size=50, seed=7)
    found = weighted_share(sample, sample["stratum"] == "TW")
    assert_table(found, "share | cases\n0.014 | 50")


def test_two_people_for_each_case():
    """Everybody has as much to do, and meets everybody as often."""
    sample = assign(draw(cases(ID=60), size=60, seed=7), people=["aisyah", "ben", "chloe"], seed=7)
    pairs = sample["raters"].map(" and ".join).value_counts().rename_axis("raters").reset_index()
    assert_table(
        pairs,
        """
        raters           | count
        aisyah and ben   | 20
        aisyah and chloe | 20
        ben and chloe    | 20
        """,
    )
