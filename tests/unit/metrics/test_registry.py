from pathlib import Path

import pytest

from tskit.errors import ParameterError
from tskit.metrics import REGISTRY, Kind, answerable, find
from tskit.model import CASES, EVENTS

SPECS = "".join(
    path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "spec" / "metrics").glob("*.py")
)

CONTRACT = [
    "cases_opened",
    "cases_closed",
    "decisions",
    "actions",
    "action_rate",
    "accuracy",
    "appeal_rate",
    "overturn_rate",
    "proactive_rate",
    "automated_share",
    "hours_to_close",
    "hours_to_close_p90",
    "hours_to_decision",
    "hours_to_first_touch",
    "handle_time",
    "sla_attainment",
    "backlog",
    "ageing",
    "clearance",
    "escalation_rate",
    "escalation_acceptance",
    "reassignment_rate",
    "reopen_rate",
    "actionability",
    "distinct_content",
    "distinct_reporters",
]


@pytest.mark.parametrize("metric", REGISTRY.values(), ids=lambda m: m.name)
def test_every_metric_says_all_that_a_reader_may_ask(metric):
    assert all(
        (metric.id, metric.label, metric.formula, metric.denominator, metric.exclusions, metric.interval, metric.source)
    )
    assert metric.needs
    assert metric.at in metric.needs
    assert (metric.hit is not None) == (metric.kind is Kind.SHARE)


@pytest.mark.parametrize("metric", REGISTRY.values(), ids=lambda m: m.name)
def test_every_metric_needs_canonical_columns_only(metric):
    for name in (*metric.needs, *metric.needs_with_events):
        table, column = (EVENTS, name.removeprefix("events.")) if name.startswith("events.") else (CASES, name)
        assert column in table


@pytest.mark.parametrize("name", REGISTRY)
def test_every_metric_has_a_spec(name):
    assert f'"{name}"' in SPECS


def test_every_promised_metric_is_there():
    assert set(CONTRACT) <= set(REGISTRY)


def test_an_unknown_metric_leads_to_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean 'overturn_rate'"):
        find("overturn_rat")


def test_a_source_is_told_which_column_would_unlock_which_metric():
    lacks = answerable({"case_id", "created_at", "closed_at"})
    assert lacks["hours_to_close"] == ()
    assert lacks["overturn_rate"] == ("appeal_decided_at", "appeal_status")
    assert lacks["reopen_rate"] == ("reopened_count",)
    assert answerable({"closed_at", "events.event_type"})["reopen_rate"] == ()
