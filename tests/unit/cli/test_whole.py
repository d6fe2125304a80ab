"""A folder appears whole or not at all."""

import pytest

from tskit.cli.whole import whole_folder
from tskit.errors import ParameterError

NAMES = ("truth.json", "casebook.toml", ".gitignore")


def fill(folder):
    with whole_folder(folder) as draft:
        (draft / "data").mkdir(parents=True)
        for name in NAMES:
            (draft / name).write_text(name, encoding="utf-8")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


WHOLE = sorted(["data", *NAMES])


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    fill(tmp_path / "team" / "book")
    assert names(tmp_path / "team" / "book") == WHOLE
    assert names(tmp_path / "team") == ["book"]


def test_an_empty_folder_stays_the_one_it_was(tmp_path):
    (tmp_path / "book").mkdir()
    before = (tmp_path / "book").stat().st_ino
    fill(tmp_path / "book")
    assert (tmp_path / "book").stat().st_ino == before
    assert names(tmp_path / "book") == WHOLE


@pytest.mark.parametrize("left", [["truth.json"], ["truth.json", "data"], ["truth.json", "data", ".gitignore"]])
def test_what_a_cut_off_call_left_is_made_anew(tmp_path, left):
    book = tmp_path / "book"
    book.mkdir()
    for name in left:
        (book / name).mkdir() if name == "data" else (book / name).write_text("half", encoding="utf-8")
    fill(book)
    assert names(book) == WHOLE
    assert (book / "truth.json").read_text(encoding="utf-8") == "truth.json"


@pytest.mark.parametrize("there", [["notes.txt"], ["truth.json", "notes.txt"], ["truth.json", "casebook.toml"]])
def test_what_somebody_else_put_there_is_left_alone(tmp_path, there):
    book = tmp_path / "book"
    book.mkdir()
    for name in there:
        (book / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ParameterError, match="not an empty folder"):
        fill(book)
    assert names(book) == sorted(there)
    assert names(tmp_path) == ["book"]


def test_a_block_that_fails_leaves_nothing(tmp_path):
    def fail(folder):
        with whole_folder(folder) as draft:
            draft.mkdir()
            raise KeyError

    with pytest.raises(KeyError):
        fail(tmp_path / "book")
    assert names(tmp_path) == []
