import random
import string

import duckdb
import pytest

from tskit.cases.casting import broken_id, salesforce_id
from tskit.causes.salesforce import full_id, is_full_id


def test_an_id_is_completed_as_loading_completes_it():
    """The engine's own SQL is the second implementation."""
    chance = random.Random(3)
    letters = string.ascii_letters + string.digits
    ids = ["500a" + "".join(chance.choices(letters, k=11)) for _ in range(500)]
    query = f"SELECT {salesforce_id('id')}, {broken_id(salesforce_id('id'))} FROM (SELECT unnest(?) AS id)"
    found = duckdb.connect().execute(query, [ids]).fetchall()
    assert [(full_id(one), not is_full_id(full_id(one))) for one in ids] == found


@pytest.mark.parametrize(
    "other", ["CASE00000000001", "500000000000001", "500D0000001abc", "", "500D0000001abcDIAQ", "ก" * 15]
)
def test_any_other_id_stays_as_it_is(other):
    assert full_id(other) == other


@pytest.mark.parametrize(
    ("case_id", "is_one"),
    [("500D0000001abcDIAQ", True), ("500D0000001abcDiaq", True), ("500D0000001abcDIAA", False), ("001D0000001abcDIAQ", False),
     ("500D0000001abcD", False), ("5005g0000000035833", False)],
)  # fmt: skip
def test_a_full_id_is_told_by_its_last_three_characters(case_id, is_one):
    assert is_full_id(case_id) is is_one
