"""Asks a zygote for a forked process, and starts the zygote where there is none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from errno import ENOENT
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tskit.runs.warm.frames import FrameError, Inbox, is_ours, send
from tskit.runs.warm.key import imported_under, key_of
from tskit.runs.warm.place import NotWarmError, is_own_socket, opened, why_not
from tskit.runs.warm.process import ForkedProcess
from tskit.runs.warm.standing import standing

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from tskit.runs.warm.place import WarmPlace

__all__ = ["begin", "fork", "is_live", "retire"]

_ATTEMPTS = 3
_START_SECONDS = 120.0
_REPLY_SECONDS = 20.0
_TURN_SECONDS = 0.05
_ZYGOTE = Path(__file__).with_name("zygote.py")

# One thread each: a process with more cannot be copied safely. A pool of OpenBLAS and a thread of Arrow's memory begin
# when the libraries are imported.
_SINGLE = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


def fork(
    place: WarmPlace,
    call: str,
    *,
    environment: Mapping[str, str],
    cwd: str | os.PathLike[str],
    descriptors: Sequence[int] = (),
    arguments: object = None,
) -> ForkedProcess:
    """Return a process that was forked from the zygote of `place`, which is started first where it is not there.

    Args:
        place: where zygotes live, and what they import.
        call: `module:function`, called in the child with `arguments` and the numbers of its own open files.
        environment: the whole environment of the child.
        cwd: its working folder.
        descriptors: open files for its standard input, output and error, and any number more; none of them to have
            the standard ones empty. They stay open here.
        arguments: a JSON value.

    Raises:
        NotWarmError: a warm process is not to be had; the message says why.
        FileNotFoundError: the working folder is not there.
    """
    reason = why_not(place)
    if reason:
        raise NotWarmError(reason)
    if not Path(cwd).is_dir():
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), str(cwd))
    request = {
        "call": call,
        "arguments": arguments,
        "environment": dict(environment),
        "cwd": os.path.abspath(cwd),  # noqa: PTH100  # a link stays the name that it is
        "standing": standing(),
    }
    for _ in range(_ATTEMPTS):
        forked = _asked(_connected(place, environment), request, tuple(descriptors))
        if forked is not None:
            return forked
    raise NotWarmError("The warm process ends whenever it is asked for another.")


def begin(place: WarmPlace, *, environment: Mapping[str, str]) -> None:
    """Start the zygote for processes with this environment, unless it is there.

    Raises:
        NotWarmError: it is not to be had; the message says why.
    """
    reason = why_not(place)
    if reason:
        raise NotWarmError(reason)
    _connected(place, environment).close()


def is_live(place: WarmPlace, environment: Mapping[str, str]) -> bool:
    """Return whether a zygote for such a process is there and would answer at once."""
    if why_not(place) or not place.folder.is_dir():
        return False
    try:
        channel = _knock(opened(place) / f"{key_of(place, environment)}.sock")
    except NotWarmError:
        return False
    if channel is None:
        return False
    channel.close()
    return True


def retire(place: WarmPlace, *, seconds: float = 10.0) -> int:
    """Ask each zygote of `place` to end once it has no child, and return how many did within `seconds` each."""
    if why_not(place) or not place.folder.is_dir():
        return 0
    return sum(_is_retired(path, seconds) for path in sorted(opened(place).glob("*.sock")))


def _is_retired(path: Path, seconds: float) -> bool:
    channel = _knock(path)
    if channel is None:
        return False
    with channel:
        channel.settimeout(seconds)
        try:
            send(channel, {"retire": True})
            return not channel.recv(1)
        except OSError:
            return False


def _asked(channel: socket.socket, request: object, descriptors: tuple[int, ...]) -> ForkedProcess | None:
    """Return the process, or None when the zygote ended before it heard of it, as it may when it has long been idle."""
    inbox = Inbox()
    try:
        channel.settimeout(_REPLY_SECONDS)
        send(channel, request, descriptors=descriptors)
        answer = _answer(channel, inbox)
    except ConnectionError:
        answer = None
    except (OSError, FrameError) as error:
        channel.close()
        raise NotWarmError(f"The warm process does not answer ({type(error).__name__}).") from None
    if answer and "pid" in answer:
        channel.settimeout(None)
        return ForkedProcess(int(answer["pid"]), channel, _inbox=inbox)
    channel.close()
    if answer:
        raise NotWarmError(str(answer["refused"]))
    return None


def _answer(channel: socket.socket, inbox: Inbox) -> dict[str, Any] | None:
    while (message := inbox.message()) is None:
        if not inbox.read(channel):
            return None
    return message


def _connected(place: WarmPlace, environment: Mapping[str, str]) -> socket.socket:
    path = opened(place) / f"{key_of(place, environment)}.sock"
    channel = _knock(path)
    if channel is not None:
        return channel
    with _in_turn(path.with_suffix(".lock")) as lock:
        channel = _knock(path)
        if channel is None:
            _start(place, path, environment, lock=lock)
            channel = _knock(path)
    if channel is None:
        raise NotWarmError("The warm process ended as soon as it was there.")
    return channel


def _knock(path: Path) -> socket.socket | None:
    """Return a connection to the zygote at `path`, or None where nobody listens."""
    if not is_own_socket(path):
        return None
    channel = socket.socket(socket.AF_UNIX)
    try:
        channel.connect(str(path))
    except OSError:
        channel.close()
        return None
    if not is_ours(channel):
        channel.close()
        raise NotWarmError(f"Somebody else answers at {path}.")
    return channel


@contextmanager
def _in_turn(path: Path) -> Generator[int]:
    """Let one process at a time start a zygote; the lock is handed on to it, and ends when it is there."""
    import fcntl  # noqa: PLC0415  # only where it exists

    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > end:
                    raise NotWarmError("Another process has been starting the warm one for too long.") from None
                time.sleep(_TURN_SECONDS)
        yield lock
    finally:
        os.close(lock)


def _start(place: WarmPlace, path: Path, environment: Mapping[str, str], *, lock: int) -> None:
    """Start a zygote that listens at `path`, and wait until it does."""
    ours, its = socket.socketpair()
    with ours, its:
        told = [str(path), str(place.idle_seconds), str(its.fileno()), str(lock), *place.preload]
        first = subprocess.Popen(  # noqa: S603  # this interpreter and a file of ours
            [sys.executable, "-P", "-Xfrozen_modules=off", str(_ZYGOTE), *told],
            env=_environment(environment),
            cwd=place.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(its.fileno(), lock),
        )
        its.close()
        ours.settimeout(_START_SECONDS)
        first.wait()
        answer = None
        with suppress(OSError, FrameError):
            answer = _answer(ours, Inbox())
    if answer is None:
        raise NotWarmError("The warm process did not start.")
    if "refused" in answer:
        raise NotWarmError(str(answer["refused"]))


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return what a zygote is imported under; what is private to a child is not left with a process that stays."""
    kept = {name: given[name] for name in ("PATH", "USER", "LOGNAME") if name in given}
    return {**kept, **imported_under(given), **_SINGLE}
