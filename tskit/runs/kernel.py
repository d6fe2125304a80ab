"""Starts a kernel of this interpreter and lets papermill execute a notebook in it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tskit.runs import kernel_process
from tskit.runs.kernel_spec import manager_of, own_environment, spec_of
from tskit.runs.limits import Limits
from tskit.runs.warm import NotWarmError
from tskit.runs.watch import Failure

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import FrameType

    from tskit.runs.execute import Setting
    from tskit.runs.parameters import ParameterValue
    from tskit.runs.template import Template
    from tskit.runs.watch import Watch

__all__ = ["STOPPED", "run_notebook", "stop", "terminable"]

_ENGINE = "tskit-run"
STOPPED = "Stopped"
"""The kind of a failure that came from outside: Ctrl-C or a polite kill."""
_DEAD = ("DeadKernel", "The kernel died, most often since memory ran out; take a shorter period.")
_FINAL = {STOPPED, "Memory"}


def run_notebook(
    template: Template,
    given: Mapping[str, ParameterValue],
    *,
    setting: Setting,
    watch: Watch,
) -> Failure | None:
    """Execute the template's notebook and return why it stopped, or None when it came to its end.

    The executed notebook is `watch.notebook`, and `watch.kernel` the kind of kernel that executed it. A kernel that
    does not start is tried once more as a process of its own: now and then another program takes one of its ports
    first, and a fork is not to be had everywhere.
    """
    failure: Failure | None = None
    with (
        tempfile.TemporaryDirectory(prefix="tskit-run-", ignore_cleanup_errors=True) as scratch,
        _silent(),
        _own_loops(),
    ):
        source = Path(scratch) / f"{template.name}.ipynb"
        source.write_text(template.notebook, encoding="utf-8", newline="\n")
        for kernel in (setting.kernel, "cold"):
            watch.kernel = kernel
            watch.limits = Limits(setting.cell_seconds, setting.run_seconds, setting.memory_mb)
            failure = _attempt(source, given, setting=setting, watch=watch)
            if watch.notebook is not None or (failure and failure.kind in _FINAL):
                break
    return failure


def _attempt(source: Path, given: Mapping[str, ParameterValue], *, setting: Setting, watch: Watch) -> Failure | None:
    kernel_process.without_address_parser()
    import nbclient.exceptions  # noqa: PLC0415  # jsonschema has to come first, and most verbs do not need it

    try:
        _papermill(source, given, setting=setting, watch=watch)
    except KeyboardInterrupt:
        _without_last_words()
        return _failure(watch, STOPPED, "It was stopped from outside.")
    except nbclient.exceptions.CellTimeoutError:
        return _failure(watch, "Timeout", watch.limits.late())
    except nbclient.exceptions.DeadKernelError:
        return _failure(watch, *(("Memory", watch.limits.greedy()) if watch.limits.is_greedy else _DEAD))
    except (NotWarmError, RuntimeError, TimeoutError, OSError):
        if watch.notebook is not None:
            raise
        return _failure(watch, "NoKernel", "The kernel did not start; close other programs and try again.")
    is_broken = watch.notebook is not None and watch.notebook.metadata.papermill.exception
    return watch.failure or (_failure(watch, "CellExecutionError") if is_broken else None)


def _without_last_words() -> None:
    """Keep asyncio from printing what the cell that was stopped still came to.

    Nobody waits for its task any more, yet it goes on while the kernel is shut down, and mostly ends with an error.
    """
    from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415  # loaded by now, with nbclient

    ensure_event_loop().set_exception_handler(lambda _loop, _context: None)


def _failure(watch: Watch, kind: str, message: str = "") -> Failure:
    return Failure(watch.section, watch.cell, kind, message)


def _papermill(source: Path, given: Mapping[str, ParameterValue], *, setting: Setting, watch: Watch) -> None:
    """Let papermill fill in the parameters and execute the cells, as its `execute_notebook` does.

    That one writes the notebook out as well, which takes longer than all else here; the run does so itself.
    """
    from papermill.engines import papermill_engines  # noqa: PLC0415  # jsonschema has to come first
    from papermill.execute import prepare_notebook_metadata  # noqa: PLC0415  # as above
    from papermill.iorw import load_notebook_node  # noqa: PLC0415  # as above
    from papermill.parameterize import parameterize_notebook  # noqa: PLC0415  # as above

    kernel = _kernel(source.parent, setting=setting, watch=watch)
    notebook = load_notebook_node(str(source))
    if given:
        notebook = parameterize_notebook(notebook, dict(given), engine_name=kernel["engine_name"])
    notebook = prepare_notebook_metadata(notebook, str(source), None)
    papermill_engines.execute_notebook_with_engine(
        nb=notebook,
        kernel_name=papermill_engines.nb_kernel_name(kernel["engine_name"], notebook),
        progress_bar=False,
        autosave_cell_every=0,
        start_timeout=setting.start_seconds,
        record_timing=False,
        on_notebook_start=watch.started,
        on_cell_start=watch.entered,
        on_cell_executed=watch.finished,
        **kernel,
    )


def _kernel(scratch: Path, *, setting: Setting, watch: Watch) -> dict[str, Any]:
    """Return what papermill is to be told of the kernel."""
    own = own_environment(scratch, setting)
    if watch.kernel == "engine":
        from papermill.engines import papermill_engines  # noqa: PLC0415  # jsonschema has to come first

        from tskit.runs.engine.adapter import ForkedEngine  # noqa: PLC0415  # as above
        from tskit.runs.engine.start import starter  # noqa: PLC0415  # with its user

        if setting.warm is None:
            raise NotWarmError("No place for warm processes is given.")
        papermill_engines.register(_ENGINE, ForkedEngine)
        # As any kernel, it inherits the variables and the working folder of who starts it.
        start = starter(setting.warm, environment={**os.environ, **own}, cwd=os.getcwd(), is_scrubbed=True)  # noqa: PTH109  # a name
        return {"engine_name": _ENGINE, "start": start, "limits": watch.limits}
    place = setting.warm if watch.kernel == "warm" else None
    manager = manager_of(spec_of(own, place), watch)
    return {"engine_name": None, "kernel_manager_class": manager, "timeout_func": watch.limits.seconds}


@contextmanager
def terminable() -> Generator[None]:
    """Take a polite kill as Ctrl-C, so that the kernel goes too; only the main thread may listen to signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of a handler
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop() -> None:
    """Stop the run of this process, from whatever thread, as a polite kill or Ctrl-C would."""
    if sys.platform == "win32":
        signal.raise_signal(signal.SIGINT)
    else:
        # Sent to the whole process, so that the main thread wakes up from waiting for its kernel.
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _own_loops() -> Generator[None]:
    """Give back the event loops of the process: on Windows papermill takes a kind that cannot start a browser."""
    if sys.platform != "win32":
        yield
        return
    before = asyncio.get_event_loop_policy()
    try:
        yield
    finally:
        asyncio.set_event_loop_policy(before)


@contextmanager
def _silent() -> Generator[None]:
    """Keep papermill's log to itself: what matters is said by the run, and its lines can quote an output."""
    log = logging.getLogger("papermill")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)
