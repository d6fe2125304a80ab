"""A period alone and together with the one before: one level for both, and what a spike may leave behind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tskit.patterns.spikes.fit import Fit
from tskit.patterns.spikes.looks import Looks, either, share_of
from tskit.patterns.spikes.predict import Counts

SURE = 1e12


def looks(mean, *, brought, rows=1):
    """Return looks at a Poisson count of a mean that is known for sure, after a period that brought so many."""
    one, sure = np.ones(rows), np.full(rows, SURE)

    def predicted(each):
        return Counts.of(Fit(each * one, 0 * one, one, sure, np.zeros((rows, 1))), part=one)

    return Looks(predicted(mean), predicted(2 * mean), predicted(mean), np.broadcast_to(float(brought), rows))


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7071, 0.95])
def test_either_is_the_normal_chance_of_scipy(correlation):
    joint = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    for chance in (0.5, 0.01, 1e-4):
        far = stats.norm.isf(chance)
        assert either(np.array(chance), np.array(correlation)) == pytest.approx(1 - joint.cdf([far, far]), rel=2e-3)


@settings(max_examples=50, deadline=None)
@given(level=st.floats(1e-4, 0.2), correlation=st.floats(0, 1))
def test_two_shares_make_the_level(level, correlation):
    share = share_of(level, np.array(correlation))
    assert level / 2 * 0.99 <= share <= level
    assert either(share, np.array(correlation)) == pytest.approx(level, rel=1e-6)


def test_the_bound_of_ten_after_ten_is_that_of_one_day_alone():
    """Each look may take .0057: P(X > 18) + P(X = 18) / 2 = .0107 and .0052 at 19 of Poisson's table."""
    found = looks(10.0, brought=10).bounds(0.01)
    assert (found.lower[0], found.upper[0]) == (3, 18)


def test_a_high_day_lowers_the_bound_of_the_next():
    """Of two days that expect 20, at most 32 are within chance (.0066, and .0038 at 33): after 17, 15 are."""
    found = looks(10.0, brought=17).bounds(0.01)
    assert found.upper[0] == 15
    _, over = looks(10.0, brought=17).tails(np.array([16.0]), level=0.01)
    assert over[0] == 2


def test_a_spike_does_not_stand_for_the_day_after_it():
    after_spike, after_high = (looks(10.0, brought=n).bounds(0.01).upper[0] for n in (500, 20))
    assert after_spike == after_high > 10
    assert looks(10.0, brought=0).bounds(0.01).lower[0] < 10


def test_two_looks_bring_a_false_alarm_no_more_often_than_the_level_says():
    rng = np.random.default_rng(11)
    counts = rng.poisson(6.0, (2, 40_000)).astype(float)
    seen = looks(6.0, brought=0, rows=counts.shape[1])._replace(brought=counts[0])
    found = seen.bounds(0.05)
    assert 0.035 < (counts[1] > found.upper).mean() < 0.052
    assert 0.030 < (counts[1] < found.lower).mean() < 0.052


@settings(max_examples=20, deadline=None)
@given(mean=st.floats(0.01, 300), brought=st.integers(0, 400))
def test_a_count_is_beyond_its_bounds_just_when_its_chance_is_below_the_level(mean, brought):
    seen = looks(mean, brought=brought)
    found = seen.bounds(0.01)

    def chance(count):
        return seen.tails(np.atleast_1d(count), level=0.01)[0]

    assert chance(found.upper + 1).middle_more[0] < 0.01
    assert found.upper[0] == 0 or chance(found.upper).middle_more[0] >= 0.01 * (1 - 1e-6)
    assert found.lower[0] == 0 or chance(found.lower - 1).middle_fewer[0] < 0.01
