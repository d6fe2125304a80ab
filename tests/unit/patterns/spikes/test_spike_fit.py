"""The model of what is usual, held to hand-worked figures and to statsmodels."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from tskit.patterns.spikes.design import design, priors
from tskit.patterns.spikes.fit import Histories, fit

OFF = 1e12


def rows(counts, *, exposure=None, penalty=None, is_rate=False, step="week"):
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    made = design(counts.shape[1], step=step)
    if penalty is None:
        penalty = np.where(np.array(made.names) == "level", 0.0, OFF)
    exposure = np.ones(counts.shape) if exposure is None else np.atleast_2d(exposure)
    ahead = np.ones((len(counts), 1, 1))
    penalty = np.broadcast_to(penalty, (len(counts), len(made.names))).copy()
    return Histories(counts, exposure, None, penalty, ahead, is_rate), made


@pytest.mark.parametrize(
    ("counts", "mean", "variance"),
    [
        ([0] * 20, 0.5 / 20, 1 / 0.5),  # Jeffreys: half a case in all, and a gamma of that shape
        ([1, 0, 1, 0, 1, 0, 1, 0], 4.5 / 8, 1 / 4.5),
        ([3, 4, 3, 4, 3, 4, 3, 4, 3, 4], 35.5 / 10, 1 / 35.5),
        ([3, 4, np.nan, 3, np.nan, 4], 14.5 / 4, 1 / 14.5),
    ],
)
def test_a_level_alone_is_the_mean_with_half_a_case_more(counts, mean, variance):
    found = fit(*rows(counts))
    assert found.mean[0, 0] == pytest.approx(mean, rel=1e-6)
    assert found.dispersion[0] == 1
    assert found.variance[0, 0] == pytest.approx(variance, rel=1e-5)


def test_counts_that_spread_widen_what_is_not_known_for_sure():
    counts = [2, 14, 3, 12, 2, 13, 4, 15, 1, 14, 3, 13]
    found = fit(*rows(counts))
    mean = (sum(counts) + 0.5) / 12
    pearson = sum((y + 0.5 / 12 - mean) ** 2 / mean for y in counts) / 11
    assert found.dispersion[0] == pytest.approx(pearson, rel=1e-6)
    assert found.variance[0, 0] == pytest.approx(pearson / (12 * mean), rel=1e-5)


def _moderate(shape, seed=4):
    """Return counts that stay within what is ordinary, so that none weighs less."""
    rng = np.random.default_rng(seed)
    return np.clip(rng.poisson(9, shape), 5, 14).astype(float)


def test_trend_season_and_weekday_are_those_of_statsmodels():
    counts = _moderate((2, 150))
    made = design(150, step="day")
    penalty = np.where(np.array(made.names) == "season", OFF, 0.0)
    data, made = rows(counts, penalty=penalty, step="day")
    found = fit(data, made)
    is_in = np.array(made.names) != "season"
    for n, row in enumerate(counts):
        theirs = sm.GLM(row + 0.5 / 150, made.history[:, is_in], family=sm.families.Poisson()).fit(tol=1e-12)
        ahead = made.whole[-1, is_in]
        assert found.mean[n, 0] == pytest.approx(np.exp(ahead @ theirs.params), rel=1e-5)
        variance = ahead @ theirs.cov_params(scale=1.0) @ ahead * found.dispersion[n]
        assert found.variance[n, 0] == pytest.approx(variance, rel=1e-4)


def test_shares_are_those_of_statsmodels():
    counts, out_of = _moderate((1, 60)), np.full((1, 60), 40.0)
    penalty = np.where(np.array(design(60, step="week").names) == "season", OFF, 0.0)
    data, made = rows(counts, exposure=out_of, penalty=penalty, is_rate=True)
    found = fit(data, made)
    half = 0.5 / 60
    both = np.column_stack([counts[0] + half, out_of[0] - counts[0] + half])
    theirs = sm.GLM(both, made.history[:, :2], family=sm.families.Binomial()).fit(tol=1e-12)
    assert found.mean[0, 0] == pytest.approx(1 / (1 + np.exp(-made.whole[-1, :2] @ theirs.params)), rel=1e-5)


def test_a_past_outbreak_weighs_less():
    quiet = np.tile([9.0, 11, 10, 8, 12], 12)
    outbreak = quiet.copy()
    outbreak[30:33] = 60
    found = fit(*rows(np.stack([quiet, outbreak])))
    assert found.mean[0, 0] == pytest.approx(10.0, abs=0.1)
    assert found.mean[1, 0] < 11.5 < outbreak.mean()


def test_a_season_needs_a_past_of_nearly_two_years():
    made = design(200, step="week")
    penalty = priors(made, known=np.array([80.0, 100.0]), step="week", holidays=False)
    is_season = np.array(made.names) == "season"
    assert (penalty[0, is_season] > 1e6).all()
    assert (penalty[1, is_season] < 10).all()


def test_twice_the_exposure_is_half_the_mean():
    counts = _moderate((1, 40))
    once, twice = (fit(*rows(counts, exposure=np.full(counts.shape, n))) for n in (1.0, 2.0))
    assert once.mean[0, 0] == pytest.approx(2 * twice.mean[0, 0], rel=1e-6)
    assert once.variance[0, 0] == pytest.approx(twice.variance[0, 0], rel=1e-6)


def test_rows_do_not_know_of_each_other():
    counts = np.random.default_rng(1).poisson([[0.1], [3.0], [50.0]], (3, 90)).astype(float)
    together = fit(*rows(counts))
    for n, row in enumerate(counts):
        alone = fit(*rows(row))
        assert together.mean[n, 0] == pytest.approx(alone.mean[0, 0], rel=1e-5)
        assert together.dispersion[n] == pytest.approx(alone.dispersion[0], rel=1e-4)


def test_a_look_at_two_periods_expects_their_sum_and_knows_the_level_no_better():
    counts = _moderate((1, 40))
    data, made = rows(counts)
    looks = np.array([[[0.0, 1.0], [1.0, 1.0], [0.5, 0.0]]])
    found = fit(replace(data, ahead=looks), made)
    assert found.mean[0] == pytest.approx(found.mean[0, 0] * np.array([1, 2, 0.5]), rel=1e-9)
    assert found.variance[0] == pytest.approx(np.full(3, found.variance[0, 0]), rel=1e-9)


def test_a_look_at_the_shares_of_two_periods_is_their_mean_by_what_they_are_out_of():
    """Of 100 and of 300: the pair has a quarter of the first share and three quarters of the second."""
    k = np.linspace(10, 40, 30).round()
    penalty = np.where(np.isin(design(30, step="week").names, ["level", "trend"]), 0.0, OFF)
    data, made = rows(k, exposure=np.full((1, 30), 100.0), penalty=penalty, is_rate=True)
    found = fit(replace(data, ahead=np.array([[[100.0, 0.0], [0.0, 300.0], [100.0, 300.0]]])), made)
    first, second, pair = found.mean[0]
    assert pair == pytest.approx((100 * first + 300 * second) / 400, rel=1e-9)


def test_outbreaks_that_hide_behind_each_other_do_not_widen_the_band():
    """Great outbreaks widen the first dispersion so far that lesser ones pass for ordinary; weighed again, none does."""
    quiet = np.random.default_rng(8).poisson(30, 200).astype(float)
    outbreaks = quiet.copy()
    outbreaks[[20, 21, 60, 61, 100, 101]] += 70
    outbreaks[[40, 80, 120, 140]] += 22
    found = fit(*rows(np.stack([quiet, outbreaks])))
    assert found.dispersion[1] < 1.15 * found.dispersion[0]
    assert found.mean[1, 0] == pytest.approx(found.mean[0, 0], rel=0.02)


def test_leaving_out_what_stands_out_does_not_narrow_the_band_of_a_normal_series():
    counts = np.random.default_rng(9).poisson(200, (40, 250)).astype(float)
    assert fit(*rows(counts)).dispersion.mean() == pytest.approx(1.03, abs=0.03)


def test_an_effect_of_which_neither_history_nor_prior_says_anything_is_nought():
    one = np.array([[36.0]])
    made = design(1, step="day")
    penalty = np.full((1, made.whole.shape[1]), 1e9)
    penalty[:, :2] = 0.0  # level and trend, of one day
    found = fit(Histories(one, np.ones((1, 1)), None, penalty, np.ones((1, 1, 1))), made)
    np.testing.assert_allclose(found.mean, [[36.5]], rtol=0.01)
