"""Which segments drive a change: planted causes are named, chance is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tskit.errors import ParameterError
from tskit.patterns.drivers import causes, explain
from tskit.patterns.drivers.expected import added, rate_baseline, summed
from tskit.patterns.drivers.lattice import lattice
from tskit.patterns.drivers.rest import chance_of_few
from tskit.patterns.drivers.search import LEVEL

DIMS = ["market", "queue", "policy"]
SIZES = (6, 5, 4)


def _cells(seed: int, planted: list[tuple[dict[str, str], float]]) -> pd.DataFrame:
    """Return Poisson counts of four windows before and one after, moved in the planted segments."""
    rng = np.random.default_rng(seed)
    grid = np.indices(SIZES).reshape(3, -1)
    frame = pd.DataFrame({name: [f"{name}{v}" for v in grid[j]] for j, name in enumerate(DIMS)})
    mean = rng.gamma(2.0, 30.0, len(frame))
    after = mean.copy()
    for where, factor in planted:
        after[np.logical_and.reduce([frame[name] == value for name, value in where.items()])] *= factor
    return frame.assign(before=rng.poisson(4 * mean), after=rng.poisson(after))


def _told(frame: pd.DataFrame) -> set[frozenset[tuple[str, object]]]:
    return {frozenset(c.where.items()) for c in causes(frame, dims=DIMS, kind="count", windows=4)}


def _long(frame: pd.DataFrame) -> pd.DataFrame:
    parts = [frame[DIMS].assign(window=window, n=frame[window]) for window in ("before", "after")]
    return pd.concat(parts, ignore_index=True)


SINGLE = [({"market": "market1", "queue": "queue2"}, 2.2)]
TWO = [({"market": "market3"}, 1.7), ({"queue": "queue1", "policy": "policy0"}, 0.4)]


def test_nothing_is_named_where_nothing_moved() -> None:
    pattern = explain(_long(_cells(3, [])), dims=DIMS, kind="count", windows=4)
    assert pattern.table.empty
    assert pattern.statement == "No segment moved beyond noise against all others."


def test_growth_that_all_share_is_no_driver() -> None:
    frame = _cells(4, [])
    assert _told(frame.assign(after=frame["after"] * 2)) == set()


@pytest.mark.parametrize("planted", [SINGLE, TWO], ids=["one", "two"])
def test_planted_causes_are_named_exactly(planted: list[tuple[dict[str, str], float]]) -> None:
    assert _told(_cells(5, planted)) == {frozenset(where.items()) for where, _ in planted}


def test_a_cause_is_told_from_the_ripples_below_it() -> None:
    assert _told(_cells(6, [({"policy": "policy2"}, 1.6)])) == {frozenset({("policy", "policy2")})}


def test_the_order_of_rows_and_dimensions_does_not_matter() -> None:
    frame = _cells(7, TWO)
    turned = frame.sample(frac=1, random_state=1)
    other = causes(turned, dims=DIMS[::-1], kind="count", windows=4)
    assert {frozenset(cause.where.items()) for cause in other} == _told(frame)


def test_names_of_dimensions_and_values_do_not_matter() -> None:
    frame = _cells(8, SINGLE)
    renamed = frame.rename(columns={"market": "x"}).assign(x=frame["market"].map(lambda name: f"~{name[::-1]}"))
    (cause,) = causes(renamed, dims=["x", "queue", "policy"], kind="count", windows=4)
    assert cause.where == {"x": "~1tekram", "queue": "queue2"}


def test_the_interval_holds_the_planted_factor() -> None:
    (cause,) = causes(_cells(5, SINGLE), dims=DIMS, kind="count", windows=4)
    assert cause.low < 2.2 < cause.high


def test_a_segment_that_the_data_cannot_tell_apart_is_named_as_runner_up() -> None:
    frame = _cells(9, SINGLE)
    almost = (frame["market"] == "market1") & (frame["policy"] != "policy0") & (frame["queue"] == "queue2")
    only = (frame["queue"] == "queue2") & ~(frame["market"] == "market1")
    frame.loc[only, ["before", "after"]] = 0
    frame.loc[frame.index[only][:1], ["before", "after"]] = [4, 1]
    pattern = explain(_long(frame), dims=DIMS, kind="count", windows=4)
    assert almost.any()
    assert "runner-up" in set(pattern.table["role"])
    assert "the data cannot tell it from" in pattern.statement


def test_a_rate_that_moved_is_named_and_a_mix_that_moved_is_not() -> None:
    frame, rng = _cells(10, [({"market": "market2"}, 2.5)]), np.random.default_rng(1)
    rate = np.where(frame["market"] == "market2", 0.3, 0.1)
    still = frame.assign(n_before=frame["before"], n_after=frame["after"])
    still["k_before"] = rng.binomial(still["n_before"], rate)
    still["k_after"] = rng.binomial(still["n_after"], rate)
    assert causes(still, dims=DIMS, kind="rate", windows=4) == ()
    moved = np.where(frame["queue"] == "queue3", rate * 2, rate)
    found = causes(still.assign(k_after=rng.binomial(still["n_after"], moved)), dims=DIMS, kind="rate", windows=4)
    assert [cause.where for cause in found] == [{"queue": "queue3"}]


def test_values_beside_a_forecast_name_the_segment_that_fell() -> None:
    frame, rng = _cells(11, []), np.random.default_rng(2)
    forecast = frame["before"] * 1.0 + 1
    actual = forecast * (1 + rng.normal(0, 0.02, len(frame)))
    actual[frame["queue"] == "queue2"] *= 0.6
    found = causes(frame.assign(forecast=forecast, actual=actual), dims=DIMS, kind="value")
    assert [cause.where for cause in found] == [{"queue": "queue2"}]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ParameterError, match="'k_before'"):
        causes(_cells(1, []).assign(n_before=1), dims=DIMS, kind="rate")


def test_a_set_of_causes_holds_none_that_chance_explains_beside_the_others() -> None:
    found = causes(_cells(5, TWO), dims=DIMS, kind="count", windows=4)
    assert [cause.p <= LEVEL for cause in found] == [True, True]


def test_the_chance_of_a_cause_falls_as_the_cause_grows() -> None:
    p = [causes(_cells(5, [(SINGLE[0][0], by)]), dims=DIMS, kind="count", windows=4)[0].p for by in (1.6, 1.8)]
    assert 0 < p[1] < p[0] <= LEVEL


def test_segments_summed_over_the_cells_that_moved_equal_sums_over_all_cells() -> None:
    frame, rng = _cells(12, []), np.random.default_rng(3)
    n, k = frame["before"].to_numpy(np.float64), frame["after"].to_numpy(np.float64)
    segments = lattice(frame, DIMS)
    baseline = rate_baseline(segments, (4 * n, k), (n, k / 4))
    times = np.where(rng.random(len(frame)) < 0.2, 1.7, 0.9)
    found = summed(segments, baseline, added(segments, baseline), times)
    np.testing.assert_allclose(found.expected, segments.sums(baseline.expected * times), rtol=1e-9)
    np.testing.assert_allclose(found.noise, segments.sums(baseline.noise * times), rtol=1e-9)
    np.testing.assert_allclose(found.doubt, segments.sums(baseline.doubt * times**2), rtol=1e-9)


def test_no_hit_where_they_are_the_rule_is_as_likely_as_that_all_were_missed() -> None:
    one, five = np.ones(1), np.array([5 * 0.8])
    found = chance_of_few(np.zeros(1), mean=five, ease=0.2 * one, dispersion=one, vague=1e-9 * one)
    assert 0.2**5 < found[0] < 20 * 0.2**5  # a count of hits as even as these would have e**-20 in place of .0003
    rare = chance_of_few(np.zeros(1), mean=five, ease=0.99 * one, dispersion=one, vague=1e-9 * one)
    assert rare[0] == pytest.approx(np.exp(-4 / 0.99), rel=0.01)


@pytest.mark.parametrize("seed", [14, 15, 17])
def test_cells_that_a_cause_fills_are_no_causes_of_their_own(seed: int) -> None:
    frame, rng = _cells(seed, []), np.random.default_rng(4)
    n = 8 * frame["before"].to_numpy(np.int64)
    rate = np.where(frame["policy"] == "policy1", 0.5, 0.08)
    moved = np.where(frame["queue"] == "queue2", np.minimum(rate * 2.4, 0.95), rate)
    made = frame.assign(n_before=n, n_after=n // 4, k_before=rng.binomial(n, rate), k_after=rng.binomial(n // 4, moved))
    assert [cause.where for cause in causes(made, dims=DIMS, kind="rate", windows=4)] == [{"queue": "queue2"}]
