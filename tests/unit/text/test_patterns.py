"""Patterns hold in linear time, against text as it reads, or are refused."""

import time

import pytest

from tskit.errors import ParameterError
from tskit.text import check_pattern, matching


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("double your (money|coins)", "DOUBLE  your\nｃｏｉｎｓ", True),
        ("Double", "double", True),
        (r"rp\s?\d{3}", "Rp 500", True),
        ("โอน.*ลิงก์", "ให้โอนผ่านลิงก์", True),
        ("^x", "ax", False),
    ],
)
def test_a_pattern_is_held_against_normalised_text_in_any_case(pattern, text, fits):
    assert matching(pattern, [text, ""]) == [fits, False]


def test_no_text_gives_no_answer():
    assert matching("x", []) == []


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)+$", "(.*a){20}$", "([a-z]+)*[0-9]$"])
def test_what_hangs_other_engines_ends_here(pattern):
    started = time.monotonic()
    assert matching(pattern, ["a" * 20_000 + "!"]) == [False]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [(r"(a)\1", "no pattern of RE2"), ("(", "RE2"), ("a*", "empty text"), ("a" * 501, "at most 500")],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern, hint):
    with pytest.raises(ParameterError, match=hint):
        check_pattern(pattern)
