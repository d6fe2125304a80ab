"""The line in a tile."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tskit.export.html.answer import sparkline

VALUES = st.lists(st.none() | st.floats(-1e9, 1e9), min_size=0, max_size=60)


def test_it_rises_with_the_values_and_ends_at_the_last():
    spark = sparkline([1.0, 2.0, 3.0])
    assert spark.line == "M4.0 30.0L100.0 17.0L196.0 4.0"
    assert (spark.x, spark.y) == (196.0, 4.0)


def test_a_gap_stays_a_gap():
    assert sparkline([1.0, 2.0, None, 3.0, 4.0]).line.count("M") == 2


def test_the_points_of_the_period_are_marked_from_half_a_step_before_them():
    assert sparkline([1.0, 2.0, 3.0, 4.0, 5.0], recent=2).now == 124.0
    assert sparkline([1.0, 2.0, 3.0]).now == sparkline([1.0, 2.0, 3.0], recent=3).now == 0.0


def test_two_values_are_no_course():
    assert sparkline([1.0, None, 2.0]) is None


@given(VALUES)
@example([0.0, 0.0, 5e-324])
def test_it_never_leaves_its_box(values):
    spark = sparkline(values)
    if spark:
        numbers = [float(n) for n in spark.line.replace("M", " ").replace("L", " ").split()]
        assert all(3.9 <= x <= 196.1 for x in numbers[::2])
        assert all(3.9 <= y <= 30.1 for y in numbers[1::2])
        assert all(a < b for a, b in pairwise(numbers[::2]))
