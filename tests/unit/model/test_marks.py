"""Every code that a load gives to a row has words for a reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tskit
from tskit.model import MARKS, in_words
from tskit.sources.synthetic.dirty import FAULTS

CODES = re.compile(r'"([a-z]+(?:_[a-z]+)+)"')
HOME = Path(tskit.__file__).parent


@pytest.mark.parametrize("code", sorted({fault.flag or fault.reason for fault in FAULTS}))
def test_every_fault_of_the_sample_has_words(code):
    assert code in MARKS or code.startswith("bad_value:")


def test_every_word_belongs_to_a_code_that_the_code_gives():
    text = "".join(
        path.read_text(encoding="utf-8") for room in ("cases", "sources") for path in (HOME / room).rglob("*.py")
    )
    assert [code for code in MARKS if code not in text] == []


def test_an_unknown_code_is_shown_with_spaces():
    assert in_words("some_new_code") == "some new code"
