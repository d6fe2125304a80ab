"""A copy is the same log: its digests are those of the original, in whichever database it lies."""

import pytest

from tests.support.drafts import draft
from tskit.errors import DataError
from tskit.records import copy_records, open_store


@pytest.fixture
def source(tmp_path):
    with open_store(tmp_path / "of-one.sqlite") as opened:
        opened.append("tags", [draft("a", body={"note": "ไม่ใช่ \0"}), draft("b", supersedes="a")])
        opened.append("rounds", [draft("r", kind="round")])
        yield opened


def test_a_copy_has_the_same_entries_and_digests(source, store):
    assert copy_records(source, to=store) == {"rounds": 1, "tags": 2}
    assert store.logs() == ["rounds", "tags"]
    for log in store.logs():
        assert store.entries(log) == source.entries(log)
        assert store.verify(log, expected=source.head(log)).is_whole


def test_a_copy_that_was_cut_off_is_finished_by_the_same_call(source, store):
    copy_records(source, to=store)
    source.append("tags", [draft("c")])
    assert copy_records(source, to=store) == {"rounds": 1, "tags": 3}
    assert copy_records(source, to=store) == {"rounds": 1, "tags": 3}
    assert store.head("tags") == source.head("tags")


@pytest.mark.parametrize("others", [["x"], ["a", "b", "c", "x"]])
def test_nothing_is_mixed_with_other_entries(source, store, others):
    store.append("tags", [draft(key) for key in others])
    before = store.entries("tags")
    with pytest.raises(DataError, match=r"'tags' in .* holds other entries"):
        copy_records(source, to=store)
    assert store.entries("tags") == before


def test_a_log_that_is_not_whole_is_not_copied(source, store):
    with source.engine.execution_options(turn="tags").begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tskit_entries_update")
        connection.exec_driver_sql("UPDATE tskit_entries SET author = 'x' WHERE key = 'b'")
    with pytest.raises(DataError, match="Entry 2 was changed"):
        copy_records(source, to=store)
    assert store.head("tags") == (0, "")


def test_a_copy_ends_where_it_is_told_to(source, store):
    source.append("tags", [draft("c")])
    assert copy_records(source, to=store, ends={"tags": 1, "rounds": 0}) == {"rounds": 0, "tags": 1}
    assert store.logs() == ["tags"]
    assert store.head("tags") == source.head("tags", at=1)
