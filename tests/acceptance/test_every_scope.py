"""What a team asks for each Monday: a report on every market, queue and policy, whatever lies in each."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest

from tests.support.samples import own_sample
from tskit import Scope, load

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]
COLUMNS = ("market", "queue", "policy_id")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=40_000)


def test_a_trend_report_on_every_market_queue_and_policy_comes_to_its_end(book, tmp_path):
    cases = load(Scope(), casebook=str(book)).cases
    grid = tmp_path / "grid.csv"
    with grid.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, restval="")
        rows.writeheader()
        for column in COLUMNS:
            values = cases.filter(cases[column].notnull()).select(column).distinct().to_pyarrow()[column].to_pylist()
            rows.writerows({column: value} for value in sorted(values))
    call = [sys.executable, "-m", "tskit.cli", "batch", "trend_report", "--grid", str(grid), "--casebook", str(book)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert " failed" not in done.stdout + done.stderr
