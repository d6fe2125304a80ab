"""A batch is called as its runs are, in the list of runs as on its page."""

from __future__ import annotations

from tskit.runs.batch.plan import Plan
from tskit.runs.batch.summary import summary


def test_a_batch_is_called_as_its_runs_are_and_not_by_the_title_of_the_template(tmp_path):
    plan = Plan(
        id="batch-1",
        template="trend_report",
        kind="Risk trends",
        title="",
        started="2026-11-23T00:00:00Z",
        names=(),
        runs=(),
        marks={},
        asked={},
    )
    told = summary(plan, tmp_path)
    assert (told.kind, told.name) == ("Trend report", "Trend report for 0 questions")
