"""Engines for papermill that execute a notebook in a child forked from a warm zygote."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from nbformat import from_dict
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from tskit.runs.engine.client import Client
from tskit.runs.engine.line import open_line
from tskit.runs.engine.start import starter
from tskit.runs.limits import Limits
from tskit.runs.warm import NotWarmError

if TYPE_CHECKING:
    from tskit.runs.engine.line import Start
    from tskit.runs.warm import WarmPlace

__all__ = ["ForkedEngine", "PlacedEngine"]


class Seldom(NotebookExecutionManager):
    """Saves the whole notebook when it begins and ends and every so many seconds, not twice a cell."""

    is_begun = False

    def save(self, **given: Any) -> None:  # noqa: ANN401  # the signature of papermill
        """Save the notebook when it is due."""
        seconds = (self.now() - self.last_save_time).total_seconds()
        if not self.is_begun or self.end_time is not None or 0 < self.autosave_cell_every <= seconds:
            self.is_begun = True
            super().save(**given)


class ForkedEngine(Engine):
    """Executes the cells in the child that `start` starts; a run of tskit says so itself."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401  # papermill has no types
        kernel_name: str,
        **options: Any,  # noqa: ANN401  # the signature of papermill
    ) -> None:
        """Execute the notebook of `nb_man`.

        Args:
            nb_man: papermill's account of the execution.
            kernel_name: not needed: the child is of this interpreter.
            options: `start` and `limits`, and papermill's own.

        Raises:
            NotWarmError: a child is not to be had.
            DeadKernelError: the child ended on the way, or took more memory than it may.
            CellTimeoutError: a cell took longer than it may.
        """
        start: Start = options.pop("start")
        limits: Limits = options.pop("limits")
        line = open_line(start, limits=limits)
        try:
            client = Client(nb_man, **_known(options), timeout_func=limits.seconds, kernel_name=kernel_name, log=logger)
            client.execute_on(line, start_seconds=float(options.get("start_timeout", 60)))
        except BaseException:
            line.cut()
            raise
        line.close()
        nb_man.nb.metadata["language_info"] = from_dict(_LANGUAGE)


class PlacedEngine(ForkedEngine):
    """Executes the cells as a notebook's user expects it from a kernel, tracebacks and all."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,  # noqa: ANN401  # papermill has no types
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,  # noqa: FBT001, FBT002  # as above
        log_output: bool = False,  # noqa: FBT001, FBT002  # as above
        autosave_cell_every: int = 30,
        **options: Any,  # noqa: ANN401  # as above
    ) -> Any:  # noqa: ANN401  # as above
        """Execute `nb` and return it; it is saved at its begin, at its end and every `autosave_cell_every` seconds."""
        nb_man = Seldom(nb, output_path, log_output, progress_bar, autosave_cell_every)
        nb_man.notebook_start()
        try:
            cls.execute_managed_notebook(nb_man, kernel_name, log_output=log_output, **options)
        finally:
            nb_man.cleanup_pbar()
            nb_man.notebook_complete()
        return nb_man.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401  # papermill has no types
        kernel_name: str,
        **options: Any,  # noqa: ANN401  # the signature of papermill
    ) -> None:
        """Execute the notebook of `nb_man`, in a kernel where a fork is not to be had.

        Args:
            nb_man: papermill's account of the execution.
            kernel_name: the kernel that is started then.
            options: `place`, where the warm zygotes live; papermill's own; and `run_seconds` and `memory_mb` (MiB),
                which stop the whole notebook.
        """
        place: WarmPlace = options.pop("place")
        timeout = options.get("execution_timeout") or options.get("timeout")
        limits = Limits(timeout, options.pop("run_seconds", None), options.pop("memory_mb", None))
        start = starter(place, environment=os.environ, cwd=os.getcwd(), is_scrubbed=False)  # noqa: PTH109  # a name
        try:
            super().execute_managed_notebook(nb_man, kernel_name, start=start, limits=limits, **options)
        except NotWarmError as error:
            logger.warning(f"{error} A kernel is started instead.")
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, timeout_func=limits.seconds, **options)


def _known(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that nbclient's client takes."""
    names = set(Client.class_trait_names()) | {"raise_on_iopub_timeout"}
    return {name: value for name, value in options.items() if name in names and name not in _OWN}


_OWN = {"timeout", "startup_timeout", "timeout_func", "kernel_name", "log"}
_LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": f"ipython{sys.version_info[0]}",
    "version": sys.version.split()[0],
}
