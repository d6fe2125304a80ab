"""Samples that can be drawn again, with the weights that a share of all cases needs."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.causes.sampling import allocation, draw, hashed, refuse_lost, weighted_share
from tskit.errors import ParameterError


def cases(n=400, seed=0):
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "case_id": [f"500{i:06d}" for i in range(n)],
            "market": chance.choice(["SG", "ID", "TH", None], n, p=[0.1, 0.6, 0.25, 0.05]),
            "policy_id": chance.choice(["DEC-SCAM", "DAN-HATE"], n),
            "score": np.where(np.arange(n) % 10 == 0, np.nan, chance.random(n).round(2)),
        }
    )


ALL = cases()
DESIGNS = [
    {"design": "random"},
    {"design": "stratified", "by": ("market",)},
    {"design": "stratified_equal", "by": ("market", "policy_id")},
    {"design": "uncertainty"},
]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d["design"])
def test_the_same_seed_draws_the_same_cases_whatever_the_order_of_the_rows(design):
    shuffled = ALL.sample(frac=1, random_state=1)
    drawn = draw(ALL, size=60, seed=7, **design)
    pd.testing.assert_frame_equal(drawn, draw(shuffled, size=60, seed=7, **design))
    assert len(drawn) == 60


@pytest.mark.parametrize("design", DESIGNS[:3], ids=lambda d: d["design"])
def test_another_seed_draws_other_cases(design):
    first, second = (set(draw(ALL, size=60, seed=seed, **design)["case_id"]) for seed in (7, 8))
    assert len(first & second) < 40


@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d["design"])
def test_a_larger_draw_holds_the_smaller_one(design):
    small = draw(ALL, size=60, seed=7, **design)
    for size in (61, 75, 200, 400):
        assert set(small["case_id"]) <= set(draw(ALL, size=size, seed=7, **design)["case_id"])


@pytest.mark.parametrize("design", DESIGNS[:3], ids=lambda d: d["design"])
def test_weights_add_up_to_all_cases_and_undo_the_chance_of_being_drawn(design):
    drawn = draw(ALL, size=60, seed=7, **design)
    assert float(drawn["weight"].sum()) == pytest.approx(len(ALL))
    assert np.allclose(drawn["weight"] * drawn["inclusion_probability"], 1)


@pytest.mark.parametrize("design", DESIGNS[:3], ids=lambda d: d["design"])
def test_a_draw_of_more_cases_than_there_are_takes_all(design):
    drawn = draw(ALL, size=1000, seed=7, **design)
    assert sorted(drawn["case_id"]) == sorted(ALL["case_id"])
    assert (drawn["weight"] == 1).all()


def test_each_stratum_gives_its_share_and_equal_strata_give_the_same():
    counts = draw(ALL, design="stratified", size=100, by=["market"], seed=1)["stratum"].value_counts()
    sizes = ALL["market"].fillna("(not known)").value_counts()
    assert all(abs(counts[name] - sizes[name] / 4) <= 1 for name in sizes.index)
    equal = draw(ALL, design="stratified_equal", size=60, by=["market"], seed=1)["stratum"].value_counts()
    assert set(equal) == {15}


def test_a_stratum_gives_at_least_its_minimum_as_far_as_it_has_cases():
    drawn = draw(ALL, design="stratified", size=40, by=["market"], seed=1, minimum=8)
    assert drawn["stratum"].value_counts().min() == 8
    few = pd.DataFrame({"case_id": list("abcdef"), "market": ["TW", *["SG"] * 5]})
    assert draw(few, design="stratified", size=4, by=["market"], seed=1, minimum=2)["stratum"].tolist().count("TW") == 1


def test_cases_without_a_market_are_a_stratum_of_their_own():
    assert "(not known)" in set(draw(ALL, design="stratified", size=40, by=["market"], seed=1)["stratum"])


def test_a_draw_that_cannot_reach_every_stratum_is_refused_with_the_size_that_can():
    with pytest.raises(ParameterError, match="Draw at least 8"):
        draw(ALL, design="stratified", size=5, by=["market", "policy_id"], seed=1)


def test_a_draw_by_uncertainty_takes_the_highest_scores_and_has_no_weight():
    drawn = draw(ALL, design="uncertainty", size=50, seed=3)
    left = ALL[~ALL["case_id"].isin(drawn["case_id"])]
    assert drawn["score"].min() >= left["score"].max()
    assert drawn["weight"].isna().all()
    assert drawn["inclusion_probability"].isna().all()


def test_cases_without_a_score_are_taken_last():
    drawn = draw(ALL, design="uncertainty", size=370, seed=3)
    assert drawn["score"].notna().sum() == 360
    assert drawn["score"].iloc[360:].isna().all()


@pytest.mark.parametrize("design", [*DESIGNS[:1], {"design": "stratified_equal", "by": ("market",)}])
def test_cases_are_drawn_as_often_as_their_probability_says(design):
    """Over 120 seeds; the bound is five standard errors."""
    seeds = 120
    times = pd.concat([draw(ALL, size=40, seed=seed, **design) for seed in range(seeds)])
    chance = times.groupby("case_id")["inclusion_probability"].first()
    seen = times["case_id"].value_counts() / seeds
    spread = np.sqrt(chance * (1 - chance) / seeds).astype(float)
    assert ((seen.reindex(chance.index) - chance).abs() <= 5 * spread + 1 / seeds).all()


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 60), min_size=1),
    st.integers(8, 300),
    st.integers(0, 1),
    st.booleans(),
)
def test_no_stratum_loses_a_case_when_the_sample_grows(sizes, size, minimum, is_equal):
    less, more = (allocation(sizes, size=n, minimum=minimum, is_equal=is_equal) for n in (size, size + 1))
    assert all(less[name] <= more[name] <= sizes[name] for name in sizes)
    assert sum(less.values()) == min(size, sum(sizes.values()))


def test_seats_go_out_by_sainte_lagues_divisors():
    """The example of Wikipedia's "Sainte-Laguë method": 53, 24 and 23 thousand votes, 7 seats."""
    assert allocation({"A": 53_000, "B": 24_000, "C": 23_000}, size=7, minimum=0) == {"A": 3, "B": 2, "C": 2}
    assert allocation({"A": 80, "B": 20}, size=3, minimum=0) == {"A": 2, "B": 1}  # 80, 80 / 3, 20, 80 / 5


