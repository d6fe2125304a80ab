"""What is read of a load is read once, and from the smallest part that says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tskit import Scope
from tskit.cases import load
from tskit.metrics import measure
from tskit.metrics.held import Held
from tskit.model import Casebook
from tskit.sources.synthetic import write_sample


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    root = tmp_path_factory.mktemp("held") / "book"
    write_sample(root, cases=1_000, stories="none")
    return load(Scope(source=""), casebook=Casebook.read(root), key=b"a key of the tests")


@pytest.fixture
def asked(monkeypatch):
    texts: list[str] = []
    answered = Held._answered

    def noting(self, text, parts):
        texts.append(text)
        return answered(self, text, parts)

    monkeypatch.setattr(Held, "_answered", noting)
    return texts


def test_metrics_that_read_the_same_rows_read_them_once(case_set, asked):
    fresh = replace(case_set, held={})
    for metric in ("backlog", "ageing"):
        measure(fresh, metric, window=fresh.scope.window)
    assert len(asked) == 1


def histories_made(case_set):
    tables = case_set.cases.get_backend().con.execute("SHOW TABLES").fetchall()
    return [name for (name,) in tables if name.startswith("tskit_history")]


@pytest.mark.parametrize("metric", ["backlog", "hours_to_close", "reopen_rate", "sla_attainment"])
def test_the_history_that_a_load_writes_says_what_the_whole_log_says(case_set, metric):
    months = case_set.scope.window.stretched(days_before=200)
    before = histories_made(case_set)
    kept = measure(case_set, metric, window=months, period="week")
    assert histories_made(case_set) == before, "what the load had written was made once more"
    whole = measure(replace(case_set, held={}), metric, window=months, period="week")
    assert kept.equals(whole)
    assert whole["n"].sum() > 0
