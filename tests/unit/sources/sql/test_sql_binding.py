"""The law of binding: whatever a value is, it stays a value; the words of the statement are the same without it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.errors import ParameterError, SourceError
from tskit.model.source import Source
from tskit.sources.sql import open_query
from tskit.sources.sql.binding import placed
from tskit.sources.sql.dialects import DIALECTS

HOSTILE = [
    "' OR 1=1 --", "'; DROP TABLE cases; --", "\\", "\\'", "\\' OR 1=1 --", '"', "`", "$$", "$1", ":name", "%s", "%(p0)s", "%%", "?",
    "/*", "*/", "--", "\n--", "’", "＇", "\u2028", "\x1a", "\x7f", "𝒳", "\ud7ff", "é", "e\u0301", "NULL", "", " ", "{0}", "{name}",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
QUERY = "SELECT :name AS one, ':name' AS two, '%s %% ?' AS three /* :name */ -- :name\n"


def opened(root, text, parameters, *, scheme="postgresql"):
    (root / "queries").mkdir(exist_ok=True)
    (root / "queries/q.sql").write_text(text, encoding="utf-8")
    source = Source("desk", cases="queries/q.sql", url=f"{scheme}:///x", parameters=parameters)
    return open_query(source, "queries/q.sql", root=root)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("book")


@settings(deadline=None)
@given(value=TEXTS)
def test_no_value_changes_a_word_of_the_statement(root, value):
    query = opened(root, QUERY, {"name": value})
    assert query.sql == "SELECT :name AS one, ':name' AS two, '%s %% ?' AS three"
    words, values = placed(query.sql, query.bound, dialect="postgres", style="pyformat")
    assert words == "SELECT %(p0)s AS one, ':name' AS two, '%%s %%%% ?' AS three"
    assert values == {"p0": value}
    assert placed(query.sql, query.bound, dialect="postgres", style="qmark") == (
        "SELECT ? AS one, ':name' AS two, '%s %% ?' AS three", (value,),
    )  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(value=st.one_of(TEXTS, st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False)))
def test_an_engine_gives_back_the_very_value_that_was_bound(root, value):
    query = opened(root, QUERY, {"name": value}, scheme="sqlite")
    words, values = placed(query.sql, query.bound, dialect="sqlite", style="qmark")
    connection = sqlite3.connect(":memory:")
    assert connection.execute(words, values).fetchone() == (value, ":name", "%s %% ?")
    connection.close()


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=TEXTS)
def test_a_literal_for_an_engine_in_place_is_the_very_value(root, value):
    query = opened(root, QUERY.replace(":name AS", "CAST(:name AS VARCHAR) AS"), {"name": value}, scheme="duckdb")
    with duckdb.connect() as connection:
        assert connection.execute(query.rendered()).fetchone() == (value, ":name", "%s %% ?")


@pytest.mark.parametrize("scheme", list(DIALECTS))
@settings(deadline=None, max_examples=40)
@given(value=TEXTS)
def test_in_every_dialect_a_rendered_value_is_one_literal_again(root, scheme, value):
    query = opened(root, "SELECT a FROM t WHERE b = :name", {"name": value}, scheme=scheme)
    (found,) = [
        literal.this
        for literal in sqlglot.parse_one(query.rendered(), dialect=query.dialect).find_all(sqlglot.exp.Literal)
    ]
    assert found == value


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (True, "TRUE"), (7, "7"), (-0.5, "-0.5"), (Decimal("1.50"), "1.50"), (date(2026, 1, 2), "CAST('2026-01-02' AS DATE)"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "CAST('2026-01-02 03:00:00+00:00' AS TIMESTAMPTZ)"),
        (["a", "b'"], "'a', 'b'''"),
    ],
)  # fmt: skip
def test_values_of_each_kind_are_rendered_with_their_kind(tmp_path, value, literal):
    query = opened(tmp_path, "SELECT a FROM t WHERE b IN (:name)", {"name": value})
    assert query.rendered() == f"SELECT a FROM t WHERE b IN ({literal})"


def test_a_list_takes_as_many_places_as_it_has_values(tmp_path):
    query = opened(tmp_path, "SELECT a FROM t WHERE b IN (:names) AND c = :one", {"names": ["x", "y"], "one": 1})
    words, values = placed(query.sql, query.bound, dialect="postgres", style="pyformat")
    assert words == "SELECT a FROM t WHERE b IN (%(p0)s, %(p1)s) AND c = %(p2)s"
    assert list(values.values()) == ["x", "y", 1]


@pytest.mark.parametrize("value", [[], {"a": 1}, float("nan"), float("inf"), "a\0b", [["x"]], None, object(), b"x"])
def test_what_is_no_value_is_refused_without_showing_it(tmp_path, value):
    with pytest.raises(ParameterError, match=":name"):
        opened(tmp_path, "SELECT a FROM t WHERE b IN (:name)", {"name": value})


@pytest.mark.parametrize(
    "query", ["SELECT a FROM t WHERE b = :name", "SELECT a FROM t WHERE b IN (1, :name)", "SELECT :name"]
)
def test_a_list_stands_alone_in_its_brackets(tmp_path, query):
    with pytest.raises(ParameterError, match=r"IN \(:name\)"):
        opened(tmp_path, query, {"name": ["a"]})


def test_a_parameter_without_a_value_is_named_with_the_nearest(tmp_path):
    with pytest.raises(ParameterError, match=r":quue.*Did you mean 'queue'"):
        opened(tmp_path, "SELECT a FROM t WHERE b = :quue", {"queue": "x"})


@pytest.mark.parametrize("query", ["SELECT a[1:name] FROM t", "SELECT $1", "SELECT ?", "SELECT %s", "SELECT :1 FROM t"])
def test_other_ways_to_write_a_parameter_are_refused(tmp_path, query):
    with pytest.raises((SourceError, ParameterError)):
        opened(tmp_path, query, {"name": "x"})


def test_a_string_with_escapes_is_not_rendered_since_it_would_be_written_anew(tmp_path):
    query = opened(tmp_path, "SELECT E'a\\'b' AS n, :name AS m", {"name": "x"})
    assert query.sql == "SELECT E'a\\'b' AS n, :name AS m"
    with pytest.raises(SourceError, match="Bind it"):
        query.rendered()


def test_no_repr_shows_a_value(tmp_path):
    assert "hunter2" not in repr(opened(tmp_path, "SELECT :name", {"name": "hunter2"}))
