from __future__ import annotations

import shutil
import subprocess

import pytest

from tskit.runs.installed import code_state, packages

NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def clone(tmp_path):
    """Return a small clone with one commit, and a function that asks git in it."""
    (tmp_path / "tskit").mkdir()
    (tmp_path / "tskit" / "a.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("mine\n", encoding="utf-8")

    def git(*asked):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
        done = subprocess.run(["git", "-C", tmp_path, *who, *asked], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return tmp_path, git


def state(root):
    code_state.cache_clear()
    return code_state(root)


def test_versions_follow_what_our_packages_need():
    found = packages("papermill")
    assert {"papermill", "nbclient", "jupyter-client"} <= set(found)
    assert "pytest" not in found


def test_an_unknown_distribution_lists_everything_that_is_installed():
    assert "pytest" in packages("no-such-distribution-at-all")


def test_versions_are_looked_up_once():
    assert packages("papermill") is packages("papermill")


@NEEDS_GIT
def test_a_clone_is_known_by_its_commit_and_by_whether_its_code_was_changed(clone):
    root, git = clone
    clean = state(root)
    assert (clean["commit"], clean["is_dirty"]) == (git("rev-parse", "HEAD"), False)
    (root / "notes.md").write_text("other\n", encoding="utf-8")
    assert state(root) == clean, "what is no code changes nothing"
    (root / "tskit" / "b.py").write_text("", encoding="utf-8")
    dirty = state(root)
    assert (dirty["commit"], dirty["is_dirty"]) == (clean["commit"], True)
    assert dirty["digest"] != clean["digest"]


@NEEDS_GIT
@pytest.mark.parametrize("is_packed", [False, True])
def test_without_git_the_commit_is_read_from_the_clones_files(clone, monkeypatch, is_packed):
    root, git = clone
    commit = git("rev-parse", "HEAD")
    if is_packed:
        git("pack-refs", "--all")
    monkeypatch.setattr("tskit.runs.installed.shutil.which", lambda name: None)
    assert {name: state(root)[name] for name in ("commit", "is_dirty")} == {"commit": commit, "is_dirty": None}
    git("checkout", "-q", "--detach")
    assert state(root)["commit"] == commit
    git("worktree", "add", "-q", "-b", "other", str(root / "tree"))
    assert state(root / "tree")["commit"] == commit


def test_code_without_a_clone_has_a_digest_that_no_line_ending_changes(tmp_path):
    (tmp_path / "tskit" / "__pycache__").mkdir(parents=True)
    (tmp_path / "tskit" / "a.py").write_bytes(b"x = 1\n")
    digest = state(tmp_path)["digest"]
    (tmp_path / "tskit" / "a.py").write_bytes(b"x = 1\r\n")
    (tmp_path / "tskit" / "__pycache__" / "a.pyc").write_bytes(b"1")
    assert state(tmp_path)["digest"] == digest
    assert "commit" not in state(tmp_path)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("one-1.0.dist-info", {"METADATA": "Name: one\nVersion: 1.0\nRequires-Dist: papermill; extra == 'x'\nRequires-Dist: pandas>2\n\nVersion: 9\n"}),
        ("one.egg-info", {"PKG-INFO": "Name: one\nVersion: 1.0\n", "requires.txt": "pandas>2\n\n[x]\npapermill\n"}),
    ],
)  # fmt: skip
def test_a_package_tells_what_it_needs_whatever_kind_it_is(tmp_path, monkeypatch, name, files):
    for file, text in files.items():
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / file).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    packages.cache_clear()
    found = packages("one")
    assert found["one"] == "1.0"
    assert "numpy" in found, "which pandas needs"
    assert "papermill" not in found, "which only an extra needs"
