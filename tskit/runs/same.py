"""Which finding of one run is which of another: by what it speaks of and rests on, whatever its numbers say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tskit.runs.kept import listed, mapped, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    Told = Mapping[str, Any]
    """A finding as findings.json has it."""

__all__ = ["pairs", "subject"]

_ONE_OF_ITS_KIND = ("target", "limit", "steady", "fact")
"""Of these kinds one finding at most rests on a table, so that it is the same whatever its words."""
_LEAD_IN = frozenset(["of", "all", "no", "none", "some", "about", "fewer", "than", "only", "the", "a", "an", "'s"])
_VERBS = frozenset(
    [
        "am",
        "are",
        "began",
        "begin",
        "began",
        "came",
        "climbed",
        "did",
        "differ",
        "disagree",
        "do",
        "dropped",
        "fell",
        "go",
        "goes",
        "grew",
        "had",
        "has",
        "have",
        "held",
        "hold",
        "holds",
        "is",
        "made",
        "make",
        "makes",
        "met",
        "missed",
        "moved",
        "rose",
        "sank",
        "stand",
        "stands",
        "stayed",
        "take",
        "takes",
        "was",
        "went",
        "were",
    ]
)
_NUMBER = re.compile(r"[^\w]*[\d]")
_EDGES = "\"'“”‘’()[],.;!?"


def pairs(before: Sequence[Told], after: Sequence[Told]) -> tuple[tuple[Told | None, Told | None], ...]:
    """Return each finding of two runs beside the same one of the other; None where the other has none.

    The same findings always pair in the same way, whichever run is named first.
    """
    found: list[tuple[int, Told | None, int, Told | None]] = []
    left, right = list(enumerate(before)), list(enumerate(after))
    for key in (_exactly, _by_subject, _by_table):
        matched = _matched(left, right, key)
        found += [(i, one, j, other) for (i, one), (j, other) in matched]
        left = [entry for entry in left if entry[0] not in {i for (i, _), _ in matched}]
        right = [entry for entry in right if entry[0] not in {j for _, (j, _) in matched}]
    found += [(i, one, len(after) + i, None) for i, one in left]
    found += [(len(before) + j, None, j, other) for j, other in right]
    return tuple((one, other) for _, one, _, other in sorted(found, key=lambda entry: (entry[2], entry[0])))


def subject(claim: str) -> str:
    """Return what a claim speaks of: its words up to the first number, verb or colon.

    >>> subject("Scam cases in Indonesia: 967 against 333 expected (289 to 384)")
    'scam cases in indonesia'
    >>> subject("5 cases of severity S3 were opened"), subject("Targets: all 20 were met")
    ('cases of severity s3', 'targets')
    """
    words: list[str] = []
    for raw in claim.split():
        word = raw.strip(_EDGES).casefold()
        is_end = _NUMBER.match(raw) is not None or word in _VERBS
        if is_end and words:
            break
        if not is_end and (words or word not in _LEAD_IN):
            words.append(word.rstrip(":"))
        if raw.endswith(":") and words:
            break
    return " ".join(words)


def _matched(
    left: list[tuple[int, Told]], right: list[tuple[int, Told]], key: Callable[[Told], Hashable | None]
) -> list[tuple[tuple[int, Told], tuple[int, Told]]]:
    found: list[tuple[tuple[int, Told], tuple[int, Told]]] = []
    waiting: dict[Hashable, list[tuple[int, Told]]] = {}
    for entry in left:
        if (named := key(entry[1])) is not None:
            waiting.setdefault(named, []).append(entry)
    for entry in right:
        queue = waiting.get(key(entry[1]), [])
        if queue:
            found.append((queue.pop(0), entry))
    return found


def _exactly(told: Told) -> Hashable | None:
    return (_rests_on(told), subject(plain(told.get("claim"))))


def _by_subject(told: Told) -> Hashable | None:
    return subject(plain(told.get("claim"))) or None


def _by_table(told: Told) -> Hashable | None:
    kind = plain(told.get("kind"))
    return (kind, _rests_on(told)) if kind in _ONE_OF_ITS_KIND else None


def _rests_on(told: Told) -> tuple[tuple[str, str], ...]:
    evidence = [mapped(one) for one in listed(told.get("evidence"))]
    named = {(plain(one.get("kind")), plain(one.get("ref"))) for one in evidence}
    metrics = {one for one in named if one[0] == "metric"}
    return tuple(sorted(metrics or named))
