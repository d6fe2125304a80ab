"""Scripted reviewers tag the sample's wrong decisions: mostly right, sometimes wrong, and always the same."""

import json
from collections import Counter, defaultdict

import pyarrow.parquet as pq
import pytest

from tests.support.samples import shared_sample


def lines(book, name):
    return [json.loads(line) for line in (book / "data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=80_000, seed=3)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=40_000, seed=11, stories="none")


def test_the_round_holds_wrong_decisions_of_twelve_weeks_with_their_chance_to_be_drawn(book):
    (found,) = lines(book, "rounds")
    rows = pq.read_table(book / "data" / "cases.parquet").to_pandas().drop_duplicates("case_id").set_index("case_id")
    for case in found["cases"]:
        row = rows.loc[case["case_id"]]
        if case["stratum"] == "qa_incorrect":
            assert (row.qa_label_final, row.error_type != "TE") == ("incorrect", True)
            assert row.decided_at >= "2026-08-09T16:00:00Z"
        else:
            assert row.appeal_status in {"reversed", "partially_reversed"}
            assert row.appeal_decided_at >= "2026-08-09T16:00:00Z"
        assert case["weight"] * case["inclusion_probability"] == pytest.approx(1, abs=1e-5)


def test_every_case_of_the_round_has_two_different_raters_and_the_load_is_even(book):
    (found,) = lines(book, "rounds")
    load = Counter(rater for case in found["cases"] for rater in case["raters"])
    assert all(len(set(case["raters"])) == 2 for case in found["cases"])
    assert max(load.values()) - min(load.values()) <= 2


def test_raters_are_mostly_right_and_disagree_at_times(book):
    given = defaultdict(set)
    for tag in lines(book, "tags"):
        if tag["round"].endswith("wrong-decisions") and tag["cause"] and not tag["round"].startswith("adjudication"):
            given[tag["case_id"]].add(tag["cause"])
    agreed = sum(len(causes) == 1 for causes in given.values()) / len(given)
    assert 0.5 < agreed < 0.9


def test_only_cases_that_two_disagree_on_are_judged(book):
    given = defaultdict(set)
    tags = lines(book, "tags")
    for tag in tags:
        if tag["round"].endswith("wrong-decisions") and not tag["round"].startswith("adjudication") and tag["cause"]:
            given[tag["case_id"]].add(tag["cause"])
    judged = [tag["case_id"] for tag in tags if tag["round"].startswith("adjudication:")]
    assert judged
    assert all(len(given[case]) == 2 for case in judged)
    assert len(set(judged)) == len(judged)


def test_every_tag_has_a_key_of_its_own_and_stands_in_order_of_time(book):
    tags = lines(book, "tags")
    assert len({tag["key"] for tag in tags}) == len(tags)
    assert [tag["tagged_at"] for tag in tags] == sorted(tag["tagged_at"] for tag in tags)


def test_nobody_tags_two_cases_at_once(book):
    times = [(tag["tagger"], tag["tagged_at"]) for tag in lines(book, "tags")]
    assert len(set(times)) == len(times)


def test_a_reviewers_mistake_has_one_further_why(book):
    assert all(tag["note"] for tag in lines(book, "tags") if tag["cause"].startswith("RC3"))


def test_the_cluster_is_tagged_with_what_set_it_off(book):
    truth = json.loads((book / "truth.json").read_text(encoding="utf-8"))
    cluster = next(set(story["case_ids"]) for story in truth["stories"] if story["name"] == "impersonation_cluster")
    triggered = {tag["case_id"] for tag in lines(book, "tags") if tag["trigger"] == "RC7.2"}
    assert triggered
    assert triggered <= cluster


def test_without_stories_no_vendor_has_causes_of_its_own(quiet):
    tags = lines(quiet, "tags")
    assert tags
    assert not [tag for tag in tags if tag["trigger"]]
    # RC1.4 is what a drifting guideline brings; by itself it is rare.
    assert Counter(tag["cause"] for tag in tags)["RC1.4"] < 0.15 * len(tags)
