"""The incident is what `truth.json` says of it, comes on top of everything else, and follows the last day."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from tskit.sources.synthetic import write_sample
from tskit.sources.synthetic.incident_course import FEWEST, MOMENTS, REACH, course, reach_at
from tskit.sources.synthetic.plan import plan

TABLES = ("cases", "events", "reviews")


@pytest.fixture(scope="module")
def incident(small):
    return small.story("incident")


@pytest.fixture(scope="module")
def rows(small, incident):
    """Return the incident's cases by id, without the appeal's own case."""
    found = small.connection.execute("SELECT * FROM cases WHERE list_contains(?, case_id)", [incident["case_ids"]])
    return {row["case_id"]: row for row in found.to_arrow_table().to_pylist()}


def events(small, case_id):
    sql = "SELECT event_type, occurred_at, from_queue, to_queue, new_value FROM events WHERE case_id = ? ORDER BY CAST(seq AS INT)"
    return small.connection.execute(sql, [case_id]).fetchall()


def hour(text):
    """Return the hour in Singapore, on the last day."""
    assert text >= "2026-10-31T16:00:00Z"
    return (int(text[11:13]) + 8) % 24


@pytest.mark.parametrize("until", [date(2026, 11, 1), date(2026, 3, 31)])
def test_it_comes_on_top_and_leaves_every_other_row_as_it_was(tmp_path, until):
    for stories in ("incident", "none"):
        write_sample(tmp_path / stories, cases=3000, until=until, stories=stories)
    for table in TABLES:
        one, other = (f"'{tmp_path}/{name}/data/{table}.parquet'" for name in ("incident", "none"))
        assert duckdb.sql(f"SELECT count(*) FROM (FROM {other} EXCEPT ALL FROM {one})").fetchone() == (0,)
    truth = json.loads((tmp_path / "incident" / "truth.json").read_text(encoding="utf-8"))
    (story,) = truth["stories"]
    assert story["size"]["cases"] == len(story["case_ids"]) == FEWEST
    first = pq.read_table(
        tmp_path / "incident" / "data" / "cases.parquet", filters=[("case_id", "in", story["case_ids"])]
    )
    days = {text[:10] for text in first["created_at"].to_pylist()}
    assert days == {until.isoformat()}  # 11:00 to midnight in Singapore is one day in UTC
    assert min(first["created_at"].to_pylist()) == story["first_report_at"]


@pytest.mark.parametrize(
    ("cases", "size"), [(1000, 24), (40_000, 24), (200_000, 80), (1_000_000, 400), (50_000_000, 4000)]
)
def test_its_size_follows_the_sample(cases, size):
    settled = plan(cases=cases, seed=7, until=date(2026, 11, 1), stories="incident")
    assert len(course(settled).created) == size


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cases", [40_000, 200_000])
def test_reports_climb_from_hour_to_hour(cases, seed):
    told = course(plan(cases=cases, seed=seed, until=date(2026, 11, 1), stories="incident"))
    n = len(told.created)
    by_part = [
        int(((told.created >= a * 3600) & (told.created < b * 3600)).sum())
        for a, b in ((11, 14), (14, 17), (17, 20), (20, 24))
    ]
    assert sum(by_part) == n
    assert by_part == sorted(by_part)
    assert by_part[0] < n / 6
    assert (told.created[:-1] <= told.created[1:]).all()
    for content in range(len(REACH)):
        assert (told.content == content).any()


def test_two_markets_one_rule_and_one_severity(rows):
    assert {row["market"] for row in rows.values()} == {"SG", "MY"}
    assert {(row["policy_id"], row["severity"], row["entity_type"]) for row in rows.values()} == {
        ("DAN-THREATS", "S2", "episode")
    }
    assert {row["queue"] for row in rows.values()} == {"urgent-safety", "escalations-t2"}
    assert {row["content_language"] for row in rows.values()} == {"en", "ms"}


def test_reports_come_from_as_many_people_of_whom_some_reported_before(small, rows):
    people = [row["source_identity"] for row in rows.values() if row["source_type"] == "user_report"]
    assert None not in people
    assert len(set(people)) == len(people) == len(rows) - 1
    sql = "SELECT count(DISTINCT source_identity) FROM cases WHERE list_contains(?, source_identity) AND policy_id <> 'DAN-THREATS'"
    (known,) = small.connection.execute(sql, [people]).fetchone()
    assert len(people) / 5 < known < len(people) * 2 / 3


def test_one_content_has_most_reports_and_each_content_one_account(rows, incident):
    found = Counter(row["content_id"] for row in rows.values())
    assert set(found) == set(incident["content_ids"])
    assert found.most_common(1)[0][0] == incident["main_content_id"]
    for column in ("subject_account_id", "content_created_at", "content_duration_s"):
        assert len({(row["content_id"], row[column]) for row in rows.values()}) == len(found)
    assert {row["subject_account_id"] for row in rows.values()} == set(incident["account_ids"])
    assert all(row["content_created_at"] < row["created_at"] for row in rows.values())


def test_reach_is_known_of_every_case_and_grows(rows, incident):
    main = [row for row in rows.values() if row["content_id"] == incident["main_content_id"]]
    decided = sorted((row["decided_at"], int(row["reach"])) for row in main if row["decided_at"])
    assert [reach for _, reach in decided] == sorted(reach for _, reach in decided)
    assert decided[0][1] * 10 < decided[-1][1]
    latest = {row["content_id"]: 0 for row in rows.values()}
    for row in rows.values():
        latest[row["content_id"]] = max(latest[row["content_id"]], int(row["reach"]))
    assert latest == incident["reach"]["by_content"]
    assert sum(latest.values()) == incident["reach"]["total"]


def test_what_was_left_lying_reached_twice_as_many_by_the_end(rows, incident):
    missed = rows[incident["missed_handoff"]["case_id"]]
    reach = incident["reach"]["by_content"]
    assert reach[missed["content_id"]] == max(reach.values()) == int(missed["reach"])
    at_handoff = reach_at(np.array([1]), np.array([MOMENTS["hand-off"]]))[0]
    assert reach[missed["content_id"]] > 2 * at_handoff


def test_nobody_is_reached_once_content_is_gone():
    for number, content in enumerate(REACH):
        at = np.array([content.gone, content.gone + 3600]) if content.gone < 86_400 else np.array([86_399, 86_399])
        before, after = reach_at(np.full(2, number), at)
        assert before == after > 0


def test_the_wrong_takedown_is_appealed_reversed_and_told_the_same_evening(small, rows, incident):
    wrong = incident["wrong_takedown"]
    row = rows[wrong["case_id"]]
    assert (row["decision_initial"], row["decision"], row["appeal_status"]) == ("action", "no_action", "reversed")
    assert row["content_id"] == wrong["content_id"] != incident["main_content_id"]
    log = events(small, wrong["case_id"])
    kinds = [kind for kind, *_ in log]
    assert kinds[-4:] == ["appealed", "appeal_decided", "decision_changed", "notified"]
    at = {kind: when for kind, when, *_ in log}
    assert (at["decided"], at["appealed"], at["decision_changed"]) == tuple(
        wrong[name] for name in ("decided_at", "appealed_at", "reversed_at")
    )
    assert 17 <= hour(wrong["reversed_at"]) < 24
    sql = "SELECT count(*) FROM clean WHERE record_type = 'appeal' AND list_contains(?, parent_case_id)"
    assert small.connection.execute(sql, [incident["case_ids"]]).fetchone() == (1,)


def test_the_missed_handoff_lies_with_nobody_since_the_change_of_shifts(small, rows, incident):
    missed = incident["missed_handoff"]
    log = events(small, missed["case_id"])
    escalated = [kind for kind, *_ in log].index("escalated")
    assert {kind for kind, *_ in log[escalated:]} <= {"escalated", "queue_moved", "sla_breached"}
    (move,) = [event for event in log if event[0] == "queue_moved"]
    assert (
        move[1:4]
        == (missed["at"], missed["from_queue"], missed["to_queue"])
        == (missed["at"], "urgent-safety", "escalations-t2")
    )
    assert hour(missed["at"]) == 20
    assert missed["at"][14:16] >= "50"
    row = rows[missed["case_id"]]
    assert (row["status"], row["decided_at"], row["sla_met"], row["sla_target_at"]) == (
        "escalated",
        None,
        "false",
        missed["target_passed_at"],
    )


def test_it_is_the_only_case_that_was_handed_over_so_and_the_only_one_that_missed_its_target(small, rows, incident):
    late = {case_id for case_id, row in rows.items() if row["sla_met"] == "false"}
    assert late == {incident["missed_handoff"]["case_id"]}
    for case_id, row in rows.items():
        if row["is_escalated"] == "true" and case_id not in late:
            kinds = [kind for kind, *_ in events(small, case_id)]
            assert "accepted" in kinds[kinds.index("escalated") :]


def test_some_are_decided_late_in_the_day_and_some_are_open_at_the_end(rows, incident):
    still = {case_id for case_id, row in rows.items() if row["is_closed"] == "false"}
    assert still == set(incident["open_at_end"])
    assert len(rows) / 4 < len(still) < len(rows) * 2 / 3
    hours = Counter(hour(row["decided_at"]) for row in rows.values() if row["decided_at"])
    assert sum(n for at, n in hours.items() if at >= 22) >= 3
    assert sum(n for at, n in hours.items() if at < 18) >= 3


def test_less_than_removal_was_tried_first(rows, incident):
    main = sorted(
        (row["decided_at"], row["decision_visibility"])
        for row in rows.values()
        if row["decided_at"] and row["content_id"] == incident["main_content_id"] and row["decision"] != "duplicate"
    )
    done = [visibility.removeprefix("DECISION_VISIBILITY_CONTENT_") for _, visibility in main]
    turn = done.index("REMOVED")
    assert set(done[:turn]) == {"INTERACTION_RESTRICTED"}
    assert set(done[turn:]) == {"REMOVED"}
    assert main[turn][0] == incident["removed_at"]


def test_its_words_are_nearly_the_same_in_each_language(rows):
    for language, core in (("en", "Amaran Terakhir"), ("ms", "Amaran Terakhir")):
        told = [
            row["description"]
            for row in rows.values()
            if row["content_language"] == language and core in row["description"]
        ]
        assert len(told) >= 4
        assert len(set(told)) > len(told) / 2
