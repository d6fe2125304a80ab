"""What people type into whys and actions: refused before it is written where it would hide or break something."""

from __future__ import annotations

import re

from tskit.causes.validity import is_one_line
from tskit.errors import ParameterError

__all__ = ["check_line", "check_words"]

_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


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
    if _UNPRINTED.search(text):
        raise ParameterError(f"{what} holds control characters; type it anew.")


def _check_length(text: str, what: str, most: int) -> None:
    if len(text) > most:
        raise ParameterError(f"{what} has at most {most:,} characters; this one has {len(text):,}.")
