"""How often a suggestion would have been right: measured on what people settled, never on the case itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from tskit.causes.taxonomy import Taxonomy

__all__ = ["FEWEST", "NOT_MEASURED", "Measured", "Precision", "is_right", "measure"]

FEWEST = 10
"""Below this number of past tags a share says nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Of `n` past suggestions of a kind, `right` named the cause that people settled on."""

    right: int
    n: int
    precision: float | None = None
    low: float | None = None
    high: float | None = None
    """Wilson's 95 % interval; None, as the share itself, under ten past tags."""


NOT_MEASURED = Measured(0, 0)


@dataclass(frozen=True, slots=True)
class Precision:
    """What was measured, by source and cause; the cause "" stands for all that a source suggests."""

    by: Mapping[tuple[str, str], Measured] = field(repr=False)

    def of(self, source: str, cause: str) -> Measured:
        """Return the figures for a source and cause; what was never suggested has none."""
        return self.by.get((source, cause), NOT_MEASURED)


def measure(suggested: Iterable[tuple[str, str, str]], settled: pd.DataFrame, taxonomy: Taxonomy) -> Precision:
    """Return how often what was suggested is what people settled on.

    Cases that people dispute, and those that nobody tagged, are left out.

    Args:
        suggested: case_id, source and cause of each suggestion, made without the case's own tag.
        settled: what `settled` returns.
        taxonomy: tells a cause of level 1, which is right for every cause below it.
    """
    truth = {row[0]: row[1:] for row in zip(settled["case_id"], settled["cause"], settled["cause_l1"], strict=True)}
    right: Counter[tuple[str, str]] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    for case_id, source, cause in suggested:
        answer = is_right(cause, *truth[case_id], taxonomy) if case_id in truth else None
        if answer is not None:
            for kind in ((source, cause), (source, "")):
                asked[kind] += 1
                right[kind] += answer
    return Precision({kind: _measured(right[kind], n) for kind, n in asked.items()})


def is_right(cause: str, fine: object, broad: object, taxonomy: Taxonomy) -> bool | None:
    """Return whether a suggested cause is the settled one, compared on its own level; None where nobody can tell."""
    import pandas as pd  # noqa: PLC0415  # slow to import, and reading a taxonomy does without

    settled = broad if taxonomy.level1(cause) == cause else fine
    return None if pd.isna(settled) or settled == "" else bool(settled == cause)  # type: ignore[arg-type]  # a text


def _measured(right: int, n: int) -> Measured:
    from tskit.stats import wilson  # noqa: PLC0415  # as above

    if n < FEWEST:
        return Measured(right, n)
    low, high = wilson(right, n)
    return Measured(right, n, right / n, float(low), float(high))
