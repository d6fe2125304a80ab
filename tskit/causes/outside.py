"""What a tag may say that is no cause: that nobody can tell, or that nothing went wrong; and the order of ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NOT_AN_ERROR", "UNDETERMINED", "in_order", "is_not_an_error", "is_undetermined"]

NOT_AN_ERROR = "RC0.2"
"""The decision was right after all: such a case is no part of the errors, and is counted apart."""
UNDETERMINED = "RC0.1"
"""Too little evidence: stays in the denominator, and never among the few that matter."""
_DIGITS = re.compile(r"(\d+)")


def is_undetermined(cause: str) -> bool:
    """Return whether the cause says that nobody can tell; at level 1 all of RC0 does, for RC0.2 is left out before."""
    return cause in {UNDETERMINED, "RC0"}


def is_not_an_error(cause: str) -> bool:
    """Return whether the cause says that nothing went wrong."""
    return cause == NOT_AN_ERROR


def in_order(causes: Iterable[str]) -> list[str]:
    """Return ids in the order of their numbers.

    >>> in_order(["RC10", "RC2.1", "RC1"])
    ['RC1', 'RC2.1', 'RC10']
    """
    return sorted(causes, key=lambda cause: [(part.isdigit(), part.zfill(6)) for part in _DIGITS.split(cause)])
