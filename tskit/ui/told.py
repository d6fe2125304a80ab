"""Lines that a widget tells a person: read out when they change, with links to files of the casebook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import anywidget
import traitlets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Told", "address"]

_HERE = Path(__file__).parent
_ROOT = "TSKIT_LAB_ROOT"


class Told(anywidget.AnyWidget):
    """Lines of plain text in a region that screen readers follow; `tone` is plain, good or bad.

    A line is `text` with, where there is one, the `path` of a file as the server of this notebook knows it.
    """

    _esm = _HERE / "told.js"
    _css = _HERE / "told.css"
    lines = traitlets.List(traitlets.Dict()).tag(sync=True)
    tone = traitlets.Unicode("plain").tag(sync=True)

    def __repr__(self) -> str:
        """Return the name alone: what a widget shows is not written into a notebook."""
        return "Told()"

    def say(self, *lines: str | Mapping[str, str], tone: str = "plain") -> None:
        """Show these lines in place of the ones before."""
        found: Sequence[dict[str, Any]] = [{"text": line} if isinstance(line, str) else dict(line) for line in lines]
        with self.hold_sync():
            self.lines, self.tone = found, tone


def address(path: Path, *, environment: Mapping[str, str] | None = None) -> str:
    """Return a file's path as the server of this notebook knows it; empty when it does not serve the file.

    `tskit lab` says in the environment where its server begins.
    """
    variables = os.environ if environment is None else environment
    root = Path(variables.get(_ROOT, "")).resolve()
    if not variables.get(_ROOT) or not path.resolve().is_relative_to(root):
        return ""
    return quote(path.resolve().relative_to(root).as_posix())
