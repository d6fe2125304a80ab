"""What a parameter may hold, where the package knows: metrics by name, case columns that may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.metrics.registry import REGISTRY
from tskit.model import CASES, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["choices"]

_METRICS = ("metric", "metrics")
_COLUMNS = ("by", "columns")


def choices(names: Iterable[str]) -> Mapping[str, Collection[str]]:
    """Return the allowed values of those parameters, by name, that hold metrics or columns."""
    asked = set(names)
    shown = tuple(column.name for column in CASES.columns if column.sensitivity is Sensitivity.OPEN)
    found: dict[str, Collection[str]] = dict.fromkeys(asked.intersection(_METRICS), tuple(REGISTRY))
    return found | dict.fromkeys(asked.intersection(_COLUMNS), shown)
