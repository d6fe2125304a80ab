"""What a snapshot gives: the rows that stood then, the others kept apart with the reason."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from tskit.errors import SourceError
from tskit.model import Source
from tskit.sources import connect
from tskit.sources.store.sealed import sealed
from tskit.sources.sync import begin, open_store

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
SOURCE = Source("dw", cases="cases", url="postgresql://reader@host/db", watermark="changed")


@pytest.fixture
def store(tmp_path):
    return tmp_path / "sources" / "dw"


def rows(*lines, columns=("id", "changed", "status")):
    return pa.table({name: pa.array([line[i] for line in lines], pa.string()) for i, name in enumerate(columns)})


def sync(store, *lines, watermark="", key="id", deleted=(), columns=("id", "changed", "status")):
    with begin(store, source=SOURCE, now=NOW) as delivery:
        if lines:
            delivery.put("cases", rows(*lines, columns=columns), mark="m")
        delivery.finish("cases", watermark=watermark or (lines[-1][1] if lines else "w"), deleted=deleted, key=key)
        return delivery.seal()


def seen(store, snapshot=None):
    """Return the standing rows of a snapshot and how many others there are by reason."""
    connection = connect()
    raw = open_store(store, connection=connection, snapshot=snapshot)["cases"]
    table = raw.table.to_pyarrow().to_pylist()
    reasons = raw.rejected.to_pyarrow()["reason"].to_pylist()
    assert raw.read == len(table) + len(reasons)
    return sorted(tuple(row[name] for name in raw.header) for row in table), {r: reasons.count(r) for r in {*reasons}}


FIRST = (("a", "01", "new"), ("b", "02", "new"), ("c", "03", "new"))


def test_a_later_delivery_stands_and_each_snapshot_keeps_what_was_known(store):
    assert sync(store, *FIRST) == 1
    assert sync(store, ("c", "03", "new"), ("b", "04", "closed"), ("d", "05", "new")) == 2
    assert seen(store, 1) == (sorted(FIRST), {})
    assert seen(store) == (
        [("a", "01", "new"), ("b", "04", "closed"), ("c", "03", "new"), ("d", "05", "new")],
        {"superseded": 1},
    )


def test_a_deleted_row_is_kept_apart_until_it_comes_again(store):
    sync(store, *FIRST)
    assert sync(store, deleted=["b"], watermark="03") == 2
    assert seen(store) == ([("a", "01", "new"), ("c", "03", "new")], {"deleted_at_source": 1})
    assert sync(store, ("b", "09", "back")) == 3
    assert seen(store)[0] == [("a", "01", "new"), ("b", "09", "back"), ("c", "03", "new")]
    assert seen(store, 1)[0] == sorted(FIRST)


def test_a_sync_without_news_seals_nothing(store):
    sync(store, *FIRST)
    assert sync(store, ("c", "03", "new")) == 1
    assert sync(store, watermark="03") == 1
    assert sync(store, deleted=["never here"], watermark="03") == 1
    sync(store, deleted=["a"], watermark="03")
    assert sync(store, deleted=["a"], watermark="03") == 2
    assert [one.number for one in sealed(store)] == [1, 2]
    assert not list(store.glob("*.partial"))


def test_a_row_that_goes_back_to_what_it_was_is_news(store):
    sync(store, ("a", "01", "new"))
    sync(store, ("a", "01", "closed"))
    assert sync(store, ("a", "01", "new")) == 3
    assert seen(store)[0] == [("a", "01", "new")]


def test_a_row_that_went_back_within_one_delivery_stands_as_it_is_last(store):
    sync(store, ("a", "01", "new"))
    assert sync(store, ("a", "01", "closed"), ("a", "01", "new")) == 2
    assert seen(store)[0] == [("a", "01", "new")]


def test_a_table_that_came_whole_again_is_news_where_a_row_differs(store):
    lines = (("a", "", "new"), ("b", "", "new"))
    sync(store, *lines, watermark="")
    assert sync(store, *reversed(lines), watermark="") == 1
    assert sync(store, lines[0], watermark="") == 2
    assert seen(store) == ([lines[0]], {})
    assert seen(store, 1)[0] == sorted(lines)


def test_a_later_row_of_a_key_within_one_delivery_stands(store):
    sync(store, ("a", "01", "new"), ("a", "02", "closed"), (None, "03", "x"), (None, "03", "x"))
    found, others = seen_unsorted(store)
    assert ("a", "02", "closed") in found
    assert ("a", "01", "new") not in found
    assert others == {"superseded": 1}
    assert found.count((None, "03", "x")) == 2


def seen_unsorted(store):
    raw = open_store(store, connection=connect())["cases"]
    reasons = raw.rejected.to_pyarrow()["reason"].to_pylist()
    return [tuple(row[c] for c in raw.header) for row in raw.table.to_pyarrow().to_pylist()], {
        r: reasons.count(r) for r in {*reasons}
    }


def test_a_column_that_came_later_is_empty_before(store):
    sync(store, *FIRST)
    sync(store, ("d", "04", "new", "ID"), columns=("id", "changed", "status", "market"))
    found, _ = seen_unsorted(store)
    assert ("a", "01", "new", None) in found
    assert ("d", "04", "new", "ID") in found


def test_a_column_may_be_called_as_the_engine_calls_its_own(store):
    sync(store, ("a", "01", "x"), columns=("id", "changed", "filename"))
    assert seen(store)[0] == [("a", "01", "x")]
    with pytest.raises(SourceError, match="file_row_number"):
        sync(store, ("a", "01", "x"), columns=("id", "changed", "file_row_number"))


def test_a_chunk_that_is_not_what_was_sealed_is_refused(store):
    sync(store, *FIRST)
    chunk = store / "0001" / "cases" / "00000.parquet"
    chunk.write_bytes(chunk.read_bytes() + b" ")
    with pytest.raises(SourceError, match="not what was sealed"):
        seen(store)
    chunk.unlink()
    with pytest.raises(SourceError, match="missing"):
        seen(store)


def test_what_an_extractor_notes_and_which_snapshot_it_is_are_told(store):
    with begin(store, source=SOURCE, now=NOW) as delivery:
        delivery.put("cases", rows(*FIRST), mark="m")
        delivery.note("The field Secret__c is hidden from this user.")
        delivery.finish("cases", watermark="03", key="id")
        delivery.seal()
    raw = open_store(store, connection=connect())["cases"]
    assert raw.notes == (
        "dw: cases as of snapshot 1, sealed 2026-11-01 09:00 UTC.",
        "The field Secret__c is hidden from this user.",
    )
    assert [(one.name, one.rows) for one in raw.inputs] == [("dw@1/cases", 3)]


def test_a_damaged_chunk_is_told_at_the_seal_without_a_word_of_the_engine(store):
    sync(store, *FIRST)
    (store / "0001" / "cases" / "00000.parquet").write_bytes(b"canary-7f3a")
    with pytest.raises(SourceError, match="What was received is kept") as caught:
        sync(store, ("d", "05", "new"))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    with begin(store, source=SOURCE, now=NOW) as delivery:
        assert delivery.is_finished("cases")


def test_a_table_of_which_nothing_ever_came_is_none_of_a_snapshot(store):
    with begin(store, source=SOURCE, now=NOW) as delivery:
        delivery.put("Case", rows(*FIRST), mark="m")
        delivery.finish("Case", watermark="03", key="id")
        delivery.finish("CaseHistory2", watermark="03", key="id")
        delivery.seal()
    found = open_store(store, connection=connect())
    assert list(found) == ["Case"]
    assert found["Case"].notes == ("dw as of snapshot 1, sealed 2026-11-01 09:00 UTC.",)


def test_a_snapshot_that_is_not_there_is_named(store):
    sync(store, *FIRST)
    with pytest.raises(SourceError, match=r"dw has no snapshot 7\. It has: 1\."):
        open_store(store, connection=connect(), snapshot=7)
