"""Agreement held to the worked examples of the people who defined it, to the digits that they printed."""

import time

import numpy as np
import pytest

from tskit.errors import ParameterError
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

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: 4 observers, 12 units, ratings missing.
KRIPPENDORFF_2011 = """
    1 1 . 1
    2 2 3 2
    3 3 3 3
    3 3 3 3
    2 2 2 2
    1 2 3 4
    4 4 4 4
    1 1 2 1
    2 2 2 2
    . 5 5 5
    . . 1 1
    . . 3 .
"""

# Krippendorff (2011), section A: two observers, binary data.
KRIPPENDORFF_BINARY = "0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"

# Krippendorff (2011), section B: two observers, five categories.
KRIPPENDORFF_NOMINAL = "a a b b d c c c e d d a", "b a b b b c c c e d d d"

# Hayes and Krippendorff (2007), Communication Methods and Measures 1(1), 77-89, p. 84: 40 items, 5 judges, ordinal.
HAYES_KRIPPENDORFF_2007 = """
    112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111.
    .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. 000.0
    0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2
    110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1
"""

# Fleiss (1971), Psychological Bulletin 76(5), 378-381, table 1: 30 patients, 6 psychiatrists, 5 diagnoses.
FLEISS_1971 = """
    444444 222555 233335 555555 222444 113333 333355 113334 114444 555555
    144444 124444 222333 144444 224445 333335 111455 111112 224444 133555
    555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""

# Wikipedia, "Fleiss' kappa", worked example: 10 subjects, 14 raters, counts by category.
FLEISS_WIKIPEDIA = """
    0 0 0 0 14
    0 2 6 4 2
    0 0 3 5 6
    0 3 9 2 0
    2 2 8 1 1
    7 7 0 0 0
    3 2 6 3 0
    2 5 3 2 2
    6 5 2 1 0
    0 2 2 3 7
