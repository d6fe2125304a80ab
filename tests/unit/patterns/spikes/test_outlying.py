"""What stands out in a past: far out, and as rare as that."""

import numpy as np
import pytest
from scipy import stats

from tskit.patterns.spikes.outlying import score_of, usual_up_to, weights_of


def highest(level: float, dispersion: float) -> float:
    return float(usual_up_to(np.array([level]), np.array([dispersion]))[0])


def test_two_cases_where_a_tenth_of_a_case_is_usual_are_rare() -> None:
    # Poisson, mean 0.1: 0 is .9048, 1 is .0905, so that more than 1 is .0047; mean 0.2: .8187, .1637 leave .0175.
    assert highest(0.1, 1.0) == 1
    assert highest(0.2, 1.0) == 2


def test_counts_that_spread_more_have_to_be_higher_to_be_rare() -> None:
    # Mean .5, dispersion 2 is a negative binomial of size .5 and p .5: 0 to 3 are .7071, .1768, .0663, .0276: .0222 are left;
    # 4 is .0121, so that more than 4 is .0101 and more than 5, which is .0054, is .0047.
    assert highest(0.5, 1.0) == 3
    assert highest(0.5, 2.0) == 5


@pytest.mark.parametrize("dispersion", [1.5, 2.0, 6.0])
@pytest.mark.parametrize("level", [0.02, 0.3, 1.0, 4.0, 11.0])
def test_the_highest_usual_count_is_the_quantile_of_a_second_implementation(level: float, dispersion: float) -> None:
    other = stats.nbinom(level / (dispersion - 1), 1 / dispersion).ppf(0.99)
    assert highest(level, dispersion) == max(other, 1)


def test_a_single_case_is_never_an_outbreak() -> None:
    assert highest(0.0001, 1.0) == 1
    assert highest(0.0, 1.0) == 1


def test_counts_that_are_many_go_by_their_residuals_alone() -> None:
    assert highest(12.0, 3.0) == 0


def test_a_count_that_is_far_out_but_not_rare_keeps_its_weight() -> None:
    counts = np.array([[0.0, 3.0, 5.0]])
    mean = np.full((1, 3), 0.1)
    score = score_of(counts, mean, mean, is_rate=False)
    assert (score[0, 1:] > 2.58).all()
    # 4.1 and 6.1 standard deviations: 1 / 6.05^2 is .027.
    np.testing.assert_allclose(weights_of(score, counts, np.array([3.0])), [[1, 1, 1 / score[0, 2] ** 2]])
    assert weights_of(score, counts, np.array([2.0]))[0, 1] < 1


def test_a_count_that_is_far_too_low_weighs_less_however_few_cases_are_usual() -> None:
    score = np.array([[-3.0, -2.0]])
    np.testing.assert_allclose(weights_of(score, np.zeros((1, 2)), np.array([9.0])), [[1 / 9, 1]])


def test_a_share_stands_out_by_its_pearson_residual() -> None:
    # 9 of 20 where a quarter is usual: (9 - 5) / sqrt(20 x .25 x .75) = 2.07.
    counts, mean, spread = np.array([[9.0]]), np.array([[5.0]]), np.array([[3.75]])
    np.testing.assert_allclose(score_of(counts, mean, spread, is_rate=True), [[2.0656]], atol=1e-4)
