"""A real PostgreSQL server for tests: in a folder of its own, on a socket that only this user reaches."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

PATIENCE = 120
ACCESS = "local all clerk scram-sha-256\nlocal all all trust\n"


@dataclass(frozen=True)
class Server:
    """A server that runs, and ends with the process that started it."""

    binaries: Path
    folder: Path
    options: tuple[str, ...]

    def database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self.execute("postgres", f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, name: str, *, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{name}?host={quote(str(self.folder), safe='')}"

    def execute(self, database: str, *statements: str, user: str = "postgres") -> None:
        """Run statements past the store, as somebody with a console would."""
        with psycopg.connect(self.url(database, user=user), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        # The server is the child of a guard, which ends it when the pipe to this process closes, however that happens.
        guard = subprocess.Popen(
            [sys.executable, __file__, self.binaries / "postgres", self.folder, *self.options], stdin=subprocess.PIPE
        )
        GUARDS[self.folder] = guard
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                self.execute("postgres", "SELECT 1")
            except psycopg.OperationalError:
                if guard.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError((self.folder / "log").read_text(encoding="utf-8", errors="replace")) from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End the server and remove its folder."""
        guard = GUARDS.pop(self.folder)
        guard.stdin.close()
        guard.wait(PATIENCE)

    def crash(self) -> None:
        """Kill the server as a power cut would kill its processes, without a word to it."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        os.kill(pid, signal.SIGKILL)
        guard = GUARDS.pop(self.folder)
        guard.wait(PATIENCE)
        guard.stdin.close()


GUARDS: dict[Path, subprocess.Popen] = {}


@contextmanager
def running_server(*options):
    """Start a server and hand it out; skip where there is none, except in CI, where that is a failure.

    `options` are settings such as `fsync=off`, for tests in which it need not outlive a crash.
    """
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI tests with a real one. Install it: apt install postgresql")
        pytest.skip("PostgreSQL is not installed (initdb and postgres on the path, or in /usr/lib/postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="tskit-pg-"))  # short, since a socket's path may have 107 characters
    server = Server(binaries, folder, options)
    try:
        _make(server)
        server.start()
        yield server
    finally:
        if folder in GUARDS:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb")
    path = installed[-1] if installed else Path(found).resolve() if found else None
    return path.parent if path else None


def _make(server: Server) -> None:
    if _account():
        shutil.chown(server.folder, **_account())
    subprocess.run(
        [server.binaries / "initdb", "--pgdata", server.folder / "data", "--username", "postgres", "--auth", "trust",
         "--encoding", "UTF8", "--locale", "C", "--no-sync"],
        check=True, capture_output=True, cwd=server.folder, **_account(),
    )  # fmt: skip
    (server.folder / "data" / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")


def _account() -> dict[str, str]:
    """Return whom the server runs as: it refuses to run as root, and a package of it brings a user."""
    return {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}


def _guard(program: str, folder: Path, options: list[str]) -> None:
    settings = [part for option in options for part in ("-c", option)]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            [program, "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=60",
             "-c", "unix_socket_permissions=0700", *settings],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **_account(),
        )  # fmt: skip
    told = threading.Event()
    threading.Thread(target=lambda: (server.wait(), told.is_set() or os._exit(1)), daemon=True).start()
    sys.stdin.buffer.read()  # until the test's process closes it, or dies
    told.set()
    server.send_signal(signal.SIGQUIT)  # at once: nothing of it is wanted any more, so nothing need be put in order
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(PATIENCE)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)  # Ctrl-C is meant for the tests; the pipe says when they are over
    _guard(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
