"""What every chart asks of the frame that it draws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.charts.canvas import NARROW, WIDE, Canvas, notice
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.wording import lowered, named
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["checked", "columns_of", "day_of", "figure", "is_true", "nothing", "number", "segments"]

_MOST_ROWS = 5_000


def checked(frame: pd.DataFrame, *, needs: Sequence[str]) -> pd.DataFrame:
    """Return the frame with a fresh index.

    Raises:
        ParameterError: a column is missing, or there are more rows than a chart can show.
    """
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise ParameterError(f"The chart needs the column {missing[0]!r} in its frame; it takes: {', '.join(needs)}.")
    if len(frame) > _MOST_ROWS:
        raise ParameterError(
            f"A chart shows at most {_MOST_ROWS:,} rows, and this frame has {len(frame):,}. "
            "Aggregate first: a longer period, fewer segments, or a filter."
        )
    return frame.reset_index(drop=True)


def columns_of(by: str | Sequence[str]) -> list[str]:
    """Return the segment columns as a list."""
    return [by] if isinstance(by, str) else list(by)


def segments(frame: pd.DataFrame, by: str | Sequence[str]) -> list[str]:
    """Return each row's segment by name; several columns are joined by a dot."""
    names = columns_of(by)
    return [" · ".join(named(value) for value in row) for row in frame[names].itertuples(index=False, name=None)]


def number(value: Any) -> float | None:  # noqa: ANN401  # a cell of any frame
    """Return a value as a plain number, and None for all that is missing or endless."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    plain = float(value)
    return plain if plain - plain == 0 else None


def is_true(frame: pd.DataFrame, column: str, *, default: bool) -> list[bool]:
    """Return a column of truth values; where it or a value is missing, the default."""
    if column not in frame.columns:
        return [default] * len(frame)
    return [default if pd.isna(value) else bool(value) for value in frame[column]]


def day_of(value: Any) -> date:  # noqa: ANN401  # a cell of any frame
    """Return a day as a plain date."""
    return (
        value.date()
        if isinstance(value, datetime)
        else value
        if isinstance(value, date)
        else date.fromisoformat(str(value)[:10])
    )


def nothing(frame: pd.DataFrame, about: About, *, columns: Sequence[TableColumn]) -> Figure:
    """Return the figure that says that there is nothing to draw."""
    why = "no row falls into it" if frame.empty else _reason(frame)
    sentence = f"Nothing to draw for {lowered(about.label)}: {why}."
    quiet = About(about.key, about.title, about.label, about.unit, subtitle=about.subtitle, caption=sentence)
    made = figure(frame, quiet, draw=lambda canvas: notice(canvas, sentence), alt=sentence, columns=columns)
    return replace(made, is_empty=True)


def _reason(frame: pd.DataFrame) -> str:
    """Return what the frame itself says about its missing values, if all rows say the same."""
    notes = {str(note) for note in frame["note"].dropna()} - {""} if "note" in frame.columns else set[str]()
    return notes.pop() if len(notes) == 1 else "no value could be computed"


def figure(
    frame: pd.DataFrame,
    about: About,
    *,
    draw: Callable[[Canvas], dict[str, Any]],
    alt: str,
    columns: Sequence[TableColumn],
) -> Figure:
    """Return the figure with both of its layouts and its table as plain values."""
    present = [column for column in columns if column.name in frame.columns]
    table = pd.DataFrame(
        {column.name: pd.Series([_plain(value) for value in frame[column.name]], dtype=object) for column in present}
    )
    return Figure(
        key=about.key,
        title=about.title,
        subtitle=about.subtitle,
        caption=about.caption,
        alt=alt,
        spec=draw(WIDE),
        narrow=draw(NARROW),
        table=table,
        columns=tuple(present),
    )


def _plain(value: Any) -> object:  # noqa: ANN401  # a cell of any frame
    if value is None or value is pd.NaT or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, str):
        return value
    if pd.api.types.is_bool(value):
        return bool(value)
    if isinstance(value, date):
        return day_of(value).isoformat()
    if pd.api.types.is_integer(value):
        return int(value)
    return number(value) if pd.api.types.is_number(value) else str(value)
