"""The job of docs/how-to/schedule.md runs in jupyter-scheduler, and its notebook finds what papermill's run of it finds."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from tests.support.pages import fences, placed
from tskit.runs.collect import collect

JOB = fences("how-to/schedule.md", "json")[0]
SET_UP = next(text for text in fences("how-to/schedule.md", "sh") if "jupyter-scheduler" in text)
TEMPLATES = Path(__file__).parents[2] / "templates"
TOKEN = "7f3a"
PATIENCE = 240


def test_the_job_is_json_whose_parameters_are_expressions():
    job = json.loads(JOB)
    assert all(repr(eval(value)) == value for value in job["parameters"].values())
    assert job["input_uri"].removesuffix(".ipynb") == "trend_report"


@pytest.mark.slow
@pytest.mark.conformance
def test_the_job_runs_and_finds_what_is_there(environment, book, bare, tmp_path):
    room = environment("scheduler", "jupyter-scheduler==2.12.1", constraints="scheduler.txt")
    register_kernel(room.folder)
    shutil.copy(TEMPLATES / "trend_report.ipynb", tmp_path)
    with server(room, bare, tmp_path) as ask:
        made = ask("scheduler/job_definitions", json.loads(placed(JOB, {"/srv/casebook": book})))
        job = ask(f"scheduler/job_definitions/{made['job_definition_id']}/jobs", {})
        told = finished(ask, job["job_id"])
    assert told["status"] == "COMPLETED", told["status_message"]
    (executed,) = (tmp_path / "data" / "scheduler_staging_area" / job["job_id"]).glob("trend_report-*.ipynb")
    found = collect(nbformat.read(executed, as_version=4)).findings["findings"]
    assert found == expected(book, bare)
    shutil.rmtree(room.folder)


def register_kernel(prefix):
    """Do what the page says to do once, with the prefix of this environment."""
    line = next(line for line in SET_UP.splitlines() if "ipykernel" in line)
    places = {"/srv/tskit/bin/python": sys.executable, "/srv/scheduler": prefix}
    subprocess.run(placed(line, places).split(), capture_output=True, check=True)


def expected(book, bare):
    """Return the findings of the same question asked by `tskit run`."""
    program = Path(sys.executable).parent / "tskit"
    command = [program, "run", "trend_report", "-p", "market=ID,TH", "--casebook", book]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=True)
    folder = Path(done.stdout.splitlines()[-1]).parent
    return json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]


def finished(ask, job):
    for _ in range(PATIENCE):
        told = ask(f"scheduler/jobs/{job}")
        # A job that has not begun yet is called stopped.
        if told["status"] in ("COMPLETED", "FAILED"):
            return told
        time.sleep(1)
    pytest.fail(f"the job is still {told['status']}")


@contextmanager
def server(room, bare, folder):
    """Give what asks a Jupyter server in `folder` that has the scheduler."""
    port = free_port()
    options = {"port": port, "ip": "127.0.0.1", "root_dir": folder, "open_browser": False}
    command = [room.bin / "jupyter-server", "--allow-root", *(f"--ServerApp.{k}={v}" for k, v in options.items())]
    environ = bare | {
        "PATH": f"{room.bin}{os.pathsep}{bare['PATH']}",
        "JUPYTER_TOKEN": TOKEN,
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
    }
    (folder / "data").mkdir()  # its database lies there
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
        try:
            yield asking(f"http://127.0.0.1:{port}/", process, folder / "server.log")
        finally:
            process.terminate()
            process.wait(30)


def asking(address, process, log):
    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address + path, data, {"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    for _ in range(PATIENCE):
        assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        try:
            ask("api/status")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
        else:
            return ask
    pytest.fail("the server does not answer")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
