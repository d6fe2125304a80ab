"""What stands: neither undone, nor superseded by something that is not undone; now and at any earlier moment."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.drafts import START, draft
from tskit.records import UNDO, open_store


def keys(entries):
    return "".join(entry.key for entry in entries)


@pytest.mark.parametrize(
    ("rows", "standing"),
    [
        ("", ""),
        ("a b", "ab"),
        ("a b>a", "b"),
        ("a b>a c>b", "c"),
        ("a b!a", ""),
        ("a b>a c!b", "a"),  # undoing a correction brings back what it corrected
        ("a b>a c>b d!c", "b"),
        ("a b>a c>b d!b", "ac"),  # only b gave way to c, and only b was a reason for a to give way
        ("a b!a c!b", ""),  # an undo is not undone; the judgement is made again
        ("a b>a c>a", "bc"),
        ("a b!z", "a"),  # what is not there yet can be named: imports come in any order
        ("b>a a", "b"),
        ("b!a a", ""),
    ],
)
def test_what_stands_follows_from_what_was_undone_and_superseded(store, rows, standing):
    store.append("tags", [of(row) for row in rows.split()])
    assert keys(store.standing("tags")) == standing
    assert [entry.seq for entry in store.standing("tags")] == sorted(entry.seq for entry in store.standing("tags"))


def of(row):
    """Return the draft that `b>a` (b supersedes a), `b!a` (b undoes a) or `a` stands for."""
    key, mark, other = row[0], row[1:2], row[2:]
    return draft(key, supersedes=other, kind=UNDO if mark == "!" else "tag")


@pytest.fixture
def told(store):
    store.append(
        "tags",
        [
            draft("a", minutes=0, subject="case-1"),
            draft("b", minutes=1, subject="case-2", author="ben"),
            draft("c", minutes=2, subject="case-1", supersedes="a"),
            draft("d", minutes=3, subject="case-2", kind="skip", author="ben", supersedes="b"),
            draft("e", minutes=4, subject="case-1", supersedes="c", kind=UNDO),
            draft("f", minutes=5, subject="case-3", kind="flag"),
        ],
    )
    return store


@pytest.mark.parametrize(
    ("asked", "entries", "standing"),
    [
        ({}, "abcdef", "adf"),
        ({"until": START - timedelta(seconds=1)}, "", ""),
        ({"until": START}, "a", "a"),
        ({"until": START + timedelta(minutes=2)}, "abc", "bc"),
        ({"until": START + timedelta(minutes=3)}, "abcd", "cd"),
        ({"until_seq": 0}, "", ""),
        ({"until_seq": 4}, "abcd", "cd"),
        ({"until_seq": 5, "until": START + timedelta(minutes=1)}, "ab", "ab"),
        ({"subject": "case-1"}, "ace", "a"),
        ({"subject": "case-1", "until_seq": 3}, "ac", "c"),
        ({"author": "ben"}, "bd", "d"),
        ({"kinds": ("tag",)}, "abc", "a"),
        ({"kinds": ("skip", "flag")}, "df", "df"),
        ({"kinds": (UNDO,)}, "e", ""),
        ({"author": "ben", "kinds": ("tag",)}, "b", ""),
    ],
)
def test_entries_and_what_stands_can_be_asked_for_by_subject_author_kind_and_moment(told, asked, entries, standing):
    assert (keys(told.entries("tags", **asked)), keys(told.standing("tags", **asked))) == (entries, standing)


def test_a_filter_does_not_hide_who_superseded_or_undid(told):
    told.append("tags", [draft("g", subject="case-1", supersedes="a", author="chloe", kind=UNDO)])
    assert keys(told.standing("tags", author="aisyah", subject="case-1")) == ""


def test_nothing_of_another_log_counts(told):
    told.append("actions", [draft("z", supersedes="a", kind=UNDO), draft("y", supersedes="f")])
    assert keys(told.standing("tags")) == "adf"


def model(rows, *, until=None, until_seq=None):
    """Return the keys that stand, as a person with paper would work them out: a second implementation."""
    there = [
        row for seq, row in enumerate(rows, start=1)
        if (until_seq is None or seq <= until_seq) and (until is None or row.at <= until)
    ]  # fmt: skip
    undone = {row.supersedes for row in there if row.kind == UNDO}
    live = [row for row in there if row.kind != UNDO and row.key not in undone]
    superseded = {row.supersedes for row in live}
    return [row.key for row in live if row.key not in superseded]


@st.composite
def logs(draw):
    """Return drafts with distinct keys that supersede and undo each other at random, also before the other is there."""
    names = draw(st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=12))
    rows = []
    for name in names:
        other = draw(st.sampled_from(["", *(known for known in "abcdefghijklmnop" if known != name)]))
        kind = draw(st.sampled_from(["tag", "tag", "skip", UNDO]))
        rows.append(draft(name, supersedes=other, kind=kind, minutes=draw(st.integers(0, 20))))
    return rows


@settings(max_examples=60)
@given(rows=logs(), data=st.data())
def test_what_stands_is_what_a_person_would_work_out(rows, data):
    until_seq = data.draw(st.integers(0, len(rows)))
    until = START + timedelta(minutes=data.draw(st.integers(0, 20)))
    with TemporaryDirectory() as folder, open_store(Path(folder) / "records.sqlite") as store:
        store.append("tags", rows)
        assert [entry.key for entry in store.standing("tags")] == model(rows)
        assert [entry.key for entry in store.standing("tags", until_seq=until_seq)] == model(rows, until_seq=until_seq)
        assert [entry.key for entry in store.standing("tags", until=until)] == model(rows, until=until)


@settings(max_examples=40)
@given(rows=logs(), data=st.data())
def test_retries_in_any_order_change_nothing(rows, data):
    retries = data.draw(st.lists(st.sampled_from(rows), max_size=20)) if rows else []
    at_once = data.draw(st.integers(1, 4))
    with TemporaryDirectory() as folder, open_store(Path(folder) / "records.sqlite") as store:
        written = []
        for number, row in enumerate(rows):
            written += store.append("tags", [row])
            earlier = [retry for retry in retries if retry in rows[: number + 1]][:at_once]
            store.append("tags", earlier)
        store.append("tags", retries)
        assert store.entries("tags") == written
        assert store.verify("tags", expected=(len(rows), written[-1].digest if written else "")).is_whole


def test_what_stood_at_a_moment_stays_so_whatever_comes_later(told):
    before = [entry.key for entry in told.standing("tags", until_seq=4)]
    told.append("tags", [draft("x", supersedes="d"), draft("y", supersedes="c", kind=UNDO), draft("z")])
    assert [entry.key for entry in told.standing("tags", until_seq=4)] == before
