from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tskit.cli.records_as_of import records_as_of
from tskit.model import Casebook
from tskit.records import Draft, open_store

AT = datetime(2026, 11, 1, tzinfo=UTC)


def draft(key):
    return Draft("tag", f"case-{key}", "aisyah", AT, key, "", {"cause": "RC1.1"})


@pytest.fixture
def book(tmp_path):
    return Casebook(tmp_path, "ours")


@pytest.fixture
def store(book):
    with open_store(book.store) as opened:
        opened.append("tags", [draft(key) for key in "abc"])
        opened.append("rounds", [draft("r")])
        yield opened


def place(store, log="tags", at=None):
    count, digest = store.head(log, at=at)
    return {"log": log, "entries": count, "digest": digest}


def given(places, book, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    with records_as_of(places, book=book, scratch=scratch) as records:
        return records, [(log.log, log.entries, log.added, log.trouble) for log in records.logs]


def test_logs_that_nobody_wrote_to_since_are_read_where_they_are(store, book, tmp_path):
    records, logs = given([place(store), place(store, "rounds")], book, tmp_path)
    assert logs == [("tags", 3, 0, ""), ("rounds", 1, 0, "")]
    assert records.environment == {}


def test_logs_that_grew_are_read_from_a_copy_that_ends_where_the_run_read_to(store, book, tmp_path):
    then = [place(store, at=2), {"log": "rounds", "entries": 0, "digest": ""}]
    records, logs = given(then, book, tmp_path)
    assert logs == [("tags", 2, 1, ""), ("rounds", 0, 1, "")]
    with open_store(Path(records.environment["TSKIT_RECORDS"])) as copy:
        assert copy.head("tags") == store.head("tags", at=2)
        assert copy.head("rounds") == (0, "")
    assert store.head("tags")[0] == 3


def test_entries_that_are_not_those_that_were_read_are_told(store, book, tmp_path):
    then = place(store) | {"digest": "0" * 64}
    records, ((log, _, _, trouble),) = given([then], book, tmp_path)
    assert (log, records.environment) == ("tags", {})
    assert "written anew" in trouble
    _, ((_, _, _, cut),) = given([place(store) | {"entries": 9}], book, tmp_path)
    assert "its end was removed" in cut


def test_records_that_are_not_here_are_told(book, tmp_path):
    _, ((_, count, _, trouble),) = given([{"log": "tags", "entries": 412, "digest": "d"}], book, tmp_path)
    assert count == 412
    assert trouble == "412 entries were read, and the casebook keeps no records here."
    assert not book.keeps_records


def test_a_run_that_read_no_entry_reads_none_again(store, book, tmp_path):
    records, logs = given([{"log": "escalations", "entries": 0, "digest": ""}], book, tmp_path)
    assert logs == [("escalations", 0, 0, "")]
    assert not Path(records.environment["TSKIT_RECORDS"]).exists()
    assert given([], book, tmp_path)[0].environment == {}
