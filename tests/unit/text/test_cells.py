"""What a spreadsheet would run."""

import pytest

from tskit.text import is_formula


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "|calc", "%0A", " =1", "'=1", '"=1', "\u200b=1", "＝1", "\t1", "\r=1"]
)
def test_what_some_spreadsheet_would_run_is_a_formula(cell):
    assert is_formula(cell)


@pytest.mark.parametrize("cell", ["", "RC2.1", "1-2", "a=b", "5005g0000035833AAA", "'t is so", "ที่อยู่"])
def test_what_every_spreadsheet_shows_is_none(cell):
    assert not is_formula(cell)
