from __future__ import annotations

import pytest

from tskit.cli import main
from tskit.model import Casebook


def code_of(*arguments):
    with pytest.raises(SystemExit) as caught:
        main(list(map(str, arguments)))
    return caught.value.code


def test_an_empty_casebook_can_be_read_and_explains_itself(tmp_path, capsys):
    folder = tmp_path / 'cases "of" \\ März'
    assert code_of("init", folder) == 0
    assert Casebook.read(folder).zone == "Asia/Singapore"
    assert {path.name for path in folder.iterdir()} == {
        "casebook.toml",
        "profiles",
        "queries",
        "templates",
        ".gitignore",
    }
    assert str(folder) in capsys.readouterr().out


def test_every_example_in_the_comments_is_a_setting_that_exists(tmp_path):
    code_of("init", tmp_path / "a")
    path = tmp_path / "a" / "casebook.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    shown = [line.removeprefix("# ") if line.startswith("# [") or " = " in line else line for line in lines]
    path.write_text("\n".join(shown), encoding="utf-8")
    book = Casebook.read(tmp_path / "a")
    assert (len(book.sources), len(book.sites), len(book.targets), len(book.clocks)) == (1, 1, 1, 1)


def test_a_sample_never_goes_where_something_lies(tmp_path, capsys):
    (tmp_path / "mine.txt").touch()
    assert code_of("init", tmp_path, "--sample") == 12
    assert "not an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_with_an_export_becomes_a_casebook_once_and_loses_nothing(tmp_path, capsys):
    (tmp_path / "report.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    assert code_of("init", tmp_path) == 0
    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == "a,b\n"
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert code_of("init", tmp_path) == 12
    assert "is a casebook already" in capsys.readouterr().err


def test_a_sample_is_a_casebook_with_data(tmp_path, capsys):
    assert code_of("init", tmp_path / "s", "--sample", "--cases", 1000, "--until", "2026-06-30") == 0
    assert Casebook.read(tmp_path / "s").is_sample
    assert (tmp_path / "s" / "data").is_dir()
    assert "tskit run trend_report" in capsys.readouterr().out


def test_a_day_that_is_none_is_refused(tmp_path, capsys):
    assert code_of("init", tmp_path / "s", "--sample", "--until", "soon") == 12
    assert "2026-11-01" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
