"""Who may import what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tskit"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each third-party library has one home: whoever replaces it knows where to look.
HOMES = {
    "alembic": {"records"},
    "altair": {"charts", "export"},
    "anywidget": {"ui"},
    "confusable_homoglyphs": {"text"},
    "cryptography": {"runs"},
    "distributed": {"runs"},
    "duckdb": {"sources", "cases"},
    "holidays": {"calendars", "sources"},  # the sample's world keeps real holidays, and sits beside calendars' users
    "ibis": {"sources", "cases", "metrics", "patterns", "causes", "model"},
    "ipywidgets": {"ui"},
    "jupyter_client": {"runs", "cli"},
    "jupyter_server": {"cli"},
    "jupyterlab": {"cli"},
    "jupytext": {"runs"},
    "jwt": {"sources"},
    "mistune": {"export"},
    "nbclient": {"runs"},
    "nbconvert": {"export"},
    "nbformat": {"runs", "export", "cli"},
    "nh3": {"export"},
    "papermill": {"runs"},
    "playwright": {"export"},
    "psycopg": {"records", "sources"},
    "pythainlp": {"text"},
    "python_calamine": {"sources"},
    "requests": {"sources"},
    "rich": {"cli"},
    "scipy": {"stats", "patterns", "text"},
    "simple_salesforce": {"sources"},
    "pyspark": {"sources"},
    "sklearn": {"text"},
    "sqlalchemy": {"sources", "records"},
    "statsmodels": {"patterns"},
    "typer": {"cli"},
    "vl_convert": {"charts", "export"},
}

HEAVY = {"pandas", "numpy", "pyarrow", "duckdb", "scipy", *HOMES}


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_library_is_imported_only_in_its_home(path):
    room = path.relative_to(PACKAGE).parts[0]
    strangers = {name for name in _imported(path) if name in HOMES and room not in HOMES[name]}
    assert strangers == set(), f"{path.name} imports {strangers}; their homes are in HOMES above"


def test_importing_the_front_door_loads_no_heavy_library():
    code = "import sys, tskit; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY & set(loaded) == set()


def test_the_model_and_the_errors_stand_alone():
    for path in [PACKAGE / "errors.py", *sorted((PACKAGE / "model").glob("*.py"))]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inner = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and "tskit" in n.module}
        assert all(name.startswith(("tskit.model", "tskit.errors")) for name in inner), path.name
