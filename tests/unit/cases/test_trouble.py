"""Complaints of the engine become advice, and never repeat a value."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from tskit.cases import build
from tskit.cases.trouble import told_plainly
from tskit.errors import SourceError

CANARY = "canary-7f3a"


@pytest.mark.parametrize(
    ("error", "advice"),
    [(duckdb.OutOfMemoryException, "ran out of memory"), (duckdb.IOException, "Is the disk full")],
)
def test_a_complaint_of_the_engine_becomes_advice(tmp_path, error, advice):
    with pytest.raises(SourceError, match=advice) as caught, told_plainly(tmp_path):
        raise error(CANARY)
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_folder_that_somebody_removed_is_told_as_that(tmp_path):
    with pytest.raises(SourceError, match="was removed while it was made"), told_plainly(tmp_path / "gone"):
        raise duckdb.IOException(CANARY)


def test_any_other_error_is_left_alone(tmp_path):
    with pytest.raises(PermissionError), told_plainly(tmp_path):
        raise PermissionError(13, "no")


def test_a_cache_that_is_removed_while_a_load_is_made_is_one_message(small, tmp_path, monkeypatch):
    whole = build.settle

    def removing(*arguments, **rest):
        for path in (tmp_path / "user" / "loads").glob(".making-*"):
            shutil.rmtree(path)
        return whole(*arguments, **rest)

    monkeypatch.setattr("tskit.cases.build.settle", removing)
    with pytest.raises(SourceError, match="Load the source again"):
        small("Number,State,Opened\n1,open,20/05/2026 02:19\n")
