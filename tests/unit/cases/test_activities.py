"""A log of activities: what a case is follows from everything that happened to it."""

from __future__ import annotations

import pytest

from tskit.cases import check, load
from tskit.errors import DataError
from tskit.model import Casebook, Scope

_PROFILE = """
like = "event_log_csv"
name = "moderation_log"
recognise = ["case_id", "activity", "timestamp"]

[activities]
"Report received" = "created"
"Assign" = "assigned"
"Ask creator" = "notified"
"Escalate" = "escalated"
"Decide" = "decided"
"Close" = "closed"
"Open again" = "reopened"
"Appeal" = "appealed"
"""

_LOG = """case_id,activity,timestamp,queue,resource,market,lifecycle
A,Report received,2026-03-02T09:00:00+08:00,Triage,,SG,complete
A,Assign,2026-03-02T09:30:00+08:00,Triage,ana,,complete
A,Escalate,2026-03-02T10:00:00+08:00,Legal,ana,,complete
A,Decide,2026-03-02T04:00:00Z,Legal,bo,,complete
A,Close,2026-03-02T12:05:00+08:00,,bo,,complete
B,Report received,2026-03-02T09:00:00+08:00,Triage,,ID,complete
B,Decide,2026-03-02T09:40:00+08:00,Triage,ana,,start
B,Decide,2026-03-02T10:00:00+08:00,Triage,ana,,complete
B,Close,2026-03-02T10:01:00+08:00,Triage,ana,,complete
B,Open again,2026-03-03T10:00:00+08:00,Triage,,,complete
C,Report received,2026-03-04T09:00:00+08:00,Triage,,SG,complete
C,Mystery,2026-03-04T09:05:00+08:00,Triage,,,complete
"""


@pytest.fixture
def logged(tmp_path, key):
    """Load the log (or another text) in a casebook with the profile above."""

    def loaded(text=_LOG, *, profile=_PROFILE, name="log.csv"):
        (tmp_path / "profiles").mkdir(exist_ok=True)
        (tmp_path / "profiles" / "moderation_log.toml").write_text(profile, encoding="utf-8")
        (tmp_path / name).write_text(text, encoding="utf-8")
        return load(Scope(name), casebook=Casebook(tmp_path, "t"))

    return loaded


def _cases(case_set, *columns):
    rows = case_set.cases.order_by("case_id").select("case_id", *columns).to_pyarrow().to_pylist()
    return {row["case_id"]: tuple(row[column] for column in columns) for row in rows}


def _at(text):
    return f"2026-03-{text}+00:00"


def test_a_case_begins_with_its_first_row_and_ends_with_its_last_closing(logged):
    found = _cases(logged(), "created_at", "closed_at", "status", "is_closed", "reopened_count", "decided_at")
    times = {
        case: tuple(v.isoformat(" ") if hasattr(v, "isoformat") else v for v in row) for case, row in found.items()
    }
    assert times == {
        "A": (_at("02 01:00:00"), _at("02 04:05:00"), "closed", True, 0, _at("02 04:00:00")),
        "B": (_at("02 01:00:00"), None, "reopened", False, 1, _at("02 02:00:00")),
        "C": (_at("04 01:00:00"), None, "open", False, 0, None),
    }


def test_other_columns_are_the_last_that_the_log_tells(logged):
    assert _cases(logged(), "queue", "market", "is_escalated") == {
        "A": ("Legal", "SG", True),
        "B": ("Triage", "ID", False),
        "C": ("Triage", "SG", False),
    }


def test_every_row_is_an_event_and_a_change_of_queue_one_more(logged):
    events = logged().events.order_by("case_id", "occurred_at", "seq", "event_type").to_pyarrow().to_pylist()
    of_a = [(e["event_type"], e["from_queue"], e["to_queue"]) for e in events if e["case_id"] == "A"]
    assert of_a == [
        ("created", None, None),
        ("assigned", None, None),
        ("escalated", None, None),
        ("queue_moved", "Triage", "Legal"),
        ("decided", None, None),
        ("closed", None, None),
    ]
    assert [e["event_type"] for e in events if e["case_id"] == "B"] == [
        "created", "accepted", "decided", "closed", "reopened",
    ]  # fmt: skip


def test_an_activity_without_a_meaning_is_marked_and_asked_about(logged, tmp_path):
    case_set = logged()
    assert case_set.quality.flags == {"bad_value:event_type": 1}
    report = check("log.csv", casebook=Casebook(tmp_path, "t"))
    (question,) = [text for text in report.questions if "[activities]" in text]
    assert "'Mystery'" in question
    assert {"created_at", "closed_at", "decided_at", "is_escalated"} <= set(report.columns)
    assert "'Close'" not in question


def test_a_log_without_the_column_of_its_activity_is_refused_in_words(logged):
    with pytest.raises(DataError, match=r"no column 'activity', which \[log\]"):
        logged(_LOG.replace("activity", "Aktivität"), profile=_PROFILE.replace('"activity", ', ""))


def test_a_log_may_lack_the_columns_of_its_people_and_steps(logged):
    text = "case_id,activity,timestamp\nA,Report received,2026-03-02T09:00:00Z\nA,Close,2026-03-02T10:00:00Z\n"
    assert _cases(logged(text), "status") == {"A": ("closed",)}


@pytest.mark.parametrize(
    ("line", "words"),
    [('"Close" = "shut"', "unknown kind of event"), ('[log]\nactivity = ""\n', "needs the column of the activity")],
)
def test_a_profile_that_cannot_be_meant_so_is_refused(logged, line, words):
    with pytest.raises(DataError, match=words):
        logged(profile=f"{_PROFILE}\n{line}" if line.startswith("[") else _PROFILE.replace('"Close" = "closed"', line))


def test_an_xes_log_becomes_cases_by_its_bundled_profile(logged):
    event = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="{}"/>{}</event>'
    queue = '<string key="org:group" value="Triage"/>'
    rows = [("created", "2026-03-02T09:00:00+08:00", queue), ("closed", "2026-03-02T03:00:00Z", "")]
    text = (
        f'<log><trace><string key="concept:name" value="A"/>{"".join(event.format(*row) for row in rows)}</trace></log>'
    )
    case_set = logged(text, name="log.xes")
    assert case_set.profile == "xes_event_log"
    assert _cases(case_set, "status", "queue") == {"A": ("closed", "Triage")}
