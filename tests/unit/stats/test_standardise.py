import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.stats import mantel_haenszel, newcombe


def test_a_shift_of_the_mix_alone_is_no_difference():
    """Simpson: each stratum keeps its share, the mix moves towards the one that is overturned less."""
    found = mantel_haenszel([10, 90], [100, 300], [30, 30], [300, 100])
    assert newcombe(100, 400, 60, 400)[0] == pytest.approx(0.10)
    assert found.value == pytest.approx(0)
    assert found.p_value == pytest.approx(1)
    assert found.covered == 1


def test_the_estimate_and_its_variance_are_those_of_sato_1989():
    """Worked by hand for two strata: (8 of 20 against 2 of 20) and (15 of 30 against 6 of 30)."""
    found = mantel_haenszel([8, 15], [20, 30], [2, 6], [20, 30])
    weights = np.array([10.0, 15.0])
    value = float((weights * [0.3, 0.3]).sum() / 25)
    p = [20 * 20 * 2 - 20 * 20 * 8, 30 * 30 * 6 - 30 * 30 * 15] / np.array([1600.0, 3600.0])
    q = [8 * 18 + 2 * 12, 15 * 24 + 6 * 15] / np.array([80.0, 120.0])
    error = np.sqrt(value * p.sum() + q.sum()) / 25
    assert found.value == pytest.approx(0.3)
    assert found.high - found.value == pytest.approx(1.959964 * error)
    assert found.strata == 2


def test_strata_of_one_side_only_do_not_enter_and_are_told():
    found = mantel_haenszel([5, 40], [10, 50], [4, 0], [10, 0])
    assert found.value == pytest.approx(0.1)
    assert found.covered == pytest.approx(20 / 70)


def test_nothing_in_common_is_unknown():
    assert np.isnan(mantel_haenszel([5, 0], [10, 0], [0, 3], [0, 10]).value)


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 4), min_size=1, max_size=8))
def test_swapping_the_sides_turns_the_sign(rows):
    k, extra, q, more = (np.array(column, float) for column in zip(*rows, strict=True))
    there, back = mantel_haenszel(k, k + extra, q, q + more), mantel_haenszel(q, q + more, k, k + extra)
    assert there.value == pytest.approx(-back.value, nan_ok=True)


def test_alike_cases_widen_the_interval():
    plain = mantel_haenszel([8], [20], [2], [20])
    wide = mantel_haenszel([8], [20], [2], [20], inflation=4)
    assert wide.high - wide.value == pytest.approx(2 * (plain.high - plain.value))
