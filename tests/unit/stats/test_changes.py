import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from tskit.stats import fisher_p, interval_of, quasi_poisson_ratio, rate_ratio, two_proportion_p


def test_equal_proportions_are_judged_by_the_n_minus_1_chi_square():
    k, n, q, m = 56, 70, 48, 80
    plain = stats.chi2_contingency([[k, n - k], [q, m - q]], correction=False).statistic
    expected = stats.chi2.sf(plain * (n + m - 1) / (n + m), 1)
    assert two_proportion_p(k, n, q, m)[0] == pytest.approx(expected)


@pytest.mark.parametrize("sides", [(1, 5, 0, 60), (0, 3, 1, 4), (2, 2, 0, 100)])
def test_few_expected_cases_are_judged_by_fishers_exact_test(sides):
    k, n, q, m = sides
    assert two_proportion_p(k, n, q, m)[0] == pytest.approx(stats.fisher_exact([[k, n - k], [q, m - q]]).pvalue)


@pytest.mark.parametrize("sides", [(17, 44, 8, 125), (9, 19, 7, 150), (40, 400, 30, 500), (0, 5, 0, 7)])
def test_fishers_exact_test_is_that_of_scipy(sides):
    k, n, q, m = sides
    assert fisher_p(k, n, q, m) == pytest.approx(stats.fisher_exact([[k, n - k], [q, m - q]]).pvalue, rel=1e-9)


def test_a_side_without_cases_has_no_exact_test():
    assert np.isnan(fisher_p(0, 0, 3, 9))


def test_no_hit_on_either_side_is_no_difference():
    assert two_proportion_p(0, 50, 0, 60)[0] == 1


def test_the_exact_rate_ratio_agrees_with_the_conditional_binomial_test():
    ratio = rate_ratio(60, 30, exposure=2.0)
    test = stats.binomtest(60, 90, 2 / 3)
    interval = test.proportion_ci(method="exact")
    assert ratio.value == pytest.approx(1.0)
    assert ratio.low == pytest.approx(interval.low / (1 - interval.low) / 2)
    assert ratio.high == pytest.approx(interval.high / (1 - interval.high) / 2)
    assert ratio.p_value > 0.9


def test_none_after_some_is_a_ratio_of_zero_with_an_upper_bound():
    ratio = rate_ratio(0, 8)
    assert ratio.value == 0
    assert ratio.low == 0
    assert 0 < ratio.high < 1
    assert ratio.p_value < 0.05


def _weeks(rng, level, *, spread=0.0):
    shape = np.array([1.2, 1.1, 1.0, 1.0, 1.1, 0.8, 0.8] * 4)
    noise = np.exp(rng.normal(0, spread, 28)) if spread else 1.0
    return rng.poisson(level * shape * noise)


def test_the_quasi_poisson_ratio_agrees_with_a_fitted_model():
    rng = np.random.default_rng(1)
    then, now = _weeks(rng, 100), _weeks(rng, 130)
    ratio = quasi_poisson_ratio(now, then)
    weekday = np.tile(np.arange(7), 8)
    design = np.column_stack([np.repeat([0, 1], 28), np.ones(56), *[(weekday == d) for d in range(1, 7)]]).astype(float)
    fitted = sm.GLM(np.concatenate([then, now]), design, family=sm.families.Poisson()).fit(scale="X2")
    assert np.log(ratio.value) == pytest.approx(fitted.params[0])
    if ratio.dispersion == pytest.approx(fitted.scale):
        half = stats.t.ppf(0.975, 48) * fitted.bse[0]
        assert np.log(ratio.high) - np.log(ratio.value) == pytest.approx(half)


def test_weekdays_of_unequal_runs_do_not_pass_for_a_change():
    """A run that ends on a quiet weekend has the same level as one that does not."""
    shape = np.array([100, 100, 100, 100, 100, 40, 40])
    ratio = quasi_poisson_ratio(np.tile(shape, 3)[:19], np.tile(shape, 4))
    assert ratio.value == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("spread", [0.0, 0.15, 0.3])
def test_ordinary_noise_is_rarely_called_a_change(spread):
    rng = np.random.default_rng(7)
    p = np.array(
        [
            quasi_poisson_ratio(_weeks(rng, 80, spread=spread), _weeks(rng, 80, spread=spread)).p_value
            for _ in range(400)
        ]
    )
    assert (p < 0.05).mean() < 0.08


def test_a_real_change_is_seen_through_the_noise():
    rng = np.random.default_rng(7)
    p = np.array(
        [quasi_poisson_ratio(_weeks(rng, 104, spread=0.15), _weeks(rng, 80, spread=0.15)).p_value for _ in range(100)]
    )
    assert (p < 0.05).mean() > 0.9


def test_few_cases_take_the_exact_ratio():
    assert quasi_poisson_ratio([1] * 7, [0] * 14).is_exact


def test_a_normal_interval_reaches_1_96_errors_to_each_side():
    assert np.allclose(interval_of(1.0, 0.5), (1 - 1.959964 * 0.5, 1 + 1.959964 * 0.5))
