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
from tskit.runs.watch import Failure

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import FrameType

    from tskit.runs.execute import Setting
    from tskit.runs.parameters import ParameterValue
    from tskit.runs.template import Template
    from tskit.runs.watch import Watch

__all__ = ["STOPPED", "run_notebook", "stop", "terminable"]

_ATTEMPTS = 2
_SHUTDOWN_SECONDS = 2.0
STOPPED = "Stopped"
"""The kind of a failure that came from outside: Ctrl-C or a polite kill."""


def run_notebook(
    template: Template,
    given: Mapping[str, ParameterValue],
    *,
    setting: Setting,
    watch: Watch,
) -> Failure | None:
    """Execute the template's notebook and return why it stopped, or None when it came to its end.

    The executed notebook is `watch.notebook`. A kernel that does not start is started once more: now and then
    another program takes one of its ports first.
    """
    failure: Failure | None = None
    with (
        tempfile.TemporaryDirectory(prefix="tskit-run-", ignore_cleanup_errors=True) as scratch,
        _silent(),
        _own_loops(),
    ):
        source = Path(scratch) / f"{template.name}.ipynb"
        source.write_text(template.notebook, encoding="utf-8", newline="\n")
        for _ in range(_ATTEMPTS):
            failure = _attempt(source, given, setting=setting, watch=watch)
            if watch.notebook is not None or (failure and failure.kind == STOPPED):
                break
    return failure


def _attempt(source: Path, given: Mapping[str, ParameterValue], *, setting: Setting, watch: Watch) -> Failure | None:
    kernel_process.without_address_parser()
    import nbclient.exceptions  # noqa: PLC0415  # jsonschema has to come first, and most verbs do not need it
    import papermill.exceptions  # noqa: PLC0415  # as above

    try:
        _papermill(source, given, setting=setting, watch=watch)
    except papermill.exceptions.PapermillExecutionError as error:
        return watch.failure or _failure(watch, error.ename)
    except KeyboardInterrupt:
        return _failure(watch, STOPPED, "It was stopped from outside.")
    except nbclient.exceptions.CellTimeoutError:
        return _failure(watch, "Timeout", f"The cell took longer than {setting.cell_seconds} seconds.")
    except nbclient.exceptions.DeadKernelError:
        return _failure(watch, "DeadKernel", "The kernel died, most often since memory ran out; take a shorter period.")
    except (RuntimeError, TimeoutError, OSError):
        if watch.notebook is not None:
            raise
        return _failure(watch, "NoKernel", "The kernel did not start; close other programs and try again.")
    return watch.failure  # an early `exit()` is no error for papermill; the notebook is not whole all the same


def _failure(watch: Watch, kind: str, message: str = "") -> Failure:
    return Failure(watch.section, watch.cell, kind, message)


def _papermill(source: Path, given: Mapping[str, ParameterValue], *, setting: Setting, watch: Watch) -> None:
    from papermill import execute_notebook  # noqa: PLC0415  # jsonschema has to come first

    execute_notebook(
        _literal(source),
        _literal(source.with_name("executed.ipynb")),
        parameters=dict(given),
        progress_bar=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        start_timeout=setting.start_seconds,
        execution_timeout=setting.cell_seconds,
        kernel_manager_class=_manager(_spec(source.parent, setting.casebook)),
        record_timing=False,
        on_notebook_start=watch.started,
        on_cell_start=watch.entered,
        on_cell_executed=watch.finished,
    )


def _literal(path: Path) -> str:
    # papermill fills {names} in paths with parameters; a folder may be called so.
    return str(path).replace("{", "{{").replace("}", "}}")


def _spec(scratch: Path, casebook: Path | None) -> Any:  # noqa: ANN401  # traitlets has no types
    """Return the one kernel of a run: this interpreter, with the package that it runs now."""
    from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415  # jsonschema has to come first

    environment = {"PYTHONHASHSEED": "0", "IPYTHONDIR": str(scratch / "ipython")}
    # What a kernel that was killed leaves behind, such as the engine's overflow, goes with the run's own folder.
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    if casebook:
        environment["TSKIT_CASEBOOK"] = str(casebook)
    program = str(Path(kernel_process.__file__))
    return KernelSpec(
        argv=[sys.executable, "-P", "-Xfrozen_modules=off", program, "-f", "{connection_file}"],
        display_name="tskit run",
        language="python",
        interrupt_mode="signal",
        metadata={"supported_encryption": "curve"},
        env={name: value.replace("$", "$$") for name, value in environment.items()},
    )


def _manager(spec: Any) -> Any:  # noqa: ANN401  # a class made for this run, of a library without types
    """Return the class of a kernel manager that knows only `spec`.

    A kernel of the name `python3` that is registered somewhere may belong to another environment.
    """
    import zmq  # noqa: PLC0415  # with its users
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415  # jsonschema has to come first
    from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415  # as above
    from traitlets import default  # noqa: PLC0415  # with its users

    class Specs(KernelSpecManager):
        """The one kernel, whatever name is asked for."""

        def get_kernel_spec(self, kernel_name: str) -> Any:  # noqa: ANN401, ARG002  # traitlets has no types
            return spec

    class Manager(AsyncKernelManager):
        """Starts that kernel, and does not wait long for one that is told to stop."""

        @default("kernel_spec_manager")
        def _own_specs(self) -> Any:  # noqa: ANN401  # traitlets has no types
            return Specs()

        @default("shutdown_wait_time")
        def _short_wait(self) -> float:
            return _SHUTDOWN_SECONDS

        @default("transport_encryption")
        def _encrypted(self) -> str:
            # Outputs hold aggregates of cases, and others may use the same machine.
            return "auto" if zmq.has("curve") else "disabled"

    return Manager


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
