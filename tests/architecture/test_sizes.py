"""Budgets of size: a file fits a few screens, a function fits one."""

import ast
import statistics
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tskit"
MODULES = sorted(PACKAGE.rglob("*.py"))


def _functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = ast.get_docstring(node, clean=False)
    return node.end_lineno - node.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_has_at_most_300_lines(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_function_has_at_most_40_lines_without_its_docstring(path):
    assert {node.name: _lines(node) for node in _functions(path) if _lines(node) > 40} == {}


def test_the_median_function_has_fewer_than_10_lines():
    assert statistics.median(_lines(node) for path in MODULES for node in _functions(path)) < 10


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_are_named_for_what_they_hold(path):
    vague = {"utils", "helpers", "common", "base", "manager", "core", "misc"}
    assert vague.isdisjoint(path.relative_to(PACKAGE).with_suffix("").parts)
