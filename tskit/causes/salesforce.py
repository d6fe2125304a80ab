"""Ids of cases as Salesforce spells them: 15 characters in which capitals matter, or 18 that survive without them."""

from __future__ import annotations

import re

__all__ = ["full_id", "is_full_id"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT = re.compile(r"500(?=.*[A-Za-z])[A-Za-z0-9]{12}", re.ASCII)
"""Of 15 characters, and 500 as every id of a case begins: a number of 15 digits is somebody else's id."""
_FULL = re.compile(r"500[A-Za-z0-9]{15}", re.ASCII)


def full_id(case_id: str) -> str:
    """Return a case's 15-character id with the three characters that make it 18; any other id as it is.

    Loading does the same to the cases of a Salesforce profile (`tskit/cases/casting.py`, in the engine); a test holds
    the two together.

    >>> full_id("500D0000001abcD")
    '500D0000001abcDIAQ'
    >>> full_id("CASE00000000001")
    'CASE00000000001'
    """
    return f"{case_id}{_suffix(case_id)}" if _SHORT.fullmatch(case_id) else case_id


def is_full_id(case_id: str) -> bool:
    """Return whether this is the 18-character id of a case in Salesforce, its last three characters fitting the others."""
    return bool(_FULL.fullmatch(case_id)) and case_id[15:].upper() == _suffix(case_id)


def _suffix(case_id: str) -> str:
    """Return the characters 16 to 18: each tells which of five characters are capitals."""
    parts = (case_id[start : start + 5] for start in (0, 5, 10))
    return "".join(_ALPHABET[sum(letter.isupper() << place for place, letter in enumerate(part))] for part in parts)
