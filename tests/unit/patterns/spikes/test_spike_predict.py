"""Predictive tails and bounds, held to SciPy's distributions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tskit.patterns.spikes.fit import Fit
from tskit.patterns.spikes.predict import Counts, Shares, bounds, tails

SURE = 1e12
ONE = np.ones(1)


def known(mean, *, variance=0.0, dispersion=1.0, freedom=SURE):
    parts = (np.atleast_1d(np.asarray(value, dtype=float)) for value in (mean, variance, dispersion, freedom))
    return Fit(*parts, np.zeros((1, 1)))


def test_a_gamma_mean_makes_a_negative_binomial_count():
    """Ten empty weeks: mean .05, shape .5. No case has a chance of the root of 10 / 11."""
    predicted = Counts.of(known(0.05, variance=2.0), part=ONE)
    assert predicted.at_least(2 * ONE)[0] == pytest.approx(stats.nbinom.sf(1, 0.5, 10 / 11), rel=1e-4)
    assert predicted.at_most(0 * ONE)[0] == pytest.approx(np.sqrt(10 / 11), rel=1e-4)


@pytest.mark.parametrize(("count", "mean", "dispersion"), [(14, 6.0, 1.7), (0, 3.0, 2.5), (60, 40.0, 1.2)])
def test_counts_are_scipys(count, mean, dispersion):
    predicted = Counts.of(known(mean, dispersion=dispersion), part=ONE)
    theirs = stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
    assert predicted.at_least(count * ONE)[0] == pytest.approx(theirs.sf(count - 1), rel=1e-9)
    assert predicted.at_most(count * ONE)[0] == pytest.approx(theirs.cdf(count), rel=1e-9)


def test_part_of_a_count_is_a_count_thinned():
    """Of a negative binomial count, each case seen with a chance of .3, is one of the same size with .3 of the mean."""
    predicted = Counts.of(known(6.0, dispersion=3.0), part=0.3 * ONE)
    size = 20.0 / 2.0
    theirs = stats.nbinom(size, size / (size + 6.0))
    assert predicted.at_least(12 * ONE)[0] == pytest.approx(theirs.sf(11), rel=1e-9)


@pytest.mark.parametrize(("k", "n", "share", "rho"), [(12, 50, 0.1, 0.02), (2, 400, 0.02, 0.001), (90, 100, 0.7, 0.05)])
def test_shares_are_scipys(k, n, share, rho):
    dispersion = 1 + (n - 1) * rho
    predicted = Shares.of(known(share, dispersion=dispersion), out_of=n * ONE)
    theirs = stats.betabinom(n, share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho)
    assert predicted.at_least(k * ONE)[0] == pytest.approx(theirs.sf(k - 1), rel=1e-3)
    assert predicted.at_most(k * ONE)[0] == pytest.approx(theirs.cdf(k), rel=1e-3)


def test_a_short_history_widens_the_band():
    wide, narrow = (
        bounds(Counts.of(known(20.0, dispersion=2.0, freedom=f), part=ONE), level=0.01) for f in (15.0, SURE)
    )
    assert wide.upper[0] > narrow.upper[0]
    assert wide.lower[0] <= narrow.lower[0]


def test_the_bounds_of_ten_are_those_of_the_poisson_table():
    """P(X > 18) + P(X = 18) / 2 = .0107 and .0052 at 19; P(X < 3) + P(X = 3) / 2 = .0066 and .0198 at 4."""
    found = bounds(Counts.of(known(10.0), part=ONE), level=0.01)
    assert (found.lower[0], found.upper[0]) == (4, 18)


@settings(max_examples=10, deadline=None)
@given(
    mean=st.floats(0.001, 3000),
    dispersion=st.floats(1, 20),
    variance=st.floats(0, 2),
    level=st.sampled_from([0.01, 0.1]),
)
def test_a_count_is_beyond_its_bounds_just_when_its_chance_is_below_the_level(mean, dispersion, variance, level):
    predicted = Counts.of(known(mean, dispersion=dispersion, variance=variance), part=ONE)
    found = bounds(predicted, level=level)
    assert 0 <= found.lower[0] <= found.upper[0]
    assert tails(predicted, found.upper).middle_more[0] >= level > tails(predicted, found.upper + 1).middle_more[0]
    assert tails(predicted, found.lower).middle_fewer[0] >= level
    assert found.lower[0] == 0 or tails(predicted, found.lower - 1).middle_fewer[0] < level


@settings(max_examples=10, deadline=None)
@given(n=st.integers(1, 500), share=st.floats(0.001, 0.999), rho=st.floats(0.001, 0.3), k=st.integers(0, 500))
def test_more_of_them_are_never_less_rare(n, share, rho, k):
    predicted = Shares.of(known(share, dispersion=1 + (n - 1) * rho), out_of=n * ONE)
    k = min(k, n)
    assert predicted.at_least(k * ONE)[0] >= predicted.at_least((k + 1) * ONE)[0] - 1e-12
    assert predicted.at_least(k * ONE)[0] + predicted.at_most((k - 1) * ONE)[0] == pytest.approx(1, abs=1e-6)
    found = bounds(predicted, level=0.01, top=n * ONE)
    assert 0 <= found.lower[0] <= found.upper[0] <= n


def test_bounds_of_what_is_no_number_are_found_to_be_none_and_not_for_ever():
    assert not np.isfinite(bounds(Counts.of(known(np.nan), part=ONE), level=0.01).upper[0])
