"""Sends the runs of a batch to a Dask scheduler, whose workers see the same folders."""

from __future__ import annotations

import socket
import tempfile
from dataclasses import dataclass, field
from functools import partial
from hashlib import file_digest
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from tskit.errors import RunError
from tskit.runs.batch.plan import FILE
from tskit.runs.batch.standing import clear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.runs.batch.crew import Doing, News
    from tskit.runs.batch.plan import Planned
    from tskit.runs.batch.standing import Standing

__all__ = ["ClusterCrew"]

_CONNECT_SECONDS = 10
_LOOK_SECONDS = 1.0
"""How often somebody who waits for news looks whether the scheduler is still there, and can be interrupted."""


@dataclass(slots=True)
class ClusterCrew:
    """The workers of a Dask scheduler, each of which does one run at a time.

    The folder of the batch and the casebook have to lie on a disk that all of them see under the same path.
    """

    do: Doing
    client: Any
    size: int
    heard: SimpleQueue[Any] = field(default_factory=SimpleQueue[Any])
    futures: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def of(cls, do: Doing, address: str, *, folder: Path, casebook: Path) -> Self:
        """Return the crew of the scheduler at `address`, as in tcp://10.0.0.5:8786.

        Raises:
            RunError: nobody answers there, or its workers cannot do these runs; the message says what to change.
        """
        client = _connected(address)
        try:
            workers: dict[str, int] = client.nthreads()
            _refuse_workers(client, workers, folder=folder, casebook=casebook)
        except BaseException:
            client.close()
            raise
        return cls(do, client, len(workers))

    def give(self, run: Planned, place: Path) -> None:
        """Let a run be made below `place` by whichever worker is free first."""
        place.mkdir(parents=True, exist_ok=True)
        key = f"{run.id}-{place.name}"
        # Dask gives a task whose worker died to another by itself.
        future = self.client.submit(_made, self.do, run, place, key=key, pure=False)
        self.futures[run.id] = future
        future.add_done_callback(partial(_hear, self.heard, run.id))

    def news(self) -> Sequence[News]:
        """Wait until some run has ended, and return it."""
        while True:
            try:
                key, future = self.heard.get(timeout=_LOOK_SECONDS)
            except Empty:
                if self.client.status in ("closed", "closing") or not self.client.scheduler_info().get("workers"):
                    raise RunError(
                        "The Dask scheduler is gone, or has no worker any more. What was whole is kept; start the cluster "
                        "again and take the batch up."
                    ) from None
                continue
            if self.futures.get(key) is future:
                del self.futures[key]
                return [(key, _result(future))]

    def leave(self) -> None:
        """Give up what was not begun, and part from the scheduler; what a worker is at ends in a folder nobody reads."""
        self.client.cancel(list(self.futures.values()))
        self.futures.clear()
        self.client.close()


def _hear(heard: SimpleQueue[Any], key: str, future: Any) -> None:  # noqa: ANN401  # distributed has no types
    heard.put((key, future))


def _made(do: Doing, run: Planned, place: Path) -> Standing:
    """Make a run on a worker: in a folder of its own, since another that counts as dead may still be at the same."""
    aside = Path(tempfile.mkdtemp(dir=place))
    ended = do(run, aside)
    if (aside / run.id).is_dir():
        clear(place / run.id)
        (aside / run.id).rename(place / run.id)
    return ended


def _result(future: Any) -> Standing | None:  # noqa: ANN401  # distributed has no types
    # Its exception may quote what it was at; that it has one is all there is to know.
    return future.result() if future.status == "finished" else None


def _connected(address: str) -> Any:  # noqa: ANN401  # as above
    try:
        from distributed import Client  # noqa: PLC0415  # an extra that few have
    except ImportError:
        raise RunError(
            "Runs on a cluster need Dask. Install it with: pip install 'ts-investigation-kit[cluster]'"
        ) from None
    nobody = RunError(f"No Dask scheduler answers at {address}. Start one with `dask scheduler`, and give its address.")
    try:
        # Asked first: a client that never came about tries for long to say goodbye.
        parts = urlsplit(address)
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_CONNECT_SECONDS).close()
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError):
        raise nobody from None


def _refuse_workers(client: Any, workers: dict[str, int], *, folder: Path, casebook: Path) -> None:  # noqa: ANN401  # as above
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    if not workers:
        raise RunError("The Dask scheduler has no worker. Start some with: dask worker ADDRESS --nthreads 1")
    if any(threads > 1 for threads in workers.values()):
        raise RunError(
            "Each Dask worker has to do one run at a time; start them with: dask worker ADDRESS --nthreads 1"
        )
    try:
        seen: dict[str, tuple[str, str, str]] = client.run(_seen, folder, casebook)
    except ImportError:
        raise RunError("The Dask workers cannot import tskit; install the same version there.") from None
    ours = _seen(folder, casebook)
    for address, theirs in seen.items():
        if theirs[0] != __version__:
            raise RunError(f"The Dask worker {address} has another version of tskit; install {__version__} there.")
        if theirs != ours:
            lacking = folder if theirs[1] != ours[1] else casebook
            raise RunError(
                f"The Dask worker {address} does not see {lacking} as it is here. A cluster needs a shared disk that has the "
                "same path everywhere."
            )


def _seen(folder: Path, casebook: Path) -> tuple[str, str, str]:
    """Return what a process sees: its version of tskit, and digests of the plan and of the casebook's settings."""
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    return (__version__, _digest(folder / FILE), _digest(casebook / "casebook.toml"))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
