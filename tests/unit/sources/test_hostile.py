"""Malformed files end in a clear error or in counted rejects: never in another exception, a hang or a lost row."""

import os
import re
import signal
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support.hostile_files import CANARY, HOSTILE, mutate, plain_csv
from tskit.errors import SourceError, TskitError
from tskit.sources import ReadOptions, connect, read
from tskit.sources.archive import pieces
from tskit.sources.delimited import read_delimited

_SECONDS = 60


@contextmanager
def _deadline(seconds: int):
    def stop(*_: object) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    return connect(tmp_path_factory.mktemp("spill"))


def _account(path, connection, *, options=ReadOptions()):  # noqa: B008 - frozen
    raw = read(path.name, root=path.parent, options=options, connection=connection)
    (rows,), (rejected,) = (_query(connection, f"select count(*) from {table.get_name()}")[0] for table in _tables(raw))
    assert raw.read == rows + rejected
    assert sum(file.rows for file in raw.inputs) == raw.read
    return raw, rows, rejected


def _outcome(path, connection):
    """Return the table or the error that reading ends in; anything but an error of ours fails the test."""
    with _deadline(_SECONDS):
        try:
            return _account(path, connection)[0], None
        except TskitError as error:
            return None, error


def _tables(raw):
    return raw.table, raw.rejected


def _query(connection, sql):
    return connection.con.execute(sql).fetchall()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_an_error_of_ours_or_an_account_that_adds_up(name, tmp_path, connection):
    if name == "no permission" and getattr(os, "geteuid", lambda: 1)() == 0:
        pytest.skip("the superuser may read everything")
    path = HOSTILE[name](tmp_path)
    error = _outcome(path, connection)[1]
    if error is not None:
        assert len(str(error)) < 600
        assert CANARY not in str(error)
        assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize(
    ("name", "rows", "rejected"),
    [
        ("only a header", 0, 0),
        ("header without line end", 0, 0),
        ("cut within a record", 39, 1),
        ("cut within quotes", 40, 1),
        ("every line opens a quote", 0, 2000),
        ("ragged", 40, 3),
        ("latin-1", 20, 20),
        ("utf-16", 40, 0),
        ("utf-16 without mark", 99, 0),
        ("utf-32", 40, 0),
        ("NUL in a cell", 41, 0),
        ("10 MB cell", 42, 0),
        ("10 MB quoted cell with lines", 2, 0),
        ("70 MB cell", 1, 1),
        ("mixed line ends", 4, 0),
        ("old Mac line ends", 40, 0),
        ("zip with odd names", 80, 0),
        ("gzip that is none", 40, 0),
        ("json cut", 2, 1),
        ("json list cut", 2, 1),
        ("json scalars", 1, 5),
        ("json bad bytes", 1, 2),
        ("json big number", 1, 0),
        ("json 10 MB cell", 2, 0),
    ],
)
def test_the_account_of_a_hostile_file_is_exact(name, rows, rejected, tmp_path, connection):
    _, *found = _account(HOSTILE[name](tmp_path), connection)
    assert found == [rows, rejected]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", "nothing at all"),
        ("a million columns", "1,000,000 columns"),
        ("same name twice", "'A'"),
        ("our own names", "_source_row"),
        ("no header", "looks like data"),
        ("ambiguous delimiter", "comma and semicolon"),
        ("zip bomb", "zip bomb"),
        ("zip bomb with a false size", "bomb.zip"),
        ("gzip bomb", "zip bomb"),
        ("workbook bomb", "zip bomb"),
        ("zip in a zip", "archive within an archive"),
        ("zip with other headers", "lacks 'case_id', 'opened_at', 'status', 'text', 'score' and has 'x', 'y' besides"),
        ("broken gzip", "not a whole gzip"),
        ("broken zip", "not a whole zip"),
        ("broken parquet", "not a whole Parquet"),
        ("workbook that is none", "a.xlsx"),
        ("utf-16 cut in a character", "UTF-16"),
        ("unknown kind", ".docx"),
        ("a folder without tables", "no file of a known kind"),
        ("a link to nowhere", "link.csv"),
    ],
)
def test_the_error_of_a_hostile_file_names_what_is_wrong(name, words, tmp_path, connection):
    with pytest.raises(SourceError, match=r".") as caught:
        _account(HOSTILE[name](tmp_path), connection)
    assert words in str(caught.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), edits=st.integers(1, 6))
def test_a_mutated_table_loses_no_record(seed, edits, tmp_path_factory, connection):
    path = tmp_path_factory.mktemp("mutated") / "cases.csv"
    path.write_bytes(mutate(plain_csv(seed=seed % 7), seed=seed, edits=edits))
    raw, error = _outcome(path, connection)
    if raw is None:
        assert CANARY not in str(error)
    else:
        found = [_query(connection, f"select _source_row from {table.get_name()}") for table in _tables(raw)]
        assert sorted(number for rows in found for (number,) in rows) == list(range(1, raw.read + 1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), edits=st.integers(0, 3))
def test_the_engine_and_the_careful_reader_agree(seed, edits, tmp_path_factory, connection):
    """The engine is used for large files only; here it reads small ones, and hands over what it cannot do."""
    path = tmp_path_factory.mktemp("both") / "cases.csv"
    data = mutate(plain_csv(60, seed=seed % 7), seed=seed, edits=edits)
    # The engine forgives a space beside a quote, which the careful reader calls a broken quote.
    assume(not re.search(rb'(^|[,;]) +"|" +([,;\r\n]|$)', data, re.MULTILINE))
    path.write_bytes(data)
    options = ReadOptions()
    (piece,) = pieces(path, options=options, connection=connection)
    try:
        careful = read_delimited(piece, options=options, connection=connection, large=1 << 40)
        fast = read_delimited(piece, options=options, connection=connection, large=0)
    except TskitError:
        return
    assert [_content(part, connection) for part in careful] == [_content(part, connection) for part in fast]


def _content(part, connection):
    rows = _query(connection, f"select * from ({part.rows_sql}) order by _source_row")
    rejected = part.rejected_sql and _query(
        connection, f"select _source_row, reason, raw from ({part.rejected_sql}) order by _source_row"
    )
    return rows, rejected or []
