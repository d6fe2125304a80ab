"""Names of columns, as a header row gives them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.raw import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MOST_COLUMNS", "brief", "looks_like_data", "names"]

MOST_COLUMNS = 4096
_LONGEST = 200
_DATA = re.compile(r"\d{4}-\d\d-\d\d[ T]\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|[^@\s]+@[^@\s]+\.\w+$|https?://|\d{7,}$")


def names(cells: Sequence[str], *, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns of the file `name` and notes about them; a blank cell is named by its position.

    Raises:
        SourceError: there are none or too many, or two have the same name.
    """
    if len(cells) > MOST_COLUMNS:
        raise SourceError(
            f"{name} has {len(cells):,} columns, more than {MOST_COLUMNS:,}. Is the delimiter right? Declare it."
        )
    stripped = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    if not any(stripped):
        raise SourceError(f"{name} has no column names. Its first row must hold them; declare header_row otherwise.")
    if any(len(cell) > _LONGEST for cell in stripped):
        raise SourceError(f"{name}: a column name is longer than {_LONGEST} characters. Declare header_row.")
    blank = [str(i) for i, cell in enumerate(stripped, 1) if not cell]
    header = tuple(cell or f"column_{i}" for i, cell in enumerate(stripped, 1))
    _check_unique(header, name=name)
    if not blank:
        return header, ()
    return header, (
        f"{name}: the columns at position {', '.join(blank)} have no name; column_{blank[0]} stands for it.",
    )


def looks_like_data(cells: Sequence[str]) -> bool:
    """Tell whether a header row holds a time, an address or a long number: then there is none.

    >>> looks_like_data(["Case ID", "Opened"]), looks_like_data(["17", "2026-01-01 10:00"])
    (False, True)
    """
    return any(_DATA.match(cell.strip()) for cell in cells)


def brief(columns: Sequence[str]) -> str:
    """Return at most five column names for a message."""
    shown = ", ".join(repr(column) for column in columns[:5])
    return shown if len(columns) <= 5 else f"{shown} and {len(columns) - 5} more"


def _check_unique(header: Sequence[str], *, name: str) -> None:
    # The engine does not tell capitals from small letters in names, so neither may we.
    folded = [column.casefold() for column in header]
    twice = [column for i, column in enumerate(header) if folded[i] in folded[:i]]
    if twice:
        raise SourceError(f"{name} has more than one column of the name {brief(twice)}. Rename them in the file.")
    ours = [column for column in header if column.casefold().startswith(SOURCE)]
    if ours:
        raise SourceError(f"{name}: names that begin with {SOURCE} are ours; rename {brief(ours)} in the file.")
