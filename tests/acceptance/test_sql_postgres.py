"""Rows of a real PostgreSQL come over whole and exactly, whatever cuts in between; and nothing that writes gets through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import duckdb
import psycopg
import pytest
from sqlalchemy.exc import SQLAlchemyError

from tests.support.postgres import running_server
from tests.support.samples import own_sample
from tests.support.writing_queries import WRITING
from tskit.cases import load
from tskit.errors import SourceError
from tskit.model import Casebook, Scope
from tskit.model.source import Source
from tskit.sources import connect
from tskit.sources.sql import engine_of, open_query, read_only
from tskit.sources.sql.only_reads import parsed
from tskit.sources.sync import open_store, sync

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

ROWS = 120_000
NOW = datetime(2026, 11, 20, tzinfo=UTC)
CASES = f"""
    CREATE TABLE cases AS SELECT 'C' || i AS id, i % 7 AS n, timestamptz '2026-01-01 00:00:00+08' + (i / 3) * interval '1 s' AS changed_at
    FROM generate_series(1, {ROWS}) AS i
"""


@pytest.fixture(scope="module")
def server():
    with running_server("fsync=off", "full_page_writes=off") as server:
        yield server


@pytest.fixture
def desk(server, request):
    """Return the URL of a database of this test's own."""
    return server.database(f"desk{abs(hash(request.node.name)) % 10**9}")


def name_of(url):
    return url.partition("@/")[2].partition("?")[0]


def source(url, table="cases", **settings):
    watermark = settings.pop("watermark", "")
    parameters = settings.pop("parameters", {})
    return Source("desk", cases=table, url=url, watermark=watermark, parameters=parameters, settings=settings)


def brought(found, root, *, progress=lambda table, rows: None, secret=lambda kind: ""):
    return sync(found, root=root, secret=secret, progress=progress, clock=lambda: NOW)


def rows_of(root, *, table="cases"):
    """Return the standing rows of the newest snapshot, as the text that came."""
    connection = connect(root / "spill")
    raw = open_store(root / "sources/desk", snapshot=None, connection=connection)[table]
    frame = raw.table.to_pyarrow().to_pandas()
    connection.disconnect()
    return frame


VALUES = {
    "numeric": ("12345678901234567890.12345678901234567890::numeric", "12345678901234567890.12345678901234567890"),
    "trailing_zeros": ("1.500::numeric(9,3)", "1.500"),
    "no_number": ("'NaN'::numeric", "NaN"),
    "endless": ("'-Infinity'::float8", "-Infinity"),
    "tenth": ("0.1::float8", "0.1"),
    "sum_of_tenths": ("0.1::float8 + 0.2::float8", "0.30000000000000004"),
    "single": ("16777216.0::float4", "1.6777216e+07"),
    "big": ("9223372036854775807::int8", "9223372036854775807"),
    "instant": ("timestamptz '2026-03-01 10:00:00.123456+08'", "2026-03-01 02:00:00.123456+00"),
    "forever": ("'infinity'::timestamptz", "infinity"),
    "local": ("timestamp '2026-03-01 10:00:00'", "2026-03-01 10:00:00"),
    "ides": ("date '0044-03-15 BC'", "0044-03-15 BC"),
    "far_day": ("date '12026-01-01'", "12026-01-01"),
    "hour": ("time '24:00:00'", "24:00:00"),
    "span": ("interval '1 mon -1 day 02:03:04.5'", "1 mon -1 days +02:03:04.5"),
    "bytes": ("'\\xdeadbeef00'::bytea", "\\xdeadbeef00"),
    "numbers": ("array[1,null,3]", "{1,NULL,3}"),
    "texts": ("""array['x y','','"q"',null,'NULL']""", '{"x y","","\\"q\\"",NULL,"NULL"}'),
    "json": ("""'{"b": 1.50,  "a": [1, 2.50]}'::json""", '{"b": 1.50,  "a": [1, 2.50]}'),
    "jsonb": ("""'{"b": 1.50,  "a": [1, 2.50]}'::jsonb""", '{"a": [1, 2.50], "b": 1.50}'),
    "nothing": ("NULL::text", None),
    "empty": ("''::text", ""),
    "space": ("'x'::char(3)", "x  "),
    "yes": ("true", "true"),
    "no": ("false", "false"),
    "mood": ("'b'::mood", "b"),
    "pair": ("row(1, 'x y')::pair", '(1,"x y")'),
    "address": ("inet '10.0.0.1/8'", "10.0.0.1/8"),
    "range": ("tstzrange('2026-01-01 00:00+00', NULL)", '["2026-01-01 00:00:00+00",)'),
    "money": ("12.5::money", "$12.50"),
    "id": ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    "signs": ("E'tab\\tline\\r\\n\"quote\" \\\\ \\u00e9 😀 %s :name'", 'tab\tline\r\n"quote" \\ é 😀 %s :name'),
    'Odd; "name': ("'%'::text", "%"),
}  # fmt: skip


