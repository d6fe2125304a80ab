"""A kernel for clients that start the command of a kernelspec themselves: it stands for a forked one until that ends.

python -m tskit.runs.warm.launcher --preload=a,b --idle-seconds=900 -f CONNECTION_FILE ...
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tskit.runs.warm.client import fork
from tskit.runs.warm.kernels import PRELOAD, cold, plain
from tskit.runs.warm.place import NotWarmError, WarmPlace, own_folder

if TYPE_CHECKING:
    from tskit.runs.warm.process import ForkedProcess

__all__ = ["main"]

_LOOK_MILLISECONDS = 1000
_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


def main(arguments: list[str]) -> None:
    """Be the kernel of `arguments`, warm where that can be had."""
    place, rest = _read(arguments)
    standard = (sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno())
    try:
        call = f"{plain.__module__}:{plain.__name__}"
        forked = fork(place, call, environment=os.environ, cwd=Path.cwd(), descriptors=standard, arguments=rest)
    except (NotWarmError, OSError) as error:
        reason = str(error) if isinstance(error, NotWarmError) else type(error).__name__
        sys.stderr.write(f"tskit starts a kernel that is not warm, which takes a few seconds: {reason}\n")
        sys.argv[1:] = rest
        cold(rest)
    else:
        _end_as(_followed(forked))


def _read(arguments: list[str]) -> tuple[WarmPlace, list[str]]:
    """Return where to look for a warm process, and the arguments of the kernel."""
    preload, idle_seconds = PRELOAD, 900.0
    rest: list[str] = []
    for word in arguments:
        name, _, value = word.partition("=")
        if name == "--preload":
            preload = tuple(entry for entry in value.split(",") if entry)
        elif name == "--idle-seconds":
            idle_seconds = float(value)
        else:
            rest.append(word)
    return WarmPlace(own_folder(os.environ), preload, idle_seconds), rest


def _followed(forked: ForkedProcess) -> int:
    """Pass each signal on until the kernel ends, and return its code; it ends with the client, too."""
    bell, rope = socket.socketpair()
    for end in (bell, rope):
        end.settimeout(0.0)
    signal.set_wakeup_fd(rope.fileno(), warn_on_full_buffer=False)
    for name in _PASSED_ON:
        signal.signal(getattr(signal, name), _nothing)
    client = os.getppid()
    poller = select.poll()
    for source in (bell, forked):
        poller.register(source, select.POLLIN)
    while forked.poll() is None:
        ready = {descriptor for descriptor, _ in poller.poll(_LOOK_MILLISECONDS)}
        if bell.fileno() in ready:
            for number in bell.recv(64):
                forked.signal_group(number)
        if os.getppid() != client:
            forked.close()
    return forked.wait()


def _nothing(number: int, frame: object) -> None:
    """Let the bell ring: the signal is for the kernel."""


def _end_as(code: int) -> NoReturn:
    """End as the kernel did."""
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
