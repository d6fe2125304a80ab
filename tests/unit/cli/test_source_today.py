from __future__ import annotations

from hashlib import sha256

import pytest

from tskit.cli.source_today import source_today
from tskit.model import Casebook
from tskit.model.source import Source


@pytest.fixture
def book(tmp_path):
    for name, text in {"data/a.csv": "1", "old/feb.csv": "old", "new/feb.csv": "new", "runs/x/a.csv": "no"}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Casebook(tmp_path, "ours", sources=(Source("main", "data/a.csv"),))


def known(text):
    return frozenset({sha256(text.encode()).hexdigest()})


@pytest.mark.parametrize("source", ["main", "data/a.csv", "data", "exports/*.csv", "/nowhere/at/all.csv", "/"])
def test_what_leads_somewhere_or_nowhere_stays_as_it_is(book, source):
    assert source_today(source, book=book, known=frozenset()) == source


@pytest.mark.parametrize("source", ["/home/jane/feb.csv", "~/feb.csv", "C:\\exports\\feb.csv"])
@pytest.mark.parametrize("text", ["old", "new"])
def test_a_path_of_another_machine_is_found_by_its_content(book, source, text):
    assert source_today(source, book=book, known=known(text)).replace("\\", "/") == f"{text}/feb.csv"


def test_without_the_content_the_name_counts_so_that_what_changed_can_be_told(book):
    assert source_today("/x/feb.csv", book=book, known=known("gone")).replace("\\", "/") == "new/feb.csv"


def test_what_lies_among_runs_is_no_source(book):
    assert source_today("/x/a.csv", book=book, known=known("no")).replace("\\", "/") == "data/a.csv"
