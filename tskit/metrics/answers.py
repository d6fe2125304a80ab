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

    from numpy.typing import NDArray

    from tskit.metrics.request import Request

__all__ = ["FIGURES", "answer", "lacking", "said"]

FIGURES = ("value", "low", "high", "k", "n", "is_complete", "note")


def answer(request: Request, found: pd.DataFrame, *, notes: Sequence[pd.Series] = ()) -> pd.DataFrame:
    """Return the tidy frame of a grid that holds value, low, high, k and n.

    Figures of a cohort that cannot have shown everything yet are taken out, and each row says what it lacks.
    """
    as_of, follow_up = request.case_set.as_of, request.metric.follow_up_days
    over = np.array([span.is_over(as_of) for span in request.spans])
    grown = np.array([span.has_matured(as_of, follow_up) for span in request.spans])
    position = found[INDEX].to_numpy(dtype=np.int64)
    mature = grown[position] if follow_up else np.ones(len(found), dtype=bool)
    figures = found[["value", "low", "high", "k", "n"]].astype("float64")
    if not mature.all():
        figures.loc[~mature, ["value", "low", "high", "k"]] = np.nan
    keys = found[list(request.by)]
    if request.period:
        starts = np.array([span.start for span in request.spans], dtype=object)
        keys = keys.assign(period_start=starts[position])
    if request.is_bare:
        return keys.join(figures)
    told = [
        said(~mature, _immature(request)),
        said(~over[position] & mature, _unfinished(request)),
        *(note.to_numpy(dtype=object) for note in notes),
        *_counts(request, found),
    ]
    return keys.join(figures).assign(is_complete=over[position] & mature, note=_joined(told, len(found)))


def said(holds: NDArray[np.bool_], text: str) -> NDArray[np.object_]:
    """Return the text where something holds, and nothing elsewhere."""
    return np.where(holds, np.array(text, dtype=object), np.array("", dtype=object))


def lacking(request: Request, columns: Sequence[str]) -> pd.DataFrame:
    """Return the one row that says which columns a figure would need."""
    word = "column" if len(columns) == 1 else "columns"
    row = dict.fromkeys([*request.by, *(["period_start"] if request.period else [])], None)
    figures = dict.fromkeys(("value", "low", "high", "k", "n"), np.nan)
    return pd.DataFrame([{**row, **figures, "is_complete": False, "note": f"needs {word} {', '.join(columns)}"}])


def _immature(request: Request) -> str:
    days = request.metric.follow_up_days
    until = request.case_set.as_of.astimezone(ZoneInfo(request.window.zone)).date() - timedelta(days=days)
    return f"not known yet: each case is followed for {days} days, so cohorts are complete up to {until}"


def _unfinished(request: Request) -> str:
    ends = request.case_set.as_of.astimezone(ZoneInfo(request.window.zone))
    return f"not a whole period: the data ends {ends:%Y-%m-%d %H:%M}, or the window cuts it"


def _counts(request: Request, found: pd.DataFrame) -> list[NDArray[np.object_]]:
    """Return one array of sentences for each kind of case that was left out or does not count as it stands."""
    sentences = {f"_out_{i}": f"{words} left out" for i, words in enumerate(request.exclusions)}
    sentences |= {f"_told_{i}": words for i, words in enumerate(request.metric.told)}
    return [_counted(found[name].to_numpy(dtype=np.int64), words) for name, words in sentences.items() if name in found]


def _counted(numbers: NDArray[np.int64], words: str) -> NDArray[np.object_]:
    text = said(np.zeros(len(numbers), dtype=bool), "")
    some = np.flatnonzero(numbers)
    text[some] = [f"{n:,} {words}" for n in numbers[some]]
    return text


def _joined(told: Sequence[NDArray[np.object_]], length: int) -> NDArray[np.object_]:
    """Return what is said of each row, sentence after sentence; most rows of a large grid have nothing to say."""
    note = said(np.zeros(length, dtype=bool), "")
    for text in told:
        some = np.flatnonzero(text.astype(bool))
        note[some] = [f"{before}; {now}" if before else now for before, now in zip(note[some], text[some], strict=True)]
    return note
