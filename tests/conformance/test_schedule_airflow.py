"""The DAG of docs/how-to/schedule.md runs in an Airflow of its own, and its notebook finds what `tskit run` finds."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.support.pages import fences, placed
from tskit.runs.collect import collect

DAG = fences("how-to/schedule.md", "python")[0]
KERNEL = next(text for text in fences("how-to/schedule.md", "sh") if "--prefix /srv/tskit" in text)
TEMPLATES = Path(__file__).parents[2] / "templates"
AIRFLOW = ("apache-airflow==3.3.2", "apache-airflow-providers-papermill==3.13.3")


def test_the_dag_is_python_and_names_no_secret():
    names = {node.arg for node in ast.walk(ast.parse(DAG)) if isinstance(node, ast.keyword)}
    assert {"input_nb", "output_nb", "parameters", "kernel_name", "skip_on_exit_code", "max_active_runs"} <= names


def airflow(room, environ, *arguments):
    """Run Airflow's command with nothing of ours around it."""
    command = [room.bin / "airflow", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.conformance
def test_the_dag_runs_and_its_notebook_finds_what_the_report_says(environment, book, bare, tmp_path):
    room = environment("airflow", *AIRFLOW, constraints="airflow.txt")
    register_kernel(tmp_path)
    (book / "notebooks").mkdir(exist_ok=True)
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "trend_report.py").write_text(dag(book), encoding="utf-8")
    environ = bare | {
        "PATH": f"{room.bin}{os.pathsep}{bare['PATH']}",
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "JUPYTER_PATH": str(tmp_path / "share" / "jupyter"),
    }
    before = runs(book)
    for arguments in (("db", "migrate"), ("dags", "test", "trend_report", "2026-11-02")):
        done = airflow(room, environ, *arguments)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    executed = nbformat.read(book / "notebooks" / "trend_report-2026-11-02.ipynb", as_version=4)
    found = collect(executed).findings["findings"]
    (run,) = runs(book) - before
    assert found
    assert found == json.loads((run / "findings.json").read_text(encoding="utf-8"))["findings"]
    shutil.rmtree(room.folder)


def runs(book):
    return set((book / "runs").glob("*-trend_report-*"))


def register_kernel(prefix):
    """Do what the page says to do once on the worker, with another prefix."""
    line = placed(KERNEL, {"/srv/tskit/bin/python": sys.executable, "--prefix /srv/tskit": f"--prefix {prefix}"})
    subprocess.run(line.split(), capture_output=True, check=True)


def dag(book):
    places = {
        "/srv/tskit/share/jupyter/notebook_templates/tskit": TEMPLATES,
        "/srv/tskit/bin": Path(sys.executable).parent,
        "/srv/casebook": book,
    }
    return placed(DAG, places)
