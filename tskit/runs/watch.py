"""Follows a notebook while it is executed: which section it is in, and where and why it stopped."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tskit.runs.limits import Limits
from tskit.runs.scrub import is_ours, scrub_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from tskit.runs.execute import Kernel

__all__ = ["Failure", "Watch", "sections"]

OPENING = "Opening"
_SAVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a notebook stopped, and the cause; `message` is empty when its text must not be shown.

    `cell` counts code cells from 1. `kind` is the name of the exception, `places` are its frames.
    """

    section: str
    cell: int
    kind: str
    message: str = ""
    places: tuple[str, ...] = ()

    @property
    def is_no_data(self) -> bool:
        """Return whether the template stopped since nothing falls into its scope."""
        return self.kind == "NoDataError" and bool(self.message)


@dataclass(slots=True)
class Watch:
    """What one execution has come to. Its methods are nbclient's hooks, which call them by these argument names."""

    progress: Callable[[str, int, int], None]
    save: Callable[[Any], object]
    notebook: Any = None
    section: str = ""
    cell: int = 0
    failure: Failure | None = None
    names: list[str] = field(default_factory=list[str])
    kernel: Kernel = "cold"
    limits: Limits = field(default_factory=Limits)
    _saved: float = -math.inf

    def started(self, notebook: Any) -> None:  # noqa: ANN401  # nbformat has no types
        """Take note of the notebook, which papermill keeps for itself when it is interrupted."""
        self.notebook, self.names = notebook, sections(notebook)

    def entered(self, cell: Any, cell_index: int) -> None:  # noqa: ANN401  # nbformat has no types
        """Say which section begins, and keep what there is now and then, so that a killed run shows how far it came."""
        if cell.cell_type == "code":
            self.cell += 1
        name = self.names[cell_index]
        if name != self.section:
            self.section = name
            if time.monotonic() - self._saved >= _SAVE_SECONDS:
                self.save(self.notebook)
                self._saved = time.monotonic()
            order = list(dict.fromkeys(self.names))
            self.progress(name, order.index(name), len(order))

    def finished(self, cell: Any, cell_index: int, execute_reply: Any) -> None:  # noqa: ANN401, ARG002  # as above
        """Scrub a cell before anything of it is written, and remember why it failed."""
        scrub_cell(cell)
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors and self.failure is None:
            error = errors[0]
            message = error.evalue if is_ours(error) else ""
            self.failure = Failure(self.section, self.cell, error.ename, message, tuple(error.traceback))


def sections(notebook: Any) -> list[str]:  # noqa: ANN401  # nbformat has no types
    """Return for each cell the second-level heading that it stands under."""
    found: list[str] = []
    name = OPENING
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            headings = [line[3:].strip() for line in cell.source.splitlines() if line.startswith("## ")]
            name = headings[0] if headings else name
        found.append(name)
    return found
