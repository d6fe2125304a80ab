"""The process that has everything imported and forks one child for each client; started by its path.

It has one thread and no loop of anybody else's. Each client has one connection: it sends one request with open files,
hears the number of the child, may send signals for it, and hears how it ended. A client that goes away takes its child
along, with everything the child started; so does the end of the zygote.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]
if __name__ == "__main__" and str(_ROOT) not in sys.path:
    # The package itself, also from a clone that is not installed; behind everything that is.
    sys.path.append(str(_ROOT))

from tskit.runs.warm.child import become  # noqa: E402  # the path comes first
from tskit.runs.warm.frames import FrameError, Inbox, is_ours, other_end, send  # noqa: E402  # as above
from tskit.runs.warm.key import key_of  # noqa: E402  # as above
from tskit.runs.warm.place import WarmPlace  # noqa: E402  # as above
from tskit.runs.warm.preloaded import imported  # noqa: E402  # as above
from tskit.runs.warm.standing import threads  # noqa: E402  # as above
from tskit.runs.warm.strays import end_strays, keep_orphans  # noqa: E402  # as above

__all__ = ["Zygote", "main"]

_BACKLOG = 64
_LOOK_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 1.0
_BYTES = 1 if sys.platform == "darwin" else 1024  # what the system counts peak memory in


@dataclass(slots=True, eq=False)
class _Client:
    channel: socket.socket
    watch: int = -1
    inbox: Inbox = field(default_factory=Inbox)
    child: int = 0


@dataclass(slots=True, eq=False)
class Zygote:
    """A socket that listens, and the clients and children of it. `key` is asked now and then what it would be by now."""

    door: socket.socket
    place: WarmPlace
    clients: dict[int, _Client] = field(default_factory=dict[int, _Client])
    watched: dict[int, _Client] = field(default_factory=dict[int, _Client])
    children: dict[int, _Client] = field(default_factory=dict[int, _Client])
    poller: select.poll = field(default_factory=select.poll)
    bell: socket.socket | None = None
    used: float = 0.0
    looked: float = 0.0
    is_retiring: bool = False
    key: str = ""
    seat: tuple[int, int] = (0, 0)

    def serve(self) -> None:
        """Fork whatever is asked for until nobody needs it any more."""
        self.bell = _bell()
        keep_orphans()
        self.key, self.seat = key_of(self.place, os.environ), _seat(self.place.folder, self.door)
        self.used = self.looked = time.monotonic()
        for source in (self.door, self.bell):
            source.settimeout(0.0)
            self.poller.register(source, select.POLLIN)
        while not self._is_done():
            for descriptor, _ in self.poller.poll(min(self.place.idle_seconds, _LOOK_SECONDS) * 1000):
                self._heed(descriptor)
            self._bury()
            end_strays(self.children)
        self.close()

    def close(self) -> None:
        """Close the door, and end whoever is still there."""
        self._shut()
        for client in list(self.clients.values()):
            self._leave(client)

    def _shut(self) -> None:
        if self.door.fileno() >= 0:
            if self._is_seated():
                Path(self.door.getsockname()).unlink(missing_ok=True)
            self.poller.unregister(self.door)
            self.door.close()

    def _is_done(self) -> bool:
        if self.children or self.is_retiring:
            return not self.children
        now = time.monotonic()
        if now - self.used >= self.place.idle_seconds:
            return True
        # The end of the last child is the moment to make room for a newer zygote.
        if now - self.looked < (_LOOK_AGAIN_SECONDS if self.used > self.looked else _LOOK_SECONDS):
            return False
        self.looked = now
        return not self._is_seated() or key_of(self.place, os.environ) != self.key

    def _is_seated(self) -> bool:
        """Return whether the socket of the folder is still that of this process, and not of one that came later."""
        return _seat(self.place.folder, self.door) == self.seat

    def _heed(self, descriptor: int) -> None:
        client = self.clients.get(descriptor)
        if descriptor == self.door.fileno():
            self._admit()
        elif descriptor in self.watched:
            self._leave(self.watched[descriptor])
        elif client is None and self.bell is not None:
            with suppress(BlockingIOError):
                self.bell.recv(1024)
        elif client is not None:
            try:
                self._listen(client)
            except (OSError, FrameError, LookupError, TypeError, ValueError):
                self._leave(client)

    def _admit(self) -> None:
        try:
            channel, _ = self.door.accept()
        except OSError:
            return
        channel.settimeout(0.0)
        if not is_ours(channel):
            channel.close()
            return
        client = self.clients[channel.fileno()] = _Client(channel, _watch(other_end(channel)))
        self.poller.register(channel, select.POLLIN)
        if client.watch >= 0:
            self.watched[client.watch] = client
            self.poller.register(client.watch, select.POLLIN)

    def _listen(self, client: _Client) -> None:
        try:
            is_open = client.inbox.read(client.channel)
        except BlockingIOError:
            return
        while (message := client.inbox.message()) is not None:
            if client.child:
                _signal(client.child, message)
            elif "retire" in message:
                self.is_retiring = True
                self._shut()
            else:
                self._fork(client, message)
        if not is_open:
            self._leave(client)

    def _fork(self, client: _Client, request: dict[str, Any]) -> None:
        if threads() != 1:
            send(client.channel, {"refused": f"The warm process has {threads()} threads, and only one may fork."})
            return
        descriptors, client.inbox.descriptors = client.inbox.descriptors, []
        own = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            send(client.channel, {"refused": f"The system gives no further process ({error.strerror})."})
            return
        if pid == 0:
            self._forget()
            become(request, descriptors, parent=own)
        for descriptor in descriptors:
            os.close(descriptor)
        client.child, self.used = pid, time.monotonic()
        self.children[pid] = client
        send(client.channel, {"pid": pid})

    def _forget(self) -> None:
        """Close, in a child, what belongs to its zygote and to the clients of others."""
        for client in self.clients.values():
            client.channel.close()
            client.inbox.close()
        for descriptor in self.watched:
            os.close(descriptor)
        self.door.close()
        if self.bell is not None:
            self.bell.close()

    def _bury(self) -> None:
        """Tell the clients of the children that ended, and end what those had started."""
        for pid, client in list(self.children.items()):
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if not ended:
                continue
            del self.children[pid]
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            self.used, client.child = time.monotonic(), 0
            peak = usage.ru_maxrss * _BYTES
            seconds = usage.ru_utime + usage.ru_stime
            with suppress(OSError):
                send(
                    client.channel,
                    {"exit": os.waitstatus_to_exitcode(status), "cpu_seconds": seconds, "peak_bytes": peak},
                )
            self._leave(client)

    def _leave(self, client: _Client) -> None:
        descriptor = client.channel.fileno()
        if descriptor >= 0:
            self.clients.pop(descriptor, None)
            self.poller.unregister(descriptor)
        client.channel.close()
        client.inbox.close()
        if self.watched.pop(client.watch, None):
            self.poller.unregister(client.watch)
            os.close(client.watch)
        if client.child:
            _signal(client.child, {"signal": signal.SIGKILL, "to": "group"})
            _signal(client.child, {"signal": signal.SIGKILL, "to": "process"})


def _watch(pid: int) -> int:
    """Return a descriptor that can be read from when a process has ended, or -1.

    A client may have forked as well, and its fork holds the connection open: its own end is seen all the same.
    """
    if sys.platform == "linux" and pid:
        with suppress(OSError):
            return os.pidfd_open(pid)
    return -1


def _signal(pid: int, message: dict[str, Any]) -> None:
    number = int(message["signal"])
    if message["to"] == "group":
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
            return
    # A child that has just been forked leads no group yet.
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _bell() -> socket.socket:
    """Return a socket that can be read from when a child has ended."""
    bell, rope = socket.socketpair()
    rope.settimeout(0.0)
    signal.set_wakeup_fd(rope.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _nothing)
    return bell


def _nothing(number: int, frame: object) -> None:
    """Let the bell ring."""


def _seat(folder: Path, door: socket.socket) -> tuple[int, int]:
    try:
        found = (folder / Path(door.getsockname()).name).lstat()
    except OSError:
        return (0, 0)
    return found.st_ino, found.st_ctime_ns


def _listening(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    path.chmod(0o600)
    door.listen(_BACKLOG)
    return door


def main(arguments: list[str]) -> None:
    """Preload, say how it went on the first client's pipe, and serve; the lock of the start ends with it."""
    path, idle_seconds, status, lock, *preload = arguments
    if os.fork():
        os._exit(0)  # nobody waits for a zygote
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    place = WarmPlace(Path(path).parent, tuple(preload), float(idle_seconds))
    trouble = imported(place.preload)
    with socket.socket(fileno=int(status)) as told:
        if trouble:
            send(told, {"refused": trouble})
            return
        sys.path[:] = [folder for folder in sys.path if folder]
        gc.collect()
        gc.freeze()
        gc.disable()
        door = _listening(Path(path))
        send(told, {"ready": os.getpid()})
    os.close(int(lock))
    Zygote(door, place).serve()
    os._exit(0)  # nothing of it is worth taking apart


if __name__ == "__main__":
    main(sys.argv[1:])
