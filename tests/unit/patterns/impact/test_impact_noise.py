"""The regression under noise that remembers itself, held against dense generalised least squares and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.regression.linear_model import GLS, OLS

from tskit.patterns.impact.noise import GRID, Seen, regress
from tskit.stats import StudentMixture


@pytest.fixture
def seen():
    rng = np.random.default_rng(3)
    places = np.array([0, 1, 2, 4, 5, 6, 9, 10, 11, 12, 13, 14])
    columns = np.column_stack([np.ones(12), places / 10.0])
    return Seen(rng.normal(size=12), columns, rng.uniform(0.5, 2, size=12), places)


@pytest.mark.parametrize("pair", [(0.0, 0.0), (0.6, 1.0), (0.8, 0.5)])
def test_each_pair_is_generalised_least_squares_with_its_covariance(seen, pair):
    memory, share = pair
    apart = np.abs(np.subtract.outer(seen.places, seen.places))
    middle = np.median(seen.spread)
    noise = share * memory**apart + (1 - share) * np.diag(seen.spread / middle)
    expected = GLS(seen.response, seen.columns, sigma=noise).fit()
    found = regress(seen, grid=np.array([pair]))
    assert found.coefficients[0] == pytest.approx(expected.params)
    assert found.covariances[0] == pytest.approx(expected.cov_params())


def test_pairs_count_by_their_restricted_likelihood(seen):
    pairs = np.array([(0.0, 0.0), (0.9, 1.0)])
    found = regress(seen, grid=pairs)
    apart = np.abs(np.subtract.outer(seen.places, seen.places))
    likelihood = []
    for memory, share in pairs:
        noise = share * memory**apart + (1 - share) * np.diag(seen.spread / np.median(seen.spread))
        inverse = np.linalg.inv(noise)
        gram = seen.columns.T @ inverse @ seen.columns
        left = seen.response - seen.columns @ np.linalg.solve(gram, seen.columns.T @ inverse @ seen.response)
        squares = left @ inverse @ left
        likelihood.append(
            -0.5 * (np.linalg.slogdet(noise)[1] + np.linalg.slogdet(gram)[1] + found.freedom * np.log(squares))
        )
    assert np.log(found.weights[1] / found.weights[0]) == pytest.approx(likelihood[1] - likelihood[0])


def test_white_noise_is_ordinary_least_squares():
    rng = np.random.default_rng(0)
    columns = np.column_stack([np.ones(30), np.arange(30.0)])
    response = columns @ [1, 0.2] + rng.normal(size=30)
    expected = OLS(response, columns).fit()
    found = regress(Seen(response, columns, np.ones(30), np.arange(30)), grid=GRID[:1])
    along = found.along(np.array([0.0, 1.0]))
    assert along.interval() == pytest.approx(tuple(expected.conf_int()[1]))
    assert along.p_value() == pytest.approx(expected.pvalues[1])


def test_noise_is_never_smaller_than_counting_brings():
    columns = np.ones((10, 1))
    calm = Seen(np.zeros(10), columns, np.full(10, 0.25), np.arange(10), least=1.0)
    assert regress(calm, grid=GRID[:1]).covariances[0, 0, 0] == pytest.approx(0.25 / 10)


def test_a_series_without_noise_has_an_interval_of_no_width():
    columns = np.column_stack([np.ones(12), np.arange(12) >= 6])
    found = regress(Seen(columns @ [2.0, 3.0], columns, np.ones(12), np.arange(12)))
    low, high = found.along(np.array([0.0, 1.0])).interval()
    assert (low, high) == pytest.approx((3, 3))


def test_a_mixture_of_one_is_students_t():
    one = StudentMixture(np.ones(1), np.array([2.0]), np.array([0.5]), 7)
    assert one.interval() == pytest.approx(stats.t(7, 2, 0.5).interval(0.95))
    assert one.p_value() == pytest.approx(2 * stats.t(7).sf(4))


def test_a_mixtures_quantile_has_its_chance_below():
    both = StudentMixture(np.array([0.3, 0.7]), np.array([0.0, 5.0]), np.array([1.0, 2.0]), 9)
    assert both.below(both.quantile(0.8)) == pytest.approx(0.8)
    assert both.widened(2).error > both.error
