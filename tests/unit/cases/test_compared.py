"""Two loads side by side: what appeared, vanished and changed, by column, and never a value."""

from dataclasses import asdict

import pytest

from tskit.cases import load
from tskit.cases.compared import compared
from tskit.model import Casebook, Scope

CANARY = "canary-7f3a"
THEN = """case_id,created_at,closed_at,market,subject
1,2026-10-01T00:00:00Z,,ID,one
2,2026-10-02T00:00:00Z,,ID,two
3,2026-10-03T00:00:00Z,2026-10-04T00:00:00Z,TH,three
4,2026-10-31T00:00:00Z,,TH,four
"""
# 1 was closed and moved, 2 is gone, 4's text was written anew, 5 came late and 6 is of November.
NOW = f"""case_id,created_at,closed_at,market,subject
1,2026-10-01T00:00:00Z,2026-10-20T00:00:00Z,{CANARY},one
3,2026-10-03T00:00:00Z,2026-10-04T00:00:00Z,TH,three
4,2026-10-31T00:00:00Z,,TH,{CANARY}
5,2026-10-05T00:00:00Z,,ID,five
6,2026-11-05T00:00:00Z,,ID,six
"""


@pytest.fixture
def loads(tmp_path):
    (tmp_path / "casebook.toml").write_text('name = "book"\n')
    (tmp_path / "then.csv").write_text(THEN)
    (tmp_path / "now.csv").write_text(NOW)
    book = Casebook.read(tmp_path)
    window = {"start": "2026-10-01", "end": "2026-10-31"}

    def one(name):
        return load(Scope.from_parameters(source=name, **window), casebook=book, key=b"k" * 32)

    return one


def test_rows_are_counted_by_what_became_of_them_and_by_column(loads):
    cases, text = compared(loads("now.csv"), loads("then.csv"))
    assert (cases.then, cases.now, cases.appeared, cases.late, cases.vanished, cases.changed) == (4, 5, 2, 1, 1, 1)
    assert {**cases.by_column} == {"closed_at": 1, "is_closed": 1, "market": 1}
    assert {**text.by_column} == {"subject": 1}
    assert CANARY not in repr((asdict(cases), asdict(text)))


def test_a_load_is_the_same_as_itself(loads):
    assert all(one.is_same for one in compared(loads("now.csv"), loads("now.csv")))


def test_columns_that_came_or_went_are_named_and_nothing_is_left_behind(loads, tmp_path):
    (tmp_path / "other.csv").write_text("case_id,created_at,queue\n1,2026-10-01T00:00:00Z,fraud\n")
    cases = compared(loads("other.csv"), loads("then.csv"))[0]
    assert cases.came == ("queue",)
    assert set(cases.went) == {"closed_at", "is_closed", "market"}
    assert not list((tmp_path / ".cache").glob(".making-*"))
