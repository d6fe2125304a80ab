import numpy as np

from tskit.stats import day_design_effect


def _run(rng, p, *, spread=0.0, days=28):
    n = rng.poisson(200, days)
    shares = np.clip(p + rng.normal(0, spread, days), 0.01, 0.99)
    return rng.binomial(n, shares), n, 0


def test_independent_cases_have_an_effect_near_one():
    rng = np.random.default_rng(3)
    effects = [day_design_effect([_run(rng, 0.9), _run(rng, 0.9)]) for _ in range(100)]
    assert np.median(effects) < 1.3


def test_days_that_stray_widen_the_variance():
    rng = np.random.default_rng(3)
    effect = day_design_effect([_run(rng, 0.8, spread=0.1), _run(rng, 0.8, spread=0.1)])
    assert effect > 5


def test_a_weekly_shape_is_not_noise():
    n = np.full(28, 100.0)
    k = np.tile([90.0] * 5 + [60.0] * 2, 4)
    assert day_design_effect([(k, n, 0), (k, n, 0)]) == 1


def test_too_few_days_say_nothing():
    assert day_design_effect([([1, 2], [5, 5], 0), ([0, 4], [5, 5], 0)]) == 1
