"""Held against a second implementation (statsmodels, scipy.stats) and against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tskit.stats import (
    clopper_pearson,
    mean_interval,
    newcombe,
    poisson,
    proportion,
    quantile_ranks,
    weighted_proportion,
    wilson,
)

COUNTS = [(0, 10), (1, 10), (5, 10), (10, 10), (3, 40), (81, 263), (15, 148), (999, 1000)]


@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_wilson_agrees_with_statsmodels(k, n):
    assert np.allclose(wilson(k, n), proportion_confint(k, n, method="wilson"))


@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_the_exact_interval_agrees_with_statsmodels(k, n):
    assert np.allclose(clopper_pearson(k, n), proportion_confint(k, n, method="beta"))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]
)
def test_wilson_gives_newcombes_published_intervals(k, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3."""
    assert np.allclose(wilson(k, n), (low, high), atol=5e-5)


def test_small_and_extreme_shares_take_the_exact_interval():
    low, high = proportion([5, 0, 100, 50], [10, 100, 100, 100])
    exact = clopper_pearson([5, 0, 100], [10, 100, 100])
    assert np.allclose((low[:3], high[:3]), exact)
    assert np.allclose((low[3], high[3]), wilson(50, 100))


def test_nothing_to_divide_by_is_unknown():
    for interval in (wilson(0, 0), clopper_pearson(0, 0), proportion(0, 0)):
        assert np.isnan(interval).all()


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share_and_stays_within_0_and_1(n, data):
    k = data.draw(st.integers(0, n))
    low, high = proportion(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("sides", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 10), 0.6075, 1.0)],
)
def test_newcombe_gives_his_published_intervals(sides, low, high):
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10."""
    assert np.allclose(newcombe(*sides)[1:], (low, high), atol=5e-5)


def test_newcombe_agrees_with_statsmodels():
    ours = newcombe(56, 70, 48, 80)[1:]
    assert np.allclose(ours, confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff"))


@pytest.mark.parametrize("count", [0, 1, 10, 250])
def test_the_poisson_interval_agrees_with_the_chi_square_form(count):
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
    assert np.allclose(poisson(count), (low, stats.chi2.ppf(0.975, 2 * count + 2) / 2))


def test_equal_weights_give_the_plain_interval():
    share, low, high, effective = weighted_proportion(
        (np.array([200.0]), np.array([120.0]), np.array([400.0]), np.array([240.0]))
    )
    assert np.allclose(share, 0.6)
    assert np.allclose(effective, 100)
    assert np.allclose([low[0], high[0]], wilson(60, 100))


def test_unequal_weights_shrink_the_effective_sample():
    """60 cases that stand for 1 each, all correct, and 40 that stand for 10 each, half of them correct."""
    sums = (60 + 400, 60 + 200, 60 + 4000, 60 + 2000)
    share, low, high, effective = (float(x[0]) for x in weighted_proportion(tuple(np.array([float(s)]) for s in sums)))
    assert share == pytest.approx(260 / 460)
    variance = (60 * (1 - share) ** 2 + 100 * 20 * (1 - share) ** 2 + 100 * 20 * share**2) / 460**2
    assert effective == pytest.approx(share * (1 - share) / variance)
    assert effective < 60
    assert low < share < high


def test_the_mean_interval_agrees_with_student():
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    expected = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert np.allclose(mean_interval(5, values.sum(), (values**2).sum()), expected)


@pytest.mark.parametrize("q", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("n", [6, 10, 25, 100, 1000, 100_000])
def test_the_ranks_around_a_quantile_cover_it_and_no_closer_pair_of_tails_does(n, q):
    low, high = (float(rank) for rank in quantile_ranks(n, q))
    if not np.isnan(low):
        assert stats.binom.cdf(low - 1, n, q) <= 0.025
        assert stats.binom.cdf(low, n, q) > 0.025
    if not np.isnan(high):
        assert stats.binom.cdf(high - 1, n, q) >= 0.975
        assert stats.binom.cdf(high - 2, n, q) < 0.975


def test_fewer_than_six_values_say_nothing_about_a_median():
    assert np.isnan(quantile_ranks(5, 0.5)).all()
    assert [float(rank) for rank in quantile_ranks(6, 0.5)] == [1.0, 6.0]
