from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tskit.runs import warm


def _gone(pid):
    """Return whether a process has ended, waiting for it a little."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # nobody may wait for it in a container
            return True
        time.sleep(0.02)
    return False


def test_a_child_has_the_environment_and_folder_of_its_client_and_nothing_of_the_zygote(fork, pipe, tmp_path):
    fork("told", {"a": [1, "ü"]}, descriptors=pipe.descriptors, OWN="x" * 300_000, ODD="\udcff", TZ="Asia/Tokyo")
    told = json.loads(pipe.text())
    assert told["arguments"] == {"a": [1, "ü"]}
    assert told["cwd"] == str(tmp_path)
    assert told["environment"]["OWN"] == "x" * 300_000
    assert told["environment"]["ODD"] == "\udcff"
    assert "OPENBLAS_NUM_THREADS" not in told["environment"] or "OPENBLAS_NUM_THREADS" in os.environ
    assert told["zone"][0] == "JST"
    assert told["is_leader"]


def test_each_child_has_chance_of_its_own(fork, pipe):
    found = []
    for _ in range(2):
        forked = fork("told", descriptors=pipe.descriptors)
        assert forked.wait(20) == 0
        found.append(json.loads(os.read(pipe.read, 1 << 20)))
    assert found[0]["random"] != found[1]["random"]
    assert found[0]["numpy"] != found[1]["numpy"]


def test_a_child_keeps_the_mask_and_the_processors_of_its_client(fork, pipe):
    before, processors = os.umask(0o027), os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(processors)})
        fork("told", descriptors=pipe.descriptors)
        told = json.loads(pipe.text())
    finally:
        os.umask(before)
        os.sched_setaffinity(0, processors)
    assert (told["mask"], told["processors"]) == (0o027, 1)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (None, 0),
        (0, 0),
        (5, 5),
        ("_exit", 7),
        ("raise", 1),
        ("exit text", 1),
        ({"signal": signal.SIGSEGV}, -signal.SIGSEGV),
        ({"signal": signal.SIGKILL}, -signal.SIGKILL),
    ],
)
def test_the_code_is_that_of_a_process_of_its_own(fork, how, code):
    forked = fork("ends", how)
    assert forked.wait(20) == code == forked.poll() == forked.returncode
    assert not forked.is_lost


def test_standard_input_output_and_error_are_those_that_were_given(fork, tmp_path):
    (tmp_path / "in").write_text("line\n", encoding="utf-8")
    with (tmp_path / "in").open() as given, (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        forked = fork("says", descriptors=(given.fileno(), out.fileno(), err.fileno()))
        assert forked.wait(20) == 0
    assert (tmp_path / "out").read_text(encoding="utf-8") == "out line\n"
    assert (tmp_path / "err").read_text(encoding="utf-8") == "err\n"


def test_an_interrupt_reaches_the_child_and_a_signal_to_one_that_has_ended_is_nothing(fork, pipe):
    forked = fork("waits", descriptors=pipe.descriptors)
    pipe.line()
    forked.send_signal(signal.SIGINT)
    assert pipe.line() == "interrupted"
    assert forked.wait(20) == 3
    forked.send_signal(signal.SIGINT)
    forked.signal_group(signal.SIGKILL)
    forked.kill()
    assert forked.returncode == 3


def test_waiting_ends_in_time_as_it_does_for_a_process_of_its_own(fork, pipe):
    forked = fork("waits", descriptors=pipe.descriptors)
    assert forked.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.05)


def test_what_a_child_started_ends_with_it(fork, pipe):
    forked = fork("waits", descriptors=pipe.descriptors)
    pid, grandchild = map(int, pipe.line().split())
    assert pid == forked.pid
    forked.terminate()
    assert forked.wait(20) == -signal.SIGTERM
    assert _gone(grandchild)


@pytest.mark.parametrize("call", ["waits", "ignores"])
def test_letting_go_of_a_process_kills_it_and_what_it_started(fork, pipe, call):
    with fork(call, descriptors=pipe.descriptors) as forked:
        others = [int(number) for number in pipe.line().split() if number.isdigit()]
    assert forked.returncode == -signal.SIGKILL
    assert all(_gone(number) for number in (forked.pid, *others))


@pytest.mark.parametrize("end", ["death", "close"])
def test_a_fork_of_the_client_does_not_keep_its_processes_alive(fork, pipe, end):
    client = os.fork()
    if client == 0:
        forked = fork("waits", descriptors=pipe.descriptors)
        os.write(pipe.write, f"{forked.pid}\n".encode())
        if os.fork() == 0:
            time.sleep(8)  # it holds the connection open as well
            os._exit(0)
        if end == "close":
            forked.close()
            time.sleep(8)
        os._exit(0)
    assert _gone(int(pipe.line().split()[0]))
    os.kill(client, signal.SIGKILL)
    os.waitpid(client, 0)


def test_what_a_child_used_is_known_at_its_end(fork):
    forked = fork("works", {"bytes": 60_000_000, "seconds": 0.1})
    assert forked.usage() is None
    forked.wait(20)
    used = forked.usage()
    assert 0.1 <= used.cpu_seconds < 5
    assert used.peak_bytes > 60_000_000


def test_children_run_at_the_same_time(fork, pipe):
    forked = [fork("waits", descriptors=pipe.descriptors) for _ in range(8)]
    seen = {int(pipe.line().split()[0]) for _ in forked}
    assert seen == {process.pid for process in forked}


def test_a_working_folder_that_is_gone_is_no_reason_to_start(place, tmp_path):
    with pytest.raises(FileNotFoundError, match="gone"):
        warm.fork(place, "tests.support.forked:ends", environment=os.environ, cwd=tmp_path / "gone")


def test_a_zygote_is_live_for_its_own_kind_of_process(fork, place):
    fork("ends").wait(20)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
    assert warm.is_live(place, environment)
    assert not warm.is_live(place, {**environment, "PYTHONHASHSEED": "7"})
    assert not warm.is_live(warm.WarmPlace(place.folder / "other"), environment)
