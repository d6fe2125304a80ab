from __future__ import annotations

import hashlib
import hmac

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.cases.casting import broken_id, salesforce_id, typed
from tskit.cases.dates import Clockwork
from tskit.cases.profile import Profile
from tskit.cases.redact import pseudonym, take_key
from tskit.model import CASES


def one(sql, text):
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return con.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS v)", [text]).fetchone()[0]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("500Nq00000CBxte", "500Nq00000CBxteIAD"),
        ("500Ec000009YUY8", "500Ec000009YUY8IAO"),
        ("005Ec000004oBPN", "005Ec000004oBPNIA2"),
    ],
)
def test_short_salesforce_ids_get_their_checksum_and_others_stay(short, long):
    assert one(salesforce_id("v"), short) == long
    assert one(salesforce_id("v"), long) == long
    assert one(salesforce_id("v"), "00001014") == "00001014"


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("reach", "1,234", 1234),
        ("reach", "1,5", None),
        ("reach", "12.0", 12),
        ("reach", "12.5", None),
        ("reach", "9007199254740993", 9007199254740993),
        ("handle_seconds", "nan", None),
        ("handle_seconds", "1e400", None),
        ("handle_seconds", "20,800,000.5", 20800000.5),
        ("is_closed", "TRUE", True),
        ("is_closed", "0", False),
        ("is_closed", "perhaps", None),
        ("status", "In Progress", "in_progress"),
        ("status", "CLOSED", "closed"),
        ("status", "parked", None),
        ("tags", "a;b; c", ["a", "b", "c"]),
        ("tags", "[]", []),
        ("created_at", "1492-01-01T00:00:00Z", None),
        ("created_at", "infinity", None),
        ("created_at", "2026-01-01 10:00", None),
    ],
)
def test_text_becomes_a_value_or_nothing(column, text, value):
    sql = typed(CASES[column], Profile("p"), clock=Clockwork()).replace(f'"{column}"', "v")
    assert one(sql, text) == value


@given(who=st.text(min_size=1).filter(lambda t: "\0" not in t), key=st.binary(min_size=1, max_size=100))
def test_a_pseudonym_is_the_keyed_hash_of_the_standard_library(who, key):
    con = duckdb.connect()
    take_key(key, connection=con)
    found = con.execute(f"SELECT {pseudonym('v')} FROM (SELECT ?::VARCHAR AS v)", [who]).fetchone()[0]
    assert found == "p" + hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:20]


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ("500Ec000009YUY8IAO", False),
        ("500Ec000009YUY8iao", False),
        ("500EC000009YUY8IAO", True),
        ("500ec000009yuy8iao", True),
        ("500Ec000009YUY8", False),
        ("00001014", False),
    ],
)
def test_a_long_salesforce_id_that_lost_its_capitals_is_told_by_its_checksum(text, is_broken):
    assert one(broken_id("v"), text) is is_broken
