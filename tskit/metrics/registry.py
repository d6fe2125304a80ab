"""Every metric of the catalogue by name, and which of them a source can answer."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.metrics import appeals, flow, origin, quality, timing, volume

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tskit.metrics.metric import Metric
    from tskit.model import CaseSet

__all__ = ["REGISTRY", "answerable", "columns_of", "find"]

REGISTRY: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for part in (volume, quality, appeals, origin, timing, flow) for metric in part.METRICS}
)


def find(name: str) -> Metric:
    """Return the metric of that name.

    Raises:
        ParameterError: there is none; the message names the nearest.
    """
    if name not in REGISTRY:
        raise ParameterError.unknown(name, REGISTRY, what="metric")
    return REGISTRY[name]


def answerable(columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return for each metric the columns that it would still need; none means that the source can answer it.

    Columns of the event log are written `events.to_queue`.

    >>> answerable({"created_at"})["cases_opened"], answerable({"created_at"})["cases_closed"]
    ((), ('closed_at',))
    """
    return {name: metric.missing(columns) for name, metric in REGISTRY.items()}


def columns_of(case_set: CaseSet) -> frozenset[str]:
    """Return the columns that a case set has, those of its event log as `events.x`."""
    log = () if case_set.events is None else (f"events.{name}" for name in case_set.events.columns)
    return frozenset([*case_set.cases.columns, *log])
