"""Cells of a sheet that a spreadsheet would run rather than show."""

from __future__ import annotations

import re

__all__ = ["is_formula"]

# Some programs look past white space, quotation marks and what is drawn as nothing, and take full-width signs as well.
_FORMULA = re.compile(r"[\s\"'\u200b-\u200f\u2060\ufeff]*[=+\-@|%＝＋－＠]|[\t\r\n]")


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet might take the text of a cell for a formula.

    >>> is_formula("=1+1"), is_formula(" ＠SUM(A1)"), is_formula("RC2.1")
    (True, True, False)
    """
    return _FORMULA.match(cell) is not None
