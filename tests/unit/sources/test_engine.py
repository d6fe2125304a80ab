"""The embedded engine: what every connection to it is set to."""

import ast
from pathlib import Path

import nbclient
import nbformat
import pytest

PACKAGE = Path(__file__).parents[3] / "tskit"
ASK = """
from tskit.sources import connect, in_memory

query = "select current_setting('enable_progress_bar')"
for database in (connect().con, connect().con.cursor(), in_memory(), in_memory().cursor()):
    print(database.execute(query).fetchone()[0])
"""


@pytest.mark.slow
@pytest.mark.acceptance
def test_no_connection_draws_a_progress_bar_in_a_notebook(monkeypatch, tmp_path):
    """In a kernel the engine turns it on by itself; it is a widget, whose place would stay in the saved outputs."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ASK)])
    nbclient.execute(book, timeout=120)
    (output,) = book.cells[0].outputs
    assert output.text.split() == ["False"] * 4


def test_connections_are_made_in_one_place():
    """Whoever connects elsewhere gets the engine's own settings, with its progress bar among them."""
    made = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"duckdb.connect", "ibis.duckdb.connect", "duckdb.sql"}
    ]
    assert sorted(set(made)) == ["sources/engine.py"]
