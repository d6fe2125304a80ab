from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.charts.canvas import scale_over, spread

unhurried = settings(deadline=None)  # a loaded machine is no failure
numbers = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)


@unhurried
@given(st.lists(numbers, min_size=1, max_size=20), st.booleans())
def test_a_scale_holds_all_values_and_its_ticks(values, zero):
    scale = scale_over(values, unit="hours", zero=zero)
    room = (scale.high - scale.low) * 1e-6
    assert scale.low - room <= min(values) <= max(values) <= scale.high + room
    assert scale.low < scale.high
    assert 2 <= len(scale.ticks) <= 9
    assert not zero or scale.low <= 0 <= scale.high


@unhurried
@given(st.lists(st.integers(0, 12), min_size=1, max_size=9))
def test_counts_have_whole_ticks(values):
    assert all(tick == int(tick) for tick in scale_over(values, unit="cases").ticks)


@unhurried
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.booleans())
def test_an_axis_of_shares_stays_within_0_and_100_percent(values, zero):
    scale = scale_over(values, unit="share", zero=zero)
    assert 0 <= scale.low < scale.high
    assert all(0 <= tick <= 1 + 1e-9 for tick in scale.ticks)


def test_ticks_are_round():
    assert scale_over([0.928, 0.968], unit="share", zero=False).ticks == (0.92, 0.93, 0.94, 0.95, 0.96, 0.97)
    assert scale_over([171], unit="cases").ticks == (0, 50, 100, 150, 200)


@unhurried
@given(st.lists(st.floats(0, 250), max_size=8))
def test_labels_are_moved_apart_in_their_order_and_stay_inside(places):
    moved = spread(places, gap=16, low=0, high=250)
    order = sorted(range(len(places)), key=lambda i: places[i])
    placed = [moved[i] for i in order]
    assert all(b - a >= 16 - 1e-6 for a, b in pairwise(placed))
    assert all(-1e-6 <= place <= 250 + 1e-6 for place in placed)


def test_labels_with_room_stay_where_they_are():
    assert spread([100, 20, 60], gap=16, low=0, high=250) == [100, 20, 60]
