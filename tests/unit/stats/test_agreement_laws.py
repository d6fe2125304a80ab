"""Agreement held to a second implementation (nltk, statsmodels), and to the laws that it obeys, ratings missing or not."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import masi_distance as nltk_masi
from statsmodels.stats.inter_rater import cohens_kappa, to_table
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from tskit.stats import (
    category_alphas,
    coded,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    masi_distance,
    masi_distances,
    raw_agreement,
)

FEW = {"resamples": 20}  # the laws are about values


TWO_TO_FOUR = st.integers(2, 4)


def tables(raters=TWO_TO_FOUR, *, lowest=-1, categories=4):
    """Codes of a few items; -1 is a missing rating."""
    return raters.flatmap(
        lambda n: st.lists(
            st.lists(st.integers(lowest, categories - 1), min_size=n, max_size=n), min_size=2, max_size=12
        )
    ).map(np.array)


def pairable(codes):
    return codes[(codes >= 0).sum(axis=1) >= 2]


def varies(codes):
    kept = pairable(codes)
    return len(np.unique(kept[kept >= 0])) > 1


def triples(codes, label=int):
    return [(f"c{r}", f"i{i}", label(code)) for i, row in enumerate(codes) for r, code in enumerate(row) if code >= 0]


def ordinal_by_definition(codes):
    """Krippendorff's metric: all ratings between two ranks, squared, from a table of coincidences in plain loops."""
    kept = pairable(codes)
    numbers = {c: int((kept == c).sum()) for c in range(kept.max() + 1)}

    def metric(c, k):
        low, high = min(c, k), max(c, k)
        return (sum(numbers[g] for g in range(low, high + 1)) - (numbers[c] + numbers[k]) / 2) ** 2

    total, seen = sum(numbers.values()), 0.0
    for row in kept:
        given_here = [c for c in row if c >= 0]
        seen += sum(metric(c, k) for c in given_here for k in given_here) / (len(given_here) - 1)
    expected = sum(numbers[c] * numbers[k] * metric(c, k) for c in numbers for k in numbers) / (total - 1)
    return 1 - seen / expected


@given(tables())
def test_nominal_alpha_is_nltks(codes):
    assume(varies(codes))
    assert krippendorff_alpha(codes, **FEW).value == pytest.approx(AnnotationTask(triples(codes)).alpha(), abs=1e-9)


@given(tables())
def test_ordinal_alpha_is_that_of_the_definition(codes):
    assume(varies(codes))
    found = krippendorff_alpha(codes, distance="ordinal", **FEW).value
    assert found == pytest.approx(ordinal_by_definition(codes), abs=1e-9)


@given(tables(), st.lists(st.frozensets(st.sampled_from("abcd"), min_size=1), min_size=4, max_size=4, unique=True))
def test_alpha_of_sets_is_nltks(codes, sets):
    assume(varies(codes))
    task = AnnotationTask(triples(codes, lambda code: sets[code]), distance=nltk_masi)
    found = krippendorff_alpha(codes, distance=masi_distances(sets), **FEW).value
    assert found == pytest.approx(task.alpha(), abs=1e-9)


@given(st.frozensets(st.sampled_from("abcde"), min_size=1), st.frozensets(st.sampled_from("abcde"), min_size=1))
def test_masi_is_nltks_and_symmetric(one, other):
    assert masi_distance(one, other) == pytest.approx(nltk_masi(one, other), abs=1e-12)
    assert masi_distance(one, other) == masi_distance(other, one)


@given(st.lists(st.frozensets(st.sampled_from("abcde")), max_size=8))
def test_the_table_of_distances_holds_the_distance_of_each_pair(sets):
    table = masi_distances(sets)
    assert table.shape == (len(sets), len(sets))
    assert np.allclose(table, np.array([[masi_distance(a, b) for b in sets] for a in sets]).reshape(table.shape))


@given(tables(st.just(2), lowest=0))
def test_kappa_is_nltks_and_statsmodels(codes):
    assume(len(np.unique(codes)) > 1)
    found = cohen_kappa(codes, **FEW).value
    assert found == pytest.approx(AnnotationTask(triples(codes)).kappa(), abs=1e-9)
    assert found == pytest.approx(cohens_kappa(to_table(codes, bins=4)[0], return_results=False), abs=1e-9)


