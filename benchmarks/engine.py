"""What the engine adds to a notebook: its child against a bare fork that executes the same cells and builds the same outputs.

Both are forked from one warm process and their CPU is what the system says of them at their end (wait4), so that neither
the imports nor the client count. The bare fork compiles and executes each cell, formats the value of its last line with
IPython's formatters and writes it out as JSON: it has no shell, no streams, no requests and no limits. They run in turns.
The client's own part in a run of tskit, from the template to the sealed folder, is told beside them.

    python benchmarks/engine.py [--quick] [--json FILE] [--data CASEBOOK] [--rows N ...]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node

from benchmarks.measure import ROOT, Cost, arguments, machine, ratio, table, versions, write_json
from tests.support.kernels import warm_place
from tskit.cli.warm import PRELOAD
from tskit.runs import Setting, execute, find, folders
from tskit.runs.engine.adapter import ForkedEngine
from tskit.runs.engine.start import starter
from tskit.runs.limits import Limits
from tskit.runs.warm import fork

ROUNDS = 7
QUICK_ROUNDS = 3
TEMPLATES = ("trend_report", "oncall_handover")
TARGET = 1.35


def main() -> None:
    """Run each template in both kinds of children, in turns, and print medians of CPU seconds and their ratio."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(200_000,), quick=(20_000,))
    costs, ratios = {}, {}
    for cases in parsed.sizes:
        with tempfile.TemporaryDirectory() as kept, warm_place(*PRELOAD) as place:
            folder = parsed.data or Path(kept) / "casebook"
            if not (folder / "casebook.toml").exists():
                words = ("init", str(folder), "--sample", "--cases", str(cases))
                subprocess.run([sys.executable, "-m", "tskit.cli", *words], check=True, capture_output=True)
            for name in parsed.only or TEMPLATES:
                size = f"{name}, {cases:,} cases"
                costs[size] = _measured(
                    name, folder, place, Path(kept), rounds=QUICK_ROUNDS if parsed.quick else ROUNDS
                )
                ratios[size] = _told(size, costs[size])
    print(f"\n{versions('ipython', 'ipykernel', 'papermill', 'nbclient', 'duckdb', 'pandas')}\n{machine()}")
    write_json(parsed.json, name="engine", costs=costs, ratios=ratios)


def _measured(name, folder, place, kept, *, rounds):
    """Return what each child and each client cost; the first round, which fills caches, is left out."""
    costs = []
    for number in range(rounds + 1):
        for kind in (bare_fork, engine_child, whole_run):
            begun = time.monotonic()
            cpu, peak, outputs = kind(name, folder, place, kept)
            cost = Cost(kind.__name__, cpu, time.monotonic() - begun, peak / 1e6, 0, {"outputs": outputs})
            costs += [cost] if number else []
    return costs


def _told(size, costs):
    """Print the medians, and return the CPU of the engine's child as a ratio to that of the bare fork."""
    cpu = {}
    rows = []
    for kind in ("bare_fork", "engine_child", "whole_run"):
        same = [cost for cost in costs if cost.variant == kind]
        cpu[kind] = statistics.median(cost.cpu for cost in same)
        low = min(cost.cpu for cost in same)
        wall = statistics.median(cost.wall for cost in same)
        rows.append((kind, f"{cpu[kind]:.3f}", f"{low:.3f}", f"{wall:.2f}", same[0].result["outputs"]))
    print(f"\n{size}\n" + table(rows, head=("who", "CPU s", "least", "wall s", "outputs")))
    found = ratio(cpu["engine_child"], cpu["bare_fork"])
    print(f"the engine's child takes {found:.2f} times the CPU of a bare fork (target {TARGET})")
    return found


def bare_fork(name, folder, place, kept):  # noqa: ARG001  # the three are called alike
    """Return CPU seconds and peak bytes of a child that only executes the cells, and how many outputs it built."""
    read, write = os.pipe()
    cells = [cell.source for cell in _notebook(name, folder).cells if cell.cell_type == "code"]
    null = os.open(os.devnull, os.O_RDWR)
    with fork(
        place,
        "benchmarks.bare:execute",
        environment=_environment(folder),
        cwd=ROOT,
        descriptors=(null, null, null, write),
        arguments=cells,
    ) as child:
        os.close(write)
        with os.fdopen(read, "rb") as told:
            outputs = sum(1 for _ in told)
        child.wait()
        os.close(null)
        usage = child.usage()
    return usage.cpu_seconds, usage.peak_bytes, outputs


def engine_child(name, folder, place, kept):  # noqa: ARG001  # the three are called alike
    """Return CPU seconds and peak bytes of the engine's child, and how many outputs came of it."""
    started = []
    start = starter(place, environment=_environment(folder), cwd=str(ROOT), is_scrubbed=True)
    papermill_engines.register("measured", ForkedEngine)
    notebook = _notebook(name, folder)
    papermill_engines.execute_notebook_with_engine(
        "measured",
        notebook,
        "python3",
        progress_bar=False,
        start=lambda descriptors: started.append(start(descriptors)) or started[0],
        limits=Limits(),
    )
    usage = started[0].usage()
    return usage.cpu_seconds, usage.peak_bytes, sum(len(cell.get("outputs", ())) for cell in notebook.cells)


def whole_run(name, folder, place, kept):
    """Return the CPU seconds that the client of a run spends itself, from the template to the sealed folder."""
    begun = time.process_time()
    setting = Setting(clock=lambda: datetime.now(UTC), casebook=folder, kernel="engine", warm=place)
    execute(find(name, folders(folder)), {}, root=kept / "runs", setting=setting)
    return time.process_time() - begun, 0, 0


def _notebook(name, folder):
    """Return the template's notebook as papermill loads it."""
    with tempfile.TemporaryDirectory() as kept:
        path = Path(kept) / "template.ipynb"
        path.write_text(find(name, folders(folder)).notebook, encoding="utf-8")
        return load_notebook_node(str(path))


def _environment(folder):
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "TSKIT_CASEBOOK": str(folder)}


if __name__ == "__main__":
    main()
