"""A real JupyterLab on loopback, driven by a headless Chromium that can reach nothing else."""

import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlparse

import nbformat
import pytest

_FLAGS = [
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1


def chromium():
    """Return the path of the browser. Without one a developer's test is skipped; in CI it fails, so that nobody is fooled."""
    path = os.environ.get("TSKIT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        message = "This test needs Chromium: install it, or name it in TSKIT_CHROMIUM."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path


class Lab:
    """A JupyterLab server whose settings, kernels and files all lie in a folder of their own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.notebooks = self.folder / "notebooks"
        self.log = self.folder / "server.log"
        self.comms = ""  # how widget messages travel, where a test has set it for this server
        self._token = secrets.token_hex(16)

    def __enter__(self):
        for name in ("notebooks", "config", "data", "runtime", "ipython", "home", "settings", "workspaces"):
            (self.folder / name).mkdir(parents=True)
        self._quiet()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                env=self._environment(),
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # one call into libc, no lock
            )
        try:
            self.url = self._wait(90)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        request = urllib.request.Request(
            f"{getattr(self, 'url', 'http://127.0.0.1:9/')}api/shutdown",
            method="POST",
            headers={"Authorization": f"token {self._token}"},
        )
        with suppress(OSError):
            urllib.request.urlopen(request, timeout=5).read()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)

    def write(self, name, *cells):
        """Write a notebook of code cells into the server's folder."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.notebooks / name)

    def open(self, page, name):
        """Open a notebook and wait until its kernel is there."""
        page.goto(f"{self.url}lab?token={self._token}&reset", wait_until="domcontentloaded")
        page.wait_for_function("() => window.jupyterapp && window.jupyterapp.started", timeout=60_000)
        page.evaluate("async () => { await window.jupyterapp.started; await window.jupyterapp.restored; }")
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
        # JupyterLab reads this setting after it has started; a kernel that is connected before that does not follow it.
        page.wait_for_function(
            "how => !how || window.jupyterapp.serviceManager.kernels.commsOverSubshells === how", arg=self.comms
        )
        page.evaluate(
            """async (path) => {
                const opened = await window.jupyterapp.commands.execute(
                    'docmanager:open', {path: path, factory: 'Notebook'});
                await opened.context.ready; await opened.revealed; await opened.sessionContext.ready;
                window.openedNotebook = opened; }""",
            name,
        )

    @staticmethod
    def run_all(page):
        """Run every cell and wait until the kernel has answered for the last one."""
        page.evaluate(
            """async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells');
                await window.openedNotebook.sessionContext.session.kernel.requestKernelInfo(); }"""
        )

    def _quiet(self):
        path = self.folder / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}))

    def _command(self):
        settings, workspaces = self.folder / "settings", self.folder / "workspaces"
        return [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.port_retries=0", "--ServerApp.allow_root=True",
            f"--ServerApp.root_dir={self.notebooks}",
            f"--LabServerApp.user_settings_dir={settings}", f"--LabServerApp.workspaces_dir={workspaces}",
            f"--LabApp.user_settings_dir={settings}", f"--LabApp.workspaces_dir={workspaces}",
        ]  # fmt: skip

    def _environment(self):
        places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
        places |= {"IPYTHONDIR": "ipython", "HOME": "home"}
        folders = {name: str(self.folder / place) for name, place in places.items()}
        # The token goes by the environment: arguments can be read by everybody on the machine.
        return (
            os.environ
            | folders
            | {"JUPYTER_TOKEN": self._token, "JUPYTER_PLATFORM_DIRS": "0", "PYTHONPATH": str(_ROOT)}
        )

    def _wait(self, seconds):
        info, until = self.folder / "runtime" / f"jpserver-{self._process.pid}.json", time.monotonic() + seconds
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(OSError, ValueError):
                url = json.loads(info.read_text())["url"]
                urllib.request.urlopen(f"{url}api?token={self._token}", timeout=2).read()
                return url
            time.sleep(0.05)
        raise RuntimeError(f"JupyterLab did not start: {self.log.read_text()[-2000:]}")


@contextmanager
def closed_browser(*, zone="America/Los_Angeles", dark=False):
    """Give a page whose every request beyond loopback is refused; `page.refused` and `page.errors` tell what happened.

    The page's zone is far from the data's on purpose: a day that shifts with the browser shows.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only tests with a browser need it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS)
        context = browser.new_context(
            viewport={"width": 1280, "height": 1000},
            reduced_motion="reduce",
            timezone_id=zone,
            color_scheme="dark" if dark else "light",
        )
        page = context.new_page()
        page.refused, page.errors, page.warnings = [], [], []
        context.route("**/*", lambda route: _gate(route, page.refused))
        page.set_default_timeout(60_000)
        heard = {"error": page.errors, "warning": page.warnings}
        page.on("console", lambda message: heard.get(message.type, []).append(_told(message)))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        try:
            yield page
        finally:
            context.close()
            browser.close()


def _told(message):
    """Return what the console said, and for a load that failed also of what; a token is no part of a path."""
    path = urlparse(message.location.get("url", "")).path
    return f"{message.text} {path}" if message.text.startswith("Failed to load") else message.text


def _gate(route, refused):
    address = urlparse(route.request.url)
    if address.scheme in {"data", "blob"} or address.hostname in {"127.0.0.1", "localhost"}:
        route.continue_()
    else:
        refused.append(route.request.url)
        route.abort()


def _die_with_parent():
    # A shell that runs the tests in the background lets its children ignore Ctrl-C; a person's terminal does not.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A test run that is killed must not leave a server and its kernels behind.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
