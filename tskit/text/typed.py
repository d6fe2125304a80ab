"""What people type: refused before it is written where it would hide or break something."""

from __future__ import annotations

import re

from tskit.errors import ParameterError

__all__ = ["check_line", "check_words", "is_one_line"]

_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What reorders or hides in a name would let two people look like one.
_HIDDEN = re.compile(r"[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def is_one_line(text: str, *, is_name: bool = False) -> bool:
    """Return whether a text is one line without controls or spaces around it; a name has nothing that cannot be seen."""
    return not (_UNPRINTED.search(text) or text != text.strip() or (is_name and _HIDDEN.search(text)))


def check_line(text: str, *, what: str, most: int) -> None:
    """Check a name or a value: one line, without anything that cannot be seen.

    Raises:
        ParameterError: it is none; the message says `what` is wrong, and never quotes it.
    """
    _check_length(text, what, most)
    if not is_one_line(text, is_name=True):
        raise ParameterError(f"{what} is one line without control characters, hidden ones or spaces around it.")


def check_words(text: str, *, what: str, most: int = 2_000) -> None:
    """Check a text of one or more lines.

    Raises:
        ParameterError: it holds control characters or is too long; the message says `what`, and never quotes it.
    """
    _check_length(text, what, most)
    if _CONTROLS.search(text):
        raise ParameterError(f"{what} holds control characters; type it anew.")


def _check_length(text: str, what: str, most: int) -> None:
    if len(text) > most:
        raise ParameterError(f"{what} has at most {most:,} characters; this one has {len(text):,}.")
