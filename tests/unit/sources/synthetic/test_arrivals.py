"""Without stories nothing moves; with them the usual cases keep their shape."""

from __future__ import annotations

import itertools
from datetime import date

import duckdb
import numpy as np
import pytest
from scipy.stats import binomtest, chi2_contingency

from tskit.sources.synthetic import write_sample
from tskit.sources.synthetic.arrivals import CLUSTER, SPIKE, USUAL, arrivals, batches
from tskit.sources.synthetic.plan import DAYS, plan
from tskit.sources.synthetic.world import MARKETS


def planned(cases: int, *, seed: int = 7, stories: str = "none"):
    return plan(cases=cases, seed=seed, until=date(2026, 11, 1), stories=stories)


@pytest.mark.parametrize("stories", ["all", "none"])
def test_arrivals_sum_to_the_cases_asked_for(stories):
    assert arrivals(planned(50_000, stories=stories)).sum() == 50_000


def test_batches_hold_every_case_once_and_in_order():
    counts = arrivals(planned(120_000, stories="all"))
    found = list(batches(counts))
    assert [batch.first_case for batch in found] == [0, *np.cumsum([len(batch.day) for batch in found])[:-1]]
    assert sum(len(batch.day) for batch in found) == 120_000
    assert all(one.day.max() < two.day.min() for one, two in itertools.pairwise(found))
    assert max(len(batch.day) for batch in found) < 60_000
    origins = np.concatenate([batch.origin for batch in found])
    assert [int((origins == kind).sum()) for kind in (USUAL, SPIKE, CLUSTER)] == list(counts.sum(axis=(0, 1, 2)))


@pytest.mark.parametrize("seed", range(8))
def test_without_stories_no_market_and_no_policy_moves(seed):
    counts = arrivals(planned(200_000, seed=seed)).sum(axis=3)
    now, before, year = counts[-28:], counts[-56:-28], counts[-28 - 364 : -364]
    tests = [
        binomtest(int(a), int(a + b), 0.5).pvalue
        for other in (before, year)
        for axis in (1, 2)
        for a, b in zip(now.sum(axis=(0, 3 - axis)), other.sum(axis=(0, 3 - axis)), strict=True)
        if a + b
    ]
    # Benjamini-Hochberg at 1 %: one in a hundred seeds may find something, none of these does.
    ordered = np.sort(tests)
    assert not (ordered <= 0.01 * np.arange(1, len(ordered) + 1) / len(ordered)).any()
    totals = [int(part.sum()) for part in (now, before, year)]
    assert all(binomtest(totals[0], totals[0] + other, 0.5).pvalue > 0.001 for other in totals[1:])


def test_weekends_are_busy_in_the_philippines_and_quiet_in_hong_kong():
    counts = arrivals(planned(400_000)).sum(axis=(2, 3))
    weekday = np.arange(DAYS) % 7  # the first day is a Monday
    codes = [market.code for market in MARKETS]
    weekend = weekday >= 5
    change = {code: counts[weekend, i].mean() / counts[~weekend, i].mean() for i, code in enumerate(codes)}
    assert change["PH"] > 1.05
    assert change["HK"] < 0.98


def test_growth_is_mild():
    counts = arrivals(planned(2_000_000)).sum(axis=(1, 2, 3))
    assert 1.0 < counts[364:728].sum() / counts[:364].sum() < 1.06


def test_the_usual_cases_are_as_even_as_independent_reports():
    counts = arrivals(planned(200_000)).sum(axis=3)
    weeks = counts.reshape(105, 7, *counts.shape[1:]).sum(axis=1)[:, 2, 0]
    assert 0.6 < weeks.var() / weeks.mean() < 1.7


def test_without_stories_rates_stay_flat(tmp_path):
    write_sample(tmp_path / "one", cases=60_000, stories="none")
    sample = _open(tmp_path / "one")
    rates = {
        "sla_met = 'true'": ("sla_target_at", "sla_met IS NOT NULL"),
        "qa_label_final = 'correct'": ("decided_at", "qa_label_final IS NOT NULL"),
        "appeal_status IN ('reversed', 'partially_reversed')": ("appeal_decided_at", "appeal_decided_at IS NOT NULL"),
        "decision_initial IN ('action', 'partial')": ("decided_at", "decision_initial IS NOT NULL"),
        "automated_detection = 'true'": ("created_at", "true"),
    }
    for hit, (column, where) in rates.items():
        table = [
            sample.execute(
                f"SELECT count(*) FILTER ({hit}), count(*) FILTER (NOT ({hit})) FROM c WHERE {where} "
                f"AND CAST({column} AS TIMESTAMP) >= TIMESTAMP '{start} 16:00' "
                f"AND CAST({column} AS TIMESTAMP) < TIMESTAMP '{end} 16:00'"
            ).fetchone()
            for start, end in (("2026-10-04", "2026-11-01"), ("2026-09-06", "2026-10-04"), ("2025-10-05", "2025-11-02"))
        ]
        assert chi2_contingency(table).pvalue > 0.01, hit


def _open(folder):
    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW c AS SELECT * FROM '{folder}/data/cases.parquet' WHERE record_type <> 'appeal' AND case_id IS NOT NULL "
        "AND try_cast(created_at AS TIMESTAMP) IS NOT NULL"
    )
    return connection
