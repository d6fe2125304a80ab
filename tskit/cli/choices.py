"""What a parameter may hold, where the package knows: metrics by name, case columns that may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tskit.runs import Parameter

__all__ = ["choices"]

_METRICS = ("metric", "metrics")
_COLUMNS = ("by", "columns")


def choices(parameters: Iterable[Parameter]) -> Mapping[str, Collection[str]]:
    """Return the allowed values of those `parameters` that hold metrics or columns, by parameter."""
    names = {parameter.name for parameter in parameters}
    found: dict[str, Collection[str]] = {}
    if names.intersection(_METRICS):
        from tskit.metrics import REGISTRY

        found |= dict.fromkeys(names.intersection(_METRICS), tuple(REGISTRY))
    if names.intersection(_COLUMNS):
        from tskit.model import CASES, Sensitivity

        shown = tuple(column.name for column in CASES.columns if column.sensitivity is Sensitivity.OPEN)
        found |= dict.fromkeys(names.intersection(_COLUMNS), shown)
    return found
