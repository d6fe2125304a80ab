from __future__ import annotations

from tskit.runs.catalogue import Entry, runs


def test_a_folder_that_is_not_there_holds_no_runs(tmp_path):
    assert runs(tmp_path / "none") == ()


def test_a_killed_run_is_listed_as_unfinished_and_other_folders_are_not_runs(tmp_path):
    for name in ("20260101T000000Z-a-1.partial", "notes", ".hidden"):
        (tmp_path / name).mkdir()
    assert runs(tmp_path) == (Entry("20260101T000000Z-a-1", "", "unfinished", ""),)
