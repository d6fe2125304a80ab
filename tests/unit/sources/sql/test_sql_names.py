"""Names of tables, files and settings are what they are called, or they are refused; none becomes a part of a statement."""

from __future__ import annotations

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.errors import ParameterError, SourceError, TskitError
from tskit.model import Casebook
from tskit.model.source import Source
from tskit.sources.backends import open_backend
from tskit.sources.sql import engine_of, open_query
from tskit.sources.sql.address import address_of, file_of
from tskit.sources.sql.dialects import DIALECTS
from tskit.sources.sql.engine import timeout_of
from tskit.sources.sql.pages import order_of, quoted


def source(url="postgresql://reader@db.example/desk", **named):
    return Source(named.pop("name", "desk"), cases="cases", url=url, **named)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cases", '"cases"'),
        ("desk.Cases", '"desk"."Cases"'),
        ("wh.desk.cases_2026", '"wh"."desk"."cases_2026"'),
        ('"my desk"."all; cases"', '"my desk"."all; cases"'),
        ("事件", '"事件"'),
    ],
)
def test_a_table_is_quoted_as_it_is_spelt(tmp_path, name, words):
    assert open_query(source(), name, root=tmp_path).sql == f"SELECT * FROM {words}"


@pytest.mark.parametrize(
    "name",
    ["", " ", "cases; DROP TABLE cases", "cases--", "cases /*", "a.b.c.d", ".cases", "cases.", "a..b", '"a"b"', '"', '""', "1cases",
     "cases WHERE 1=1", "(SELECT 1)", "dblink('x')", "cases\n", '"a\nb"', '"a\0b"', "x" * 64, "é" * 40, "'cases'", "`cases`", "[cases]",
     "cases, victims", "pg_read_file('x')", "$cases", "@stage", "cases%20", "a\u200bb"],
)  # fmt: skip
def test_what_is_no_name_of_a_table_is_refused(tmp_path, name):
    with pytest.raises(SourceError, match=r"sources\.desk"):
        open_query(source(), name, root=tmp_path)


def test_a_name_that_means_more_to_a_database_is_refused_there(tmp_path):
    with pytest.raises(SourceError, match="something else"):
        open_query(source("mssql://db/desk"), '"#temporary"', root=tmp_path)
    assert open_query(source(), '"#temporary"', root=tmp_path).sql == 'SELECT * FROM "#temporary"'


@pytest.mark.parametrize("scheme", list(DIALECTS))
@settings(deadline=None, max_examples=60)
@given(name=st.text(max_size=30))
def test_whatever_is_named_is_refused_or_is_one_table(tmp_path_factory, scheme, name):
    try:
        query = open_query(source(f"{scheme}://db/desk"), f'"{name}"', root=tmp_path_factory.getbasetemp())
    except TskitError:
        return
    tree = sqlglot.parse_one(query.sql, dialect=query.dialect)
    assert [table.name for table in tree.find_all(sqlglot.exp.Table)] == [name]
    assert tree.sql(query.dialect) == query.sql


@pytest.mark.parametrize(
    "name",
    ["q.sql", "queries/../q.sql", "../queries/q.sql", "/etc/passwd.sql", "queries/../../x.sql", "queries/link.sql", "Queries/none.sql",
     "queries/none.sql", "queries/.sql", "file:///etc/x.sql", "queries\\..\\q.sql", "queries/\0.sql"],
)  # fmt: skip
def test_a_query_lies_in_the_casebooks_own_folder(tmp_path, name):
    (tmp_path / "queries").mkdir()
    (tmp_path / "q.sql").write_text("SELECT 'hunter2'", encoding="utf-8")
    (tmp_path / "queries/link.sql").symlink_to(tmp_path / "q.sql")
    with pytest.raises(SourceError):
        open_query(source(), name, root=tmp_path)


def test_a_query_that_is_not_there_is_named_with_the_nearest(tmp_path):
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/cases.sql").write_text("SELECT 1", encoding="utf-8")
    with pytest.raises(SourceError, match=r"Did you mean 'queries/cases\.sql'"):
        open_query(source(), "queries/casse.sql", root=tmp_path)
    (tmp_path / "queries/cases.sql").write_bytes(b"SELECT '\xff'")
    with pytest.raises(SourceError, match="UTF-8"):
        open_query(source(), "queries/cases.sql", root=tmp_path)


@pytest.mark.parametrize("name", ['a" OR 1=1 --', "", "a\nb", "x" * 64, 'a"'])
def test_a_watermark_is_a_column_or_refused(name):
    with pytest.raises(SourceError, match="watermark"):
        quoted(name, source=source(), setting="watermark")
    assert quoted("a b; --", source=source(), setting="watermark") == '"a b; --"'


@pytest.mark.parametrize("key", [1, ["id"], {"cases": 1}, {"events": "id"}])
def test_a_watermark_needs_a_key_for_each_table(key):
    with pytest.raises(ParameterError, match="key"):
        order_of(source(watermark="changed_at", settings={"key": key}), "cases")


