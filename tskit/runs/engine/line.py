"""The client's end of a child: what it is asked, what it tells, and how long and how much it may take."""

from __future__ import annotations

import codecs
import json
import os
import select
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tskit.runs.limits import LOOK_SECONDS, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DeadError", "GreedyError", "LateError", "Line", "Process", "Start", "open_line"]

_CHUNK = 1 << 20
_PIPE_BYTES = 1 << 20
_FAREWELL_SECONDS = 2.0


class DeadError(Exception):
    """The child ended before it answered."""

    def __str__(self) -> str:
        return "Kernel died"


class LateError(Exception):
    """The child did not answer in time."""


class GreedyError(Exception):
    """The child took more memory than it may."""


class Process(Protocol):
    """A child as `tskit.runs.warm` gives it."""

    @property
    def pid(self) -> int:
        """Return its number."""
        ...

    def fileno(self) -> int:
        """Return a descriptor that can be read from once it has ended."""
        ...

    def poll(self) -> int | None:
        """Return how it ended, or None."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        ...

    def close(self) -> None:
        """Kill it with all that it started, if it still runs."""
        ...


class Start(Protocol):
    """Starts a child with standard input, output and error, and then the ends of its two pipes."""

    def __call__(self, descriptors: tuple[int, ...], /) -> Process:
        """Return the child."""
        ...


def _poller() -> select.poll:
    return select.poll()  # Windows has none, and loads this module all the same


@dataclass(slots=True)
class Line:
    """Pipes to and from one child. Reading raises when the child is dead, late or greedy; `close` ends it."""

    process: Process
    requests: int
    events: int
    raw: dict[int, str]
    limits: Limits = field(default_factory=Limits)
    _text: dict[int, Any] = field(default_factory=dict[int, Any])
    _waiting: deque[dict[str, Any]] = field(default_factory=deque[dict[str, Any]])
    _parts: list[bytes] = field(default_factory=list[bytes])
    _poll: select.poll = field(default_factory=_poller)
    _looked: float = 0.0

    def __post_init__(self) -> None:
        """Watch the pipes and the process itself."""
        for descriptor in (self.events, *self.raw, self.process.fileno()):
            self._poll.register(descriptor, select.POLLIN)
        for descriptor in self.raw:
            os.set_blocking(descriptor, False)
            self._text[descriptor] = codecs.getincrementaldecoder("utf-8")("replace")

    def ask(self, kind: str, name: str, content: Mapping[str, Any]) -> None:
        """Send a request, which `name` tells from others.

        Raises:
            DeadError: nobody reads it.
        """
        request = {"header": {"msg_type": kind, "msg_id": name}, "content": content}
        left = memoryview(json.dumps(request).encode("ascii") + b"\n")
        try:
            while left:
                left = left[os.write(self.requests, left) :]
        except BrokenPipeError:
            raise DeadError from None

    def next(self, until: float | None) -> dict[str, Any]:
        """Return the next event; what was written to the raw descriptors before it comes first.

        Raises:
            DeadError: the child ended.
            LateError: nothing came until that moment of the monotonic clock.
            GreedyError: it takes more memory than it may.
        """
        while not self._waiting:
            if not self._take(self._poll.poll(self._patience(until))):
                raise DeadError
            self._refuse_greedy()
            if not self._waiting:
                _refuse_late(until)
        event = self._waiting.popleft()
        if event["msg_type"] != "execute_reply":  # a child that never stops printing is late, too
            _refuse_late(until)
        return event

    def rest(self) -> list[dict[str, Any]]:
        """Return what came by the raw descriptors in the meantime."""
        for descriptor in tuple(self.raw):
            self._take_raw(descriptor)
        rest = list(self._waiting)
        self._waiting.clear()
        return rest

    def close(self) -> None:
        """Let the child end by itself, kill it when it does not, and close the pipes."""
        self._close_requests()
        with suppress(Exception):
            self.process.wait(_FAREWELL_SECONDS)
        self.cut()

    def cut(self) -> None:
        """Kill the child with all that it started, and close the pipes."""
        self.process.close()
        self._close_requests()
        for descriptor in (self.events, *self.raw):
            with suppress(OSError):
                os.close(descriptor)
        self.raw, self.events = {}, -1

    def _close_requests(self) -> None:
        if self.requests >= 0:
            os.close(self.requests)
            self.requests = -1

    def _patience(self, until: float | None) -> int | None:
        """Return how many milliseconds to wait for something to come."""
        seconds = [LOOK_SECONDS] if self.limits.memory_mb else []
        if until is not None:
            seconds.append(max(0.0, until - time.monotonic()))
        return int(min(seconds) * 1000) + 1 if seconds else None

    def _take(self, ready: list[tuple[int, int]]) -> bool:
        """Read what is there; return False when the child is gone and has said all."""
        descriptors = [descriptor for descriptor, _ in ready]
        for descriptor in tuple(self.raw):
            if descriptor in descriptors:
                self._take_raw(descriptor)
        if self.events in descriptors:
            return self._take_events()
        # Gone, and nothing more comes by the pipe, which something that it started may still hold open.
        return self.process.fileno() not in descriptors or self.process.poll() is None

    def _take_raw(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return
        name = self.raw[descriptor]
        if not data:  # the notebook closed its own; nothing comes by this one any more
            self._poll.unregister(descriptor)
            os.close(descriptor)
            del self.raw[descriptor]
        if text := self._text[descriptor].decode(data, not data):
            self._waiting.append({"msg_type": "stream", "content": {"name": name, "text": text}})

    def _take_events(self) -> bool:
        data = os.read(self.events, _CHUNK)
        *whole, rest = data.split(b"\n")
        for line in whole:
            self._waiting.append(json.loads(b"".join([*self._parts, line])))
            self._parts.clear()
        self._parts.append(rest)
        return bool(data)

    def _refuse_greedy(self) -> None:
        if self.limits.memory_mb is None or time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        if self.limits.refuses(self.process.pid):
            raise GreedyError(self.limits.greedy())


def _refuse_late(until: float | None) -> None:
    if until is not None and time.monotonic() >= until:
        raise LateError


def open_line(start: Start, *, limits: Limits) -> Line:
    """Start a child and return the line to it; `start` gets the descriptors that the child is to have, in order."""
    opened: list[int] = []
    try:
        for _ in range(4):
            opened += os.pipe()
        told, requests, events, telling, out, shown, err, warned = opened
        _widen(events)
        null = os.open(os.devnull, os.O_RDONLY)
        opened.append(null)
        process = start((null, shown, warned, told, telling))
    except BaseException:
        for descriptor in opened:
            os.close(descriptor)
        raise
    for descriptor in (null, shown, warned, told, telling):
        os.close(descriptor)
    return Line(process, requests, events, {out: "stdout", err: "stderr"}, limits)


def _widen(descriptor: int) -> None:
    """Let a pipe hold more where that can be asked for, so that a large output takes fewer turns."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415  # only where it exists

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
