"""What can go wrong, as one tree; each error carries the exit code of the command line.

    TskitError
    ├── SourceError      10  a file, database or service cannot be read
    ├── DataError        11  it was read, but its content does not hold up
    │   └── NoDataError  16  it holds up, but nothing falls into the scope
    ├── ParameterError   12  a template was given a parameter that it cannot use
    ├── PrivacyError     13  the step would show or share what must stay covered
    ├── RunError         14  a template stopped while it ran
    ├── VerifyError      15  a finished run does not hold any more
    └── AlertError       17  an alert about a run did not arrive

A message names the file, row or column and the fix. It never holds the value of a cell.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AlertError",
    "DataError",
    "NoDataError",
    "ParameterError",
    "PrivacyError",
    "RunError",
    "SourceError",
    "TskitError",
    "VerifyError",
    "nearest",
]

_SHOWN = 40


class TskitError(Exception):
    """Whatever tskit refuses to do; its message is written for the person at the keyboard."""

    exit_code: ClassVar[int] = 1


class SourceError(TskitError):
    """A source of cases cannot be read."""

    exit_code: ClassVar[int] = 10


class DataError(TskitError):
    """A source was read, but what it holds cannot be used as cases."""

    exit_code: ClassVar[int] = 11


class NoDataError(DataError):
    """No case falls into the scope."""

    exit_code: ClassVar[int] = 16


class ParameterError(TskitError):
    """A template or a function was given a parameter that it cannot use."""

    exit_code: ClassVar[int] = 12

    @classmethod
    def unknown(cls, name: str, known: Iterable[str], *, what: str = "parameter") -> Self:
        """Return the error for a name that is not among the `known` ones, with the nearest of them."""
        return cls(f"There is no {what} {name!r}. {nearest(name, known)}")


class PrivacyError(TskitError):
    """A step would show or share what must stay covered."""

    exit_code: ClassVar[int] = 13


class RunError(TskitError):
    """A template stopped while it ran."""

    exit_code: ClassVar[int] = 14


class VerifyError(TskitError):
    """A finished run does not hold any more."""

    exit_code: ClassVar[int] = 15


class AlertError(TskitError):
    """An alert about a run did not arrive."""

    exit_code: ClassVar[int] = 17


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the sentence that leads from a mistyped `name` to the right one.

    >>> nearest("quue", ["market", "queue"])
    "Did you mean 'queue'?"
    >>> nearest("x", ["market", "queue"])
    'Use one of: market, queue.'
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Use one of: {', '.join(names[:_SHOWN])}{more}."
