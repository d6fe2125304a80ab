"""How soon a kernel shows its first result with tskit imported: forked, and started for itself.

    python benchmarks/warm_kernel.py [--rounds N] [--page CASEBOOK] [--json FILE]

`client`: over Jupyter's own client, from the start of the kernel to the answer of a cell that imports what templates
import. CPU is that of the kernel's process: as its parent saw it at its end. `--page` starts `tskit lab` with and without
warm kernels, opens JupyterLab in Chromium, and takes the same from the page: from the request for a kernel to the answer.
Warm and cold take turns. The zygote is there before the first round; what it takes to start is told beside.
"""

# ruff: noqa: PLC0415 - a benchmark pays for its own imports only

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measure import ROOT, machine, ratio, table, versions

CODE = "from tskit import Scope, charts, findings, load\nprint(Scope.__name__)"
NAMES = ("ts-investigation-kit", "jupyter-client", "ipykernel", "ipython", "jupyterlab", "pandas", "duckdb", "altair")
STARTED = """async (code) => {
    const kernels = window.jupyterapp.serviceManager.kernels;
    const began = performance.now();
    const kernel = await kernels.startNew({name: 'python3'});
    const future = kernel.requestExecute({code: code});
    let said = '';
    future.onIOPub = (message) => { said += message.content.text || message.content.ename || ''; };
    await future.done;
    const seconds = (performance.now() - began) / 1000;
    await kernel.shutdown();
    return {seconds: seconds, said: said}; }"""


def specs(folder: Path):
    """Return the kernelspec of a kernel started for itself, and that of a forked one, and where forks come from."""
    from dataclasses import replace

    from jupyter_client.kernelspec import KernelSpec

    from tskit.cli.warm import warm_place
    from tskit.runs.warm.specs import ENVIRONMENT, provisioned

    place = replace(warm_place(), folder=folder / "warm")
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
    shared = {"argv": command, "language": "python", "env": dict(ENVIRONMENT)}
    return {"cold": KernelSpec(**shared), "warm": KernelSpec(**shared, metadata=provisioned(place))}, place


def first_result(spec) -> dict[str, float]:
    """Start a kernel, run the cell, end the kernel; return wall until the answer, CPU of its process, memory it alone has."""
    import psutil
    from jupyter_client.manager import KernelManager

    class Manager(KernelManager):
        kernel_spec = spec

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    manager = Manager()
    manager.start_kernel(env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=-3)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    reply = client.execute_interactive(CODE, timeout=120, output_hook=list)
    wall = time.monotonic() - began
    assert reply["content"]["status"] == "ok", reply
    process = manager.provisioner.process
    memory = psutil.Process(process.pid).memory_full_info()
    manager.shutdown_kernel()
    client.stop_channels()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = getattr(process, "usage", lambda: None)()
    cpu = used.cpu_seconds if used else sum(after[:2]) - sum(before[:2])
    return {"wall": wall, "cpu": cpu, "own_mb": memory.uss / 1e6, "shared_mb": memory.pss / 1e6}


def zygote(place) -> dict[str, float]:
    """Start the zygote and return what that takes."""
    import psutil

    from tskit.runs import warm
    from tskit.runs.warm.specs import ENVIRONMENT

    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    warm.begin(place, environment=environment)
    wall = time.monotonic() - began
    (door,) = place.folder.glob("*.sock")
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(door))
        packed = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    parent = psutil.Process(struct.unpack("3i", packed)[0])
    spent, memory = parent.cpu_times(), parent.memory_full_info()
    return {"wall": wall, "cpu": spent.user + spent.system, "own_mb": memory.uss / 1e6, "shared_mb": memory.pss / 1e6}


def by_client(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return what each kernel took, the two kinds taking turns."""
    from tskit.runs import warm

    with tempfile.TemporaryDirectory(prefix="tsk-") as folder:
        kinds, place = specs(Path(folder))
        found: dict[str, list[dict[str, float]]] = {"zygote": [zygote(place)], "cold": [], "warm": []}
        first_result(kinds["cold"])  # the files of the libraries are in memory from here on
        for _ in range(rounds):
            for kind, spec in kinds.items():
                found[kind].append(first_result(spec))
        warm.retire(place)
    return found


def by_page(book: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds from the request for a kernel to the answer, in the page of JupyterLab."""
    sys.path.insert(0, str(ROOT))
    found: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(rounds):
        for kind, option in (("cold", "--no-warm"), ("warm", "--warm")):
            found[kind] += _in_page(book, option)
    return found


def _in_page(book: Path, option: str) -> list[float]:
    from tests.browser.lab import closed_browser
    from tests.browser.started import Started

    class Chosen(Started):
        """The lab with one kind of kernel."""

        def _command(self):
            return [*super()._command(), option]

    with tempfile.TemporaryDirectory(prefix="tsk-lab-") as folder, Chosen(Path(folder) / "server", book) as lab:
        end = time.monotonic() + 60
        while option == "--warm" and not list(lab.place.folder.glob("*.sock")) and time.monotonic() < end:
            time.sleep(0.1)
        with closed_browser() as page:
            lab.enter(page)
            found = [page.evaluate(STARTED, CODE) for _ in range(4)]
    assert all("Scope" in one["said"] for one in found), found
    return [one["seconds"] for one in found[1:]]  # the first of a server makes acquaintances


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", type=Path, metavar="CASEBOOK", help="a casebook on which to open JupyterLab, too")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    found = by_client(asked.rounds)
    keys = ("wall", "cpu", "own_mb", "shared_mb")
    middle = {kind: {key: median(one[key] for one in ones) for key in keys} for kind, ones in found.items()}
    head = ["first result with imports", "wall s", "CPU s", "MB of its own", "MB with its share"]
    print(table([[kind, *one.values()] for kind, one in middle.items()], head=head))
    times = {key: ratio(middle["cold"][key], middle["warm"][key]) for key in ("wall", "cpu")}
    print(f"cold / warm: wall {times['wall']:.1f}, CPU {times['cpu']:.1f}")
    told = {"versions": versions(*NAMES), "machine": machine(), "client": found}
    if asked.page:
        told["page"] = by_page(asked.page.resolve(), max(1, asked.rounds // 3))
        for kind, seconds in told["page"].items():
            print(f"page, {kind}: median {median(seconds):.2f} s ({', '.join(f'{one:.2f}' for one in seconds)})")
    print(json.dumps({"versions": told["versions"], "machine": told["machine"]}))
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