@given(tables(st.just(2), lowest=0), st.sampled_from([("linear", "linear"), ("quadratic", "fc")]))
def test_weighted_kappa_is_statsmodels(codes, names):
    assume(len(np.unique(codes)) > 1)
    ours, theirs = names
    found = cohen_kappa(codes, weights=ours, **FEW).value
    assert found == pytest.approx(cohens_kappa(to_table(codes, bins=4)[0], wt=theirs, return_results=False), abs=1e-9)


@given(tables(st.just(2)))
def test_kappa_looks_only_at_what_both_rated(codes):
    both = codes[(codes >= 0).all(axis=1)]
    left, right = cohen_kappa(codes, **FEW), cohen_kappa(both.reshape(-1, 2), **FEW)
    assert left.value == pytest.approx(right.value, nan_ok=True)
    assert left.items == len(both)


@given(tables(lowest=0))
def test_fleiss_kappa_is_statsmodels(codes):
    assume(len(np.unique(codes)) > 1)
    counts = np.array([np.bincount(row, minlength=4) for row in codes])
    assert fleiss_kappa(codes, **FEW).value == pytest.approx(statsmodels_fleiss(counts), abs=1e-9)


@given(tables(lowest=0))
def test_raw_agreement_is_nltks_in_a_complete_design(codes):
    assert raw_agreement(codes, **FEW).value == pytest.approx(AnnotationTask(triples(codes)).avg_Ao(), abs=1e-9)


@given(tables())
def test_a_category_against_the_rest_is_alpha_of_two_categories(codes):
    for category, found in enumerate(category_alphas(codes, **FEW)):
        two = np.where(codes < 0, -1, codes == category)
        assert found.value == pytest.approx(krippendorff_alpha(two, **FEW).value, abs=1e-9, nan_ok=True)


@given(tables(), st.permutations(range(4)), st.randoms(use_true_random=False))
def test_names_of_categories_and_the_order_of_raters_and_items_change_nothing(codes, names, chance):
    renamed = np.where(codes < 0, -1, np.array(names)[codes])
    raters, items = list(range(codes.shape[1])), list(range(len(codes)))
    chance.shuffle(raters)
    chance.shuffle(items)
    plain, other = krippendorff_alpha(codes, **FEW), krippendorff_alpha(renamed[items][:, raters], **FEW)
    assert other.value == pytest.approx(plain.value, abs=1e-9, nan_ok=True)
    again = krippendorff_alpha(codes[items][:, raters], **FEW)
    assert [again.low, again.high] == pytest.approx([plain.low, plain.high], nan_ok=True)


@given(tables())
def test_an_item_with_one_rating_changes_nothing_but_the_count_of_those_left_out(codes):
    one = np.full((1, codes.shape[1]), -1)
    one[0, 0] = 3
    plain, more = krippendorff_alpha(codes, **FEW), krippendorff_alpha(np.concatenate([codes, one]), **FEW)
    assert more.value == pytest.approx(plain.value, nan_ok=True)
    assert more.left_out == plain.left_out + 1


@given(tables(st.just(1), lowest=0), st.integers(2, 4))
def test_a_rater_and_copies_of_them_agree_perfectly(codes, copies):
    assume(len(np.unique(codes)) > 1)
    same = np.repeat(codes, copies, axis=1)
    for measure in (krippendorff_alpha, fleiss_kappa, raw_agreement):
        assert measure(same, **FEW).value == 1
    assert cohen_kappa(same[:, :2], **FEW).value == 1


@given(tables())
def test_no_coefficient_is_above_one_and_no_interval_upside_down(codes):
    for found in (krippendorff_alpha(codes, **FEW), krippendorff_alpha(codes, distance="ordinal", **FEW)):
        assert not found.value > 1 + 1e-12
        assert not found.low > found.high


@given(tables(st.just(2), lowest=0, categories=2))
def test_two_ordered_categories_are_as_good_as_two_without_order(codes):
    plain, ranked = krippendorff_alpha(codes, **FEW), krippendorff_alpha(codes, distance="ordinal", **FEW)
    assert ranked.value == pytest.approx(plain.value, abs=1e-9, nan_ok=True)


@given(st.lists(st.lists(st.sampled_from([None, "x", "y", "z"]), min_size=3, max_size=3), max_size=6))
def test_codes_stand_for_their_categories(rows):
    codes, categories = coded(rows)
    back = [[None if code < 0 else categories[code] for code in row] for row in codes]
    assert back == rows
