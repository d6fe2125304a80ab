"""Tables as a write-up carries them: plain values, with the unit that tells the page how to print them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TABLE_MIME", "Header", "Role", "Table", "plain", "table"]

TABLE_MIME = "application/vnd.tskit.table+json"
Role = Literal["", "headlines", "cases", "people", "answers"]
_NUMERIC = ("cases", "share", "hours", "points", "ratio", "number")
_INSTANTS = {"due", "moment"}
_READ = {"question", "answer"}
_LEFT = 'style="text-align:left"'
"""Notebooks set tables to the right, which is for figures."""


@dataclass(frozen=True, slots=True)
class Header:
    """One column of a table: the name in the frame, the label that people read, and the unit of its values.

    The unit "moment" is an instant (ISO 8601 with its zone), told in the write-up's zone; "due" is one that the page
    counts down to.
    """

    name: str
    label: str
    unit: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the header as plain JSON values; numbers stand right, text stands left."""
        align = "right" if self.unit in _NUMERIC else "left"
        return {"name": self.name, "label": self.label, "unit": self.unit, "align": align}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for the reader; `role` tells the page when they are more than a plain table.

    headlines: each row is a tile. answers: each row is a question (`question`) and its answer (`answer`, a text or a
    list of points), which come first in a brief, with an instant to count down to (`due`, ISO 8601 with its zone) and
    the key of what it rests on (`ref`) where there are; a column `of_single_cases` says of each row whether a copy to
    share must leave it out. cases: each row is one case, and its `case_id` may become a link. people: each row names one
    of the team, so that a copy to share leaves the rows out, as it does those of cases. `of_single_cases` says that the
    rows tell of single cases, whatever their form, so that a copy to share leaves them out.
    """

    key: str
    title: str
    columns: tuple[Header, ...]
    frame: pd.DataFrame = field(repr=False)
    caption: str = ""
    role: Role = ""
    of_single_cases: bool = False

    @property
    def rows(self) -> list[list[object]]:
        """Return the rows as plain JSON values in the order of the columns."""
        names = [header.name for header in self.columns]
        return [[plain(value) for value in row] for row in self.frame[names].itertuples(index=False, name=None)]

    def as_json(self) -> dict[str, object]:
        """Return the table as plain JSON values."""
        return {
            "key": self.key,
            "title": self.title,
            "caption": self.caption,
            "role": self.role,
            "columns": [header.as_json() for header in self.columns],
            "rows": self.rows,
            **({"of_single_cases": True} if self.of_single_cases else {}),
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        rows = self._shown()[1]
        lines = [self.title, "", *("  ".join(" ".join(cell) for cell in row) for row in rows)]
        return {TABLE_MIME: self.as_json(), "text/html": self._html(), "text/plain": "\n".join(lines)}

    def _html(self) -> str:
        columns, rows = self._shown()
        head = "".join(f'<th scope="col" {_LEFT}>{escape(header.label)}</th>' for header in columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
        caption = f"<caption>{escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _shown(self) -> tuple[list[Header], list[list[list[str]]]]:
        """Return what a notebook without the page shows: of answers what people read, and each cell as its lines."""
        kept = [n for n, header in enumerate(self.columns) if self.role != "answers" or header.name in _READ]
        columns = [self.columns[n] for n in kept]
        rows = [[_lines(row[n], self.columns[n].unit) for n in kept] for row in self.rows]
        return columns, rows


def _lines(value: object, unit: str) -> list[str]:
    if isinstance(value, list):
        return [str(inner) for inner in cast("list[object]", value)]
    if value is None:
        return []
    if unit in _INSTANTS:
        return [f"{datetime.fromisoformat(str(value)).astimezone(UTC):%Y-%m-%d %H:%M} UTC"]
    return [str(value)]


def _cell(lines: Sequence[str]) -> str:
    said = "".join(f"<li>{escape(line)}</li>" for line in lines) if len(lines) > 1 else escape("".join(lines))
    return f"<td {_LEFT}>{f'<ul>{said}</ul>' if len(lines) > 1 else said}</td>"


def table(
    frame: pd.DataFrame,
    columns: Sequence[tuple[str, str] | tuple[str, str, str]],
    *,
    key: str,
    title: str,
    caption: str = "",
    role: Role = "",
) -> Table:
    """Return a frame as a table; each column is its name, its label and, for figures, its unit."""
    return Table(key, title, tuple(Header(*column) for column in columns), frame.reset_index(drop=True), caption, role)


def plain(value: object) -> object:
    """Return a value as plain JSON: days as ISO text, what is missing as None, NumPy numbers as Python ones."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
