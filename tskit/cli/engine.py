"""What papermill loads as its engine `tskit`, as in: papermill --engine tskit in.ipynb out.ipynb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cli.warm import warm_place
from tskit.runs.engine.adapter import PlacedEngine

if TYPE_CHECKING:
    from tskit.runs.warm import WarmPlace

__all__ = ["TskitEngine"]


class TskitEngine(PlacedEngine):
    """Executes the cells in a child of this user's warm process; errors keep their traceback, as in any notebook."""

    @classmethod
    def place(cls) -> WarmPlace:
        """Return where this user's warm processes live."""
        return warm_place()
