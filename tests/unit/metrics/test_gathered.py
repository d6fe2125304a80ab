from dataclasses import replace

import pytest

from tskit import Scope
from tskit.cases import load
from tskit.metrics import REGISTRY, Kind, gather, measure
from tskit.metrics.held import Held, held
from tskit.model import Casebook
from tskit.sources.synthetic import write_sample


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    root = tmp_path_factory.mktemp("held") / "book"
    write_sample(root, cases=1_000, stories="none")
    return load(Scope(source=""), casebook=Casebook.read(root), key=b"a key of the tests")


@pytest.fixture
def parts(monkeypatch):
    """Return where each query took the cases from."""
    found: list[str] = []
    answered = Held._answered

    def noting(self, text, parts):
        found.append(parts["_tskit_cases"])
        return answered(self, text, parts)

    monkeypatch.setattr(Held, "_answered", noting)
    return found


def able(case_set):
    return [m for m in REGISTRY.values() if m.kind is not Kind.AGEING and not m.missing(case_set.cases.columns)]


def test_what_was_gathered_gives_the_same_figures_and_no_file_is_read_again(case_set, parts):
    months = case_set.scope.window.stretched(days_before=200)
    apart, together = replace(case_set, held={}), replace(case_set, held={})
    metrics = [m for m in able(case_set) if m.name in {"cases_opened", "hours_to_close", "backlog", "overturn_rate"}]
    assert len(metrics) == 4
    gather(together, metrics)
    for metric in metrics:
        parts.clear()
        found = measure(together, metric.name, window=months, period="week")
        assert not any("read_parquet" in text for text in parts)
        assert found.equals(measure(apart, metric.name, window=months, period="week"))


def test_a_metric_that_was_not_gathered_asks_the_file(case_set):
    months = case_set.scope.window.stretched(days_before=200)
    fresh = replace(case_set, held={})
    gather(fresh, [REGISTRY["cases_opened"]])
    found = measure(fresh, "appeal_rate", window=months, by=["queue"])
    assert found.equals(measure(replace(case_set, held={}), "appeal_rate", window=months, by=["queue"]))


def test_nothing_is_gathered_where_no_rows_are_held(case_set):
    joined = case_set.cases.order_by("case_id")
    ordered = replace(case_set, cases=joined, held={})
    assert held(ordered) is None
    gather(ordered, [REGISTRY["cases_opened"]])
