from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec

from tskit.runs import warm
from tskit.runs.warm import kernels, provisioner, specs
from tskit.runs.warm.process import ForkedProcess
from tskit.runs.warm.provisioner import WarmProvisioner

SPEC = KernelSpec(argv=[], language="python")
COMMAND = [sys.executable, "-m", "ipykernel_launcher"]


@pytest.fixture
def launched(place, tmp_path, monkeypatch):
    """Return a function that launches a process through the provisioner, in place of a kernel a probe of the tests."""
    monkeypatch.setattr(provisioner, "call_of", lambda command: (f"tests.support.forked:{command[3]}", command[4:]))

    def launch(call, *arguments, at=place, **given):
        made = WarmProvisioner(kernel_spec=SPEC, preload=list(at.preload), folder=str(at.folder))
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
        command = [*COMMAND, call, *arguments]
        asyncio.run(made.launch_kernel(command, env=environment, cwd=str(tmp_path), **given))
        return made

    return launch


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["-m", "ipykernel_launcher", "-f", "x"], ("plain", ["-f", "x"])),
        (["-Xfrozen_modules=off", "-m", "ipykernel", "-f", "x"], ("plain", ["-f", "x"])),
        (["-m", kernels.LAUNCHER, "--preload=a,b", "--idle-seconds=5", "-f", "x"], ("plain", ["-f", "x"])),
        (["-P", "-Xfrozen_modules=off", kernels.kernel_process.__file__, "-f", "x"], ("scrubbed", ["-f", "x"])),
        (["-m", "xeus", "-f", "x"], None),
        (["other.py", "-f", "x"], None),
        ([], None),
    ],
)
def test_only_a_kernel_of_python_is_taken_from_a_command_line(words, call):
    expected = call and (f"tskit.runs.warm.kernels:{call[0]}", call[1])
    assert kernels.call_of([sys.executable, *words]) == expected


def test_a_forked_kernel_looks_to_jupyter_like_one_of_its_own(launched, pipe):
    made = launched("waits", stdin=None, stdout=pipe.write, stderr=None)
    process = made.process
    assert isinstance(process, ForkedProcess)
    assert made.has_process
    assert made.pid == made.pgid == process.pid

    async def end():
        assert await made.poll() is None
        await made.send_signal(0)
        await made.terminate()
        code = await made.wait()
        await made.send_signal(signal.SIGINT)  # nobody is there any more
        await made.kill()
        await made.cleanup()
        return code

    assert asyncio.run(end()) == -signal.SIGTERM
    assert not made.has_process


def test_a_kernel_whose_client_cleans_up_is_gone(launched):
    made = launched("waits")
    process = made.process
    asyncio.run(made.cleanup())
    assert process.returncode == -signal.SIGKILL


def test_a_start_that_nobody_waits_for_any_more_leaves_no_kernel(fork):
    made = []

    def start():
        time.sleep(0.3)
        made.append(fork("waits"))
        return made[0]

    async def give_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(provisioner._from_thread(start), 0.05)

    asyncio.run(give_up())
    while not made or made[0].returncode is None:
        time.sleep(0.02)
    assert made[0].returncode == -signal.SIGKILL


def test_a_client_that_was_itself_forked_starts_kernels_as_well(fork):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(provisioner._from_thread(lambda: fork("ends"))).wait(20)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            loop.run_until_complete(provisioner._from_thread(lambda: fork("ends", 3))).wait(20)
            code = 42
        finally:  # a second pytest must not go on from here
            os._exit(code)
    loop.close()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 42


def test_pipes_and_files_are_those_that_the_client_asks_for(launched, tmp_path):
    made = launched("says", stdout=-1, stderr=-2)
    process = made.process
    said = process.stdout.read()
    assert asyncio.run(made.wait()) == 0
    assert sorted(said.decode().split()) == ["err", "out"]
    assert process.stdout.closed
    with (tmp_path / "out").open("wb") as file:
        made = launched("says", stdout=file, stderr=-3)
        assert asyncio.run(made.wait()) == 0
    assert (tmp_path / "out").read_text(encoding="utf-8").strip() == "out"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("refused", "thread"),
        ("independent", "outlive its client"),
        ("other", "another environment"),
        ("foreign", "does not start a kernel of Python"),
    ],
)
def test_where_nothing_can_be_forked_the_usual_kernel_is_started_with_one_line(
    place, launched, monkeypatch, caplog, reason, told
):
    at = replace(place, preload=("tests.support.forked:starts_a_thread",)) if reason == "refused" else place
    if reason == "foreign":
        monkeypatch.setattr(provisioner, "call_of", lambda command: None)
    if reason == "other":
        monkeypatch.setattr(provisioner.sys, "executable", "/elsewhere/python")
    usual = []

    async def start(self, cmd, **given):
        usual.append(cmd)

    monkeypatch.setattr(provisioner.LocalProvisioner, "launch_kernel", start)
    with caplog.at_level(logging.WARNING):
        launched("waits", at=at, **({"independent": True} if reason == "independent" else {}))
    assert len(usual) == 1
    (line,) = [record.getMessage() for record in caplog.records]
    assert told in line


def test_a_command_of_the_launcher_becomes_the_usual_one_where_nothing_can_be_forked():
    command = [sys.executable, "-m", kernels.LAUNCHER, "--preload=a", "-f", "x"]
    assert provisioner._plain(command) == [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    assert provisioner._plain(["ruby", "kernel.rb"]) == ["ruby", "kernel.rb"]


def test_the_kernelspec_is_written_once_and_removed_whole(tmp_path):
    place = warm.WarmPlace(tmp_path / "warm", ("numpy",), 5)
    own = specs.install(place, tmp_path)
    first = (own / "kernel.json").stat().st_mtime_ns
    assert specs.install(place, tmp_path) == own
    assert (own / "kernel.json").stat().st_mtime_ns == first
    found = KernelSpec.from_resource_dir(str(own))
    assert found.display_name == "Python 3 (tskit, warm)"
    assert found.argv[0] == sys.executable
    config = found.metadata["kernel_provisioner"]["config"]
    assert config == {"preload": ["numpy"], "idle_seconds": 5, "folder": "", "is_forced": False}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = WarmProvisioner(kernel_spec=found, **config)
    assert made._folder() == warm.own_folder(os.environ)
    assert specs.remove(tmp_path)
    assert not own.exists()
    assert not specs.remove(tmp_path)
