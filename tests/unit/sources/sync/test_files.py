"""Files as deliveries: what was dropped into a folder since, by content."""

from datetime import UTC, datetime

import pytest

from tskit.errors import ParameterError, SourceError
from tskit.model import Source
from tskit.sources import ReadOptions, connect, read
from tskit.sources.store.delivery import Delivery
from tskit.sources.sync import sync

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "case_id,created_at,status\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "october.csv").write_text(f"{HEAD}1,2026-10-01,new\n2,2026-10-02,new\n")
    return tmp_path


def synced(root, source=None):
    source = source or Source("desk", cases="exports")
    return sync(source, root=root, secret=lambda _: "", progress=lambda _table, _rows: None, clock=lambda: NOW)


def rows(root, snapshot, name="desk"):
    raw = read(f"{name}@{snapshot}/cases", root=root, options=ReadOptions(), connection=connect())
    return sorted((row["case_id"], row["status"]) for row in raw.table.to_pyarrow().to_pylist()), raw


def test_a_new_export_in_a_folder_is_a_delivery_and_the_same_again_is_none(root):
    assert synced(root).is_new
    again = synced(root)
    assert (again.is_new, again.snapshot.number) == (False, 1)
    (root / "exports" / "copy of october.csv").write_bytes((root / "exports" / "october.csv").read_bytes())
    assert not synced(root).is_new
    (root / "exports" / "november.csv").write_text(f"{HEAD}2,2026-10-02,closed\n3,2026-11-03,new\n")
    assert synced(root).snapshot.number == 2
    assert rows(root, 1)[0] == [("1", "new"), ("2", "new")]
    assert rows(root, 2)[0] == [("1", "new"), ("2", "closed"), ("2", "new"), ("3", "new")]


def test_a_file_that_was_taken_away_or_changed_stays_in_its_snapshots(root):
    synced(root)
    (root / "exports" / "october.csv").write_text(f"{HEAD}1,2026-10-01,closed\n")
    assert synced(root).snapshot.number == 2
    found, raw = rows(root, 2)
    assert found == [("1", "closed"), ("1", "new"), ("2", "new")]
    assert [one.name for one in raw.inputs] == ["desk@2/0001/october.csv", "desk@2/0002/october.csv"]
    sources = {row["_source"] for row in raw.table.to_pyarrow().to_pylist()}
    assert sources == {"0001/october.csv", "0002/october.csv"}


def test_a_single_file_stands_for_all_of_its_table(root):
    source = Source("one", cases="exports/october.csv")
    assert synced(root, source).snapshot.number == 1
    assert not synced(root, source).is_new
    (root / "exports" / "october.csv").write_text(f"{HEAD}1,2026-10-01,closed\n")
    assert synced(root, source).snapshot.number == 2
    assert rows(root, 2, "one")[0] == [("1", "closed")]
    (root / "exports" / "october.csv").write_text(f"{HEAD}1,2026-10-01,new\n2,2026-10-02,new\n")
    assert synced(root, source).snapshot.number == 3
    assert rows(root, 3, "one")[0] == rows(root, 1, "one")[0]


def test_events_and_sheets_are_kept_beside_the_cases(root):
    (root / "events.csv").write_text("case_id,event_type,occurred_at\n1,created,2026-10-01T00:00:00Z\n")
    (root / "qa.csv").write_text("case_id,qa_score\n1,5\n")
    source = Source("all", cases="exports", events="events.csv", sheets=({"path": "qa.csv", "profile": "qa"},))
    assert sorted(synced(root, source).snapshot.tables) == ["cases", "events", "sheet_1"]


def test_a_cut_copy_goes_on_with_the_files_that_are_missing(root, monkeypatch):
    (root / "exports" / "november.csv").write_text(f"{HEAD}3,2026-11-03,new\n")
    put, done = Delivery.put_file, []

    def cut(self, table, path, *, sha256):
        if done:
            raise KeyboardInterrupt
        put(self, table, path, sha256=sha256)
        done.append(path.name)

    monkeypatch.setattr(Delivery, "put_file", cut)
    with pytest.raises(KeyboardInterrupt):
        synced(root)
    monkeypatch.setattr(Delivery, "put_file", lambda *a, **k: (done.append(a[2].name), put(*a, **k)))
    assert synced(root).snapshot.number == 1
    assert done == ["november.csv", "october.csv"]
    assert len(rows(root, 1)[0]) == 3


def test_a_file_that_changes_while_it_is_copied_is_told(root, monkeypatch):
    monkeypatch.setattr("tskit.sources.sync.files.digest", lambda _: "of a moment ago")
    with pytest.raises(SourceError, match=r"october\.csv changes while it is read"):
        synced(root)
    monkeypatch.undo()
    assert synced(root).snapshot.number == 1


def test_what_is_read_in_place_is_not_synced(root):
    with pytest.raises(ParameterError, match="in place"):
        synced(root, Source("lake", cases="exports", mode="in_place"))
