"""The mapping, its faults and flags, and the rows that stand compile for the warehouses that no test can run."""

import ibis
import pytest
import sqlglot

from tskit.cases.place import times
from tskit.cases.place.account import Tally
from tskit.cases.place.load import _shown
from tskit.cases.place.rows import judged, lean, map_table
from tskit.cases.place.standing import standing
from tskit.cases.profile import Answers
from tskit.cases.recognise import canonical
from tskit.model import TABLES, Kind

WAREHOUSES = ("bigquery", "snowflake", "trino")
CASES = ("case_id", "created_at", "status", "reach", "sla_met", "owner_id", "tags")
TYPED = ("case_id", "created_at", "status", "closed_at", "reach")
EVENTS = ("case_id", "event_type", "occurred_at")
TYPES = {Kind.TIME: "timestamp", Kind.INTEGER: "int64", Kind.NUMBER: "float64", Kind.BOOLEAN: "boolean"}


@pytest.fixture(autouse=True)
def samples(monkeypatch):
    """Times are written as ISO 8601 has them, without a zone."""
    monkeypatch.setattr(times, "_samples", lambda text, engine: ["2026-10-31 21:05:00", "2026-02-01 10:15:00"])


def mapped_to(engine, table, names, types=None):
    columns = {name: (types or {}).get(TABLES[table][name].kind, "string") for name in names}
    profile = canonical(names, table=table).answering(Answers(zone="Asia/Singapore"))
    return map_table(ibis.table(columns, name=table), profile, source=table, engine=engine, salt="salt")


def compiled(expression, engine):
    """Return the one statement that an expression is in the words of an engine, which has to be able to read it."""
    text = str(ibis.to_sql(expression, dialect=engine))
    (statement,) = sqlglot.parse(text, read=engine)
    assert isinstance(statement, sqlglot.exp.Query)
    return text


@pytest.mark.parametrize("engine", WAREHOUSES)
@pytest.mark.parametrize(("table", "names"), [("cases", CASES), ("events", EVENTS)])
def test_text_columns_compile(table, names, engine):
    mapped = mapped_to(engine, table, names)
    found = lean(mapped, plain=frozenset(), flags=frozenset(), is_clean=True)
    tally = Tally(found, 1, 1, 0, {}, {}, dict.fromkeys(found.columns, 1), {})
    text = compiled(_shown(mapped, tally), engine)
    assert "Asia/Singapore" in text
    assert "salt" in text or table == "events"


@pytest.mark.parametrize("engine", WAREHOUSES)
def test_typed_columns_their_faults_and_flags_compile(engine):
    mapped = mapped_to(engine, "cases", TYPED, TYPES)
    assert "Asia/Singapore" in compiled(judged(mapped), engine)


@pytest.mark.parametrize("engine", WAREHOUSES)
def test_the_row_that_stands_of_several_compiles(engine):
    mapped = mapped_to(engine, "cases", TYPED[:3], TYPES)
    rows = judged(mapped)
    alone = lean(mapped, plain=frozenset(), flags=frozenset(), is_clean=True)
    assert "ROW_NUMBER" in compiled(standing(rows, mapped, alone=alone), engine).upper()
