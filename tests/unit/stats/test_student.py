from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.stats import student_quantile, student_tail


def test_tails_are_those_of_the_printed_tables():
    assert student_tail(2.228, 10) == pytest.approx(0.025, abs=1e-4)
    assert student_tail(4.587, 10) == pytest.approx(0.0005, abs=1e-5)
    assert student_tail(0, 3) == 0.5


def test_a_very_small_tail_keeps_its_digits():
    assert 0 < student_tail(60, 12) < 1e-15


@given(st.floats(0.001, 0.999), st.floats(3, 100))
def test_the_tail_beyond_a_quantile_is_what_is_left(chance, freedom):
    assert student_tail(student_quantile(chance, freedom), freedom) == pytest.approx(1 - chance, abs=1e-6)
