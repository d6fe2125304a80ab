from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tskit.runs import warm
from tskit.runs.warm import client, frames

ROOT = Path(__file__).parents[4]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def own(tmp_path):
    """Return a place for one test alone, without anything preloaded."""
    folder = Path(tempfile.mkdtemp(prefix="tsk-"))
    made = warm.WarmPlace(folder / "warm", (), 60)
    if warm.why_not(made):
        pytest.skip(warm.why_not(made))
    yield made
    warm.retire(made)
    shutil.rmtree(folder)


def _zygote(place):
    """Return the number of the process that listens at a place."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(_door(place)))
        packed = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        return struct.unpack("3i", packed)[0]


def _door(place):
    (path,) = place.folder.glob("*.sock")
    return path


def _until(found, seconds=10):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def _is_gone(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def test_the_death_of_a_zygote_is_that_of_its_children_and_the_next_request_starts_another(own, fork, pipe):
    warm.begin(own, environment=ENVIRONMENT)
    first = _zygote(own)
    forked = fork("waits", descriptors=pipe.descriptors, at=own)
    pid, grandchild = map(int, pipe.line().split())
    os.kill(first, signal.SIGKILL)
    assert forked.wait(10) == -signal.SIGKILL
    assert forked.is_lost
    assert forked.usage() is None
    _until(lambda: _is_gone(pid) and _is_gone(grandchild))
    forked.send_signal(signal.SIGTERM)
    assert not warm.is_live(own, ENVIRONMENT)
    assert fork("ends", 4, at=own).wait(20) == 4
    assert _zygote(own) != first


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux hands on orphans")
@pytest.mark.parametrize("ends", ["by itself", "by its client", "by a kill"])
def test_a_daemon_of_a_child_ends_with_the_child_and_no_sooner(own, fork, pipe, ends):
    forked = fork("leaves_a_daemon", 0.3 if ends == "by itself" else 100, descriptors=pipe.descriptors, at=own)
    other = fork("ends", 0, at=own)  # the end of another child is none of its business
    daemon = int(pipe.line())
    assert other.wait(20) == 0
    assert forked.poll() is not None or not _is_gone(daemon)
    if ends == "by its client":
        forked.close()
    elif ends == "by a kill":
        forked.kill()
    else:
        assert forked.wait(20) == 0
    _until(lambda: not Path(f"/proc/{daemon}").exists())  # buried, too


def test_a_zygote_that_nobody_needs_ends_and_leaves_no_socket(own, fork):
    short = replace(own, idle_seconds=0.2)
    fork("ends", at=short).wait(20)
    pid = _zygote(short)
    _until(lambda: _is_gone(pid))
    assert list(short.folder.glob("*.sock")) == []


def test_a_zygote_does_not_end_while_it_has_a_child(own, fork, pipe):
    forked = fork("waits", descriptors=pipe.descriptors, at=replace(own, idle_seconds=0.1))
    pipe.line()
    time.sleep(0.4)
    assert forked.poll() is None


def test_a_zygote_that_retires_lets_its_children_come_to_their_end_and_takes_no_other(own, fork, pipe):
    forked = fork("waits", descriptors=pipe.descriptors, at=own)
    pipe.line()
    first = _zygote(own)
    assert warm.retire(own, seconds=0.2) == 0  # it is still there, with its child
    assert forked.poll() is None
    assert fork("ends", 6, at=own).wait(20) == 6
    assert _zygote(own) != first
    forked.kill()
    forked.wait(10)
    _until(lambda: _is_gone(first))


def test_many_clients_at_once_start_one_zygote(own):
    with ThreadPoolExecutor(6) as pool:
        for _ in pool.map(lambda _: warm.begin(own, environment=ENVIRONMENT), range(6)):
            pass
    pid = _zygote(own)
    assert {_zygote(own) for _ in range(3)} == {pid}
    assert len(list(own.folder.glob("*.sock"))) == 1


def test_a_socket_that_nobody_listens_at_is_replaced(own, fork):
    own.folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(own.folder / f"{warm.key_of(own, ENVIRONMENT)}.sock"))
    assert fork("ends", 2, at=own).wait(20) == 2


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("no_such_module", "no_such_module cannot be preloaded (ModuleNotFoundError)"),
        ("json:no_such_function", "json:no_such_function cannot be preloaded (AttributeError)"),
        ("tests.support.forked:starts_a_thread", "started 1 threads of its own"),
    ],
)
def test_what_cannot_be_preloaded_or_leaves_a_thread_is_refused_by_name(own, entry, told):
    with pytest.raises(warm.NotWarmError) as caught:
        warm.begin(replace(own, preload=(entry,)), environment=ENVIRONMENT)
    assert told in str(caught.value)
    assert list(own.folder.glob("*.sock")) == []


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x03abc",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x10{",
        b"\x00\x00",
        b"",
    ],
)
def test_whatever_comes_over_the_socket_a_zygote_serves_on(place, fork, sent):
    warm.begin(place, environment=ENVIRONMENT)
    pid = _zygote(place)
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(_door(place)))
        channel.sendall(sent)
        # One that is slow, or never says the rest, keeps nobody waiting.
        assert fork("ends", 3).wait(20) == 3
    assert _zygote(place) == pid


def test_a_zygote_whose_code_has_changed_takes_its_leave(own, fork, pipe, tmp_path, monkeypatch):
    package = tmp_path / "worked_on"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    environment = {**ENVIRONMENT, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    place = replace(own, preload=("worked_on", "tests.support.forked"))
    forked = fork("waits", at=place, PYTHONPATH=environment["PYTHONPATH"], descriptors=pipe.descriptors)
    pipe.line()
    first = _zygote(place)
    (package / "__init__.py").write_text("changed = True\n", encoding="utf-8")
    assert not warm.is_live(place, environment)
    warm.begin(place, environment=environment)
    assert len(list(place.folder.glob("*.sock"))) == 2
    assert forked.poll() is None  # its child comes to its end first
    time.sleep(1)
    forked.kill()
    _until(lambda: _is_gone(first))


def test_an_environment_larger_than_the_buffer_of_a_socket_arrives_whole():
    ours, its = socket.socketpair()
    with ours, its:
        message = {"environment": {f"N{number}": "v" * 1000 for number in range(3000)}}
        sender = threading.Thread(target=frames.send, args=(ours, message), kwargs={"descriptors": (0, 1)})
        sender.start()
        inbox = frames.Inbox()
        assert client._answer(its, inbox) == message
        assert len(inbox.descriptors) == 2
        assert not any(os.get_inheritable(number) for number in inbox.descriptors)
        inbox.close()
        sender.join()