def test_values_reach_the_store_exactly_as_the_server_writes_them(server, desk, tmp_path):
    cells = ", ".join(f'{value} AS "{name.replace(chr(34), chr(34) * 2)}"' for name, (value, _) in VALUES.items())
    name = name_of(desk)
    server.execute(
        name,
        "CREATE TYPE mood AS ENUM ('a', 'b')",
        "CREATE TYPE pair AS (n int, t text)",
        f"CREATE TABLE cases AS SELECT {cells}",
        # What somebody set for this database changes nothing.
        f"""ALTER DATABASE "{name}" SET TimeZone = 'Asia/Kathmandu'""",
        f"""ALTER DATABASE "{name}" SET DateStyle = 'German, DMY'""",
        f"""ALTER DATABASE "{name}" SET IntervalStyle = 'iso_8601'""",
        f"""ALTER DATABASE "{name}" SET bytea_output = 'escape'""",
        f"""ALTER DATABASE "{name}" SET extra_float_digits = -9""",
    )
    brought(source(desk), tmp_path)
    (chunk,) = (tmp_path / "sources/desk/0001/cases").glob("*.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{chunk}'").fetchall()[0]
        kinds = {kind for _, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM '{chunk}'").fetchall()}
    assert dict(zip(VALUES, found, strict=True)) == {column: text for column, (_, text) in VALUES.items()}
    assert kinds == {"VARCHAR"}


@pytest.mark.parametrize(("family", "query", "state"), WRITING, ids=[query for _, query, _ in WRITING])
def test_a_query_that_writes_is_refused_and_the_transaction_alone_would_have(victims, tmp_path, family, query, state):
    server, url, before = victims
    planted = server.folder / "planted"  # where the server itself may write
    text = query.replace("{file}", str(planted))
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/q.sql").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"queries/q\.sql"):
        brought(source(url, "queries/q.sql", functions=["plant_one", "public.plant_one"]), tmp_path)
    assert what_stands(url) == before
    assert not planted.exists()
    if state is not None:
        assert answered(url, text, tmp_path) == state
        planted.unlink(missing_ok=True)
    assert what_stands(url) == before, "the transaction let something be written"


@pytest.fixture(scope="module")
def victims(server):
    url = server.database("victims")
    server.execute(
        "victims",
        "CREATE TABLE victims AS SELECT 1 AS n",
        "CREATE SEQUENCE numbers",
        "CREATE FUNCTION plant_one() RETURNS int LANGUAGE sql AS 'INSERT INTO victims VALUES (9) RETURNING n'",
        "CREATE PROCEDURE plant() LANGUAGE sql AS 'INSERT INTO victims VALUES (9)'",
    )
    return server, url, what_stands(url)


def what_stands(url):
    """Return all that a query could have changed: rows, tables and other things of the database, numbers, large objects."""
    with psycopg.connect(url) as connection:
        return [
            connection.execute(question).fetchall()
            for question in (
                "SELECT n, xmin::text, xmax::text FROM victims",
                "SELECT last_value, is_called FROM numbers",
                "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
                "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
                "SELECT oid FROM pg_largeobject_metadata",
                "SELECT rolname FROM pg_roles ORDER BY 1",
                "SELECT obj_description('victims'::regclass)",
            )
        ]


def answered(url, text, root):
    """Return how the server itself answers inside our transaction when nobody has looked at the statement before."""
    engine = engine_of(source(url), root=root, secret=lambda kind: "")
    try:
        with read_only(engine, milliseconds=5_000) as connection:
            connection.connection.driver_connection.execute(text)
    except (psycopg.Error, SQLAlchemyError) as error:
        return getattr(getattr(error, "orig", error), "sqlstate", "?")
    return ""


def test_every_built_in_function_that_may_do_more_than_compute_is_refused(server):
    harmless = {"random", "gen_random_uuid"}  # they give another value each time, and that is all
    with psycopg.connect(server.url("postgres")) as connection:
        names = connection.execute("SELECT DISTINCT proname FROM pg_proc WHERE provolatile = 'v'").fetchall()
    assert len(names) > 150
    ways = ("SELECT {}()", "SELECT {}(1)", "SELECT {}(a, b) FROM t", "SELECT * FROM {}(1, 2, 3)", 'SELECT "{}"(1)')
    through = set()
    for (name,) in names:
        for way in ways:
            try:
                parsed(way.format(name), dialect="postgres", where="q")
            except SourceError:
                continue
            through.add(name)
    assert through - harmless == set()


def test_a_statement_that_takes_too_long_is_ended_on_the_server(server, desk, tmp_path):
    (tmp_path / "queries").mkdir()
    endless = "SELECT count(*) AS n FROM generate_series(1, 100000) AS a CROSS JOIN generate_series(1, 100000) AS b"
    (tmp_path / "queries/q.sql").write_text(endless, encoding="utf-8")
    with pytest.raises(SourceError, match=r"took longer than 0\.3 seconds"):
        brought(source(desk, "queries/q.sql", timeout_seconds=0.3), tmp_path)
    with psycopg.connect(desk) as connection:
        (running,) = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%CROSS JOIN%' AND state = 'active' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert running == 0


def test_a_table_that_somebody_holds_is_not_waited_for_beyond_the_time(server, desk, tmp_path):
    server.execute(name_of(desk), CASES)
    with psycopg.connect(desk) as holder:
        holder.execute("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceError, match="took longer"):
            brought(source(desk, timeout_seconds=0.3), tmp_path)


def test_a_row_cap_says_that_it_bit_and_the_next_sync_goes_on_behind_it(server, desk, tmp_path):
    server.execute(name_of(desk), CASES)
    capped = source(desk, watermark="changed_at", key="id", row_cap=50_001)
    told = [brought(capped, tmp_path) for _ in range(3)]
    assert [note for synced in told for note in notes_of(synced)][:2] == [
        "the table cases: row_cap let 50,001 rows through and left 69,999 behind; the next sync goes on there.",
        "the table cases: row_cap let 50,001 rows through and left 19,998 behind; the next sync goes on there.",
    ]
    frame = rows_of(tmp_path)
    assert (len(frame), frame["id"].nunique()) == (ROWS, ROWS)


def notes_of(synced):
    return synced.snapshot.notes


def test_without_a_cap_nothing_is_left_behind_and_nothing_is_noted(server, desk, tmp_path):
    server.execute(name_of(desk), CASES)
    synced = brought(source(desk, watermark="changed_at", key="id"), tmp_path)
    assert notes_of(synced) == ()
    assert len(rows_of(tmp_path)) == ROWS
    assert not brought(source(desk, watermark="changed_at", key="id"), tmp_path).is_new


def test_what_changed_comes_with_the_next_sync_and_the_later_state_stands(server, desk, tmp_path):
    name = name_of(desk)
    server.execute(name, CASES)
    found = source(desk, watermark="changed_at", key="id")
    brought(found, tmp_path)
    server.execute(
        name,
        "UPDATE cases SET n = 99, changed_at = '2026-06-01 00:00+00' WHERE id = 'C5'",
        "INSERT INTO cases VALUES ('New', 1, '2026-06-01 00:00+00')",
        # It was begun before the last sync and committed after it, so its time lies before what was seen already.
        "INSERT INTO cases SELECT 'Late', 1, max(changed_at) - interval '5 min' FROM cases WHERE n < 99 AND id <> 'New'",
    )
    assert brought(found, tmp_path).is_new
    frame = rows_of(tmp_path).set_index("id")
    assert len(frame) == ROWS + 2
    assert frame.loc["C5", "n"] == "99"


def test_tables_come_from_one_state_whatever_is_written_meanwhile(server, desk, tmp_path):
    name = name_of(desk)
    server.execute(name, CASES, "CREATE TABLE events AS SELECT id, 'opened' AS kind FROM cases")
    found = Source("desk", cases="cases", events="events", url=desk)
    meddled = []

    def meddle(table, rows):
        if not meddled:
            meddled.append(table)
            server.execute(name, "DELETE FROM cases", "DELETE FROM events", "INSERT INTO events VALUES ('x', 'y')")

    brought(found, tmp_path, progress=meddle)
    assert meddled == ["cases"]
    assert len(rows_of(tmp_path)) == len(rows_of(tmp_path, table="events")) == ROWS


@pytest.mark.parametrize("watermark", ["changed_at", ""])
def test_a_server_that_dies_under_way_costs_no_row(server, tmp_path, watermark):
    with running_server("fsync=off") as mortal:
        url = mortal.database("desk")
        mortal.execute("desk", CASES)
        found = source(url, watermark=watermark, key="id")

        def crash(table, rows):
            mortal.crash()

        with pytest.raises(SourceError, match="cut"):
            brought(found, tmp_path, progress=crash)
        mortal.start()
        told = []
        synced = brought(found, tmp_path, progress=lambda table, rows: told.append(rows))
        assert synced.received == {"cases": 50_000}
        assert told == ([100_000, 120_000] if watermark else [50_000, 100_000, 120_000])
        frame = rows_of(tmp_path)
        assert (len(frame), frame["id"].nunique()) == (ROWS, ROWS)


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from tskit.model.source import Source
    from tskit.sources.sync import sync

    def progress(table, rows):
        if rows >= 100_000:
            os.kill(os.getpid(), signal.SIGKILL)

    source = Source("desk", cases="cases", url=sys.argv[1], watermark="changed_at", settings={"key": "id"})
    sync(source, root=Path(sys.argv[2]), secret=lambda kind: "", progress=progress, clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))
"""


def test_a_sync_that_is_killed_goes_on_where_it_was_with_what_changed_meanwhile(server, desk, tmp_path):
    name = name_of(desk)
    server.execute(name, CASES)
    code = textwrap.dedent(KILLED)
    killed = subprocess.run([sys.executable, "-c", code, desk, str(tmp_path)], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    server.execute(name, "UPDATE cases SET n = 99, changed_at = '2026-06-01 00:00+00' WHERE id IN ('C5', 'C119999')")
    told = []
    synced = brought(
        source(desk, watermark="changed_at", key="id"), tmp_path, progress=lambda table, rows: told.append(rows)
    )
    assert synced.received == {"cases": 100_000}
    assert told == [ROWS + 1]  # C5 had come, and comes again in its later state
    frame = rows_of(tmp_path).set_index("id")
    assert (len(frame), frame.index.nunique()) == (ROWS, ROWS)
    assert list(frame.loc[["C5", "C119999"], "n"]) == ["99", "99"]


def test_a_password_is_nowhere_but_on_the_wire(server, desk, tmp_path, caplog, capfd):
    canary = "hunter2 canary"
    name = name_of(desk)
    server.execute(name, f"CREATE ROLE clerk LOGIN PASSWORD '{canary}'", CASES, "GRANT SELECT ON cases TO clerk")
    book = tmp_path / "book"
    book.mkdir()
    url = desk.replace("postgres@", "clerk@")
    (book / "casebook.toml").write_text(f'[sources.desk]\nurl = "{url}"\ncases = "cases"\n', encoding="utf-8")
    environ = {**os.environ, "TSKIT_SOURCE_DESK_PASSWORD": canary, "PYTHONDEVMODE": "1"}
    said = []
    for password, code in ((canary, 0), ("wrong" + canary, 10), ("", 10)):
        environ["TSKIT_SOURCE_DESK_PASSWORD"] = password
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tskit.cli",
            "--debug",
            "sync",
            "desk",
            "--casebook",
            str(book),
        ]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == code, done.stderr
        said.append(done.stdout + done.stderr)
    assert "tskit secret set desk" in said[1]
    assert not any(canary in text for text in said)
    with caplog.at_level("DEBUG"):
        found = source(url)
        engine = engine_of(found, root=book, secret=lambda kind: canary)
        with read_only(engine, milliseconds=1000) as connection, pytest.raises(SQLAlchemyError) as caught:
            connection.exec_driver_sql("SELECT nothing")
        assert canary not in repr(caught.value) + str(caught.value) + repr(engine) + repr(connection)
    assert canary not in caplog.text
    files = [path for path in book.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if canary.encode() in path.read_bytes()]


def test_an_error_repeats_no_value_of_a_row_or_a_parameter(server, desk, tmp_path):
    name = name_of(desk)
    server.execute(name, "CREATE TABLE cases AS SELECT 'hunter2' AS id, 'hunter2' AS t")
    (tmp_path / "queries").mkdir()
    queries = {
        "SELECT CAST(t AS int) AS n FROM cases": "stumbled over a value",
        "SELECT * FROM cases WHERE CAST(:name AS int) = 1": "stumbled over a value",
        "SELECT to_date(t, 'YYYY') AS n FROM cases": "stumbled over a value",
        "SELECT nothing FROM cases": 'column "nothing" does not exist',
        "SELECT * FROM nowhere": 'relation "nowhere" does not exist',
        "SELECT t + 1 AS n FROM cases": "operator does not exist|stumbled",
        "SELECT *, t FROM cases": "several columns called t",
    }
    for text, words in queries.items():
        (tmp_path / "queries/q.sql").write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match=words) as caught:
            brought(source(desk, "queries/q.sql", parameters={"name": "hunter2"}), tmp_path)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_user_without_the_right_is_told_so(server, desk, tmp_path):
    name = name_of(desk)
    server.execute(name, CASES, "CREATE ROLE guest LOGIN")
    with pytest.raises(SourceError, match="may not read"):
        brought(source(desk.replace("postgres@", "guest@")), tmp_path)


def test_bound_values_reach_the_server_as_values(server, desk, tmp_path):
    name = name_of(desk)
    hostile = ["' OR 1=1 --", "'; DROP TABLE cases; --", "\\'", "$$", "%s", ":name"]
    with psycopg.connect(desk, autocommit=True) as connection:
        connection.execute("CREATE TABLE cases (id text, queue text)")
        for number, text in enumerate([*hostile, "plain"]):
            connection.execute("INSERT INTO cases VALUES (%s, %s)", (f"C{number}", text))
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/q.sql").write_text("SELECT * FROM cases WHERE queue IN (:queues) -- :queues", encoding="utf-8")
    found = source(desk, "queries/q.sql", parameters={"queues": hostile})
    brought(found, tmp_path)
    assert sorted(rows_of(tmp_path)["queue"]) == sorted(hostile)
    rendered = open_query(found, "queries/q.sql", root=tmp_path).rendered()
    with psycopg.connect(desk) as connection:
        assert connection.execute(f"SELECT count(*) FROM ({rendered}) AS x").fetchone() == (len(hostile),)
    assert name


def test_a_sample_in_tables_loads_to_the_same_cases_as_its_files(desk, tmp_path_factory):
    """Values that are none, repetitions and blanks of the sample come over as well, and are kept apart likewise."""
    root = own_sample(tmp_path_factory, cases=2_000)
    for table in ("cases", "events", "reviews"):
        fill(desk, root / f"data/{table}.parquet", table)
    settings = root / "casebook.toml"
    added = f'[sources.desk]\nurl = "{desk}"\ncases = "cases"\nevents = "events"\nreviews = "reviews"\n'
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\n{added}", encoding="utf-8")
    book = Casebook.read(root)
    assert brought(book.source("desk"), root).is_new
    of_files, of_server = (load(Scope(source=name), casebook=book, key=b"k" * 20) for name in ("main", "desk"))
    for name in ("cases", "events", "reviews"):
        one, other = (rows_in(getattr(found, name)) for found in (of_files, of_server))
        assert len(one) > 1_000
        assert [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]][:1] == []
    one, other = (rows_in(found.rejected.select("reason", "column")) for found in (of_files, of_server))
    assert len(one) > 10
    assert one == other


def rows_in(table):
    """Return the rows in an order of their own, without the columns that say where each was found."""
    found = table.to_pyarrow()
    kept = [name for name in found.column_names if not name.startswith("_")]
    return sorted(repr(row) for row in found.select(kept).to_pylist())


def fill(url, path, table):
    with duckdb.connect() as engine:
        names = [name for name, *_ in engine.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
        rows = engine.execute(f"SELECT * FROM '{path}'").fetchall()
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} text' for name in names)})")
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
