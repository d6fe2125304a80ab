from __future__ import annotations

import numpy as np
import pytest

from tskit.findings.noise import FEWEST_POINTS, judge, log_steps, share_steps, spread_of


def steps_of(counts):
    steps, errors = log_steps(np.asarray(counts, dtype=float))
    return float(steps[0]), float(errors[0]), steps[1:] / errors[1:]


def test_no_claim_rests_on_fewer_than_eight_points():
    verdict = judge(5.0, 0.1, np.zeros(FEWEST_POINTS - 1))
    assert np.isnan(verdict.p)
    assert verdict.points == FEWEST_POINTS - 1


def test_periods_without_a_value_are_no_points():
    earlier = np.r_[np.zeros(FEWEST_POINTS - 1), np.full(10, np.nan)]
    assert np.isnan(judge(5.0, 0.1, earlier).p)


def test_the_noise_is_never_taken_to_be_smaller_than_that_of_the_count():
    still = judge(*steps_of([110] + [100] * 20))
    assert still.p > 0.3


def test_a_series_that_always_swings_needs_a_larger_step():
    draw = np.random.default_rng(3)
    calm = judge(*steps_of([150, *draw.poisson(100, 24)]))
    swings = judge(*steps_of([150, *draw.poisson(100 * np.exp(draw.normal(0, 0.4, 24)))]))
    assert calm.p < 0.05 < swings.p


def test_one_odd_period_in_the_past_does_not_hide_the_next_one():
    counts = [300] + [100, 104, 97, 101, 99, 103] * 2 + [900] + [101, 98, 100, 102, 99] * 2
    assert judge(*steps_of(counts)).p < 0.001


@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_noise_alone_is_called_unusual_no_more_often_than_said(dispersion):
    draw = np.random.default_rng(5)
    p = []
    for _ in range(1500):
        counts = draw.negative_binomial(400 / max(dispersion - 1, 1e-3), 1 / max(dispersion, 1.001), 26)
        p.append(judge(*steps_of(counts)).p)
    assert np.mean(np.array(p) < 0.05) < 0.07
    assert np.mean(np.array(p) < 0.001) < 0.004


def test_the_range_of_noise_holds_the_next_value_about_as_often_as_said():
    draw = np.random.default_rng(6)
    inside = []
    for _ in range(800):
        step, error, earlier = steps_of(draw.poisson(200, 26))
        verdict = judge(step, error, earlier)
        inside.append(abs(step - verdict.centre) <= verdict.margin)
    assert np.mean(inside) > 0.94


def test_a_share_of_an_empty_period_is_no_step():
    steps, _ = share_steps(np.array([1.0, 0.0, 2.0]), np.array([10.0, 0.0, 10.0]))
    assert np.isnan(steps).all()


def test_the_spread_of_too_few_scores_is_nothing():
    assert spread_of(np.array([1.0])) == 0.0
