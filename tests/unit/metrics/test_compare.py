from datetime import date, timedelta

import numpy as np
import pytest

from tests.support.tables import case_set_of
from tskit.errors import ParameterError
from tskit.metrics import CHANGES, REGISTRY, compare
from tskit.model import Window
from tskit.stats import newcombe

NOW = Window(date(2026, 3, 2), date(2026, 3, 30), "Asia/Singapore")
BEFORE = NOW.before()


def _days(daily, *, start=BEFORE.start, **columns):
    """Return so many cases a day from `start`, opened at noon."""
    return [
        {
            "created_at": f"{start + timedelta(days=i)} 12:00",
            **{k: v(i, j) if callable(v) else v for k, v in columns.items()},
        }
        for i, n in enumerate(daily)
        for j in range(int(n))
    ]


def _compared(rows, metric, **options):
    return compare(case_set_of({"cases": rows}, as_of="2026-04-30"), metric, window=NOW, against=BEFORE, **options)


def _noisy(level, *, seed, days=56, spread=0.2):
    rng = np.random.default_rng(seed)
    shape = np.tile([1.2, 1.1, 1.0, 1.0, 1.1, 0.8, 0.8], days // 7)
    return rng.poisson(level * shape * np.exp(rng.normal(0, spread, days)))


def test_a_count_that_only_jitters_did_not_move():
    quiet = [_compared(_days(_noisy(20, seed=s)), "cases_opened")["p_value"][0] for s in range(12)]
    assert sum(p < 0.05 for p in quiet) <= 2


def test_a_count_that_rose_by_half_moved():
    daily = _noisy(20, seed=1) * np.repeat([2, 3], 28) // 2
    found = _compared(_days(daily), "cases_opened")
    assert 0.2 < found["change_low"][0] < found["change"][0] < found["change_high"][0] < 1.0
    assert found["p_value"][0] < 0.01
    assert found["value"][0] == daily[28:].sum()
    assert found["before"][0] == daily[:28].sum()
    assert "weekdays held still" in found["method"][0]


def test_a_group_that_is_new_is_compared_with_none():
    rows = [*_days([3] * 56, market="SG"), *_days([1] * 28, start=NOW.start, market="ID")]
    found = _compared(rows, "cases_opened", by=["market"]).set_index("market")
    assert found.loc["ID", "before"] == 0
    assert np.isinf(found.loc["ID", "change"])
    assert found.loc["ID", "p_value"] < 0.001
    assert found.loc["SG", "change"] == pytest.approx(0)


def _decided(i, j):
    return f"{BEFORE.start + timedelta(days=i)} 13:00"


def test_a_share_changes_in_points_with_newcombes_interval():
    rows = _days(
        [20] * 56, decided_at=_decided, decision=lambda i, j: "action" if j < (10 if i < 28 else 14) else "no_action"
    )
    found = _compared(rows, "action_rate")
    assert found["change"][0] == pytest.approx(0.2)
    assert found["change_low"][0] == pytest.approx(newcombe(392, 560, 280, 560)[1])
    assert found["p_value"][0] < 1e-6


def test_a_mix_shift_is_no_change_once_the_mix_is_held_still():
    """Each policy keeps its share; the busy one moves: the raw share falls, the adjusted one stays."""
    rows = []
    for policy, share, before, now in (("spam", 0.8, 20, 10), ("hate", 0.2, 10, 20)):
        daily = [before] * 28 + [now] * 28
        hit = lambda i, j, s=share, d=daily: "action" if j < s * d[i] else "no_action"  # noqa: E731
        rows += _days(daily, decided_at=_decided, policy_id=policy, decision=hit)
    found = _compared(rows, "action_rate")
    assert found["change"][0] == pytest.approx(-0.2)
    assert found["p_value"][0] < 1e-6
    assert found["adjusted_change"][0] == pytest.approx(0, abs=1e-9)
    assert found["adjusted_p"][0] > 0.9


def test_the_columns_grouped_by_are_no_strata():
    rows = _days([4] * 56, decided_at=_decided, policy_id="spam", decision="action")
    assert np.isnan(_compared(rows, "action_rate", by=["policy_id"])["adjusted_change"][0])


def _closing(hours):
    return lambda i, j: f"{BEFORE.start + timedelta(days=i + (12 + hours(i, j)) // 24)} {(12 + hours(i, j)) % 24:02}:00"


def test_a_median_that_doubled_moved():
    rows = _days([20] * 56, closed_at=_closing(lambda i, j: (j % 10 + 1) * (1 if i < 28 else 2)))
    found = _compared(rows, "hours_to_close")
    assert found["before"][0] == pytest.approx(5.5)
    assert found["change"][0] == pytest.approx(1.0)
    assert found["change_low"][0] > 0.5
    assert found["p_value"][0] < 1e-6


def test_slow_days_that_come_and_go_do_not_pass_for_a_change():
    rng = np.random.default_rng(4)
    slow = rng.integers(1, 12, 56)
    rows = _days([20] * 56, closed_at=_closing(lambda i, j: int(slow[i]) + j % 3))
    found = _compared(rows, "hours_to_close")
    assert "cases of a day alike" in found["method"][0]
    assert found["p_value"][0] > 0.05


def test_a_backlog_is_counted_and_has_no_interval():
    rows = _days([1] * 56, closed_at="")
    found = _compared(rows, "backlog")
    assert (found["before"][0], found["value"][0], found["change"][0]) == (28, 56, 1)
    assert np.isnan(found["p_value"][0])
    assert found["method"][0] == "counted, not estimated: no interval"


def test_clearance_is_compared_as_a_ratio_of_ratios():
    rows = _days(
        [10] * 56, closed_at=lambda i, j: f"{BEFORE.start + timedelta(days=i)} 15:00" if i < 28 or j < 5 else ""
    )
    found = _compared(rows, "clearance")
    assert found["change"][0] == pytest.approx(-0.5)
    assert found["p_value"][0] < 1e-6


@pytest.mark.parametrize("metric", [name for name in REGISTRY if name != "ageing"])
def test_a_source_without_the_columns_gets_one_row_that_says_so(metric):
    found = compare(
        case_set_of({"cases": [{"market": "SG", "created_at": "2026-03-03"}]}), metric, window=NOW, against=BEFORE
    )
    assert list(found.columns) == list(CHANGES)
    assert len(found) == 1
    assert found["note"][0].startswith("needs column") or metric == "cases_opened"


def test_ageing_cannot_be_compared():
    with pytest.raises(ParameterError, match="compare 'backlog' instead"):
        _compared(_days([1] * 7, closed_at=""), "ageing")


def test_a_cohort_that_is_too_young_has_no_change_within_strata_either():
    rows = _days([4] * 56, decided_at=_decided, policy_id="spam", decision="action", appealed_at="")
    young = case_set_of({"cases": rows}, as_of="2026-04-01")
    found = compare(young, "appeal_rate", window=NOW, against=BEFORE)
    assert found[["value", "change", "adjusted_change"]].isna().all(axis=None)
    assert found["before_n"][0] == 112
