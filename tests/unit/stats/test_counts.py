"""Tails and bounds of counts, held against sums of their own terms."""

from math import exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.stats import count_at_least, count_at_most, count_interval


def mass(n, mean, variance):
    if variance <= mean:
        return exp(n * log(mean) - mean - lgamma(n + 1))
    size = mean**2 / (variance - mean)
    return exp(
        lgamma(n + size)
        - lgamma(size)
        - lgamma(n + 1)
        + size * log(size / (size + mean))
        + n * log(mean / (size + mean))
    )


@pytest.mark.parametrize(("mean", "variance"), [(0.2, 0.2), (0.2, 0.5), (3.0, 3.0), (3.0, 9.0), (40.0, 60.0)])
def test_tails_are_sums_of_the_terms(mean, variance):
    for count in range(12):
        below = sum(mass(n, mean, variance) for n in range(count))
        assert float(count_at_least(count, mean=mean, variance=variance)) == pytest.approx(1 - below, abs=1e-9)
        upto = below + mass(count, mean, variance)
        assert float(count_at_most(count, mean=mean, variance=variance)) == pytest.approx(upto, abs=1e-9)


def test_a_tail_too_small_for_a_difference_from_one_is_still_told():
    told = float(count_at_least(30, mean=0.1, variance=0.1))
    assert told == pytest.approx(sum(mass(n, 0.1, 0.1) for n in range(30, 60)), rel=1e-9)
    assert 0 < told < 1e-60


@given(st.floats(0.01, 300), st.floats(1.0, 5.0), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_an_interval_holds_the_count_as_often_as_it_says(mean, times, level):
    low, high = count_interval(mean=mean, variance=mean * times, level=level)
    within = count_at_most(high, mean=mean, variance=mean * times) - count_at_most(
        low - 1, mean=mean, variance=mean * times
    )
    assert low <= high
    assert float(within) >= level - 1e-9


def test_arrays_go_in_and_come_out():
    told = count_at_least(np.array([0, 1, 2]), mean=np.array([1.0, 1.0, 1.0]), variance=1.0)
    assert told == pytest.approx([1.0, 1 - exp(-1), 1 - 2 * exp(-1)])
