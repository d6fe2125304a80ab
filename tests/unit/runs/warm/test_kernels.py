"""Kernels forked for real, over Jupyter's own client: what must be as in one that was started for itself."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from tskit.runs.warm import kernels, launcher, specs
from tskit.runs.warm.process import ForkedProcess

ROOT = Path(__file__).parents[4]
LAUNCHER = f"import sys; sys.path.append({str(ROOT)!r}); from tskit.runs.warm.launcher import main; main(sys.argv[1:])"


@pytest.fixture(scope="module")
def kernel(place):
    """Return a context in which there is a kernel: its manager, and a function that runs code and tells what it printed."""
    warm = replace(place, preload=(*kernels.PRELOAD, "numpy"))
    spec = KernelSpec(**specs.spec(warm))
    spec.metadata["kernel_provisioner"]["config"]["folder"] = str(place.folder)
    spec.env = {**spec.env, "PYTHONPATH": str(ROOT)}

    class Manager(AsyncKernelManager):
        kernel_spec = spec
        transport_encryption = "required"

    @asynccontextmanager
    async def started(**given):
        manager = Manager()
        await manager.start_kernel(**given)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            yield manager, client
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
            await manager._async_cleanup_resources()

    return started


def played(test):
    """Let a test that waits run in a loop of its own, which is closed behind it."""

    @functools.wraps(test)
    def play(*args, **given):
        asyncio.run(test(*args, **given))

    return play


def gone(pid):
    """Wait until a process is no more."""
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.02)


async def reply(client, asked):
    """Return the answer to one request; those to others may come before."""
    while (message := await client.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != asked:
        pass
    return message["content"]


async def run(client, code, **given):
    """Return what code printed, or the name of its error."""
    said = []

    def hear(message):
        content = message["content"]
        said.append(content.get("text") or content.get("ename") or "")

    await client.execute_interactive(code, timeout=60, output_hook=hear, **given)
    return "".join(said).strip()


@played
async def test_a_forked_kernel_finds_itself_as_one_that_was_started_for_itself(kernel, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    environment |= {
        "OWN": "é",
        "TZ": "Asia/Kolkata",
        "OPENBLAS_NUM_THREADS": "1",
    }  # ipykernel looks for pytest and then hears no descriptor
    async with kernel(cwd=str(tmp_path), env=environment) as (manager, client):
        assert isinstance(manager.provisioner.process, ForkedProcess)
        assert await run(
            client, "import os, sys, time; print(os.getcwd(), os.environ['OWN'], time.strftime('%z'))"
        ) == (f"{tmp_path} é +0530")
        assert Path(await run(client, "print(sys.argv[0])")).name == "ipykernel_launcher.py"
        assert await run(client, "print(sys.path.index('') < len(sys.path) - 1, __name__)") == "True __main__"
        assert await run(client, "print(get_ipython().history_manager.enabled)") == "False"
        assert (
            await run(client, "print(os.environ['OPENBLAS_NUM_THREADS'], 'JE_ARROW_MALLOC_CONF' in os.environ)")
            == "1 False"
        )
        assert await run(client, "import subprocess; print(subprocess.run(['echo', 'hi'], capture_output=True).stdout)")
        assert await run(client, "!echo raw") == "raw"
        assert await run(client, "os.write(1, b'descriptor\\n'); time.sleep(0.3)") == "descriptor"


@played
async def test_a_kernel_that_is_interrupted_goes_on_and_one_that_is_restarted_forgets(kernel):
    async with kernel() as (manager, client):
        kept = manager.provisioner.process.pid
        asked = client.execute("import time; print('begun'); time.sleep(60)")
        while (await client.get_iopub_msg(timeout=30))["content"].get("text") != "begun\n":
            pass
        await manager.interrupt_kernel()
        assert (await reply(client, asked))["ename"] == "KeyboardInterrupt"
        assert await run(client, "a = 1; print(a)") == "1"
        await manager.restart_kernel()
        await client.wait_for_ready(timeout=60)
        assert await run(client, "a") == "NameError"
        assert manager.provisioner.process.pid != kept


@pytest.mark.parametrize(("death", "code"), [("os.kill(os.getpid(), 11)", -signal.SIGSEGV), ("os._exit(9)", 9)])
@played
async def test_a_kernel_that_dies_is_seen_to_be_dead_and_can_be_started_again(kernel, death, code):
    async with kernel() as (manager, client):
        process = manager.provisioner.process
        client.execute(f"import os; {death}")
        assert process.wait(30) == code
        assert not await manager.is_alive()
        await manager.restart_kernel(now=True)
        await client.wait_for_ready(timeout=60)
        assert await run(client, "print('again')") == "again"


@played
async def test_a_cell_may_ask_the_person(kernel):
    async with kernel() as (_, client):
        client.allow_stdin = True
        client.execute("print('you said', input('what? '))", allow_stdin=True)
        assert (await client.get_stdin_msg(timeout=30))["content"]["prompt"] == "what? "
        client.input("this")
        said = ""
        while "you said" not in said:
            said += (await client.get_iopub_msg(timeout=30))["content"].get("text", "")
        assert said == "you said this\n"


@played
async def test_a_kernel_may_start_processes_of_every_kind(kernel):
    pool = "import multiprocessing as m; pool = m.get_context({!r}).Pool(1); print(pool.apply(abs, (-3,))); pool.terminate()"
    async with kernel() as (_, client):
        for kind in ("fork", "spawn"):
            assert (await run(client, pool.format(kind))).splitlines()[-1] == "3"


@played
async def test_eight_kernels_at_once_keep_apart(kernel):
    async def own(number):
        async with kernel() as (manager, client):
            await run(client, f"own = {number}")
            await asyncio.sleep(0.1)
            return manager.provisioner.process.pid, await run(client, "print(own)")

    found = await asyncio.gather(*map(own, range(8)))
    assert [said for _, said in found] == [str(number) for number in range(8)]
    assert len({pid for pid, _ in found}) == 8


@played
async def test_a_kernel_ends_with_its_client(kernel):
    async with kernel() as (manager, client):
        pid = int(await run(client, "import os; print(os.getpid())"))
        manager.provisioner.process.channel.close()  # as the system does when a client dies
        await asyncio.wait_for(asyncio.to_thread(gone, pid), 20)
        manager.provisioner.process.returncode = -9


@played
async def test_a_client_without_provisioners_has_a_warm_kernel_through_the_launcher(place, kernel, tmp_path):
    options = [f"--preload={','.join((*kernels.PRELOAD, 'numpy'))}", "--idle-seconds=60.0"]

    class Manager(AsyncKernelManager):
        kernel_spec = KernelSpec(
            argv=[sys.executable, "-c", LAUNCHER, *options, "-f", "{connection_file}"],
            language="python",
            env={"XDG_RUNTIME_DIR": str(place.folder.parent), "PYTHONPATH": str(ROOT), **specs.ENVIRONMENT},
        )

    (place.folder.parent / "tskit").mkdir(exist_ok=True)
    manager = Manager()
    await manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        assert int(await run(client, "import os; print(os.getpid())")) != manager.provisioner.process.pid
        asked = client.execute("import time; print('begun'); time.sleep(60)", stop_on_error=False)
        while (await client.get_iopub_msg(timeout=30))["content"].get("text") != "begun\n":
            pass
        await manager.interrupt_kernel()
        assert (await reply(client, asked))["ename"] == "KeyboardInterrupt"
        client.execute("os._exit(5)")
        assert manager.provisioner.process.wait(30) == 5
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        await manager._async_cleanup_resources()


def test_the_launcher_reads_its_own_options_and_leaves_the_rest():
    place, rest = launcher._read(["--preload=a,b:c", "--idle-seconds=7", "-f", "x", "--HistoryManager.enabled=False"])
    assert (place.preload, place.idle_seconds) == (("a", "b:c"), 7)
    assert rest == ["-f", "x", "--HistoryManager.enabled=False"]
