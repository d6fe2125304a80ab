"""A rehearsal warms a process that is then forked: nothing of it may stay but what was learned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = """
import os, sys, tempfile, time
import duckdb
duckdb.close()
from tskit.findings.rehearsal import rehearse
from tskit.metrics.plans import plan
threads = lambda: len(os.listdir("/proc/self/task"))
before, began = threads(), time.process_time()
rehearse()
assert threads() == before, f"{before} threads became {threads()}"
assert os.listdir(tempfile.gettempdir()) == [], os.listdir(tempfile.gettempdir())
assert plan.cache_info().currsize >= 30, plan.cache_info()
print(time.process_time() - began)
"""


@pytest.mark.slow
@pytest.mark.acceptance
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the threads of a process are counted in /proc")
def test_a_rehearsal_leaves_neither_a_thread_nor_a_file_and_asks_for_no_key(tmp_path):
    (tmp_path / "temporary").mkdir()
    kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temporary")}
    kept |= {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=kept, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home").exists()
