"""What is said of a case before its content: hand-worked rows and the words for them."""

from datetime import UTC, datetime, timedelta

import pytest

from tskit.model.columns import CASES, Sensitivity
from tskit.ui.review.sheet import COLUMNS, sheet
from tskit.ui.review.wording import Speaker

OPENED = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)  # midnight in Singapore
HOUR = timedelta(hours=1)
SPEAKER = Speaker("Asia/Singapore", OPENED + 30 * HOUR, {"ID": "Indonesia", "DEC-SCAM": "scam", "q-th": "Thai queue"})


def facts(row, path=None, record_url=""):
    made = sheet({"case_id": "c1", **row}, path, speaker=SPEAKER, record_url=record_url)
    return {fact["label"]: (fact["text"], fact["tone"]) for fact in made["facts"]}, made


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"sla_target_at": OPENED}, ("Overdue by 1 d 6 h", "bad")),
        ({"sla_target_at": OPENED + 32 * HOUR}, ("Due in 2 h (7 Oct 2026, 08:00)", "")),
        ({"sla_target_at": OPENED, "closed_at": OPENED + HOUR, "is_closed": True}, ("Missed by 1 h", "bad")),
        ({"sla_target_at": OPENED + HOUR, "closed_at": OPENED, "is_closed": True}, ("Met, 1 h to spare", "good")),
        (
            {"sla_target_at": OPENED, "is_closed": True},
            ("Was due 6 Oct 2026, 00:00; closing time not known", ""),
        ),
    ],
)
def test_a_case_stands_to_its_target_as_the_data_ends(row, said):
    assert facts(row)[0]["SLA"] == said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (None, ("Thai queue, moves not known", "")),
        ([], ("Thai queue, never moved", "")),
        (["q-th"], ("Thai queue, never moved", "")),
        (["in", "q-th"], ("In → Thai queue (1 move)", "")),
        (
            ["q-th", "legal-orders", "q-th"],
            ("Thai queue → legal-orders → Thai queue (2 moves, back and forth)", "warn"),
        ),
    ],
)
def test_the_way_through_the_queues_is_told_in_order(path, said):
    assert facts({"queue": "q-th"}, path)[0]["Queues"] == said


@pytest.mark.parametrize(
    ("row", "label", "said"),
    [
        ({"created_at": OPENED}, "Opened", "6 Oct 2026, 00:00, 1 d 6 h before the data ends"),
        (
            {
                "record_type": "report",
                "source_type": "user_report",
                "channel": "app",
                "abuse_type_reported": "DEC-SCAM",
            },
            "Raised",
            "By a user, through app, reported as scam",
        ),
        (
            {"entity_type": "episode", "component": "audio", "content_language": "id"},
            "Item",
            "Audio of an episode, in ID",
        ),
        ({"policy_id": "DEC-SCAM"}, "Policy", "Scam (DEC-SCAM), version not known"),
        (
            {"decision": "no_action", "decision_initial": "action", "decided_at": OPENED},
            "Decision",
            "No action, at first action taken, on 6 Oct 2026, 00:00",
        ),
        (
            {"decision": "action", "decided_vendor": "Lumen", "automated_decision": "AUTOMATED_DECISION_PARTIALLY"},
            "Decided",
            "Partly automated, reviewer of Lumen",
        ),
        ({"decision": "action", "automated_decision": "AUTOMATED_DECISION_FULLY"}, "Decided", "Fully automated"),
        (
            {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"], "decision_account": None},
            "Done",
            "Content removed",
        ),
        (
            {"decision_monetary": "DECISION_MONETARY_SUSPENSION", "decision_account": "DECISION_ACCOUNT_TERMINATED"},
            "Done",
            "Monetary suspension, account terminated",
        ),
        (
            {"qa_label": "correct", "qa_label_final": "incorrect", "error_type": "FP", "qa_error_severity": "major"},
            "QA",
            "Decision incorrect, false positive, major error",
        ),
        (
            {"appeal_status": "reversed", "appeal_decided_at": OPENED},
            "Appeal",
            "Decision reversed on appeal, 6 Oct 2026, 00:00",
        ),
        ({"reach": 12345, "decision": "action"}, "Reach", "12,345 listeners at the decision"),
        ({"reach": 12345, "decision": None}, "Reach", "12,345 listeners so far"),
        (
            {"reopened_count": 2, "tier": "T3", "handle_seconds": 600.0},
            "Handling",
            "Handled for 10 min, reached T3, opened again 2 times",
        ),
        ({"dq_flags": ["closed_before_created"]}, "Doubtful", "Closed before it was opened"),
    ],
)
def test_a_fact_is_told_in_words(row, label, said):
    assert facts(row)[0][label][0] == said


def test_what_is_not_known_is_said_and_not_guessed():
    known, made = facts({})
    assert set(known) == {"Decision"}
    assert "reach" in made["unknown"]
    assert "sla" in made["unknown"]


@pytest.mark.parametrize("url", ["javascript:alert(1)//{case_id}", "", "file:///{case_id}", "https://x y/{case_id}"])
def test_only_a_web_address_becomes_a_link(url):
    assert facts({}, record_url=url)[1]["url"] == ""


def test_the_id_is_quoted_in_its_link():
    made = sheet({"case_id": "a/b?"}, None, speaker=SPEAKER, record_url="https://desk.example/{case_id}/view")
    assert made["url"] == "https://desk.example/a%2Fb%3F/view"


def test_no_text_no_person_and_no_earlier_cause_is_among_the_columns():
    closed = {*CASES.with_sensitivity(Sensitivity.HIDDEN, Sensitivity.PERSON), "root_cause_l1", "root_cause_l2", "tags"}
    assert closed.isdisjoint(COLUMNS)
    assert set(COLUMNS) - set(CASES.names) == {"dq_flags"}
