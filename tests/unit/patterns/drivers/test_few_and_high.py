"""Drivers where cells are few, and where nearly all cases are hits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tskit.patterns.drivers import causes

MARKETS, QUEUES = 5, 4


def _grid() -> pd.DataFrame:
    grid = np.indices((MARKETS, QUEUES)).reshape(2, -1)
    return pd.DataFrame({"market": [f"m{v}" for v in grid[0]], "queue": [f"q{v}" for v in grid[1]]})


def _counts(seed: int, factor: float) -> pd.DataFrame:
    """Return twenty cells whose counts have two and a half times the variance of chance; one market's grow."""
    rng, frame = np.random.default_rng(seed), _grid()
    mean = rng.gamma(2, 40, len(frame))
    after = mean * np.where(frame["market"] == "m1", factor, 1)
    before, now = (rng.poisson(rng.gamma(one / 1.5, 1.5)) for one in (4 * mean, after))
    return frame.assign(before=before, after=now)


def _high_rates(seed: int, missed: float) -> pd.DataFrame:
    """Return twenty cells with 97 % hits before and after; in one market, a share of the hits is missed after."""
    rng, frame = np.random.default_rng(seed), _grid()
    n_before, n_after = rng.poisson(rng.gamma(1.0, 60.0, (2, len(frame))) * np.array([[4], [1]]))
    rate = np.where(frame["market"] == "m1", 0.97 * (1 - missed), 0.97)
    hits = {"k_before": rng.binomial(n_before, 0.97), "k_after": rng.binomial(n_after, rate)}
    return frame.assign(n_before=n_before, n_after=n_after, **hits)


def _told(frame: pd.DataFrame, kind: str) -> list[dict[str, object]]:
    windows = 4 if kind == "count" else 1
    return [cause.where for cause in causes(frame, dims=["market", "queue"], kind=kind, windows=windows)]


def test_a_cause_does_not_hide_in_the_noise_that_it_makes_itself() -> None:
    exact = [_told(_counts(seed, 2.0), "count") == [{"market": "m1"}] for seed in range(60)]
    assert sum(exact) >= 54


def test_of_few_cells_without_a_cause_hardly_any_name_one() -> None:
    # The level is one in a hundred: more than 6 of 200 have a chance of .004.
    assert sum(bool(_told(_counts(seed, 1.0), "count")) for seed in range(200)) <= 6


def test_single_misses_where_nearly_all_hit_are_no_causes() -> None:
    assert sum(bool(_told(_high_rates(seed, 0.0), "rate")) for seed in range(100)) <= 4


def test_a_high_rate_that_fell_is_told_in_hits() -> None:
    frame = _high_rates(2, 0.4)
    (cause,) = causes(frame, dims=["market", "queue"], kind="rate")
    own = frame[frame["market"] == "m1"]
    assert cause.where == {"market": "m1"}
    assert cause.seen == own["k_after"].sum()
    assert cause.expected == pytest.approx(0.97 * own["n_after"].sum(), rel=0.02)
    assert cause.low <= cause.factor < cause.high < 1
    assert cause.factor == pytest.approx(0.6, abs=0.1)


def test_hits_and_misses_have_the_same_causes() -> None:
    frame = _high_rates(2, 0.4)
    turned = {f"k_{when}": frame[f"n_{when}"] - frame[f"k_{when}"] for when in ("before", "after")}
    hits, misses = (causes(one, dims=["market", "queue"], kind="rate") for one in (frame, frame.assign(**turned)))
    of = float(frame.loc[frame["market"] == "m1", "n_after"].sum())
    assert [one.where for one in hits] == [one.where for one in misses] == [{"market": "m1"}]
    assert hits[0].p == misses[0].p
    assert (hits[0].seen, hits[0].expected) == pytest.approx((of - misses[0].seen, of - misses[0].expected))
    # What the least that the misses may have grown by leaves of the hits.
    assert hits[0].high == pytest.approx((of - misses[0].expected * misses[0].low) / (of - misses[0].expected))
