"""The log keeps what it was given, once, in order, for good."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone

import pytest

from tests.support.drafts import START, draft
from tskit.errors import DataError, ParameterError
from tskit.records import Draft, open_store


def test_an_entry_is_returned_as_it_was_given_and_counts_from_one(store):
    first, second = store.append("tags", [draft("a", body={"note": "ไม่ใช่ \0 \ud800"}), draft("b", subject="case-2")])
    assert (first.seq, second.seq, first.previous, second.previous) == (1, 2, "", first.digest)
    assert first.body == {"note": "ไม่ใช่ \0 \ud800"}
    assert store.entries("tags") == [first, second]


def test_a_store_opened_again_holds_the_same(store, place):
    written = store.append("tags", [draft("a"), draft("b")])
    with open_store(place) as again:
        assert tuple(again.entries("tags")) == written
        assert again.head("tags") == store.head("tags") == (2, written[1].digest)


def test_a_digest_can_be_computed_without_tskit(store):
    """The recipe of docs/decisions/0009: anybody can check a log with a few lines of any language."""
    entries = store.append("tags", [draft("a"), draft("b", supersedes="a", body={"note": "ñ", "n": 1.5})])
    previous = ""
    for entry, body in zip(entries, ['{"cause":"RC2.1"}', '{"n":1.5,"note":"\\u00f1"}'], strict=True):
        fields = {
            "at": "2026-10-05T01:30:00.000000Z", "author": "aisyah", "body": body, "key": entry.key, "kind": "tag",
            "log": "tags", "previous": previous, "seq": entry.seq, "subject": "case-1", "supersedes": entry.supersedes,
        }  # fmt: skip
        previous = hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()
        assert entry.digest == previous


def test_each_log_has_its_own_chain_and_keys(store):
    store.append("tags", [draft("a"), draft("b")])
    (entry,) = store.append("actions", [draft("a", body={"owner": "ben"})])
    assert (entry.seq, entry.previous) == (1, "")
    assert store.head("rounds") == (0, "")


def test_a_moment_is_kept_to_the_microsecond_in_utc(store):
    at = (START + timedelta(microseconds=7)).astimezone(timezone(timedelta(hours=8)))
    (entry,) = store.append("tags", [Draft("tag", "case-1", "ben", at, "a")])
    assert (entry.at, entry.at.utcoffset(), entry.body) == (at, timedelta(0), {})


def test_the_same_draft_again_is_the_same_entry(store):
    first = store.append("tags", [draft("a")])
    assert store.append("tags", [draft("a"), draft("b"), draft("a")]) == (*first, store.entries("tags")[1], *first)
    assert store.append("tags", [draft("b", body={"cause": "RC2.1"})])[0].seq == 2
    assert store.head("tags")[0] == 2


def test_a_known_key_with_other_content_is_refused_without_saying_it(store):
    store.append("tags", [draft("a", body={"note": "first secret"})])
    with pytest.raises(DataError, match=r"entry 1 .* another at, body") as caught:
        store.append("tags", [draft("b"), draft("a", body={"note": "second secret"}, minutes=1)])
    assert "secret" not in str(caught.value)
    assert store.head("tags")[0] == 1, "nothing of the batch was written"


def test_one_key_twice_in_a_batch_with_other_content_is_refused(store):
    with pytest.raises(DataError, match="draft 2"):
        store.append("tags", [draft("a"), draft("a", subject="case-2")])
    assert store.entries("tags") == []


def test_more_drafts_than_a_query_takes_names_are_one_batch(store):
    drafts = [draft(f"k{number}") for number in range(1201)]
    assert [entry.seq for entry in store.append("tags", drafts)] == list(range(1, 1202))
    assert [entry.seq for entry in store.append("tags", drafts[::-1])] == list(range(1201, 0, -1))


def test_when_empty_writes_into_an_empty_log_only(store):
    assert len(store.append("tags", [draft("a"), draft("b")], when_empty=True)) == 2
    assert store.append("tags", [draft("c")], when_empty=True) == ()
    assert store.append("tags", []) == ()
    assert store.head("tags")[0] == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (draft(""), "has no key"),
        (draft("a", kind=""), "has no kind"),
        (draft("a", author=""), "has no author"),
        (draft("a", subject="x" * 401), "subject is longer than 400"),
        (draft("a", subject="x\0"), "subject holds a character"),
        (draft("a", author="\udcff"), "author holds a character"),
        (draft("a", supersedes="a"), "supersedes itself"),
        (draft("a", body={"n": float("nan")}), "body of draft 1 is not JSON"),
        (draft("a", body={"when": START}), "body of draft 1 is not JSON"),
        (Draft("tag", "case-1", "ben", START.replace(tzinfo=None), "a"), "no zone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_draft_that_cannot_be_kept_is_refused_before_anything_is_written(store, wrong, words):
    with pytest.raises(DataError, match=words):
        store.append("tags", [wrong, draft("z")])
    assert store.entries("tags") == []


@pytest.mark.parametrize("name", ["", "Tags", "tags;", "1tags", "t" * 41])
def test_a_log_has_a_plain_name(store, name):
    for call in (store.head, store.entries, store.standing, store.verify, lambda log: store.append(log, [])):
        with pytest.raises(ParameterError, match="A log is named"):
            call(name)


def test_nothing_of_a_body_is_in_a_repr(store):
    entries = store.append("tags", [draft("a", body={"note": "planted"})])
    assert "planted" not in repr((entries, draft("a", body={"note": "planted"}), store))


def test_threads_that_write_at_once_make_one_chain(store):
    ready = threading.Barrier(8)

    def write(number):
        ready.wait()
        return [store.append("tags", [draft(f"{number}-{turn}")])[0].seq for turn in range(10)]

    with ThreadPoolExecutor(8) as pool:
        seqs = [seq for found in pool.map(write, range(8)) for seq in found]
    assert sorted(seqs) == list(range(1, 81))
    assert store.verify("tags").is_whole


def test_threads_that_send_the_same_draft_write_it_once(store):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: store.append("tags", [draft("a")]), range(8)))
    assert len({entries[0].seq for entries in found}) == 1
    assert store.head("tags")[0] == 1
