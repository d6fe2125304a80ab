"""Names of people who judge: one person must not look like two, nor two like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.causes.entries import LOG
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tskit.causes.entries import TagLog

__all__ = ["look_alike", "refuse_look_alike"]


def look_alike(name: str, others: Iterable[str]) -> str:
    """Return the first of the others that a reader would take for `name`; empty if there is none.

    Capitals, composed letters and letters of other scripts make no difference; two names in plain Latin letters are told apart.

    >>> look_alike("Ben", ["aisyah", "ben"]), look_alike("b\u0435n", ["ben"]), look_alike("ian", ["lan"])
    ('ben', 'ben', '')
    """
    from tskit.text import normalise, skeleton  # noqa: PLC0415  # brings tables that reading a log does not need

    plain, bones = normalise(name), skeleton(name)
    for other in others:
        if other == name:
            continue
        is_foreign = not (name.isascii() and other.isascii())
        if normalise(other) == plain or (is_foreign and skeleton(other) == bones):
            return other
    return ""


def refuse_look_alike(log: TagLog, person: str) -> None:
    """Raise ParameterError where somebody else's judgements stand under a name that looks like this one.

    Else one person could agree with themselves, and nobody would see it.
    """
    known = log.store.authors(LOG)
    other = "" if person in known else look_alike(person, known)
    if other:
        raise ParameterError(
            f"Somebody judged here as {other!r}, which looks like this name. If that is you, write it the same way; "
            "else take a name that can be told apart."
        )
