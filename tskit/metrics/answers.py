"""The tidy frame that every metric answers with, and what it says about each figure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tskit.metrics.request import INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.metrics.request import Request

__all__ = ["FIGURES", "answer", "lacking"]

FIGURES = ("value", "low", "high", "k", "n", "is_complete", "note")


def answer(request: Request, found: pd.DataFrame, *, notes: Sequence[pd.Series] = ()) -> pd.DataFrame:
    """Return the tidy frame of a grid that holds value, low, high, k and n.

    Figures of a cohort that cannot have shown everything yet are taken out, and each row says what it lacks.
    """
    as_of, follow_up = request.case_set.as_of, request.metric.follow_up_days
    over = np.array([span.is_over(as_of) for span in request.spans])
    grown = np.array([span.has_matured(as_of, follow_up) for span in request.spans])
    position = found[INDEX].to_numpy(dtype=np.int64)
    mature = pd.Series(grown[position] if follow_up else True, index=found.index)
    figures = found[["value", "low", "high", "k", "n"]].astype("float64")
    figures[["value", "low", "high", "k"]] = figures[["value", "low", "high", "k"]].where(mature)
    told = [_immature(request, mature), _unfinished(request, over[position], mature), *notes, *_counts(request, found)]
    keys = found[list(request.by)]
    if request.period:
        starts = [span.start for span in request.spans]
        keys = keys.assign(period_start=[starts[i] for i in position])
    note = pd.Series("", index=found.index, dtype=object)
    for text in told:
        note = note.str.cat(text.where(note.eq("") | text.eq(""), "; " + text)) if len(note) else note
    return keys.join(figures).assign(is_complete=over[position] & mature.to_numpy(dtype=bool), note=note)


def lacking(request: Request, columns: Sequence[str]) -> pd.DataFrame:
    """Return the one row that says which columns a figure would need."""
    word = "column" if len(columns) == 1 else "columns"
    row = dict.fromkeys([*request.by, *(["period_start"] if request.period else [])], None)
    figures = dict.fromkeys(("value", "low", "high", "k", "n"), np.nan)
    return pd.DataFrame([{**row, **figures, "is_complete": False, "note": f"needs {word} {', '.join(columns)}"}])


def _immature(request: Request, mature: pd.Series) -> pd.Series:
    days = request.metric.follow_up_days
    until = request.case_set.as_of.astimezone(ZoneInfo(request.window.zone)).date() - timedelta(days=days)
    text = f"not known yet: each case is followed for {days} days, so cohorts are complete up to {until}"
    return pd.Series(np.where(mature, "", text), index=mature.index, dtype=object)


def _unfinished(request: Request, over: np.ndarray, mature: pd.Series) -> pd.Series:
    ends = request.case_set.as_of.astimezone(ZoneInfo(request.window.zone))
    text = f"not a whole period: the data ends {ends:%Y-%m-%d %H:%M}, or the window cuts it"
    return pd.Series(np.where(over | ~mature, "", text), index=mature.index, dtype=object)


def _counts(request: Request, found: pd.DataFrame) -> list[pd.Series]:
    """Return one series of sentences for each kind of case that was left out or does not count as it stands."""
    sentences = {f"_out_{i}": f"{words} left out" for i, words in enumerate(request.exclusions)}
    sentences |= {f"_told_{i}": words for i, words in enumerate(request.metric.told)}
    return [
        pd.Series([f"{n:,} {words}" if n else "" for n in found[name].astype("int64")], index=found.index, dtype=object)
        for name, words in sentences.items()
        if name in found
    ]
