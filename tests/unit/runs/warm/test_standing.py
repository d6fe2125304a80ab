from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tskit.runs.warm import standing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the figures of /proc")
ROOT = Path(__file__).parents[4]
TOLD = "import json, sys; from tskit.runs.warm import standing as s; s.take(json.loads(sys.argv[1])); print(json.dumps(s.standing()))"


def _taken(given):
    import json  # noqa: PLC0415  # of this function

    done = subprocess.run(
        [sys.executable, "-c", TOLD, json.dumps(given)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


def test_each_thread_is_counted():
    before = standing.threads()
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    assert standing.threads() == before + 1
    done.set()
    thread.join()


def test_what_one_process_stands_under_another_takes_on():
    here = standing.standing()
    processor = min(os.sched_getaffinity(0))
    given = {"limits": {**here["limits"], "RLIMIT_NOFILE": 200}, "mask": 0o077, "processors": [processor]}
    assert _taken(given) == given


def test_what_a_process_may_not_have_stays_as_it_is():
    here = standing.standing()
    given = {"limits": {"RLIMIT_NOFILE": 1 << 60}, "processors": [1 << 9]}
    assert _taken(given) == here


def test_the_mask_is_read_and_not_touched():
    before = os.umask(0o037)
    try:
        assert standing.standing()["mask"] == 0o037
        assert os.umask(0o037) == 0o037
    finally:
        os.umask(before)


def test_what_cannot_be_raised_again_is_hard_limits_and_priority():
    found = standing.ceiling()
    assert found["nice"] == os.getpriority(os.PRIO_PROCESS, 0)
    assert {"RLIMIT_AS", "RLIMIT_NOFILE", "RLIMIT_CPU"} <= set(found)
