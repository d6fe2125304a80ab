from __future__ import annotations

import pytest

from tskit.cases import open_casebook
from tskit.errors import SourceError


def made(folder, name):
    folder.mkdir(parents=True)
    (folder / "casebook.toml").write_text(f'name = "{name}"\n', encoding="utf-8")
    return folder


def test_a_named_casebook_stands_before_the_variable_and_that_before_the_working_folder(tmp_path):
    named, told, here = (made(tmp_path / name, name) for name in ("named", "told", "here"))
    variables = {"TSKIT_CASEBOOK": str(told)}
    assert open_casebook(named, environment=variables, folder=here).name == "named"
    assert open_casebook(environment=variables, folder=here).name == "told"
    assert open_casebook(environment={}, folder=here).name == "here"


def test_a_folder_that_is_no_casebook_is_refused_with_the_command_that_makes_one(tmp_path):
    with pytest.raises(SourceError, match="tskit init"):
        open_casebook(tmp_path / "none", environment={}, folder=tmp_path)


def test_without_any_casebook_the_sample_is_made_once(tmp_path, monkeypatch):
    calls = []

    def write(folder):
        calls.append(folder)
        (folder / "casebook.toml").write_text('name = "sample"\nis_sample = true\n', encoding="utf-8")

    monkeypatch.setattr("tskit.sources.synthetic.write_sample", write)
    for _ in range(2):
        assert open_casebook(environment={}, folder=tmp_path, user_cache=tmp_path / "user").is_sample
    assert len(calls) == 1
    assert [path.name[:7] for path in (tmp_path / "user").iterdir()] == ["sample-"]


def test_records_can_be_read_from_another_place_than_the_casebook_names(tmp_path):
    (tmp_path / "casebook.toml").write_text('name = "ours"\nrecords = "mine.sqlite"\n', encoding="utf-8")
    other = tmp_path / "copy" / "records.sqlite"
    assert open_casebook(tmp_path, environment={"TSKIT_RECORDS": str(other)}).store == other
    assert open_casebook(tmp_path, environment={}).store == tmp_path / "mine.sqlite"
