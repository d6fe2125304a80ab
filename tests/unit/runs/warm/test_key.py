from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tskit.runs.warm import WarmPlace, key, key_of

PLACE = WarmPlace(Path("/run/warm"), ("json",))
ENVIRONMENT = {"PATH": "/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": "/home/a"}


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """Put a folder of installed packages, and one package that is worked on, in the place of the real ones."""
    site, package = tmp_path / "site-packages", tmp_path / "tskit"
    (site / "pandas-3.1.1.dist-info").mkdir(parents=True)
    (site / "pandas").mkdir()
    package.mkdir()
    (package / "a.py").write_text("a = 1\n", encoding="utf-8")
    monkeypatch.setattr(key.site, "getsitepackages", lambda: [str(site)])
    monkeypatch.setattr(key.site, "ENABLE_USER_SITE", False)
    monkeypatch.setattr(key, "_PACKAGE", package)
    return tmp_path


def test_the_same_gives_the_same_name():
    assert key_of(PLACE, ENVIRONMENT) == key_of(PLACE, dict(reversed(ENVIRONMENT.items())))
    assert len(key_of(PLACE, ENVIRONMENT)) == 16


@pytest.mark.parametrize(
    "changed",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONPATH": "/x"},
        {"LANG": "de_DE.UTF-8"},
        {"LC_ALL": "C"},
        {"TZ": "Asia/Tokyo"},
        {"HOME": "/home/b"},
        {"OMP_NUM_THREADS": "2"},
        {"NUMEXPR_MAX_THREADS": "2"},
        {"LD_PRELOAD": "/x.so"},
        {"ARROW_DEFAULT_MEMORY_POOL": "system"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_a_library_reads_at_its_import_changes_the_name(changed):
    assert key_of(PLACE, ENVIRONMENT | changed) != key_of(PLACE, ENVIRONMENT)


@pytest.mark.parametrize("name", ["PATH", "TSKIT_CASEBOOK", "JPY_SESSION_NAME", "TMPDIR", "IPYTHONDIR", "MPLBACKEND"])
def test_what_each_child_reads_for_itself_does_not(name):
    assert key_of(PLACE, ENVIRONMENT | {name: "other"}) == key_of(PLACE, ENVIRONMENT)


def test_an_upgrade_changes_the_name(installed):
    before = key_of(PLACE, ENVIRONMENT)
    old = installed / "site-packages" / "pandas-3.1.1.dist-info"
    new = old.rename(old.with_name("pandas-3.1.2.dist-info"))
    assert key_of(PLACE, ENVIRONMENT) != before
    before = key_of(PLACE, ENVIRONMENT)
    (new / "RECORD").touch()  # the same version, installed anew
    assert key_of(PLACE, ENVIRONMENT) != before


def test_a_change_of_the_code_changes_the_name_and_what_python_keeps_of_it_does_not(installed):
    before = key_of(PLACE, ENVIRONMENT)
    (installed / "tskit" / "__pycache__").mkdir()
    (installed / "tskit" / "__pycache__" / "a.pyc").touch()
    assert key_of(PLACE, ENVIRONMENT) == before
    (installed / "tskit" / "a.py").write_text("a = 12\n", encoding="utf-8")
    assert key_of(PLACE, ENVIRONMENT) != before


def test_a_preloaded_package_that_is_worked_on_counts_with_its_code(installed, monkeypatch):
    own = installed / "desk" / "ours"
    own.mkdir(parents=True)
    (own / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(own.parent)])
    with_it = replace(PLACE, preload=("ours:start",))
    before = key_of(with_it, ENVIRONMENT)
    (own / "more.py").touch()
    assert key_of(with_it, ENVIRONMENT) != before


def test_what_is_preloaded_and_the_interpreter_change_the_name(monkeypatch):
    before = key_of(PLACE, ENVIRONMENT)
    assert key_of(replace(PLACE, preload=("json", "csv")), ENVIRONMENT) != before
    assert key_of(replace(PLACE, folder=Path("/elsewhere"), idle_seconds=1), ENVIRONMENT) == before
    monkeypatch.setattr(sys, "executable", "/other/bin/python")
    assert key_of(PLACE, ENVIRONMENT) != before


def test_what_cannot_be_raised_again_changes_the_name(monkeypatch):
    before = key_of(PLACE, ENVIRONMENT)
    monkeypatch.setattr(key, "ceiling", lambda: {"nice": 10})
    assert key_of(PLACE, ENVIRONMENT) != before
