"""A template that was executed once for each line of a grid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model.run_row import RunRow

__all__ = ["BatchSummary", "Missing"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A run of the plan that has no folder: what it was to be asked, name and value in words, and why it is not there."""

    asked: tuple[tuple[str, str], ...] = field(repr=False)
    why: str


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What became of a batch.

    `kind` is the template's name in words, `grid` the parameters that vary, `command` how the batch is taken up again.
    `rows` are in the order of the grid. `started` and `finished` are UTC in ISO 8601; empty when they are not known.
    """

    id: str
    name: str
    template: str
    kind: str
    started: str
    finished: str
    grid: tuple[str, ...]
    rows: tuple[RunRow, ...] = field(repr=False)
    missing: tuple[Missing, ...] = field(default=(), repr=False)
    command: str = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many runs ended in which way, the most frequent first; `missing` ones are counted as well."""
        found = Counter(row.status for row in self.rows)
        found.update({"missing": len(self.missing)} if self.missing else {})
        return dict(found.most_common())
