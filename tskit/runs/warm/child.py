"""What a forked process does first: it lets go of its zygote, becomes what its client asked for, and never returns."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn

from tskit.runs.warm.standing import take
from tskit.runs.warm.strays import keep_orphans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["become"]

_PR_SET_PDEATHSIG = 1
_STANDARD = 3


def become(request: Mapping[str, Any], descriptors: Sequence[int], *, parent: int) -> NoReturn:
    """Be the process of `request` until it ends; `descriptors` are standard input, output, error, and its own."""
    code = 1
    try:
        _let_go(parent)
        _settle(request, descriptors)
        code = _exit_code(_call(str(request["call"]), request.get("arguments"), tuple(descriptors[_STANDARD:])))
    except SystemExit as end:
        code = _exit_code(end.code)
    except BaseException:  # noqa: BLE001  # the last one to catch it
        sys.excepthook(*sys.exc_info())  # pyright: ignore[reportArgumentType]  # an exception is being handled
    finally:
        _finish(code)


def _let_go(parent: int) -> None:
    """Begin a session of its own, which ends when the zygote does."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it died before it could be watched
    keep_orphans()
    bell = signal.set_wakeup_fd(-1)
    if bell >= 0:
        os.close(bell)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _settle(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    for number, descriptor in enumerate(descriptors[:_STANDARD]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    environment: dict[str, str] = request["environment"]
    os.environ.clear()
    os.environ.update(environment)
    take(request.get("standing", {}))
    os.chdir(request["cwd"])
    time.tzset()
    tempfile.tempdir = None  # read from the environment again
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=stream.isatty())  # pyright: ignore[reportAttributeAccessIssue]  # the real ones
    _reseed()
    gc.enable()


def _reseed() -> None:
    """Give each child chance of its own; what asks the system, such as `secrets` and `uuid4`, has it anyway."""
    random.seed()
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()


def _call(name: str, arguments: Any, descriptors: tuple[int, ...]) -> Any:  # noqa: ANN401  # JSON in, a code out
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)(arguments, descriptors)


def _exit_code(value: object) -> int:
    """Return the code of a process that ends with `value`, as Python itself does."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value & 0xFF
    with contextlib.suppress(Exception):
        sys.stderr.write(f"{value}\n")
    return 1


def _finish(code: int) -> NoReturn:
    """End as an interpreter does, without taking its modules apart: that would copy the pages shared with the zygote."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  # as multiprocessing ends its forks
        atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001  # likewise
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except BaseException:  # noqa: BLE001  # whatever happens on the way out, it is the way out
        code = code or 1
    os._exit(code)
