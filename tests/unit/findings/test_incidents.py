from __future__ import annotations

import pytest

from tests.unit.findings.conftest import book, look_at
from tskit import findings

ROWS = [
    {
        "case_id": "late",
        "severity": "S3",
        "queue": "q1",
        "status": "closed",
        "sla_met": "false",
        "created_at": "2026-10-27 09:00",
    },
    {
        "case_id": "open",
        "severity": "S3",
        "queue": "q1",
        "status": "open",
        "sla_met": "",
        "created_at": "2026-10-29 09:00",
    },
    {
        "case_id": "mild",
        "severity": "S1",
        "queue": "q1",
        "status": "open",
        "sla_met": "",
        "created_at": "2026-10-28 09:00",
    },
    {
        "case_id": "older",
        "severity": "S3",
        "queue": "q1",
        "status": "open",
        "sla_met": "",
        "created_at": "2026-10-20 09:00",
    },
]


def looked(rows):
    return look_at(rows, metrics=("cases_opened",), by=("queue",), casebook=book(labels={"q1": "Thai queue"}))


def test_every_grave_case_of_the_period_is_listed_the_open_ones_first():
    table = findings.gravest_cases(looked(ROWS).case_set)
    assert table.frame[["case_id", "queue", "status", "sla_met"]].to_numpy().tolist() == [
        ["open", "Thai queue", "open", None],
        ["late", "Thai queue", "closed", "no"],
    ]
    assert table.role == "cases"


def test_a_case_set_is_asked_for_its_grave_cases_once_and_keeps_them_as_they_are():
    case_set = looked(ROWS).case_set
    first = findings.gravest_cases(case_set).frame
    first["queue"] = "changed by a notebook"
    assert findings.gravest_cases(case_set).frame["queue"].tolist() == ["Thai queue", "Thai queue"]
    assert sum(isinstance(key, tuple) and key[0] == "gravest" for key in case_set.held) == 1


@pytest.mark.parametrize(
    ("kept", "claim", "detail"),
    [
        (("late", "open"), "2 cases of severity S3 were opened", "1 is still open. 1 missed its target time."),
        (("open",), "1 case of severity S3 was opened", "It is still open."),
        (("late",), "1 case of severity S3 was opened", "It is closed. 1 missed its target time."),
    ],
)
def test_the_card_counts_in_plain_sentences_and_says_nothing_of_sureness(kept, claim, detail):
    rows = [row for row in ROWS if row["case_id"] in {*kept, "mild"}]
    card = next(item for item in findings.record(looked(rows)).items if item.kind == "incident")
    assert (card.claim, card.detail, card.certainty, card.why_sure) == (claim, detail, "", "")


def test_without_a_grave_case_there_is_no_card():
    rows = [row for row in ROWS if row["case_id"] == "mild"]
    assert [item for item in findings.record(looked(rows)).items if item.kind == "incident"] == []
