"""What cannot be relied on is left out, and what was asked is told without naming a case."""

from __future__ import annotations

import pytest

from tskit.runs.covered import in_words, series_values
from tskit.runs.kept import listed, mapped, number, plain, utc


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, True, float("nan"), 10**400])
def test_a_value_of_another_kind_is_taken_for_none(value):
    assert isinstance(mapped(value), dict)
    assert isinstance(listed(value), list | tuple)
    assert isinstance(plain(value), str)
    assert isinstance(utc(value), str)
    assert number(value) is None or value == 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("case_id", "5005g0000040001AAA, 5005g0000040002AAA", "2 cases"),
        ("case_id", [], "empty"),
        ("owner_id", "dao", "not shown"),
        ("api_key", "x", "not shown"),
        ("market", [], "empty"),
        ("market", ["ID", "TH"], "ID, TH"),
        ("linked", False, "no"),
        ("weeks", 12, "12"),
        ("share", 0.5, "0.5"),
        ("odd", {"a": 1}, "empty"),
    ],
)
def test_a_parameter_is_told_in_words(name, value, said):
    assert in_words(name, value) == said


def test_a_series_forgets_days_and_what_is_empty():
    values = {"start": "2026-10-05", "log_until": "#3", "market": ["ID"], "queue": [], "linked": False, "weeks": 12}
    assert series_values(values) == {"market": ["ID"], "weeks": 12}
