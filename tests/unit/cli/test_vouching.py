"""Only templates and keys of the user's own casebook let the cells of a run be executed."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest

from tskit.cli.verify import _template
from tskit.cli.vouching import vouched
from tskit.model import Casebook
from tskit.runs import Template, folders, templates
from tskit.runs.signing import new_key
from tskit.runs.verify import Means, Records

KEY = new_key()[1]
TEXT = "# %% [markdown]\n# # Ours\n\n# %%\nprint(1)\n"


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Return a casebook with a template of its own, in which nobody works."""
    root = tmp_path / "book"
    (root / "templates").mkdir(parents=True)
    (root / "casebook.toml").write_text('name = "ours"\n', encoding="utf-8")
    (root / "templates" / "ours.py").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    return Casebook.read(root)


@pytest.fixture
def means(tmp_path):
    return Means(
        setting=SimpleNamespace(), given={}, places=(), keys=(KEY,), scratch=tmp_path, export=lambda notebook, folder: (),
        find=lambda name: None, look=lambda source: (), records=lambda places: nullcontext(Records()),
    )  # fmt: skip


def ours(book):
    return Template.from_file(book.root / "templates" / "ours.py")


def held(book, means, *, asked=None, key=None):
    found = vouched(means, book, asked=asked, key=key, is_trusted=False)
    return found.has(ours(book)), tuple(found.vouching)


def test_a_casebook_that_came_with_the_run_vouches_for_nothing(book, means):
    assert held(book, means) == (False, ())


def test_a_casebook_that_is_asked_for_or_worked_in_vouches_for_its_templates_and_keys(book, means, monkeypatch):
    assert held(book, means, asked=book.root) == (True, (KEY,))
    monkeypatch.setenv("TSKIT_CASEBOOK", str(book.root))
    assert held(book, means) == (True, (KEY,))
    monkeypatch.delenv("TSKIT_CASEBOOK")
    monkeypatch.chdir(book.root)
    assert held(book, means) == (True, (KEY,))


def test_a_key_that_is_named_vouches_wherever_the_casebook_came_from(book, means, tmp_path):
    assert held(book, means, key=tmp_path / "key") == (False, (KEY,))


def test_templates_of_tskit_vouch_everywhere_by_their_cells_and_not_by_their_names(book, means):
    found = vouched(means, book, asked=None, key=None, is_trusted=False)
    built_in = Template.from_file(next(path for path in _installed() if path.stem == "trend_report"))
    assert found.has(built_in)
    assert not found.has(replace(built_in, notebook=built_in.notebook.replace("import", "import os;import", 1)))


def test_a_name_that_is_a_path_is_neither_looked_up_nor_vouched_for(book, means, tmp_path):
    evil = tmp_path / "evil.ipynb"
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('run')")])
    evil.write_text(json.dumps(made), encoding="utf-8")
    # The working folder holds it: a template that is called "evil.ipynb" would be found as a file.
    template = replace(Template.from_file(evil), name="evil.ipynb")
    assert not vouched(means, book, asked=book.root, key=None, is_trusted=False).has(template)
    assert _template("evil.ipynb", book=book) is None
    assert _template(str(evil), book=book) is None


def _installed():
    return templates(folders(None)).values()
