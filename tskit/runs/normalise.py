"""The canonical form of an executed notebook: two runs of the same, wherever and however executed, have the same one."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from tskit.runs.watch import sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["normalise"]

_INJECTED = "injected-parameters"
_ALIASES = {
    "drawing": r"altair-viz-[0-9a-f]{32}",
    "table": r"(?<=[\"'#. ])T_[0-9a-f]{5}(?=[_\"' ])",
    "cell": r"<ipython-input-\d+-[0-9a-f]+>|[^\s\"']*[/\\]ipykernel_\d+[/\\]\d+\.py",
    "address": r"(?<![0-9A-Za-z])0x[0-9a-f]{6,16}",
}
_VOLATILE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ALIASES.items()))
_ALIKE = ("cell", "address")
"""Two of these say no more than one: which of them is which changes from process to process."""


def normalise(notebook: Any, *, places: Sequence[str] = ()) -> dict[str, Any]:  # noqa: ANN401  # nbformat has no types
    """Return the canonical form of an executed notebook as plain JSON values.

    What a clock, a process or a kernel says of itself is left out: times, ids, addresses, kernel names, execution
    counts, empty outputs. Streams are merged, since where they break depends on timing. The cell that papermill puts in
    is told by its parameters.

    Args:
        notebook: as nbformat reads it; it stays as it is.
        places: paths that differ between two machines, in the same order on both; each is written by its number.
    """
    aliases = _Aliases(places)
    given = notebook.get("metadata", {}).get("papermill", {}).get("parameters", {})
    return {"parameters": aliases.within(dict(given)), "cells": list(_cells(notebook, aliases))}


class _Aliases:
    """Names in place of ids that are made up in each run: the first that is met is 1, and stays 1 wherever it recurs."""

    def __init__(self, places: Sequence[str]) -> None:
        self._seen: dict[str, str] = {}
        numbered = {place: f"<place {number}>" for number, place in enumerate(places, 1) if place}
        self._places = dict(sorted(numbered.items(), key=lambda item: -len(item[0])))

    def within(self, value: Any) -> Any:  # noqa: ANN401  # a JSON value
        """Return a JSON value with every id in its texts replaced."""
        if isinstance(value, str):
            for place, name in self._places.items():
                value = value.replace(place, name)
            return _VOLATILE.sub(self._alias, value)
        if isinstance(value, list | tuple):
            return [self.within(one) for one in cast("Sequence[Any]", value)]
        if isinstance(value, dict):
            return {key: self.within(one) for key, one in cast("Mapping[str, Any]", value).items()}
        return value

    def _alias(self, found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind in _ALIKE:
            return f"<{kind}>"
        return self._seen.setdefault(found[0], f"<{kind} {len(self._seen) + 1}>")


def _cells(notebook: Any, aliases: _Aliases) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # nbformat has no types
    number = 0
    for cell, section in zip(notebook["cells"], sections(notebook), strict=True):
        number += cell["cell_type"] == "code"
        if _INJECTED in cell.get("metadata", {}).get("tags", []):
            continue
        found = {"section": section, "number": number, "kind": cell["cell_type"], "source": cell["source"]}
        if cell["cell_type"] == "code":
            found["outputs"] = [aliases.within(output) for output in _merged(cell["outputs"])]
        yield found


def _merged(outputs: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yield the outputs with neighbouring streams put together, one a name; how two of them mix depends on timing."""
    for is_stream, group in groupby(outputs, lambda output: output["output_type"] == "stream"):
        if not is_stream:
            yield from map(_output, group)
            continue
        texts: dict[str, str] = {}
        for output in group:
            texts[output["name"]] = texts.get(output["name"], "") + output["text"]
        yield from ({"type": "stream", "name": name, "text": text} for name, text in sorted(texts.items()) if text)


def _output(output: Mapping[str, Any]) -> dict[str, Any]:
    if output["output_type"] == "error":
        return {"type": "error", **{name: output.get(name, "") for name in ("ename", "evalue", "traceback")}}
    # A value at the end of a cell and one that is displayed say the same.
    return {"type": "display", "data": dict(output.get("data", {}))}
