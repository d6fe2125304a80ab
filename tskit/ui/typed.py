"""The controls that whys and actions are typed into: labelled, as wide as those of the forms, read out by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from tskit.cases import open_casebook
from tskit.model import Casebook, CaseSet

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from tskit.causes import Taxonomy

__all__ = [
    "STYLE",
    "WIDE",
    "_NONE",
    "book_of",
    "causes_to_choose",
    "choice",
    "day",
    "dropdown",
    "line",
    "press",
    "words",
]

STYLE = {"description_width": "9em"}
WIDE = {"width": "38em", "max_width": "98%"}
_NONE = ("(none)", "")


def book_of(given: CaseSet | Casebook | str | os.PathLike[str]) -> Casebook:
    """Return the casebook of a case set, the casebook itself, or the one in a folder.

    Raises:
        SourceError: there is no such casebook.
    """
    if isinstance(given, CaseSet):
        return given.casebook
    return given if isinstance(given, Casebook) else open_casebook(given)


def causes_to_choose(taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Return every cause in use as its id and name, and its id."""
    return [(f"{id_} {taxonomy.name(id_)}", id_) for id_ in taxonomy.ids()]


def dropdown(label: str, options: Sequence[tuple[str, str]], *, first: tuple[str, str] = _NONE) -> Any:  # noqa: ANN401  # ipywidgets has no types
    """Return a list to choose one of; `first` stands for nothing chosen."""
    return ipywidgets.Dropdown(options=[first, *options], description=label, style=STYLE, layout=WIDE)


def choice(label: str, options: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401  # as above
    """Return a list to choose several of."""
    rows = min(max(len(options), 1), 4)
    return ipywidgets.SelectMultiple(options=options, description=label, rows=rows, style=STYLE, layout=WIDE)


def line(label: str, *, hint: str = "") -> Any:  # noqa: ANN401  # as above
    """Return a control of one line; what was typed is sent whole, once it is left.

    Sent key by key, it is held back while the kernel is busy, and the press of a button overtakes it.
    """
    return ipywidgets.Text(description=label, placeholder=hint, continuous_update=False, style=STYLE, layout=WIDE)


def words(label: str, *, hint: str = "") -> Any:  # noqa: ANN401  # as above
    """Return a control of some lines, sent whole as that of one line is."""
    return ipywidgets.Textarea(
        description=label, placeholder=hint, continuous_update=False, rows=2, style=STYLE, layout=WIDE
    )


def day(label: str) -> Any:  # noqa: ANN401  # as above
    """Return a control that a day is chosen in."""
    return ipywidgets.DatePicker(description=label, style=STYLE, layout=WIDE)


def press(label: str, *, why: str, is_first: bool = False) -> Any:  # noqa: ANN401  # as above
    """Return a button; `why` is what it is for."""
    style = "primary" if is_first else ""
    return ipywidgets.Button(description=label, tooltip=why, button_style=style, layout={"width": "max-content"})
