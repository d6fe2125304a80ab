from __future__ import annotations

import json
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from tskit.runs.home import names_of, without_home

JANE = [PurePosixPath("/home/jane")]
WINDOWS = [PureWindowsPath(r"C:\Users\Zoë")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/jane", "~"),
        ("'/home/jane/a b.csv'", "'~/a b.csv'"),
        ("/home/janet/x", "/home/janet/x"),
        ("/home/jane.old/x", "/home/jane.old/x"),
        ("file:///home/jane/x", "file://~/x"),
    ],
)
def test_only_the_folder_itself_is_covered(text, shown):
    assert without_home(text, JANE) == shown


@pytest.mark.parametrize("is_ascii", [True, False])
def test_a_windows_home_is_covered_however_often_it_was_quoted(is_ascii):
    path = r"C:\Users\Zoë\x.csv"
    quoted = [path, repr(path), json.dumps({"source": f"a = {path!r}"}, ensure_ascii=is_ascii)]
    quoted += [json.dumps(quoted[-1], ensure_ascii=is_ascii), path.replace("\\", "/"), path.lower()]
    for text in quoted:
        shown = without_home(text, WINDOWS)
        assert "Users" not in shown
        assert "users" not in shown
        assert "~" in shown


def test_a_home_that_is_the_root_of_a_disk_covers_nothing():
    assert without_home("/x", [PurePosixPath("/")]) == "/x"
    assert without_home("C:\\x", [PureWindowsPath("C:\\")]) == "C:\\x"


def test_a_home_is_known_by_where_its_links_lead_too(tmp_path):
    (tmp_path / "real").mkdir()
    try:
        (tmp_path / "link").symlink_to(tmp_path / "real")
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert names_of(tmp_path / "link") == (tmp_path / "link", tmp_path / "real")
    assert names_of(None) == ()
