"""Files of SQLite and DuckDB are sources like any other: read as they are, within a time, and never written."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import pytest
from sqlalchemy.exc import SQLAlchemyError

from tskit.errors import ParameterError, SourceError
from tskit.model.source import Source
from tskit.sources.sql import asking, engine_of, extract, read_only
from tskit.sources.sql.texts import text_of

ENDLESS = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) AS n FROM r"
FILES = {"sqlite": "sqlite:///data/desk.sqlite", "duckdb": "duckdb:///data/desk.duckdb"}


class Received:
    """A delivery in memory."""

    def __init__(self, *, since="", mark=""):
        self.from_, self.at, self.chunks, self.notes, self.end = since, mark, [], [], None

    def is_finished(self, table):
        return self.end is not None

    def since(self, table):
        return self.from_

    def mark(self, table):
        return self.at

    def rows(self, table):
        return sum(chunk.num_rows for chunk in self.chunks)

    def put(self, table, rows, *, mark):
        self.chunks.append(rows)
        self.at = mark

    def restart(self, table):
        self.chunks, self.at = [], ""

    def note(self, text):
        self.notes.append(text)

    def finish(self, table, *, watermark, deleted=(), key=""):
        self.end = (watermark, key)

    def column(self, name):
        return [value for chunk in self.chunks for value in chunk.column(name).to_pylist()]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "queries").mkdir()
    rows = [(f"C{number}", number % 3, f"2026-01-01 00:{number:02d}:00") for number in range(20)]
    with duckdb.connect(str(tmp_path / "data/desk.duckdb")) as connection:
        connection.execute("CREATE TABLE cases (id VARCHAR, n INTEGER, changed_at TIMESTAMP)")
        connection.executemany("INSERT INTO cases VALUES (?, ?, ?)", rows)
    connection = sqlite3.connect(tmp_path / "data/desk.sqlite")
    connection.execute("CREATE TABLE cases (id TEXT, n INTEGER, changed_at TEXT)")
    connection.executemany("INSERT INTO cases VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return tmp_path


def source(kind, table="cases", *, watermark="", parameters=None, **settings):
    return Source(
        "desk", cases=table, url=FILES[kind], watermark=watermark, parameters=parameters or {}, settings=settings
    )


def brought(found, root, delivery=None):
    delivery = delivery or Received()
    extract(
        found,
        delivery,
        root=root,
        secret=lambda kind: "",
        progress=lambda table, rows: None,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return delivery


def written(root, text):
    (root / "queries/q.sql").write_text(text, encoding="utf-8")
    return "queries/q.sql"


@pytest.fixture(params=list(FILES))
def kind(request):
    return request.param


def test_a_table_comes_whole(root, kind):
    delivery = brought(source(kind), root)
    assert delivery.column("id") == [f"C{number}" for number in range(20)]
    assert delivery.end == ("", "")


def test_a_cut_run_goes_on_behind_the_last_row_that_is_kept(root, kind):
    found = source(kind, watermark="changed_at", key="id")
    first = brought(source(kind, watermark="changed_at", key="id", row_cap=7), root)
    rest = brought(found, root, Received(mark=first.at))
    assert first.column("id") + rest.column("id") == [f"C{number}" for number in range(20)]


def test_rows_of_one_moment_are_told_apart_by_their_key(root, kind):
    query = written(root, "SELECT id, n, CAST('2026-01-01' AS DATE) AS changed_at FROM cases")
    ids = sorted(f"C{number}" for number in range(20))
    came, mark = [], ""
    for _ in range(4):
        delivery = brought(source(kind, query, watermark="changed_at", key="id", row_cap=5), root, Received(since=mark))
        came += delivery.column("id")
        mark = delivery.end[0]
    assert came == ids


def test_a_number_can_be_the_watermark(root, kind):
    query = written(root, "SELECT id, CAST(substr(id, 2) AS INTEGER) AS version FROM cases")
    found = source(kind, query, watermark="version", key="id")
    first = brought(found, root)
    assert first.end[1] == "id"
    assert brought(found, root, Received(since=first.end[0])).column("id") == ["C19"]


def test_the_next_sync_looks_back_a_little(root, kind):
    found = source(kind, watermark="changed_at", key="id", overlap_seconds=120)
    first = brought(found, root)
    assert brought(found, root, Received(since=first.end[0])).column("id") == ["C17", "C18", "C19"]


def test_a_cap_is_noted(root, kind):
    delivery = brought(source(kind, row_cap=7), root)
    assert len(delivery.column("id")) == 7
    assert delivery.notes == [
        "the table cases: row_cap let 7 rows through and left 13 behind; raise it, or name a watermark, to have the rest."
    ]


def test_an_empty_table_keeps_its_columns(root, kind):
    delivery = brought(source(kind, written(root, "SELECT * FROM cases WHERE n = 9")), root)
    (chunk,) = delivery.chunks
    assert (chunk.num_rows, chunk.column_names) == (0, ["id", "n", "changed_at"])
    late = Received(since='["2027-01-01 00:00:00"]')
    assert brought(source(kind, watermark="changed_at", key="id"), root, late).chunks == []


@pytest.mark.parametrize(
    ("query", "settings", "words"),
    [
        ("SELECT * FROM cases", {"key": "n"}, "17 rows share one"),
        ("SELECT nullif(id, 'C1') AS id, changed_at FROM cases", {"key": "id"}, "1 rows have none"),
        (
            "SELECT id, nullif(changed_at, changed_at) AS changed_at FROM cases",
            {"key": "id"},
            "20 rows have no changed_at",
        ),
        ("SELECT id FROM cases", {"key": "id"}, "no column 'changed_at'"),
        ("SELECT changed_at FROM cases", {"key": "id"}, "no column 'id'"),
    ],
)
def test_rows_that_could_be_lost_unseen_are_an_error(root, kind, query, settings, words):
    with pytest.raises(SourceError, match=words):
        brought(source(kind, written(root, query), watermark="changed_at", **settings), root)


def test_a_query_gets_its_values_bound(root, kind):
    query = written(root, "SELECT * FROM cases WHERE id IN (:ids) AND n = :n AND id LIKE 'C%' -- ?")
    hostile = ["C1", "' OR 1=1 --", "C4"]
    assert brought(source(kind, query, parameters={"ids": hostile, "n": 1}), root).column("id") == ["C1", "C4"]


@pytest.mark.parametrize("since", [datetime(2026, 1, 1, 0, 17, tzinfo=UTC).replace(tzinfo=None), "2026-01-01 00:17:00"])
def test_a_moment_is_bound_as_one(root, kind, since):
    query = written(root, "SELECT * FROM cases WHERE changed_at >= CAST(:since AS TIMESTAMP)")
    if kind == "sqlite":  # it has no such kind: the cast would make a number of it
        query = written(root, "SELECT * FROM cases WHERE changed_at >= :since AND changed_at > :day")
    found = source(kind, query, parameters={"since": since, "day": date(2026, 1, 1)})
    assert brought(found, root).column("id") == ["C17", "C18", "C19"]


def test_a_query_without_an_end_is_ended(root, kind):
    with pytest.raises(SourceError, match=r"took longer than 0\.2 seconds"):
        brought(source(kind, written(root, ENDLESS), timeout_seconds=0.2), root)


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM cases", "DROP TABLE cases", "CREATE TABLE planted (n int)", "CREATE TEMP TABLE planted (n int)", "PRAGMA query_only = OFF",
     "PRAGMA user_version = 9", "ATTACH '{0}/planted' AS planted", "COMMIT", "VACUUM", "SELECT load_extension('x')", "SAVEPOINT x"],
)  # fmt: skip
def test_sqlite_itself_lets_nothing_else_through(root, statement):
    before = digest(root / "data/desk.sqlite")
    engine = engine_of(source("sqlite"), root=root, secret=lambda kind: "")
    with read_only(engine, milliseconds=1000) as connection, pytest.raises(SQLAlchemyError):
        connection.exec_driver_sql(statement.format(root))
    assert digest(root / "data/desk.sqlite") == before
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["desk.duckdb", "desk.sqlite"]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM cases", "DROP TABLE cases", "CREATE TABLE planted (n int)", "SET enable_external_access = true", "ATTACH '{0}/planted' AS p",
     "COPY cases TO '{0}/planted'", "SELECT * FROM read_text('{0}/data/desk.sqlite')", "SELECT * FROM '{0}/x.csv'", "INSTALL httpfs",
     "LOAD httpfs", "EXPORT DATABASE '{0}/planted'", "SET lock_configuration = false"],
)  # fmt: skip
def test_duckdb_itself_lets_nothing_else_through(root, statement):
    before = digest(root / "data/desk.duckdb")
    (root / "x.csv").write_text("a\n1\n", encoding="utf-8")
    with asking(source("duckdb"), root=root, secret=lambda kind: "") as session, pytest.raises(duckdb.Error):
        session.connection.execute(statement.format(root))
    assert digest(root / "data/desk.duckdb") == before
    assert not (root / "planted").exists()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("kind", "content"), [("sqlite", b"no database" * 100), ("duckdb", b"no database" * 1000), ("sqlite", b"SQLite format 3\0" + b"x" * 100)]
)  # fmt: skip
def test_a_file_that_is_none_is_said_so(root, kind, content):
    (root / f"data/desk.{kind}").write_bytes(content)
    with pytest.raises(SourceError, match="source desk") as caught:
        brought(source(kind), root)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("query", ["SELECT * FROM nowhere", "SELECT nothing FROM cases"])
def test_what_the_database_refuses_is_told_without_its_own_words(root, kind, query):
    with pytest.raises(SourceError, match=r"not there|not understood") as caught:
        brought(source(kind, written(root, query)), root)
    assert caught.value.__suppress_context__


def test_text_that_is_no_utf_8_is_an_error_that_does_not_show_it(root):
    connection = sqlite3.connect(root / "data/desk.sqlite")
    connection.execute("INSERT INTO cases VALUES (CAST(x'68756e74657232ff' AS TEXT), 1, '2026')")
    connection.commit()
    connection.close()
    with pytest.raises(SourceError, match="UTF-8") as caught:
        brought(source("sqlite"), root)
    assert "hunter2" not in str(caught.value)


def test_values_of_sqlite_are_written_as_they_are(root):
    query = written(
        root,
        "SELECT 1 AS a, 0.1 AS b, 1e300 AS c, x'00ff' AS d, '' AS e, NULL AS f, '1.50' AS g, 9007199254740993 AS h",
    )
    (chunk,) = brought(source("sqlite", query), root).chunks
    assert list(chunk.to_pylist()[0].values()) == [
        "1",
        "0.1",
        "1e+300",
        "\\x00ff",
        "",
        None,
        "1.50",
        "9007199254740993",
    ]


def test_values_of_duckdb_are_written_as_they_are(root):
    query = written(
        root,
        "SELECT 1.50::DECIMAL(9,3) AS a, 'nan'::DOUBLE AS b, TIMESTAMPTZ '2026-01-01 08:00:00.5+08' AS c, DATE '0044-03-15 (BC)' AS d, "
        "'\\x00\\xFF'::BLOB AS e, '' AS f, NULL AS g, [1, NULL] AS h, {'k': 'v'} AS i, true AS j, TIMESTAMP '2026-01-01 08:00:00' AS k",
    )
    (chunk,) = brought(source("duckdb", query), root).chunks
    assert list(chunk.to_pylist()[0].values()) == [
        "1.500", "nan", "2026-01-01 00:00:00.5+00", "0044-03-15 (BC)", "\\x00ff", "", None, "[1,null]", '{"k":"v"}', "true", "2026-01-01 08:00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), ("", ""), (True, "true"), (7, "7"), (0.1, "0.1"), (float("nan"), "nan"), (Decimal("1E+3"), "1000"), (Decimal("1.50"), "1.50"),
     (Decimal("NaN"), "NaN"), (Decimal("-Infinity"), "-Infinity"), (datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "2026-01-02 03:04:05.000006+00:00"),
     (datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None), "2026-01-02 00:00:00"), (date(2026, 1, 2), "2026-01-02"), (time(1, 2), "01:02:00"), (b"\x00\xff", "\\x00ff"),
     ([1, None, "é"], '[1, null, "é"]'), ({"k": Decimal("1.50")}, '{"k": "1.50"}')],
)  # fmt: skip
def test_what_a_driver_hands_over_is_written_without_loss(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("name", "value"), [("row_cap", -1), ("row_cap", "9"), ("row_cap", True), ("overlap_seconds", -1), ("key", 9)]
)
def test_a_setting_of_another_kind_is_refused(root, kind, name, value):
    found = source(kind, watermark="changed_at", **{"key": "id", name: value})
    with pytest.raises(ParameterError, match=name):
        brought(found, root, Received(since='["2026-01-01 00:00:00"]'))
