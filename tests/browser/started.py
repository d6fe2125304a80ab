"""The server that `tskit lab` starts, driven by a headless Chromium that can reach nothing else."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.browser.lab import Lab
from tskit.runs import warm

ROOT = Path(__file__).resolve().parents[2]


class Started(Lab):
    """`tskit lab` on a casebook, with the settings and files of its user in a folder of their own."""

    def __init__(self, folder, book):
        super().__init__(folder)
        self.book = Path(book)
        # Not in the folder of the test: the path of a socket has to be short.
        self.runtime = Path(tempfile.mkdtemp(prefix="tsk-"))

    def __enter__(self):
        super().__enter__()
        self.notebooks = self.book / "notebooks"
        return self

    def __exit__(self, *_):
        """Stop it as a person does: Ctrl-C, once."""
        self._process.send_signal(signal.SIGINT)
        try:
            self.code = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
            raise
        finally:
            warm.retire(self.place)
            shutil.rmtree(self.runtime, ignore_errors=True)

    @property
    def place(self):
        """Where this server's kernels are forked."""
        return warm.WarmPlace(self.runtime / "tskit" / "warm")

    @property
    def server_url(self):
        return f"{self.url}lab?token={self._token}"

    def enter(self, page):
        """Open JupyterLab as the printed address does, and wait until it is there."""
        page.goto(self.server_url, wait_until="domcontentloaded")
        page.wait_for_function("() => window.jupyterapp && window.jupyterapp.started", timeout=60_000)
        page.evaluate("async () => { await window.jupyterapp.started; await window.jupyterapp.restored; }")
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)

    def open(self, page, name):
        super().open(page, f"notebooks/{name}")

    @staticmethod
    def save(page):
        """Save the notebook as Ctrl-S does."""
        page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")

    def _quiet(self):
        # A person's own settings: the tests need the door that JupyterLab has for them.
        settings = {"LabApp": {"expose_app_in_browser": True}}
        (self.folder / "config" / "jupyter_lab_config.json").write_text(json.dumps(settings))

    def _command(self):
        return [sys.executable, "-m", "tskit.cli", "lab", "--casebook", str(self.book), "--no-browser", "--port", "0"]

    def _environment(self):
        kept = super()._environment()
        kept.pop("TSKIT_CASEBOOK", None)
        return kept | {
            "XDG_DATA_HOME": str(self.folder / "home" / "share"),
            "TSKIT_PERSON": "dao",
            "XDG_RUNTIME_DIR": str(self.runtime),
        }


def tree(folder):
    """Return every file below a folder, hidden ones too, as paths from it."""
    found = []
    for place, _, names in os.walk(folder):
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in names]
    return sorted(found)


def held(folder, mark):
    """Return the files below a folder that hold a text."""
    found = []
    for name in tree(folder):
        with suppress(OSError):
            if mark.encode() in (Path(folder) / name).read_bytes():
                found.append(name)
    return found


def violations(page, place):
    """Return what axe has against the part of the page that `place` selects."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  # only tests with a browser need it

    found = Axe().run(page, context=place).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
