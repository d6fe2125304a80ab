"""Gives Jupyter kernels that are there at once; where there are none to be had, the usual ones, and says so."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Float, List, Unicode

from tskit.runs.warm.client import fork
from tskit.runs.warm.kernels import PRELOAD, call_of
from tskit.runs.warm.place import NotWarmError, WarmPlace, own_folder, why_not
from tskit.runs.warm.process import ForkedProcess

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WarmProvisioner"]

_LOOK_SECONDS = 0.005
_STREAMS = ("stdin", "stdout", "stderr")


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel from a process that has everything imported; set up by the metadata of a kernelspec."""

    preload: List[str] = List(Unicode(), list(PRELOAD), help="What the process that is forked has imported.")
    folder = Unicode("", help="Where such processes are found; empty for the user's own folder.")
    idle_seconds = Float(900.0, help="How long one of them waits for work before it ends.")

    is_forced = Bool(default_value=False, help="Whether to fork where it is off, as on macOS.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:  # noqa: ANN401  # Jupyter's signature
        """Start the kernel of a command line, forked where that can be done."""
        try:
            return await self._forked(cmd, kwargs)
        except (NotWarmError, OSError) as error:
            reason = str(error) if isinstance(error, NotWarmError) else type(error).__name__
        self.log.warning("tskit starts a kernel that is not warm, which takes a few seconds: %s", reason)
        return await super().launch_kernel(_plain(cmd), **kwargs)

    async def _forked(self, command: list[str], given: dict[str, Any]) -> Any:  # noqa: ANN401  # as above
        place = WarmPlace(self._folder(), tuple(self.preload), self.idle_seconds, is_forced=self.is_forced)
        reason = why_not(place) or _unfit(command, given)
        call = call_of(command)
        if reason or call is None:
            raise NotWarmError(reason or "Its kernelspec does not start a kernel of Python.")
        self.cwd = given.get("cwd") or Path.cwd()
        with ExitStack() as ours:
            theirs, pipes = _streams(given, ours)
            start = partial(fork, place, call[0], environment=given["env"], cwd=self.cwd, descriptors=theirs)
            process = await _from_thread(partial(start, arguments=call[1]))
        process.stdin, process.stdout, process.stderr = None, pipes.get("stdout"), pipes.get("stderr")
        self.process, self.pid, self.pgid = process, process.pid, process.pid
        return self.connection_info

    def _folder(self) -> Path:
        return Path(self.folder) if self.folder else own_folder(os.environ)

    async def wait(self) -> int | None:
        """Wait for the end of the kernel."""
        forked = self._kernel()
        while forked and forked.poll() is None:  # noqa: ASYNC110  # others ask it too, and may take the news first
            await asyncio.sleep(_LOOK_SECONDS)
        return await super().wait()

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and what it has started; nothing happens when it has ended."""
        forked = self._kernel()
        if forked:
            forked.signal_group(signum)
        else:
            await super().send_signal(signum)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002  # Jupyter's signature
        """Let go of the kernel; one that still runs is killed."""
        forked = self._kernel()
        if forked:
            forked.close()
        await super().cleanup(restart)

    def _kernel(self) -> ForkedProcess | None:
        process: Any = self.process
        return process if isinstance(process, ForkedProcess) else None


async def _from_thread(start: Callable[[], ForkedProcess]) -> ForkedProcess:
    """Return what `start` returns, without holding up the loop while a zygote starts.

    The thread is not one of the loop's own: a client that was itself forked has the loop, and not its threads.
    """
    started: Future[ForkedProcess] = Future()

    def run() -> None:
        try:
            started.set_result(start())
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised again below
            started.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        while not started.done():  # noqa: ASYNC110  # as above: nothing of the loop is woken from the thread
            await asyncio.sleep(_LOOK_SECONDS)
    except asyncio.CancelledError:
        started.add_done_callback(_close)
        raise
    return started.result()


def _close(started: Future[ForkedProcess]) -> None:
    """End a kernel that nobody waits for any more."""
    if not started.exception():
        started.result().close()


def _unfit(command: list[str], given: dict[str, Any]) -> str:
    """Return why this kernel has to be a process of its own."""
    own, asked = Path(sys.executable), Path(command[0])
    if asked.parent != own.parent or asked.resolve() != own.resolve():
        return "Its kernelspec belongs to another environment."
    if given.get("independent"):
        return "It is asked to outlive its client."
    return ""


def _plain(command: list[str]) -> list[str]:
    """Return the command of the usual kernel for that of the launcher, which would look for a warm one once more."""
    call = call_of(command)
    if call and command[1:2] == ["-m"]:
        return [command[0], "-m", "ipykernel_launcher", *call[1]]
    return command


def _streams(given: dict[str, Any], ours: ExitStack) -> tuple[tuple[int, ...], dict[str, IO[bytes]]]:
    """Return the kernel's standard files, and our ends of the pipes that were asked for; `ours` closes the rest."""
    null = os.open(os.devnull, os.O_RDWR)
    ours.callback(os.close, null)
    pipes: dict[str, IO[bytes]] = {}
    found = {"stdin": null}
    for name, usual in (("stdout", 1), ("stderr", 2)):
        asked = given.get(name)
        if asked == subprocess.PIPE:
            read, write = os.pipe()
            ours.callback(os.close, write)
            pipes[name], found[name] = os.fdopen(read, "rb"), write
        elif asked == subprocess.DEVNULL:
            found[name] = null
        elif asked == subprocess.STDOUT:
            found[name] = found["stdout"]
        else:
            found[name] = usual if asked is None else asked if isinstance(asked, int) else asked.fileno()
    return tuple(found[name] for name in _STREAMS), pipes
