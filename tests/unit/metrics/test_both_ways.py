"""Held rows and the engine give the same figures, whatever the data and whatever is asked of it."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.both_ways import agreed
from tests.support.tables import case_set_of
from tskit.metrics import REGISTRY
from tskit.metrics.doubts import DOUBTS
from tskit.model import CASES, Kind, Sensitivity, Window

ZONES = ("Asia/Singapore", "America/New_York", "Australia/Lord_Howe")
BEGIN = datetime(2026, 2, 25, tzinfo=UTC)  # the clocks change in New York on 8 March, on Lord Howe on 5 April
GROUPED = ("market", "queue", "is_escalated", "reopened_count", "severity", "decision")
FLAGS = (*DOUBTS, "bad_value:decided_at", "bad_value:closed_at")
WORDS = {
    "market": ("SG", "ID", "TH"),
    "queue": ("q1", "q2"),
    "content_id": ("x", "y", "z"),
    "source_identity": ("p", "q"),
}
NUMBERS = {
    "reopened_count": ("0", "1", "2"),
    "qa_sample_weight": ("1", "2.5", "10"),
    "handle_seconds": ("30", "60", "61"),
}
LIKELY = {"decision": ("action", "no_action"), "qa_sampled": ("yes", "yes"), "appeal_status": ("upheld", "reversed")}
COLUMNS = [column for column in CASES.columns if column.sensitivity is not Sensitivity.HIDDEN]


def _drawn(seed, *, cases):
    """Return a case set of so many cases with all that may be wrong with one, and what to ask of it."""
    chance = random.Random(seed)
    zone = chance.choice(ZONES)
    absent = set(chance.sample([column.name for column in COLUMNS], chance.choice((0, 0, 3))))
    absent -= {"case_id", "created_at", *GROUPED[:1]}
    columns = [column for column in COLUMNS if column.name not in absent]
    rows = [{column.name: _cell(column, chance) for column in columns} for _ in range(cases)]
    for number, row in enumerate(rows):
        row |= {"case_id": f"c{number}", "dq_flags": chance.choice(FLAGS) if chance.random() < 0.2 else ""}
    events = [_event(number % max(cases, 1), chance) for number in range(cases * chance.choice((0, 2)))]
    end = _moment(BEGIN + timedelta(days=chance.choice((18, 45, 400))))
    asked = {
        "window": _window(zone, chance),
        "by": tuple(chance.sample([name for name in GROUPED if name not in absent], chance.choice((0, 1, 1, 2, 3)))),
        "period": chance.choice(("", "day", "week", "month")),
    }
    return case_set_of({"cases": rows, "events": events}, zone=zone, as_of=end), asked


def _cell(column, chance):
    if column.kind is Kind.TIME:
        return "" if chance.random() < 0.2 else _moment(_near(chance))
    if chance.random() < 0.15:
        return ""
    if column.kind is Kind.BOOLEAN:
        return chance.choice(LIKELY.get(column.name, ("yes", "no")))
    if column.kind in {Kind.INTEGER, Kind.NUMBER}:
        return chance.choice(NUMBERS.get(column.name, ("0", "1", "7")))
    if chance.random() < 0.6 and column.name in LIKELY:
        return chance.choice(LIKELY[column.name])
    return chance.choice(WORDS.get(column.name) or getattr(column, "values", ()) or ("a", "b"))


def _event(case, chance):
    return {
        "case_id": f"c{case}",
        "event_type": chance.choice(("closed", "closed", "reopened", "queue_moved", "assigned")),
        "occurred_at": _moment(_near(chance)),
        "from_queue": chance.choice(("q1", "q2", "")),
        "to_queue": chance.choice(("q1", "q2", "q3", "")),
    }


def _near(chance):
    """Return an instant of a few, so that many cases share one and many durations are equal; clocks' changes among them."""
    return BEGIN + timedelta(days=chance.randrange(22), hours=chance.choice((0, 5, 6, 7, 14, 15, 16)))


def _moment(at):
    return at.strftime("%Y-%m-%d %H:%MZ")


def _window(zone, chance):
    start = date(2026, 2, 25) + timedelta(days=chance.randrange(-3, 12))
    return Window(start, start + timedelta(days=chance.choice((1, 7, 15, 40))), zone)


@pytest.mark.parametrize("metric", REGISTRY)
@settings(max_examples=6)
@given(st.integers(0, 2**32), st.sampled_from((1, 8, 60)))
@example(0, 60)
def test_held_rows_and_the_engine_agree(metric, seed, cases):
    case_set, asked = _drawn(seed, cases=cases)
    if metric == "ageing":
        asked["period"] = ""
    agreed(case_set, metric, **asked)