@pytest.mark.parametrize(
    "url",
    ["postgresql://reader:hunter2@db/desk", "postgresql://:hunter2@db/desk", "postgresql://reader:p@hunter2@db/desk",
     "postgresql://reader%3Ahunter2@db/desk", "postgresql://reader@db/desk?host=x:hunter2@db", "postgresql://db/desk?options=-chunter2",
     "postgresql://db/desk?password=hunter2", "postgresql://db/desk?sslpassword=hunter2", "postgresql://db/desk?passwd=hunter2",
     "postgresql://db/desk?dbname=hunter2", "postgresql://db/desk?host=a&host=hunter2", "mysql://db/desk?init_command=hunter2",
     "mysql://db/desk?local_infile=hunter2", "mysql://db/desk?read_default_file=hunter2", "mssql://db/desk?odbc_connect=hunter2",
     "snowflake://db/desk?private_key=hunter2", "bigquery://db/desk?credentials_path=hunter2", "sqlite:///x.db?mode=hunter2",
     "postgresql://db:hunter2/desk", "oracle://hunter2@db/desk"],
)  # fmt: skip
def test_a_url_with_a_secret_or_a_setting_that_changes_what_is_done_is_refused_without_showing_it(url):
    with pytest.raises(SourceError, match="desk") as caught:
        address_of(source(url))
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("end", ["?options=-chunter2", "?dbname=hunter2", "?host=x:hunter2@db"])
def test_an_engine_in_place_is_reached_by_the_same_rules(tmp_path, end):
    with pytest.raises(SourceError, match="desk") as caught:
        open_backend(source(f"postgresql://reader@db.invalid/desk{end}"), root=tmp_path, secret=lambda _: "")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///none.db", "sqlite://host/x.db", "sqlite:///file:x.db", "duckdb:///",
     "sqlite:///data", "duckdb:///:memory:", "duckdb:///md:cloud"],
)  # fmt: skip
def test_a_url_of_a_file_names_a_file_that_is_there(tmp_path, url):
    (tmp_path / "data").mkdir()
    with pytest.raises(SourceError, match="source desk"):
        file_of(source(url), root=tmp_path)


@pytest.mark.parametrize("scheme", ["mssql", "snowflake", "bigquery", "trino"])
def test_a_database_that_cannot_be_kept_from_writing_needs_a_user_that_may_not(tmp_path, scheme):
    with pytest.raises(SourceError, match="user_may_only_read"):
        engine_of(source(f"{scheme}://db/desk"), root=tmp_path, secret=lambda _: "")


@pytest.mark.parametrize(("scheme", "package"), [("mysql", "pymysql"), ("snowflake", "snowflake-sqlalchemy")])
def test_a_missing_driver_is_named_with_what_brings_it(tmp_path, scheme, package):
    with pytest.raises(SourceError, match=f'pip install "{package}"'):
        engine_of(
            source(f"{scheme}://db/desk", settings={"user_may_only_read": True}), root=tmp_path, secret=lambda _: "x"
        )


def test_no_repr_of_an_engine_holds_the_password(tmp_path):
    engine = engine_of(source(), root=tmp_path, secret=lambda kind: f"hunter2-{kind}")
    assert (
        "hunter2"
        not in f"{engine!r} {engine.url!r} {engine.url.render_as_string(hide_password=False)} {engine.url.query}"
    )


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/b",
        "a\\\\b",
        ".hidden",
        "..",
        "a@3",
        "a:b",
        "-x",
        "",
        "a.",
        "a ",
        "x" * 101,
        "a\\u202eb",
        "a\\nb",
        "'; DROP TABLE t",
    ],
)
def test_a_source_is_called_so_that_its_rows_stay_in_the_casebook(tmp_path, name):
    (tmp_path / "casebook.toml").write_text(f'[sources."{name}"]\ncases = "x.csv"\n', encoding="utf-8")
    with pytest.raises(ParameterError, match="no name of a source"):
        Casebook.read(tmp_path)


@pytest.mark.parametrize("name", ["main", "ware-house.eu", "Käufe 2026", "a"])
def test_names_in_words_are_fine(tmp_path, name):
    (tmp_path / "casebook.toml").write_text(f'[sources."{name}"]\ncases = "x.csv"\n', encoding="utf-8")
    assert [found.name for found in Casebook.read(tmp_path).sources] == [name]


def test_no_secret_opens_two_sources(tmp_path):
    url = 'url = "postgresql://reader@db/desk"\ncases = "cases"'
    (tmp_path / "casebook.toml").write_text(
        f"[sources.ware-house]\n{url}\n[sources.ware_house]\n{url}\n", encoding="utf-8"
    )
    with pytest.raises(ParameterError, match="TSKIT_SOURCE_WARE_HOUSE_PASSWORD"):
        Casebook.read(tmp_path)


@pytest.mark.parametrize("value", [0, -1, "600", True, float("inf"), 1e9, None, [600]])
def test_a_timeout_is_a_number_of_seconds(tmp_path, value):
    with pytest.raises(ParameterError, match="timeout_seconds"):
        timeout_of(source(settings={"timeout_seconds": value}))