"""

# Two raters: rows are the first one's categories.
CONFUSIONS = {
    "Cohen (1960), p. 45": ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492, 3),
    "Wikipedia, Cohen's kappa, grant proposals": ([[20, 5], [10, 15]], 0.40, 2),
    "Agresti (1992), p. 202, from Landis and Koch (1977)": (
        [[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]],
        0.493,
        3,
    ),
    "Artstein and Poesio (2008), p. 558": ([[20, 10], [20, 50]], 0.348, 3),
    "Artstein and Poesio (2008), p. 568": ([[46, 0, 0], [6, 32, 6], [0, 0, 10]], 0.8013, 4),
    "Krippendorff (2004), p. 246, left": ([[12, 9, 9], [9, 14, 9], [9, 9, 20]], 0.186, 3),
    "Krippendorff (2004), p. 246, right": ([[12, 18, 18], [0, 14, 18], [0, 0, 20]], 0.258, 3),
}


def rows(text):
    """One line an item, a dot for a missing rating."""
    table = [line.split() for line in text.strip().splitlines()]
    return coded([[None if r == "." else r for r in row] for row in table], order=sorted(ratings(table)))[0]


def words(text):
    """One word an item, a letter a rating."""
    table = text.split()
    return coded([[None if r == "." else r for r in word] for word in table], order=sorted(ratings(table)))[0]


def ratings(table):
    return {r for row in table for r in row} - {"."}


def pairs(confusion):
    return np.array([(i, j) for i, row in enumerate(confusion) for j, n in enumerate(row) for _ in range(n)])


def spread_out(counts):
    """Counts by category as ratings: who gave which does not matter."""
    return np.array([np.repeat(np.arange(len(row)), row) for row in counts])


@pytest.mark.parametrize(("distance", "published"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_with_missing_ratings_is_krippendorffs(distance, published):
    found = krippendorff_alpha(rows(KRIPPENDORFF_2011), distance=distance)
    assert round(found.value, 3) == published
    assert (found.items, found.ratings, found.left_out) == (11, 40, 1)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(("power", "published"), [(2, 0.849)])
def test_alpha_takes_any_distance_such_as_that_of_an_interval_scale(power, published):
    distance = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))) ** power
    assert round(krippendorff_alpha(rows(KRIPPENDORFF_2011), distance=distance).value, 3) == published


def test_alpha_of_a_ratio_scale_is_krippendorffs():
    scale = np.arange(1.0, 6.0)
    distance = (np.subtract.outer(scale, scale) / np.add.outer(scale, scale)) ** 2
    assert round(krippendorff_alpha(rows(KRIPPENDORFF_2011), distance=distance).value, 3) == 0.797


@pytest.mark.parametrize(("raters", "published"), [(KRIPPENDORFF_BINARY, 0.095), (KRIPPENDORFF_NOMINAL, 0.692)])
def test_alpha_of_two_observers_is_krippendorffs(raters, published):
    codes, _ = coded(list(zip(*(r.split() for r in raters), strict=True)))
    assert round(krippendorff_alpha(codes).value, 3) == published


def test_ordinal_alpha_of_five_judges_is_hayes_and_krippendorffs():
    found = krippendorff_alpha(words(HAYES_KRIPPENDORFF_2007), distance="ordinal")
    assert round(found.value, 4) == 0.7598
    assert found.items == 40


def test_alpha_with_weights_is_artstein_and_poesios():
    """Table 7: confusing anything with a check weighs half."""
    distance = np.array([[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]])
    confusion = CONFUSIONS["Artstein and Poesio (2008), p. 568"][0]
    assert round(krippendorff_alpha(pairs(confusion), distance=distance).value, 4) == 0.8156
    assert round(cohen_kappa(pairs(confusion), weights=distance).value, 4) == 0.8163


@pytest.mark.parametrize("source", CONFUSIONS)
def test_kappa_is_the_published_one(source):
    confusion, published, digits = CONFUSIONS[source]
    assert round(cohen_kappa(pairs(confusion)).value, digits) == published


def test_weighted_kappa_is_cohens():
    """Cohen (1968), Psychological Bulletin 70, 213-220: the table of 1960 with weights of disagreement of his own."""
    confusion = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
    weights = np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert round(cohen_kappa(pairs(confusion), weights=weights).value, 3) == 0.348


def test_fleiss_kappa_of_the_psychiatrists_is_fleiss():
    found = fleiss_kappa(words(FLEISS_1971))
    assert round(found.value, 3) == 0.430
    assert (found.items, found.ratings) == (30, 180)
    assert round(raw_agreement(words(FLEISS_1971)).value, 4) == 0.5556


def test_kappa_of_each_diagnosis_is_fleiss_but_for_his_rounding():
    """Alpha allows for a small sample: kappa is 1 - (1 - alpha) n / (n - 1), n = 180. He prints what rounded steps gave."""
    printed = (0.248, 0.248, 0.517, 0.470, 0.565)
    kappas = [1 - (1 - found.value) * 180 / 179 for found in category_alphas(words(FLEISS_1971))]
    assert kappas == pytest.approx(printed, abs=0.004)


def test_fleiss_kappa_of_fourteen_raters_is_wikipedias():
    counts = [[int(n) for n in line.split()] for line in FLEISS_WIKIPEDIA.strip().splitlines()]
    assert round(fleiss_kappa(spread_out(counts)).value, 3) == 0.210


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("a b c", "a b c", 0),
        ("a b", "a b c d", 1 - 2 / 4 * 2 / 3),  # nltk's documented example
        ("a b", "b c", 1 - 1 / 3 * 1 / 3),
        ("a b c", "b c d", 1 - 2 / 4 * 1 / 3),
        ("a", "b", 1),
    ],
)
def test_masi_is_one_less_jaccard_times_how_the_sets_contain_each_other(one, other, distance):
    """Passonneau (2006), LREC, 831-836: 1 for the same set, 2/3 for a subset, 1/3 for an overlap, 0 for nothing shared."""
    assert masi_distance(frozenset(one.split()), frozenset(other.split())) == pytest.approx(distance)


def test_alpha_of_sets_by_hand():
    """Two items with {a} and {a, b}, two alike with {c}: seen (2 x 2/3 x 2)/8 = 1/3; expected by the counts 2, 2, 4."""
    a, ab, c = (frozenset(s) for s in ("a", "ab", "c"))
    codes, sets = coded([(a, ab), (a, ab), (c, c), (c, c)])
    expected = 2 * (2 * 2 * 2 / 3 + 2 * 4 + 2 * 4) / (8 * 7)
    assert krippendorff_alpha(codes, distance=masi_distances(sets)).value == pytest.approx(1 - (1 / 3) / expected)


def test_no_variation_gives_no_value():
    for measure in (krippendorff_alpha, cohen_kappa, fleiss_kappa):
        found = measure([[1, 1]] * 40)
        assert np.isnan([found.value, found.low, found.high]).all()
        assert "alike" in found.note
    assert raw_agreement([[1, 1]] * 40).value == 1


def test_no_pair_of_ratings_gives_no_value():
    for measure in (krippendorff_alpha, cohen_kappa, fleiss_kappa, raw_agreement):
        found = measure([[1, -1], [-1, 2]])
        assert np.isnan(found.value)
        assert (found.items, found.left_out) == (0, 2)
        assert found.note == "no item has two ratings"
    assert all(np.isnan(found.value) for found in category_alphas([[1, -1]]))


def test_nothing_at_all_gives_no_value():
    assert np.isnan(krippendorff_alpha(np.empty((0, 2), dtype=int)).value)
    assert np.isnan(cohen_kappa(np.empty((0, 2), dtype=int)).value)


def test_perfect_agreement_has_no_made_up_interval():
    """Drawing items again can only find more agreement: an interval of 1 to 1 would claim to know."""
    found = krippendorff_alpha([[0, 0], [1, 1]] * 20)  # so many that no resample lacks variation
    assert found.value == 1
    assert np.isnan([found.low, found.high]).all()
    assert "nobody disagreed" in found.note


def test_raw_agreement_of_all_has_the_exact_interval():
    found = raw_agreement([[0, 0]] * 20)
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.025 ** (1 / 20))


def test_fleiss_kappa_of_an_uneven_design_has_no_value_and_says_why():
    found = fleiss_kappa([[0, 1, 0], [1, 1, -1], [0, 0, 1]])
    assert np.isnan(found.value)
    assert found.note == "it needs as many ratings on each item, and there are 2 to 3"


def test_a_category_counts_the_items_it_was_given_to():
    found = category_alphas([[0, 0], [0, 1], [1, 1], [1, 1]])
    assert [(f.items, f.ratings) for f in found] == [(2, 3), (3, 5)]


def test_two_categories_are_each_others_rest():
    codes = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]
    alpha = krippendorff_alpha(codes).value
    assert [f.value for f in category_alphas(codes)] == pytest.approx([alpha, alpha])


def test_an_interval_that_hangs_on_one_item_is_not_given():
    """One item of 20 varies: a third of the resamples would hold no variation at all."""
    found = krippendorff_alpha([[0, 0]] * 19 + [[0, 1]])
    assert not np.isnan(found.value)
    assert np.isnan(found.low)
    assert "too little" in found.note


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """Two raters who are right with a chance of 0.85 and else pick one of 5: alpha of all such items is 0.7225."""
    chance = np.random.default_rng(3)
    covered = 0
    for seed in range(200):
        truth = chance.integers(0, 5, 150)[:, None]
        codes = np.where(chance.random((150, 2)) < 0.85, truth, chance.integers(0, 5, (150, 2)))
        found = krippendorff_alpha(codes, resamples=400, seed=seed)
        covered += found.low <= 0.85**2 <= found.high
    assert 180 <= covered <= 200


def test_the_seed_decides_the_interval():
    codes = words(FLEISS_1971)
    assert krippendorff_alpha(codes, seed=1) == krippendorff_alpha(codes, seed=1)
    assert krippendorff_alpha(codes, seed=1) != krippendorff_alpha(codes, seed=2)


def test_a_thousand_items_take_less_than_a_second():
    # of CPU: a busy machine stretches the clock on the wall
    chance = np.random.default_rng(1)
    codes = chance.integers(0, 40, (1000, 3))
    start = time.process_time()
    krippendorff_alpha(codes)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("codes", [[1, 2, 3], [[0.5, 1.0]], [["a", "b"]]])
def test_ratings_that_are_no_codes_are_refused(codes):
    with pytest.raises(ParameterError, match="items by raters"):
        krippendorff_alpha(codes)


def test_kappa_of_three_raters_is_refused():
    with pytest.raises(ParameterError, match="two raters"):
        cohen_kappa([[0, 1, 1]])


@pytest.mark.parametrize(
    "measure", [lambda t: krippendorff_alpha([[0, 2]], distance=t), lambda t: cohen_kappa([[0, 2]], weights=t)]
)
def test_a_table_that_is_too_small_is_refused(measure):
    with pytest.raises(ParameterError, match="one row and one column"):
        measure(np.zeros((2, 2)))


def test_ratings_outside_the_scale_are_refused_without_naming_them():
    with pytest.raises(ParameterError) as caught:
        coded([("low", "secret")], order=("low", "high"))
    assert "secret" not in str(caught.value)


def test_rows_of_different_length_are_refused():
    with pytest.raises(ParameterError, match="one place for each rater"):
        coded([("a", "b"), ("a",)])
