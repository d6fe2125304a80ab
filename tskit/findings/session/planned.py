"""A new action as it enters the register: with the figure that it is to move, measured before it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.errors import ParameterError
from tskit.findings.session.effects import baseline
from tskit.findings.where import check_values
from tskit.metrics import find
from tskit.model import Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.causes import Action
    from tskit.model import CaseSet, Column

__all__ = ["free_id", "planned", "read_where"]

_LISTED = (Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN)


def planned(case_set: CaseSet, action: Action) -> Action:
    """Return the action with its baseline: the metric in the segment watched, over the period of the case set.

    Where no value can be computed the action has no baseline; its effect cannot be judged then.

    Raises:
        ParameterError: there is no such metric, no such column in the source, or no case of one of the values.
    """
    find(action.metric)
    for column, values in action.where:
        check_values(case_set, column, values, what="column to watch in", may=_may_be_watched)
    before = baseline(case_set, action.metric, where=action.where)
    return replace(action, baseline=before if np.isfinite(before.value) else None)


def _may_be_watched(column: Column) -> bool:
    return column.sensitivity is Sensitivity.OPEN and column.kind in _LISTED


def read_where(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return where to watch, as in "policy_id=DEC-SCAM,DEC-SPAM; market=ID".

    Raises:
        ParameterError: a part has no column or no value.

    >>> read_where("policy_id=DEC-SCAM, DEC-SPAM; market=ID")
    (('policy_id', ('DEC-SCAM', 'DEC-SPAM')), ('market', ('ID',)))
    """
    found: list[tuple[str, tuple[str, ...]]] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        column, _, values = part.partition("=")
        named = tuple(value.strip() for value in values.split(",") if value.strip())
        if not column.strip() or not named:
            raise ParameterError("Where to watch is written as in policy_id=DEC-SCAM,DEC-SPAM; market=ID.")
        found.append((column.strip(), named))
    return tuple(found)


def free_id(taken: Sequence[str]) -> str:
    """Return the next free short name of an action.

    >>> free_id(["A1", "guide"]), free_id([])
    ('A2', 'A1')
    """
    return next(name for name in (f"A{n}" for n in range(1, len(taken) + 2)) if name not in taken)
