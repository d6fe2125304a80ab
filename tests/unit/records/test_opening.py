"""A store is opened, made and migrated by whoever comes first, and tells what is in the way."""

import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import tskit.records
from tests.support.drafts import draft
from tskit.errors import SourceError
from tskit.records import open_store
from tskit.records.entry import COLUMNS
from tskit.records.schema import ENTRIES, REVISION, VERSIONS
from tskit.records.shares import share_of
from tskit.records.standing import Filter, standing_entries
from tskit.records.trouble import in_words

ROOT = Path(__file__).parents[3]
OPEN = """
import sys
from tests.support.drafts import draft
from tskit.records import open_store
with open_store(sys.argv[1]) as store:
    store.append("tags", [draft(sys.argv[2])])
"""
TABLE = r"""overlay / overlay rw 0 0
filer:/home/ann /home/ann nfs4 rw,vers=4.2 0 0
//filer/team /mnt/team\040share cifs rw 0 0
/dev/sdb /mnt/team\040share/local xfs rw 0 0
me@host: /cloud fuse.sshfs rw 0 0
filer:/old /over nfs rw 0 0
/dev/sdc /over ext4 rw 0 0
half a line"""


def test_the_revision_that_the_code_names_is_the_newest_script():
    config = Config()
    config.set_main_option("script_location", str(Path(tskit.records.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_rows_are_read_in_the_order_of_the_table():
    assert tuple(ENTRIES.columns.keys()) == COLUMNS


def test_the_scripts_make_the_table_that_the_code_speaks_of(store):
    with store.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSIONS, "compare_type": True})
        assert compare_metadata(context, ENTRIES.metadata) == []


def test_an_open_of_what_is_there_changes_nothing_and_asks_no_alembic(place):
    open_store(place).close()
    code = "import sys; from tskit.records import open_store; open_store(sys.argv[1]); print('alembic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout.split() == ["False"]


def test_processes_that_open_a_new_store_at_once_all_write(place):
    begun = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(place), f"k{n}"], cwd=ROOT, stderr=subprocess.PIPE)
        for n in range(4)
    ]
    told = [process.communicate(timeout=120)[1].decode() for process in begun]
    assert [process.returncode for process in begun] == [0] * 4, told
    with open_store(place) as store:
        assert store.head("tags")[0] == 4
        assert store.verify("tags").is_whole


def test_a_new_file_that_somebody_else_is_writing_is_waited_for(tmp_path):
    """SQLite refuses to switch such a file to WAL at once, whatever patience it was asked for."""
    path = tmp_path / "records.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
        with open_store(path) as store:
            assert store.append("tags", [draft("a")])[0].seq == 1


def test_records_of_a_newer_tskit_are_left_alone(place, store, console):
    console(f"UPDATE {VERSIONS} SET version_num = 'r9999'")
    with pytest.raises(SourceError, match=r"newer tskit .*r9999.*Update tskit"):
        open_store(place)


def test_a_migration_that_stops_midway_leaves_nothing(place, monkeypatch):
    """It is one transaction, also of tables and triggers: a process killed inside it leaves a database as it was."""
    made = []

    def stop(statement, *_args, **_kwargs):
        made.append(statement)
        if "TRIGGER" in str(statement):
            raise RuntimeError("killed")

    monkeypatch.setattr("alembic.op.execute", stop)
    with pytest.raises(RuntimeError, match="killed"):
        open_store(place)
    assert made, "the table was made by then"
    monkeypatch.undo()
    with open_store(place) as store:
        assert store.append("tags", [draft("a")])[0].seq == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_only_its_owner_reads_a_file_of_records(tmp_path):
    before = os.umask(0)
    try:
        with open_store(tmp_path / "records.sqlite") as store:
            store.append("tags", [draft("a")])
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["records.sqlite", "records.sqlite-shm", "records.sqlite-wal"], 0o600)


