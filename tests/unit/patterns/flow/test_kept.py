"""What DuckDB and Spark keep between questions is freed again, and a Spark that keeps nothing is asked anew."""

import gc

import ibis
import pytest

from tskit.patterns.flow.kept import kept


class Session:
    """What Spark does with a table, on DuckDB: `refuses` names what this one is not allowed to do."""

    name = "pyspark"

    def __init__(self, refuses=""):
        self.engine, self.refuses = ibis.duckdb.connect(), refuses
        self.engine.raw_sql("create table numbers as select 1::bigint as number union all select 2")
        self.sparkSession, self.catalog = self, self
        self.views, self.cached, self.counted = [], 0, 0

    def compile(self, table):
        return str(ibis.to_sql(table, dialect="duckdb"))

    def raw_sql(self, text):
        self.text = text
        return self

    def cache(self):
        if self.refuses == "cache":
            raise PermissionError
        self.cached += 1
        return self

    def unpersist(self):
        self.cached -= 1

    def createTempView(self, name):  # noqa: N802  # Spark's name
        self.engine.raw_sql(f"create view {name} as select number::int as number from ({self.text})")
        self.views.append(name)

    def count(self):
        if self.refuses == "count":
            raise MemoryError
        self.counted += 1

    def table(self, name):
        return self.engine.table(name)

    def dropTempView(self, name):  # noqa: N802  # Spark's name
        if self.refuses == "drop":
            raise ConnectionError
        self.views.remove(name)


@pytest.fixture
def asked(monkeypatch):
    def of(session):
        table = session.engine.table("numbers")
        monkeypatch.setattr(type(table), "get_backend", lambda _: session)
        return table

    return of


def test_spark_makes_it_at_once_and_frees_it_when_nobody_holds_it(asked):
    session = Session()
    table = asked(session)
    found = kept(table)
    assert (session.cached, session.counted, len(session.views)) == (1, 1, 1)
    assert found.schema() == table.schema()
    more = found.filter(found.number > 1)
    del found
    gc.collect()
    assert session.views
    del more
    gc.collect()
    assert (session.cached, session.views) == (0, [])


@pytest.mark.parametrize("refuses", ["cache", "count"])
def test_what_a_spark_refuses_to_keep_is_asked_anew(asked, refuses):
    table = asked(Session(refuses))
    assert kept(table) is table


def test_a_session_that_ended_before_is_no_failure(asked):
    session = Session("drop")
    found = kept(asked(session))
    assert session.views
    del found
    gc.collect()


@pytest.mark.parametrize("engine", ["postgres", "snowflake", "bigquery"])
def test_nothing_is_written_to_other_engines(asked, engine):
    session = Session()
    session.name = engine
    table = asked(session)
    assert kept(table) is table
    assert not session.cached


def test_tables_of_no_engine_stay_as_they_are():
    table = ibis.table({"number": "int64"}, name="unbound")
    assert kept(table) is table
