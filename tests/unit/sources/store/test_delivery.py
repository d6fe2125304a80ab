"""Deliveries: what is durable, what a cut one goes on from, and what a seal fixes."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tskit.errors import SourceError
from tskit.model import Source
from tskit.sources.store.sealed import sealed
from tskit.sources.sync import begin

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
SOURCE = Source("dw", cases="cases", url="postgresql://reader@host/db", watermark="changed")


def rows(*ids):
    return pa.table({"id": pa.array(ids, pa.string())})


@pytest.fixture
def store(tmp_path):
    return tmp_path / "sources" / "dw"


def started(store, source=SOURCE):
    return begin(store, source=source, now=NOW)


def test_a_cut_delivery_goes_on_from_its_last_durable_chunk(store):
    with started(store) as delivery:
        delivery.put("cases", rows("1", "2"), mark="2")
    with started(store) as delivery:
        assert (delivery.mark("cases"), delivery.rows("cases"), delivery.is_finished("cases")) == ("2", 2, False)
        delivery.put("cases", rows("3"), mark="3")
        delivery.finish("cases", watermark="w3")
        assert delivery.seal() == 1
    (one,) = sealed(store)
    found = [pq.read_table(one.folder / chunk.file)["id"].to_pylist() for chunk in one.tables["cases"].chunks]
    assert found == [["1", "2"], ["3"]]


def test_a_sealed_delivery_says_where_the_next_one_begins(store):
    with started(store) as delivery:
        assert delivery.since("cases") == ""
        delivery.finish("cases", watermark="w1")
        delivery.seal()
    with started(store) as delivery:
        assert (delivery.number, delivery.since("cases"), delivery.is_finished("cases")) == (2, "w1", False)


def test_an_empty_string_and_nothing_are_kept_apart(store):
    with started(store) as delivery:
        delivery.put("cases", rows("", None), mark="1")
    assert pq.read_table(store / "0001.partial" / "cases" / "00000.parquet")["id"].to_pylist() == ["", None]


def test_values_that_are_no_text_are_refused(store):
    with started(store) as delivery, pytest.raises(ValueError, match="n"):
        delivery.put("cases", pa.table({"n": [1]}), mark="1")


def test_one_sync_of_a_source_runs_at_a_time(store):
    with started(store), pytest.raises(SourceError, match="Another sync of dw"):
        started(store)
    started(store).close()


def test_a_journal_line_that_was_cut_off_is_dropped_and_its_chunk_asked_for_again(store):
    with started(store) as delivery:
        delivery.put("cases", rows("1"), mark="1")
        delivery.put("cases", rows("2"), mark="2")
    journal = store / "0001.partial" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-7])
    with started(store) as delivery:
        assert (delivery.mark("cases"), delivery.rows("cases")) == ("1", 1)


def test_another_question_begins_again(store):
    with started(store) as delivery:
        delivery.finish("cases", watermark="w1")
        delivery.seal()
    with started(store) as delivery:
        delivery.put("cases", rows("9"), mark="9")
    other = Source("dw", cases="other_cases", url=SOURCE.url, watermark="changed")
    with started(store, other) as delivery:
        assert (delivery.since("cases"), delivery.mark("cases")) == ("", "")


def test_a_delivery_that_was_sealed_but_not_yet_named_is_named_by_the_next(store, monkeypatch):
    with started(store) as delivery:
        delivery.finish("cases", watermark="w1")
        monkeypatch.setattr("tskit.sources.store.delivery.settle", lambda _: None)
        delivery.seal()
        monkeypatch.undo()
    with started(store) as delivery:
        assert delivery.number == 2
    assert [one.number for one in sealed(store)] == [1]


def test_only_the_owner_may_look_into_a_store(store):
    with started(store) as delivery:
        delivery.put("cases", rows("1"), mark="1")
        delivery.finish("cases", watermark="w", deleted=["2"], key="id")
        delivery.seal()
    modes = {oct(path.stat().st_mode & 0o777) for path in store.rglob("*") if path.is_file()}
    folders = {oct(path.stat().st_mode & 0o777) for path in [store, *store.rglob("*")] if path.is_dir()}
    assert (modes, folders) == ({"0o600"}, {"0o700"})
    assert (store / ".gitignore").read_text() == "*\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_and_leaves_a_delivery_that_goes_on(store):
    with started(store) as delivery:
        delivery.put("cases", rows("1"), mark="1")
        (store / "0001.partial" / "cases" / "00001.parquet").symlink_to("/dev/full")
        with pytest.raises(SourceError, match="disk is full"):
            delivery.put("cases", rows("2"), mark="2")
    with started(store) as delivery:
        assert delivery.mark("cases") == "1"
        delivery.put("cases", rows("2"), mark="2")
        assert delivery.rows("cases") == 2
