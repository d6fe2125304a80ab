"""Standard output and error of a child: kept for a moment and sent together, since a notebook may print ten thousand lines."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Stream", "open_streams"]

_SECONDS = 0.1
_CHARACTERS = 1 << 16
# Whatever these start writes to the raw descriptors, and what was printed before comes first.
_STARTS = frozenset(("os.system", "os.posix_spawn", "subprocess.Popen", "os.fork", "os.forkpty"))


class Stream(io.TextIOBase):
    """Takes text and hands it on after a moment, when there is much of it, or when it is flushed."""

    def __init__(self, name: str, emit: Callable[[str, str], None], number: int) -> None:
        super().__init__()
        self.name, self._emit, self._number = name, emit, number
        self._owner, self._sink = os.getpid(), os.open(os.devnull, os.O_WRONLY)
        self._lock = threading.RLock()
        self._parts: list[str] = []
        self._size, self._since = 0, 0.0
        self.other: Stream | None = None

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]  # a property in io as well
        """Return UTF-8, which notebooks are written in."""
        return "UTF-8"

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return False: nobody looks at it as it is written."""
        return False

    def fileno(self) -> int:
        """Return a descriptor that leads nowhere: what is written past the stream belongs into no log."""
        return self._sink

    def write(self, text: str, /) -> int:
        """Keep `text` for a moment."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # a notebook may hand in anything
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:
            # In a process that the notebook forked: by way of the descriptors, which the client reads as well.
            os.write(self._number, text.encode("utf-8", "replace"))
            return len(text)
        with self._lock:
            if not self._parts:
                self._begin()
            self._parts.append(text)
            self._size += len(text)
            is_due = self._size > _CHARACTERS or time.monotonic() - self._since > _SECONDS
        if is_due:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was kept."""
        with self._lock:
            text, self._parts, self._size = "".join(self._parts), [], 0
        if text and os.getpid() == self._owner:
            self._emit(self.name, text)

    def _begin(self) -> None:
        self._since = time.monotonic()
        if self.other is not None:
            self.other.flush()


def open_streams(tell: Callable[[str, dict[str, str]], None]) -> tuple[Stream, Stream]:
    """Make `sys.stdout` and `sys.stderr` streams that send events, and return them."""

    def emit(name: str, text: str) -> None:
        tell("stream", {"name": name, "text": text})

    out, err = Stream("stdout", emit, 1), Stream("stderr", emit, 2)
    out.other, err.other = err, out

    def before_others(event: str, arguments: object) -> None:  # noqa: ARG001  # the signature of an audit hook
        if event in _STARTS:
            out.flush()
            err.flush()

    sys.addaudithook(before_others)
    sys.stdout, sys.stderr = out, err
    return out, err