def test_an_empty_set_of_cases_gives_an_empty_sample():
    assert draw(ALL.head(0), size=10, seed=1).empty
    assert draw(ALL.head(0), design="stratified", by=["market"], size=10, seed=1).empty


def test_a_table_of_the_engine_is_as_good_as_a_frame():
    table = ibis.memtable(pa.Table.from_pandas(ALL))
    drawn = draw(table, design="stratified", size=60, by=["market"], seed=7)
    pd.testing.assert_frame_equal(drawn, draw(ALL, design="stratified", size=60, by=["market"], seed=7))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"design": "stratifed", "by": ("market",)}, "Did you mean 'stratified'"),
        ({"design": "stratified"}, "Name its columns"),
        ({"design": "random", "by": ("market",)}, "Leave `by` empty"),
        ({"design": "stratified", "by": ("vendor",)}, "no column 'vendor'"),
        ({"size": 0}, "at least one case"),
    ],
)
def test_a_draw_that_cannot_be_is_refused_with_the_fix(asked, told):
    with pytest.raises(ParameterError, match=told):
        draw(ALL, **{"size": 10, "seed": 1, **asked})


def test_a_case_that_stands_twice_is_refused():
    with pytest.raises(ParameterError, match="more than one row"):
        draw(pd.concat([ALL, ALL.head(1)]), size=10, seed=1)


def test_a_top_up_from_the_same_cases_keeps_the_earlier_ones():
    earlier = draw(ALL, size=50, seed=7)
    assert len(refuse_lost(draw(ALL, size=80, seed=7), earlier)) == 80


def test_a_top_up_from_other_cases_is_refused():
    earlier = draw(ALL, size=50, seed=7)
    with pytest.raises(ParameterError, match="of the 50 cases drawn earlier"):
        refuse_lost(draw(cases(4000, seed=2), size=80, seed=7), earlier)


def test_a_share_of_a_stratified_sample_is_that_of_all_cases():
    """Half the sample from each of two strata of 900 and 100 cases: 20 % of the one and 80 % of the other."""
    sample = pd.DataFrame(
        {"case_id": range(40), "weight": [45.0] * 20 + [5.0] * 20, "market": ["ID"] * 20 + ["SG"] * 20}
    )
    hit = pd.Series([True] * 4 + [False] * 16 + [True] * 16 + [False] * 4)
    found = weighted_share(sample, hit).iloc[0]
    assert found["share"] == pytest.approx(0.9 * 0.2 + 0.1 * 0.8)
    assert found["low"] < found["share"] < found["high"]
    assert found["cases"] == 40
    by_market = weighted_share(sample, hit, by=["market"])
    assert by_market["market"].tolist() == ["ID", "SG"]
    assert by_market["share"].tolist() == pytest.approx([0.2, 0.8])


def test_cases_without_an_answer_are_left_out_of_a_share():
    sample = pd.DataFrame({"case_id": range(4), "weight": [1.0] * 4})
    found = weighted_share(sample, pd.Series([True, False, None, None], dtype="boolean")).iloc[0]
    assert (found["share"], found["cases"]) == (0.5, 2)


def test_a_sample_by_uncertainty_never_enters_a_share():
    drawn = draw(ALL, design="uncertainty", size=50, seed=3)
    with pytest.raises(ParameterError, match="uncertainty has none"):
        weighted_share(drawn, drawn["score"] > 0.5)


def test_the_interval_of_a_weighted_share_covers_the_truth():
    truth = pd.Series(np.where(ALL["market"] == "ID", ALL["score"].fillna(0) > 0.3, ALL["score"].fillna(0) > 0.8))
    share = float(truth.mean())
    is_wrong = dict(zip(ALL["case_id"], truth, strict=True))
    covered = 0
    for seed in range(60):
        drawn = draw(ALL, design="stratified_equal", size=80, by=["market"], seed=seed)
        found = weighted_share(drawn, drawn["case_id"].map(is_wrong)).iloc[0]
        covered += found["low"] <= share <= found["high"]
    assert covered >= 53


def test_the_hash_is_pinned_so_that_old_samples_can_be_drawn_again():
    assert hashed("5005g0000000035779", key="sample:7") == 5_766_648_513_543_854_128
    assert draw(ALL, size=3, seed=7)["case_id"].tolist() == ["500000094", "500000225", "500000018"]
