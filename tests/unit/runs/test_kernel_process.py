from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tskit.runs.kernel_process as process

ROOT = Path(process.__file__).parents[2]


def test_a_place_names_file_line_and_function_and_no_folder_of_a_user():
    try:
        process.places.__wrapped__  # noqa: B018
    except AttributeError as error:
        (place,) = process.places(error.__traceback__)
    assert place.endswith(", in test_a_place_names_file_line_and_function_and_no_folder_of_a_user")
    assert not place.startswith("/")


def test_the_address_parser_is_left_out_of_jsonschema_and_nothing_else():
    code = (
        "import sys; from tskit.runs import without_address_parser as lean; lean(); import jsonschema;"
        "assert 'rfc3987_syntax' not in sys.modules; import rfc3987_syntax; lean()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_importing_runs_loads_no_library_of_jupyter():
    code = (
        "import sys, tskit.runs;"
        "slow = {'papermill', 'nbformat', 'nbclient', 'jupytext', 'jupyter_client', 'yaml', 'zmq'} & set(sys.modules);"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
