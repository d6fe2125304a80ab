"""The sample's team asks why, and acts: the same each time, true to the data, and only where there is something to act on."""

import json
from datetime import date

import pytest

from tests.support.samples import shared_sample


def lines(book, name):
    return [json.loads(line) for line in (book / "data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=200_000)


def test_each_of_four_whys_has_its_evidence_and_the_last_names_the_cause(book):
    (chain,) = lines(book, "whys")
    assert chain["subject"] == "cause:RC2.1"
    assert len(chain["steps"]) == 4
    assert all(step["why"] and step["evidence"] for step in chain["steps"])
    assert chain["steps"][-1]["cause"] == "RC2.1"


def test_the_cases_that_a_why_names_are_wrong_decisions_of_the_story(full, book):
    words = lines(book, "whys")[0]["steps"][0]["evidence"].replace("case:", "").split(" and ")
    rows = full.rows(
        "SELECT decided_vendor, qa_label_final, root_cause_l2 FROM clean "
        f"WHERE case_id IN ({', '.join(repr(case) for case in words)})"
    )
    assert rows == [("Lumen", "incorrect", "RC2.1")] * 2


def test_one_action_is_in_effect_one_is_past_its_day_and_one_is_not_due(book):
    states = {row["id"]: row for row in lines(book, "actions")}
    assert [(name, row["due"], row["done_on"]) for name, row in states.items()] == [
        ("train-lumen", "2026-10-05", "2026-10-05"),
        ("replace-copies", "2026-10-26", ""),
        ("confirm-changes", "2026-11-20", ""),
    ]


def test_the_baseline_counts_the_decisions_that_were_looked_at(full, book):
    base = lines(book, "actions")[0]["baseline"]
    assert (base["start"], base["end"]) == ("2026-08-24", "2026-10-05")
    counts = full.rows(
        "SELECT count(*) FILTER (qa_label_final = 'correct'), count(*) FROM clean WHERE decided_vendor = 'Lumen' "
        "AND policy_id IN ('DEC-IMPERSONATION', 'DEC-SCAM') AND qa_sampled = 'true' "
        "AND coalesce(error_type, '') <> 'TE' AND decided_at + INTERVAL 8 HOUR >= '2026-08-24' "
        "AND decided_at + INTERVAL 8 HOUR < '2026-10-05'"
    )
    assert counts == [(base["k"], base["n"])]
    assert base["low"] < base["value"] < base["high"]


def test_an_action_is_written_down_before_it_is_in_effect(book):
    rows = [row for row in lines(book, "actions") if row["id"] == "train-lumen"]
    assert [row["done_on"] for row in rows] == ["", "2026-10-05"]
    assert [date.fromisoformat(row["at"][:10]) for row in rows] == [date(2026, 10, 5), date(2026, 10, 6)]


def test_without_the_story_there_is_nothing_to_ask_or_to_do(tmp_path_factory):
    quiet = shared_sample(tmp_path_factory, cases=40_000, seed=11, stories="none")
    assert lines(quiet, "whys") == lines(quiet, "actions") == []
