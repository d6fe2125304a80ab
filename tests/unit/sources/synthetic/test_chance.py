from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.sources.synthetic.chance import even, lognormal, pick, stream


@settings(max_examples=60)
@given(st.integers(0, 1000), st.integers(20, 400), st.floats(0.02, 0.98), st.data())
def test_a_share_of_even_numbers_is_flat_in_every_stretch_of_time(seed, n, share, data):
    rng = stream(seed, 0)
    order = rng.permutation(n)
    drawn = even(rng, order, np.zeros(n, dtype=np.int64))
    start = data.draw(st.integers(0, n - 10))
    stop = data.draw(st.integers(start + 5, n))
    stretch = drawn[np.argsort(order)][start:stop]
    # The discrepancy of multiples of the golden ratio grows with the logarithm of the length only.
    assert abs((stretch < share).sum() - share * len(stretch)) <= 1.5 + 0.6 * np.log(len(stretch))


def test_even_numbers_lie_between_zero_and_one():
    drawn = even(stream(3, 0), np.arange(500), np.arange(500) % 7)
    assert ((drawn >= 0) & (drawn < 1)).all()


def test_each_row_is_drawn_by_its_own_weights():
    weights = np.array([[1.0, 0.0, 0.0], [0.0, 0.25, 0.75]])
    rows = np.repeat([0, 1], [1000, 4000])
    drawn = pick(stream(1, 0), weights, rows)
    assert (drawn[:1000] == 0).all()
    assert set(drawn[1000:]) == {1, 2}
    assert 0.72 < (drawn[1000:] == 2).mean() < 0.78


def test_streams_of_different_paths_differ_and_of_the_same_path_agree():
    assert stream(1, 2).random() == stream(1, 2).random()
    assert stream(1, 2).random() != stream(1, 3).random()
    assert stream(1, 2).random() != stream(2, 2).random()


def test_lognormal_values_spread_around_their_median():
    assert 3.7 < np.median(lognormal(stream(1, 0), 4.0, 1.0, 4000)) < 4.3
