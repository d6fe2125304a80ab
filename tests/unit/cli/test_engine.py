import subprocess
import sys

import nbformat
import pytest
from papermill.engines import papermill_engines

from tskit.cli.engine import TskitEngine


@pytest.mark.parametrize("first", ["papermill", "tskit.cli.engine", "tskit.runs.engine.adapter"])
def test_whoever_is_imported_first_papermill_knows_the_engine(first):
    asked = (
        f"import {first}; from papermill.engines import papermill_engines as p; print(p.get_engine('tskit').__name__)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("TskitEngine", "")


def test_the_engine_reads_from_a_notebook_what_papermill_asks_of_it():
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "language": "python"}
    assert papermill_engines.get_engine("tskit") is TskitEngine
    assert papermill_engines.nb_kernel_name("tskit", notebook) == "python3"
    assert papermill_engines.nb_language("tskit", notebook) == "python"
    assert papermill_engines.nb_kernel_name("tskit", notebook, "other") == "other"
