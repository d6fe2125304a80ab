"""A forked process as its client sees it: like one of `subprocess`, though another process is its parent."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Self

from tskit.runs.warm.frames import FrameError, Inbox, send

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["ForkedProcess", "Usage"]

_NAME = "a forked process"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used: CPU seconds, its own and of the children it waited for, and its peak memory in bytes."""

    cpu_seconds: float
    peak_bytes: int


@dataclass(slots=True, eq=False)
class ForkedProcess:
    """A process that a zygote forked; it is killed with all it started when this object is closed or goes away.

    `returncode` is that of `subprocess.Popen`, negative for a signal. When the zygote itself died, which takes its
    children along, it is that of SIGKILL and `is_lost` is True.
    """

    pid: int
    channel: socket.socket = field(repr=False)
    returncode: int | None = None
    is_lost: bool = False
    stdin: IO[bytes] | None = field(default=None, repr=False)
    stdout: IO[bytes] | None = field(default=None, repr=False)
    stderr: IO[bytes] | None = field(default=None, repr=False)
    _owner: int = field(default_factory=os.getpid, repr=False)
    _inbox: Inbox = field(default_factory=Inbox, repr=False)
    _usage: Usage | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fileno(self) -> int:
        """Return a descriptor that can be read from when the process has ended, and -1 once that was taken note of."""
        return self.channel.fileno()

    def poll(self) -> int | None:
        """Return how the process ended, or None while it runs."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process and return its code.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(_NAME, timeout or 0)
        return code

    def usage(self) -> Usage | None:
        """Return what the process used, as its parent saw it at its end; None before, and when it was lost."""
        self.poll()
        return self._usage

    def send_signal(self, number: int) -> None:
        """Send a signal to the process; nothing happens when it has ended."""
        self._signal(number, to="process")

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and all that it started in its group; nothing happens when it has ended."""
        self._signal(number, to="group")

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let the process go; if it still runs, its zygote kills it with its group."""
        if self.poll() is None and os.getpid() == self._owner:
            self.returncode = -signal.SIGKILL
            with suppress(OSError):
                # Also where a fork of this process holds the connection open.
                self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()

    def _signal(self, number: int, *, to: str) -> None:
        # The zygote sends it: as long as it has not waited for its child, the number belongs to nobody else.
        if self.poll() is None:
            with suppress(OSError):
                send(self.channel, {"signal": int(number), "to": to})

    def _wait(self, seconds: float | None) -> int | None:
        """Take in what the zygote says; its only message by now is the end."""
        if self.returncode is not None:
            return self.returncode
        poller = select.poll()
        poller.register(self.channel, select.POLLIN)
        while poller.poll(None if seconds is None else max(0.0, seconds) * 1000):
            is_open = self._inbox.read(self.channel)
            message = self._message()
            if message or not is_open:
                self._end(message)
                break
        return self.returncode

    def _message(self) -> dict[str, Any]:
        try:
            return self._inbox.message() or {}
        except FrameError:
            return {}

    def _end(self, message: dict[str, Any]) -> None:
        if "exit" in message:
            self.returncode = int(message["exit"])
            self._usage = Usage(float(message["cpu_seconds"]), int(message["peak_bytes"]))
        else:
            self.is_lost, self.returncode = True, -signal.SIGKILL
            # The system killed the child with its zygote, but not what the child had started.
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.channel.close()
