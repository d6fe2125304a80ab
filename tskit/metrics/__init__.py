"""A case set in, a tidy frame out: every metric of the catalogue, aggregated where the data is."""

from tskit.metrics.choices import choices
from tskit.metrics.compare import CHANGES, compare
from tskit.metrics.counting import labelled
from tskit.metrics.extents import first_opening, numbers_of_values
from tskit.metrics.held import gather
from tskit.metrics.measure import cells, cells_now_and_before, matured, measure
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.mix import STRATA
from tskit.metrics.redefined import redefined
from tskit.metrics.registry import REGISTRY, answerable, columns_of, find

__all__ = [
    "CHANGES",
    "REGISTRY",
    "STRATA",
    "Kind",
    "Metric",
    "answerable",
    "cells",
    "cells_now_and_before",
    "choices",
    "columns_of",
    "compare",
    "find",
    "first_opening",
    "gather",
    "labelled",
    "matured",
    "measure",
    "numbers_of_values",
    "redefined",
]
