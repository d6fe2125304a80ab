"""The tidy frame that every metric answers with, and what it says about each figure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tskit.cases.instants import SECOND
from tskit.metrics.periods import GRACE, micros_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.metrics.grid import Grid
    from tskit.metrics.request import Request

__all__ = ["FIGURES", "answer", "lacking", "said"]

FIGURES = ("value", "low", "high", "k", "n", "is_complete", "note")
_NUMBERS = FIGURES[:5]
_DAY = 86_400 * SECOND


def answer(request: Request, found: Grid, *, notes: Sequence[NDArray[np.object_]] = ()) -> pd.DataFrame:
    """Return the tidy frame of a grid that holds value, low, high, k and n.

    Figures of a cohort that cannot have shown everything yet are taken out, and each row says what it lacks.
    """
    over, grown = _known(request)
    mature = grown[found.period] if request.metric.follow_up_days else np.ones(len(found), dtype=bool)
    figures = {name: np.asarray(found[name], dtype=np.float64) for name in _NUMBERS}
    if not mature.all():
        figures |= {name: np.where(mature, figures[name], np.nan) for name in ("value", "low", "high", "k")}
    columns = dict(found.names)
    if request.period:
        starts = np.array([span.start for span in request.spans], dtype=object)
        columns["period_start"] = starts[found.period]
    columns |= figures
    if request.is_bare:
        return pd.DataFrame(columns)
    is_over = over[found.period]
    told = [
        said(~mature, _immature(request)),
        said(~is_over & mature, _unfinished(request)),
        *notes,
        *_counts(request, found),
    ]
    return pd.DataFrame({**columns, "is_complete": is_over & mature, "note": _joined(told, len(found))})


def _known(request: Request) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of each period whether the data reaches its end, and whether its cohort has been followed for long enough."""
    until = micros_of(request.case_set.as_of + GRACE)
    ends = request.edges[1:]
    whole = np.array([span.is_whole for span in request.spans])
    return whole & (until >= ends), until >= ends + request.metric.follow_up_days * _DAY


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


def _counts(request: Request, found: Grid) -> list[NDArray[np.object_]]:
    """Return one array of sentences for each kind of case that was left out or does not count as it stands."""
    sentences = {f"_out_{i}": f"{words} left out" for i, words in enumerate(request.exclusions)}
    sentences |= {f"_told_{i}": words for i, words in enumerate(request.metric.told)}
    return [_counted(found[name].astype(np.int64), words) for name, words in sentences.items() if name in found]


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
