"""The log keeps what it was given, once, in order, for good."""

from datetime import UTC, datetime, timedelta

import pytest

from tskit.errors import DataError
from tskit.records import Draft, open_store

START = datetime(2026, 10, 5, 1, 30, tzinfo=UTC)


def draft(key, *, supersedes="", kind="tag", subject="case-1", minutes=0, body=None):
    at = START + timedelta(minutes=minutes)
    return Draft(kind, subject, "aisyah", at, key, supersedes, body or {"cause": "RC2.1"})


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "records.sqlite") as opened:
        yield opened


def test_an_entry_is_returned_as_it_was_given_and_counts_from_one(store):
    first, second = store.append("tags", [draft("a", body={"note": "ไม่ใช่ \0 \ud800"}), draft("b", subject="case-2")])
    assert (first.seq, second.seq, second.previous) == (1, 2, first.digest)
    assert first.body == {"note": "ไม่ใช่ \0 \ud800"}
    assert store.entries("tags") == [first, second]


def test_the_same_draft_again_is_the_same_entry(store):
    first = store.append("tags", [draft("a")])
    assert store.append("tags", [draft("a"), draft("b"), draft("a")]) == (*first, store.entries("tags")[1], *first)
    assert store.head("tags")[0] == 2


def test_a_known_key_with_other_content_is_refused_without_saying_it(store):
    store.append("tags", [draft("a", body={"note": "first secret"})])
    with pytest.raises(DataError, match=r"entry 1 .* another body") as caught:
        store.append("tags", [draft("b"), draft("a", body={"note": "second secret"})])
    assert "secret" not in str(caught.value)
    assert store.head("tags")[0] == 1, "nothing of the batch was written"
