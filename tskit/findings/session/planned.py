"""A new action as it enters the register: with the figure that it is to move, measured before it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.errors import ParameterError
from tskit.findings.session.effects import baseline
from tskit.metrics import find
from tskit.model import CASES, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.causes import Action
    from tskit.model import CaseSet

__all__ = ["free_id", "planned", "read_where"]

_NAMES = frozenset(column.name for column in CASES.columns)
_LISTED = (Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN)


def planned(case_set: CaseSet, action: Action) -> Action:
    """Return the action with its baseline: the metric in the segment watched, over the period of the case set.

    Where no value can be computed the action has no baseline; its effect cannot be judged then.

    Raises:
        ParameterError: there is no such metric, no such column in the source, or no case of one of the values.
    """
    find(action.metric)
    for column, values in action.where:
        _check_where(case_set, column, values)
    before = baseline(case_set, action.metric, where=action.where)
    return replace(action, baseline=before if np.isfinite(before.value) else None)


def _check_where(case_set: CaseSet, column: str, values: Sequence[str]) -> None:
    known = [
        name
        for name in case_set.cases.columns
        if name in _NAMES and CASES[name].sensitivity is Sensitivity.OPEN and CASES[name].kind in _LISTED
    ]
    if column not in known:
        raise ParameterError.unknown(column, known, what="column to watch in")
    cases = case_set.cases
    texts = cases.select(value=cases[column].cast("string"))
    there = set(texts.filter(texts.value.isin(list(values))).distinct().to_pyarrow()["value"].to_pylist())
    for value in values:
        if value not in there:  # the value is what the person typed, and may be named to them
            raise ParameterError(f"No case has {value!r} in {column}. Values are written as the source writes them.")


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
