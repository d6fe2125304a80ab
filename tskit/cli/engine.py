"""What papermill loads as its engine `tskit`, as in: papermill --engine tskit in.ipynb out.ipynb."""

from __future__ import annotations

from typing import Any

__all__ = ["TskitEngine"]


class TskitEngine:
    """Executes the cells in a child of this user's warm process; errors keep their traceback, as in any notebook.

    papermill loads it while papermill itself is being imported, so whatever needs papermill is imported at its use:
    a subclass of papermill's engine would close a circle of imports.
    """

    @staticmethod
    def execute_notebook(nb: Any, kernel_name: str, **options: Any) -> Any:  # noqa: ANN401  # papermill's signature
        """Execute `nb` (a notebook) and return it with its outputs; `options` are papermill's."""
        from tskit.cli.warm import warm_place
        from tskit.runs.engine.adapter import PlacedEngine

        return PlacedEngine.execute_notebook(nb, kernel_name, place=warm_place(), **options)

    @staticmethod
    def nb_kernel_name(nb: Any, name: str | None = None) -> str:  # noqa: ANN401  # as above
        """Return the kernel's name: `name`, or what the notebook says."""
        from tskit.runs.engine.adapter import PlacedEngine

        return PlacedEngine.nb_kernel_name(nb, name)

    @staticmethod
    def nb_language(nb: Any, language: str | None = None) -> str:  # noqa: ANN401  # as above
        """Return the language of the cells: `language`, or what the notebook says."""
        from tskit.runs.engine.adapter import PlacedEngine

        return PlacedEngine.nb_language(nb, language)
