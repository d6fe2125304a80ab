"""The kernels that a forked process can be, and the one that this process becomes where nothing can be forked."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tskit.runs import kernel_process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LAUNCHED_WITH", "LAUNCHER", "PRELOAD", "call_of", "cold", "plain", "scrubbed"]

PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.debugger",
    "tornado.platform.asyncio",
    "tornado.queues",
    "threadpoolctl",
)
"""What any kernel needs, its first moments included. None of them makes a loop or a socket when it is imported."""

LAUNCHER = "tskit.runs.warm.launcher"
"""The program of `launcher`, and how the options begin that are its own."""

LAUNCHED_WITH = ("--preload=", "--idle-seconds=")
_PLAIN = f"{__name__}:plain"
_SCRUBBED = f"{__name__}:scrubbed"


def call_of(command: Sequence[str]) -> tuple[str, list[str]] | None:
    """Return what a forked process calls to be the kernel of a command line, and its arguments.

    None stands for a command that starts something else than a kernel of Python: it is not ours to replace.

    >>> call_of(["python", "-m", "ipykernel_launcher", "-f", "x.json"])
    ('tskit.runs.warm.kernels:plain', ['-f', 'x.json'])
    """
    words = list(command[1:])
    while words and words[0].startswith("-") and words[0] != "-m":
        words.pop(0)
    if words[:1] == ["-m"] and words[1:2] in (["ipykernel_launcher"], ["ipykernel"], [LAUNCHER]):
        return _PLAIN, [word for word in words[2:] if not word.startswith(LAUNCHED_WITH)]
    if words[:1] == [kernel_process.__file__]:
        return _SCRUBBED, words[1:]
    return None


def plain(arguments: list[str], descriptors: Sequence[int]) -> None:
    """Be the kernel that `python -m ipykernel_launcher` starts."""
    del descriptors
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # only in a process that is a kernel

    found = find_spec("ipykernel_launcher")
    sys.argv = [found.origin or "" if found else "", *arguments]
    _restore_pools(os.environ)
    _look_here(sys.path)
    IPKernelApp.launch_instance(_of_parent(arguments))


def scrubbed(arguments: list[str], descriptors: Sequence[int]) -> None:
    """Be the kernel of a run."""
    del descriptors
    sys.argv = [kernel_process.__file__, *arguments]
    _restore_pools(os.environ)
    kernel_process.launch(_of_parent(arguments))


def cold(arguments: list[str]) -> None:
    """Be the plain kernel in a process that was not forked."""
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # as above

    IPKernelApp.launch_instance(arguments)


def _look_here(path: list[str]) -> None:
    """Find modules in the working folder, too, before those that are installed, as IPython does by itself elsewhere."""
    installed = [index for index, folder in enumerate(path) if folder.endswith(("site-packages", "dist-packages"))]
    path.insert(installed[0] if installed else 0, "")


def _of_parent(arguments: list[str]) -> list[str]:
    """Add the parent that the kernel watches; what it would read for it was read when its library was imported."""
    parent = os.getppid()
    os.environ["JPY_PARENT_PID"] = str(parent)
    return [*arguments, f"--IPKernelApp.parent_handle={parent}"]


def _restore_pools(environment: Mapping[str, str]) -> None:
    """Let linear algebra use as many threads as in a process of its own; the zygote was held to one."""
    import threadpoolctl  # noqa: PLC0415  # with its user

    named = (environment.get(name, "") for name in ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"))
    asked = next((int(value) for value in named if value.isdecimal() and int(value)), 0)
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    wanted = min(asked or processors, processors)
    if wanted > 1:
        threadpoolctl.threadpool_limits(limits=wanted, user_api="blas")
