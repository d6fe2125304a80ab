"""Loads that are kept are shared by processes that know nothing of each other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from tskit.cases.cache import Account, claim, making, recall, scratch
from tskit.model import Quality

ACCOUNT = Account(Quality(3, 2, 1, 0, 2), "p", "s", datetime(2026, 1, 1, tzinfo=UTC), ())
HOLD = "import sys, pathlib; from tskit.cases.cache import claim; f = claim(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
DIE = """
import os, pathlib, signal, sys
from tskit.cases.cache import making
with making(pathlib.Path(sys.argv[1])) as own:
    (own / "half").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def made(folder, *, age=0.0):
    with making(folder) as own:
        ACCOUNT.write(own)
    then = time.time() - age
    os.utime(folder / "account.json", (then, then))
    return folder


def shown(parent):
    return sorted(path.name for path in parent.iterdir() if not path.name.startswith("."))


def test_a_finished_load_comes_back_as_it_was_written(tmp_path):
    folder = made(tmp_path / "a")
    assert recall(folder) == ACCOUNT
    account, handle = claim(folder)
    handle.close()
    assert account == ACCOUNT


def test_only_the_loads_used_last_are_kept(tmp_path):
    for number in range(9):
        made(tmp_path / f"load{number}", age=1000 - number)
    made(tmp_path / "new")
    assert shown(tmp_path) == [*(f"load{number}" for number in range(4, 9)), "new"]


def test_a_load_that_another_process_reads_is_never_removed(tmp_path):
    used = made(tmp_path / "used", age=9000)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(used)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "held\n"
        os.utime(used / "account.json", (1, 1))
        for number in range(9):
            made(tmp_path / f"load{number}")
        assert "used" in shown(tmp_path)
        reader.communicate("")
    made(tmp_path / "last")
    assert "used" not in shown(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_what_a_killed_process_left_is_swept_and_what_a_living_one_makes_stays(tmp_path):
    killed = subprocess.run([sys.executable, "-c", DIE, str(tmp_path / "a")], check=False)
    assert killed.returncode != 0
    left = list(tmp_path.glob(".making-*"))
    assert [path.name for path in left[0].iterdir() if path.name == "half"] == ["half"]
    with making(tmp_path / "b") as own:
        (own / "part").touch()
        made(tmp_path / "c")
        assert (own / "part").exists()
        ACCOUNT.write(own)
    assert not left[0].exists()
    assert shown(tmp_path) == ["b", "c"]


def test_half_of_a_load_is_replaced_and_a_whole_one_stays(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "cases.parquet").touch()
    assert claim(tmp_path / "a") is None
    made(tmp_path / "a")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["account.json"]
    before = (tmp_path / "a" / "account.json").stat().st_ino
    made(tmp_path / "a")
    assert (tmp_path / "a" / "account.json").stat().st_ino == before


def _make_often(folder):
    for _ in range(15):
        with making(folder) as own:
            (own / "staged").touch()
            assert (own / "staged").exists()
            ACCOUNT.write(own)
        found = claim(folder)
        assert found is not None
        found[1].close()


def test_processes_that_make_the_same_load_at_once_all_find_it(tmp_path):
    context = get_context("spawn")
    workers = [context.Process(target=_make_often, args=(tmp_path / "same",)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert shown(tmp_path) == ["same"]
    assert not list(tmp_path.glob(".making-*"))


def test_what_a_killed_check_left_is_gone_after_the_next_one(tmp_path):
    left = tmp_path / ".making-killed"
    left.mkdir()
    (left / "maker").touch()
    (left / "text.parquet").write_bytes(b"case text")
    with scratch(tmp_path) as own:
        assert not left.exists()
        assert own.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert not own.exists()
