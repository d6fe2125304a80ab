"""Who looks at which case of a sample: loads that differ by at most one, pairs that all meet, nobody twice on a case."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tskit.causes.sampling import hashed
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["assign"]

_RULE = "rule:"


def assign(
    sample: pd.DataFrame, *, people: Sequence[str], per_case: int = 2, overlap: float = 1.0, seed: int
) -> pd.DataFrame:
    """Return the sample with `raters`, the list of people who look at each case.

    Args:
        sample: one row a case with `case_id`, as `draw` returns it.
        people: who takes part.
        per_case: how many people look at a case, independently of each other.
        overlap: the share of cases that so many people look at; the others go to one person each. Agreement is
            measured on the overlap alone, which is a random part of the sample.
        seed: the same seed, people and cases give the same assignment, whatever the order of the rows.

    Raises:
        ParameterError: a person is named twice or has no name, or there are fewer people than a case needs.
    """
    _check(people, per_case=per_case, overlap=overlap)
    key = f"assign:{seed}"
    order = sorted(sample["case_id"], key=lambda case: (hashed(str(case), key=key), str(case)))
    shared = round(len(order) * overlap)
    turns = _Turns(sorted(people), key)
    given = {case: turns.next(str(case), per_case if n < shared else 1) for n, case in enumerate(order)}
    return sample.assign(raters=sample["case_id"].map(given))


class _Turns:
    """Whose turn it is: the person with the least to do, and among those the one who met the others least."""

    def __init__(self, people: Sequence[str], key: str) -> None:
        self._people, self._key = people, key
        self._load: Counter[str] = Counter()
        self._met: Counter[frozenset[str]] = Counter()

    def next(self, case: str, count: int) -> list[str]:
        chosen: list[str] = []
        for _ in range(count):
            left = [person for person in self._people if person not in chosen]
            chosen.append(min(left, key=lambda person: self._rank(person, chosen, case)))
        self._load.update(chosen)
        self._met.update(frozenset((a, b)) for n, a in enumerate(chosen) for b in chosen[:n])
        return sorted(chosen)

    def _rank(self, person: str, chosen: Sequence[str], case: str) -> tuple[int, int, int]:
        met = sum(self._met[frozenset((person, other))] for other in chosen)
        return self._load[person], met, hashed(f"{case}:{person}", key=self._key)


def _check(people: Sequence[str], *, per_case: int, overlap: float) -> None:
    if len(set(people)) < len(people) or not all(person.strip() for person in people):
        raise ParameterError("Name each person once, and none with an empty name.")
    if any(person.startswith(_RULE) for person in people):
        raise ParameterError("A name that begins with 'rule:' is a rule's; people look at cases.")
    if not 1 <= per_case <= len(people):
        raise ParameterError(
            f"{per_case} people are to look at each case, and {len(people)} take part. Name more people."
        )
    if not 0 <= overlap <= 1:
        raise ParameterError("The overlap is a share of the cases, from 0 to 1.")