def test_everything_lies_in_one_file_once_nobody_uses_it(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        store.append("tags", [draft("a")])
    assert [path.name for path in tmp_path.iterdir()] == ["records.sqlite"]


def test_what_is_acknowledged_was_flushed(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store, store.engine.begin() as connection:
        asked = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
    assert asked == ["wal", 2]


def test_a_server_that_would_answer_too_soon_is_told_to_flush_first(place, console):
    if not isinstance(place, str):
        pytest.skip("a setting of PostgreSQL")
    open_store(place).close()
    console("ALTER ROLE postgres SET synchronous_commit = 'off'")
    try:
        with open_store(place) as store, store.engine.execution_options(turn="tags").begin() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    finally:
        console("ALTER ROLE postgres RESET synchronous_commit")


def test_a_path_may_hold_any_character(tmp_path):
    path = tmp_path / "50% of ünits?#"
    path.mkdir()
    with open_store(path / "records.sqlite") as store:
        store.append("tags", [draft("a")])
    assert (path / "records.sqlite").stat().st_size > 0


def test_a_file_that_is_none_of_records_is_named(tmp_path):
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"planted text " * 1000)
    with pytest.raises(SourceError, match=r"records\.sqlite is not a file of records") as caught:
        open_store(path)
    assert "planted" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"no-such.records\.sqlite cannot be made: No such file"):
        open_store(tmp_path / "no-such" / "records.sqlite")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path):
    with pytest.raises(SourceError, match="cannot be opened"):
        open_store(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(SourceError, match="cannot be made: Permission denied"):
        open_store(tmp_path / "closed" / "records.sqlite")


def test_a_file_that_may_only_be_read_is_named(tmp_path):
    open_store(tmp_path / "records.sqlite").close()
    with closing(sqlite3.connect(f"file:{tmp_path}/records.sqlite?mode=ro", uri=True)) as connection:
        with pytest.raises(sqlite3.OperationalError) as refused:
            connection.execute("CREATE TABLE t (a)")
        with (
            pytest.raises(SourceError, match=r"cannot be written\. Make the file and its folder writable"),
            in_words("x"),
        ):
            raise OperationalError("", {}, refused.value)


def test_a_file_that_another_program_holds_is_waited_for_and_then_named(tmp_path):
    path = tmp_path / "records.sqlite"
    with open_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        with store.engine.connect() as mine:  # the one connection of the pool, made less patient
            mine.exec_driver_sql("PRAGMA busy_timeout=50")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SourceError, match="is being written by another program"):
            store.append("tags", [draft("a")])
        other.execute("ROLLBACK")
        assert len(store.append("tags", [draft("a")])) == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ann/desk/records.sqlite", "nfs4"),
        ("/home/bob/records.sqlite", ""),
        ("/mnt/team share/x/records.sqlite", "cifs"),
        ("/mnt/team share/local/records.sqlite", ""),
        ("/mnt/teams/records.sqlite", ""),
        ("/cloud/records.sqlite", "fuse.sshfs"),
        ("/over/records.sqlite", ""),
        ("/records.sqlite", ""),
    ],
)
def test_a_share_is_known_by_the_mount_that_the_file_lies_on(path, kind):
    assert share_of(Path(path), table=TABLE) == kind
    assert share_of(Path(path), table="") == ""


def test_records_on_a_share_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tskit.records.sqlite.mounts", lambda: f"filer:/x {tmp_path.resolve()} nfs4 rw 0 0")
    with pytest.raises(SourceError, match=r"network share \(nfs4\).*local disk, or name a PostgreSQL"):
        open_store(tmp_path / "records.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="only POSIX forks")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_and_its_parent_both_go_on_writing(store):
    store.append("tags", [draft("a")])
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=store.append, args=("tags", [draft(f"child{n}")])) for n in range(3)]
    for child in children:
        child.start()
    store.append("tags", [draft("b")])
    for child in children:
        child.join(60)
    store.append("tags", [draft("c")])
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert store.head("tags")[0] == 6
    assert store.verify("tags").is_whole


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"subject": "case-1"}, "tskit_entries_subject"),
        ({"subject": "case-1", "author": "ben"}, "tskit_entries_subject"),
        ({"author": "ben"}, "tskit_entries_author"),
    ],
)
def test_what_stands_of_a_case_or_a_person_is_found_by_an_index(tmp_path, asked, index):
    """A judgement is saved after a look at what the person said of the case: with each key that is pressed."""
    with open_store(tmp_path / "records.sqlite") as store, store.engine.begin() as connection:
        query = standing_entries(Filter("tags", **asked)).compile(store.engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert f"SEARCH e USING INDEX {index} " in plan
    assert "SCAN" not in plan
