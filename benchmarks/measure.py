"""Measure one piece of work in a process of its own: CPU of the child, its peak memory and what it prints.

A benchmark is a script that is called twice: without `--variant` it starts itself once per variant and prints the
table, with `--variant NAME` it does that piece of work and prints one line of JSON as its last line. CPU seconds are
compared, not wall time, so that a busy machine does not change the answer.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Cost",
    "Usage",
    "arguments",
    "machine",
    "measure",
    "peak_mb",
    "ratio",
    "show",
    "spent",
    "table",
    "versions",
    "write_json",
]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one child process cost, and what it said: CPU and wall in seconds, peak resident memory in MB."""

    variant: str
    cpu: float
    wall: float
    peak_mb: float
    code: int
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU and wall seconds spent by this process so far; subtract two with `spent`."""

    cpu: float
    wall: float


def measure(script: str | Path, *arguments: str, variant: str, timeout: float = 3600) -> Cost:
    """Run `script --variant VARIANT ARGUMENTS` in a child and return what it cost and printed as JSON."""
    start = time.monotonic()
    command = [sys.executable, str(script), "--variant", variant, *arguments]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return Cost(variant, 0.0, time.monotonic() - start, 0.0, -1, {}, f"stopped after {timeout:.0f} s")
    wall = time.monotonic() - start
    lines = [line for line in out.splitlines() if line.startswith("{")]
    said = json.loads(lines[-1]) if lines else {}
    usage = said.pop("_usage", {"cpu": 0.0, "peak_mb": 0.0})
    error = "" if child.returncode == 0 else (err.strip().splitlines() or ["no message"])[-1][:200]
    return Cost(variant, usage["cpu"], wall, usage["peak_mb"], child.returncode, said, error)


def show(result: Mapping[str, Any]) -> None:
    """Print a child's result as its last line, with the CPU and peak memory of the whole process and its children."""
    own = os.times()
    cpu = own.user + own.system + own.children_user + own.children_system
    print(json.dumps({**result, "_usage": {"cpu": cpu, "peak_mb": peak_mb()}}))


def peak_mb() -> float:
    """Return the peak resident memory of this process so far, in MB (the largest child's when that is larger)."""
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(peaks) * unit / 1e6


def spent(since: Usage | None = None) -> Usage:
    """Return CPU and wall seconds of this process, minus `since`: for work that starts after import and warm-up."""
    own = os.times()
    now = Usage(own.user + own.system + own.children_user + own.children_system, time.monotonic())
    return now if since is None else Usage(now.cpu - since.cpu, now.wall - since.wall)


def arguments(description: str, *, sizes: Sequence[int], quick: Sequence[int]) -> argparse.Namespace:
    """Return the parsed command line; `sizes` are the row counts to run, the `quick` ones under `--quick`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small sizes only: does it run, not how fast is it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("--rows", type=int, nargs="*", help="row counts instead of the usual ones")
    parser.add_argument("--only", nargs="*", default=[], help="variants to run; all when left out")
    parser.add_argument("--data", type=Path, help="folder for the generated data, kept; a temporary one when left out")
    parser.add_argument("--variant", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    parsed.sizes = tuple(parsed.rows or (quick if parsed.quick else sizes))
    return parsed


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python and of the named distributions; "-" for one that is not installed."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "-"
    return found


def machine() -> dict[str, str]:
    """Return what the figures were measured on: system, processor count, memory and load."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "-"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9 if hasattr(os, "sysconf") else 0.0
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "memory_gb": f"{memory:.0f}",
        "load": load,
    }


def ratio(ours: float, theirs: float) -> float | None:
    """Return ours / theirs; None where there is nothing to divide by."""
    return ours / theirs if theirs else None


def table(rows: Sequence[Sequence[object]], *, head: Sequence[str]) -> str:
    """Return a plain text table, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(head), *cells]) for i in range(len(head))]
    lines = [
        "  ".join(
            text.ljust(width) if i == 0 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in [list(head), ["-" * width for width in widths], *cells]
    ]
    return "\n".join(lines)


def write_json(path: Path | None, *, name: str, costs: Mapping[str, Sequence[Cost]], ratios: Mapping[str, Any]) -> None:
    """Write the figures with versions and machine to `path`; nothing when there is no path."""
    if path is None:
        return
    body = {
        "benchmark": name,
        "versions": versions("duckdb", "ibis-framework", "pandas", "pyarrow", "numpy"),
        "machine": machine(),
        "ratios": dict(ratios),
        "costs": {size: [asdict(cost) for cost in made] for size, made in costs.items()},
    }
    path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
