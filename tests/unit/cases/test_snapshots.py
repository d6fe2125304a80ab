"""Snapshots: what a load of a synced source reads, and that an old question finds its old answer."""

from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from tskit.cases import input_files, load
from tskit.cases.casebooks import open_casebook
from tskit.cases.snapshots import pins_of
from tskit.errors import ParameterError, SourceError
from tskit.metrics import measure
from tskit.model import Casebook, Scope
from tskit.sources.sync import begin

BOOK = """
name = "book"
zone = "Asia/Singapore"

[sources.dw]
url = "postgresql://reader@host/db"
cases = "cases"
profile = "canonical"
watermark = "changed"
"""
COLUMNS = ("case_id", "created_at", "closed_at", "market", "changed")
FIRST = (
    ("1", "2026-10-01T01:00:00Z", "", "ID", "2026-10-01T01:00:00Z"),
    ("2", "2026-10-02T01:00:00Z", "", "ID", "2026-10-02T01:00:00Z"),
    ("3", "2026-10-03T01:00:00Z", "", "TH", "2026-10-03T01:00:00Z"),
)
LATER = (("2", "2026-10-02T01:00:00Z", "2026-10-20T01:00:00Z", "TH", "2026-10-20T01:00:00Z"),)


@pytest.fixture
def book(tmp_path):
    (tmp_path / "casebook.toml").write_text(BOOK)
    book = Casebook.read(tmp_path)
    sync(book, FIRST, at=datetime(2026, 10, 31, 17, tzinfo=UTC))  # the first of November in Singapore
    sync(book, LATER, at=datetime(2026, 11, 20, tzinfo=UTC), deleted=["3"])
    return book


def sync(book, lines, *, at, deleted=()):
    with begin(book.root / "sources" / "dw", source=book.sources[0], now=at) as delivery:
        table = pa.table({name: [line[i] for line in lines] for i, name in enumerate(COLUMNS)})
        delivery.put("cases", table, mark="m")
        delivery.finish("cases", watermark=lines[-1][-1], key="case_id", deleted=deleted)
        return delivery.seal()


def cases(book, source, tmp_path):
    scope = Scope.from_parameters(source=source, start="2026-10-01", end="2026-10-31")
    found = load(scope, casebook=book, user_cache=tmp_path / "cache", key=b"k" * 32)
    rows = found.cases.to_pyarrow().to_pylist()
    return found, sorted((row["case_id"], row["market"]) for row in rows)


def test_a_load_reads_the_newest_snapshot_and_counts_what_does_not_stand(book, tmp_path):
    found, rows = cases(book, "dw", tmp_path)
    assert rows == [("1", "ID"), ("2", "TH")]
    assert found.quality.reasons == {"superseded": 1, "deleted_at_source": 1}
    assert (found.quality.read, found.quality.kept) == (4, 2)
    assert [one.name for one in found.inputs] == ["dw@2/cases"]
    assert "dw: cases as of snapshot 2, sealed 2026-11-20 00:00 UTC." in found.quality.notes


@pytest.mark.parametrize("asked", ["dw@1", "dw@2026-11-01", "dw@2026-11-19"])
def test_a_snapshot_is_asked_for_by_number_or_by_the_last_day_that_it_knows(book, tmp_path, asked):
    found, rows = cases(book, asked, tmp_path)
    assert rows == [("1", "ID"), ("2", "ID"), ("3", "TH")]
    assert [one.name for one in found.inputs] == ["dw@1/cases"]


def test_what_was_known_stays_the_same_after_later_syncs(book, tmp_path):
    before, _ = cases(book, "dw@2", tmp_path)
    said = measure(before, "cases_opened", by=("market",), window=before.scope.window).to_dict()
    newer = (("1", "2026-10-01T01:00:00Z", "", "VN", "2026-11-21T01:00:00Z"),)
    assert sync(book, newer, at=datetime(2026, 11, 22, tzinfo=UTC)) == 3
    again, _ = cases(book, "dw@2", tmp_path)
    assert measure(again, "cases_opened", by=("market",), window=again.scope.window).to_dict() == said
    assert again.fingerprint == before.fingerprint
    assert cases(book, "dw", tmp_path)[1] == [("1", "VN"), ("2", "TH")]


def test_a_casebook_and_the_environment_may_pin_a_snapshot(book, tmp_path):
    pinned = open_casebook(book.root, environment={"TSKIT_SNAPSHOTS": "dw=1"})
    assert cases(pinned, "dw", tmp_path)[0].inputs[0].name == "dw@1/cases"
    assert cases(replace(book, snapshots={"dw": 1}), "dw", tmp_path)[0].inputs[0].name == "dw@1/cases"
    # Who names one asks for just that one.
    assert cases(pinned, "dw@2", tmp_path)[0].inputs[0].name == "dw@2/cases"
    with pytest.raises(ParameterError, match="TSKIT_SNAPSHOTS"):
        open_casebook(book.root, environment={"TSKIT_SNAPSHOTS": "dw"})


def test_the_names_of_a_runs_inputs_tell_its_snapshots(book):
    assert pins_of(["dw@2/cases", "dw@2/events", "qa@1/0001/x.csv", "cases.csv"]) == "dw=2,qa=1"
    assert pins_of([]) == ""
    assert [name for name, _ in input_files("dw", casebook=book)] == ["dw@2/cases"]


def test_the_digest_of_an_input_is_that_of_the_load(book, tmp_path):
    found, _ = cases(book, "dw", tmp_path)
    assert input_files("dw", casebook=book) == tuple((one.name, one.sha256) for one in found.inputs)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("dw@9", r"dw has no snapshot 9\. It has 1 to 2, of 2026-11-01 to 2026-11-20\."),
        ("dw@2026-10-30", "not synced by the end of 2026-10-30"),
        ("dw@2026-13-01", "names no day"),
    ],
)
def test_a_snapshot_that_is_not_there_is_told(book, tmp_path, asked, told):
    with pytest.raises(SourceError, match=told):
        cases(book, asked, tmp_path)


def test_a_source_that_was_never_copied_says_how(tmp_path):
    (tmp_path / "casebook.toml").write_text(BOOK)
    with pytest.raises(SourceError, match="tskit sync dw"):
        cases(Casebook.read(tmp_path), "dw", tmp_path)
