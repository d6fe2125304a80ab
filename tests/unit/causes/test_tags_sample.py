import json
from datetime import UTC, datetime

import pytest

from tskit.causes import actions, judgements, open_log, record, rounds, undo, whys
from tskit.errors import DataError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
LINE = {"case_id": "c1", "cause": "RC2.1", "tagger": "aisyah", "tagged_at": "2026-10-05T01:00:00Z", "key": "sample:1"}
ROUND = {
    "name": "2026-10", "is_blind": True, "design": "random", "seed": 7, "question": "Why?", "author": "dao",
    "at": "2026-10-05T00:00:00Z",
    "cases": [
        {"case_id": "c1", "stratum": "", "inclusion_probability": 0.5, "weight": 2.0, "raters": ["aisyah"]}
    ],
}  # fmt: skip

CHAIN = {
    "subject": "cause:RC2.1", "author": "dao", "at": "2026-10-06T00:00:00Z",
    "steps": [{"why": "The copy is old", "evidence": "its date", "cause": "RC2.1"}],
}  # fmt: skip
ACTION = {
    "id": "copies", "what": "Replace the copies", "cause": "RC2.1", "owner": "Policy", "due": "2026-10-20",
    "metric": "accuracy", "where": [["policy_id", ["DEC-SCAM"]]], "partner": "", "baseline": None, "done_on": "",
    "is_dropped": False, "author": "dao", "at": "2026-10-06T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Return a casebook's folder with the tags and the round of its raters."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tags.jsonl").write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    (tmp_path / "data" / "rounds.jsonl").write_text(json.dumps(ROUND) + "\n", encoding="utf-8")
    return tmp_path


def test_a_synthetic_casebook_brings_the_tags_of_its_raters_once(folder):
    book = Casebook(folder, "book", is_sample=True)
    for _ in range(2):
        assert list(judgements(open_log(book))["key"]) == ["sample:1"]
    assert list(rounds(open_log(book))["name"]) == ["2026-10"]


def test_whys_and_actions_come_along_once_with_every_state(folder):
    done = ACTION | {"done_on": "2026-10-21", "at": "2026-10-21T00:00:00Z"}
    (folder / "data" / "whys.jsonl").write_text(json.dumps(CHAIN) + "\n", encoding="utf-8")
    (folder / "data" / "actions.jsonl").write_text(f"{json.dumps(ACTION)}\n{json.dumps(done)}\n", encoding="utf-8")
    book = Casebook(folder, "book", is_sample=True)
    for _ in range(2):
        log = open_log(book)
        assert [(chain.subject, chain.steps[0].cause) for chain in whys(log)] == [("cause:RC2.1", "RC2.1")]
        assert [(a.id, str(a.done_on), a.partner) for a in actions(log)] == [("copies", "2026-10-21", "policy")]
        assert log.store.head("actions")[0] == 2
    before = datetime(2026, 10, 10, tzinfo=UTC)
    assert [action.done_on for action in actions(open_log(book), until=before)] == [None]


@pytest.mark.parametrize(
    "line", ["{", "[]", json.dumps({"id": "a secret"}), json.dumps(ACTION | {"cause": "a secret"})]
)
def test_a_line_that_does_not_hold_up_is_refused_and_not_quoted(folder, line):
    (folder / "data" / "actions.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(DataError, match=r"^actions\.jsonl does not hold up") as caught:
        open_log(Casebook(folder, "book", is_sample=True))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_taken_back_in_a_sample_does_not_come_again(folder):
    book = Casebook(folder, "book", is_sample=True)
    undo(open_log(book), key="sample:1", tagger="aisyah", at=MORNING)
    assert len(judgements(open_log(book))) == 0


def test_no_other_casebook_takes_tags_from_its_data(folder):
    assert len(judgements(open_log(Casebook(folder, "book")))) == 0


def test_a_sample_whose_tags_do_not_hold_up_says_which_line(folder):
    (folder / "data" / "tags.jsonl").write_text(json.dumps(LINE | {"cause": "RC77"}), encoding="utf-8")
    with pytest.raises(DataError, match=r"^Line 1: a cause is not in the taxonomy"):
        open_log(Casebook(folder, "book", is_sample=True))


def test_records_lie_in_the_casebook_unless_it_says_otherwise(tmp_path):
    assert Casebook(tmp_path, "book").store == tmp_path / "records.sqlite"
    assert Casebook(tmp_path, "book", records="team.sqlite").store == tmp_path / "team.sqlite"
    url = "postgresql://desk.example/tags"
    assert Casebook(tmp_path, "book", records=url).store == url


def test_two_windows_of_one_casebook_see_each_others_tags(tmp_path):
    one, other = (open_log(Casebook(tmp_path, "book")) for _ in range(2))
    record(one, Tag("c1", "RC2.1", "aisyah", MORNING, key="k1"))
    assert record(other, Tag("c1", "RC1.1", "aisyah", MORNING, key="k2")).supersedes == "k1"
    assert list(judgements(one)["key"]) == ["k2"]
