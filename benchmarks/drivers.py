"""Which segments drive a change: scenarios with known causes, RiskLoc's generated sets, and the decomposition's intervals.

    python benchmarks/drivers.py [--n 20] [--seed 1] [--nulls 0] [--coverage 0] [--risk FOLDER ...] [--files 20]
                                 [--quick] [--json FILE]

Scenarios come from ../shared/bench/drivers/scenarios.py. `--risk` names folders that RiskLoc's generate_dataset.py wrote
(S and L); `RISKLOC_DIR` names a checkout of shaido987/riskloc, whose algorithms run in the same table, and RISKLOC_PYTHON
an interpreter that has what they need (this one where it is not set; Squeeze needs kneed and loguru). One setting everywhere:
the defaults. `--nulls` runs so many null and mix-shift instances at each of 20k, 200k and 2M.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, machine, table, versions
from tskit.patterns.drivers import causes, decompose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.patterns.drivers.explain import Kind

HARNESS = ROOT.parent / "shared" / "bench" / "drivers"
PEERS = ("riskloc", "autoroot", "adtributor", "squeeze")
VOLUMES = (20_000, 200_000, 2_000_000)
LIMIT = 120
FEW = {"squeeze": 3}
"""Files of a peer that takes a minute for each."""
PEER = """
import json, sys, time, warnings
from importlib import import_module
import pandas as pd
warnings.simplefilter("ignore")
from utils.evaluation import root_cause_postprocessing
path, name = sys.argv[1:]
df = pd.read_csv(path)
attributes = sorted(df.columns.drop(["real", "predict"]))
if name == "squeeze":
    of = import_module("algorithms.squeeze.squeeze")
    def call():
        model = of.Squeeze(data_list=[df], op=lambda x: x, option=of.SqueezeOption())
        model.run()
        return model.root_cause_string_list
else:
    settings = {"autoroot": {"delta_threshold": 0.25}, "riskloc": {"debug": False}}.get(name, {})
    algorithm = getattr(import_module(f"algorithms.{name}"), name)
    call = lambda: algorithm(df, attributes, **settings)
started = time.process_time()
found = root_cause_postprocessing(call(), name)
spent = time.process_time() - started
print(json.dumps({"told": [part for one in found for part in str(one).split(";")], "cpu": spent}))
"""


def localise(frame: pd.DataFrame, dims: Sequence[str], kind: Kind, windows: int) -> list[dict[str, object]]:
    """Return the causes that the shipped code names with its defaults, as `scenarios.py` asks."""
    return [cause.where for cause in causes(frame, dims=dims, kind=kind, windows=windows)]


def scenarios(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Print and return F1 and false alarms on changes with known causes, on noise and on mix shift."""
    if not HARNESS.is_dir():
        print("The scenarios are not there: ../shared/bench/drivers is missing.")
        return []
    sys.path.insert(0, str(HARNESS))
    harness: Any = importlib.import_module("scenarios")
    seeds = range(asked.seed, asked.seed + asked.n)
    rows: list[dict[str, Any]] = []
    for kind in ("count", "rate"):
        for name in harness.SCENARIOS:
            rows.append({"volume": 200_000, **harness.score(localise, name, kind, seeds, 200_000)})
            print(rows[-1], flush=True)
    nulls = range(asked.seed, asked.seed + asked.nulls // 2)
    for volume in VOLUMES if asked.nulls else ():
        for kind in ("count", "rate"):
            for name in ("noise", "mix_shift"):
                rows.append({"volume": volume, **harness.score(localise, name, kind, nulls, volume)})
                print(rows[-1], flush=True)
    return rows


def risk(folder: Path, files: int) -> list[list[object]]:
    """Print and return F1 and CPU seconds of ours and of the peers on one of RiskLoc's generated sets."""
    truth = pd.read_csv(folder / "injection_info.csv").head(files)
    checkout = os.environ.get("RISKLOC_DIR")
    rows: list[list[object]] = []
    ours: list[float] = []
    for name in ("tskit", *(PEERS if checkout else ())):
        hits = told = planted = 0
        cpu: list[float] = []
        stopped: list[str] = []
        asked = truth.head(FEW.get(name, files))
        for stamp, labels in zip(asked["timestamp"], asked["set"], strict=True):
            path = folder / f"{stamp}.csv"
            found = _ours(path) if name == "tskit" else _theirs(str(checkout), path, name)
            if isinstance(found, str):
                stopped.append(found)
                continue
            true = {"&".join(sorted(label.split("&"))) for label in labels.split(";")}
            hits, told, planted = hits + len(found[0] & true), told + len(found[0]), planted + len(true)
            cpu.append(found[1])
        ours = ours or cpu
        f1, spent = (2 * hits / max(told + planted, 1), float(np.mean(cpu))) if cpu else (None, None)
        times = spent / float(np.mean(ours)) if spent and ours else None
        rows.append([name, len(cpu), f1, spent, times, len(stopped), stopped[0] if stopped else ""])
    print(folder.name)
    print(table(rows, head=["", "files", "F1", "CPU s", "x ours", "stopped", "for instance"]), flush=True)
    if not checkout:
        print("RISKLOC_DIR is not set: no peers.")
    return rows


def _ours(path: Path) -> tuple[set[str], float]:
    frame = pd.read_csv(path).rename(columns={"predict": "forecast", "real": "actual"})
    dims = sorted(set(frame.columns) - {"forecast", "actual"})
    started = time.process_time()
    found = localise(frame, dims, "value", 1)
    spent = time.process_time() - started
    return {"&".join(sorted(f"{name}={value}" for name, value in one.items())) for one in found}, spent


def _theirs(checkout: str, path: Path, name: str) -> tuple[set[str], float] | str:
    """Return what a peer tells of a file and its CPU seconds, or why it did not answer."""
    command = [os.environ.get("RISKLOC_PYTHON", sys.executable), "-c", PEER, str(path.resolve()), name]
    try:
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=LIMIT, check=True)
    except subprocess.TimeoutExpired:
        return f"took more than {LIMIT} s"
    except subprocess.CalledProcessError as stopped:
        return stopped.stderr.strip().splitlines()[-1]
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return {"&".join(sorted(one.split("&"))) for one in answer["told"]}, answer["cpu"]


def coverage(windows: int, seed: int, *, volume: int, segments: int = 8) -> list[list[object]]:
    """Print and return how often the intervals of volume, mix and rate hold the truth, for the whole and by segment."""
    rng = np.random.default_rng(seed)
    held = {part: [0, 0, 0] for part in ("volume", "mix", "rate")}
    for _ in range(windows):
        share = rng.dirichlet(np.full(segments, 1.5))
        share1 = share * np.exp(rng.normal(0, 0.2, segments))
        rate = rng.uniform(0.02, 0.3, segments)
        rate1 = rate * np.exp(rng.normal(0, 0.3, segments))
        n, n1 = volume * share, volume * rng.uniform(0.7, 1.5) * share1 / share1.sum()
        w, w1, total, total1 = n / n.sum(), n1 / n1.sum(), n.sum(), n1.sum()
        true = {
            "volume": (total1 - total) * (w * rate + w1 * rate1) / 2,
            "mix": (total + total1) / 2 * (w1 - w) * (rate + rate1) / 2,
            "rate": (total + total1) / 2 * (w + w1) / 2 * (rate1 - rate),
        }
        seen, seen1 = rng.poisson(4 * n), rng.poisson(n1)
        frame = pd.DataFrame(
            {
                "segment": [*range(segments)] * 2,
                "window": ["before"] * segments + ["after"] * segments,
                "n": np.concatenate([seen, seen1]),
                "k": np.concatenate([rng.binomial(seen, rate), rng.binomial(seen1, rate1)]),
            }
        )
        found = decompose(frame, by=["segment"], windows=4).table
        whole, own = found.iloc[0], found.iloc[1:].sort_values("segment")
        for part, counts in held.items():
            counts[0] += bool(whole[f"{part}_low"] <= true[part].sum() <= whole[f"{part}_high"])
            is_known = own[part].notna().to_numpy()
            is_held = (own[f"{part}_low"] <= true[part]) & (true[part] <= own[f"{part}_high"])
            counts[1] += int(is_held.to_numpy()[is_known].sum())
            counts[2] += int(is_known.sum())
    rows: list[list[object]] = [
        [part, whole / windows, own / max(known, 1)] for part, (whole, own, known) in held.items()
    ]
    print(f"Intervals, {windows} windows, {volume} cases a window")
    print(table(rows, head=["", "whole", "segments"]), flush=True)
    return rows


def main() -> None:
    """Run what was asked for."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--n", type=int, default=20)
    asks.add_argument("--seed", type=int, default=1)
    asks.add_argument("--nulls", type=int, default=0)
    asks.add_argument("--coverage", type=int, default=0)
    asks.add_argument("--risk", type=Path, nargs="*", default=[])
    asks.add_argument("--files", type=int, default=20)
    asks.add_argument("--quick", action="store_true", help="two instances of each scenario: does it run")
    asks.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    asked = asks.parse_args()
    if asked.quick:
        asked.n = 2
    print(f"{versions('numpy', 'pandas')}   {machine()}")
    found = {
        "scenarios": scenarios(asked) if asked.n else [],
        "generated": {folder.name: risk(folder, asked.files) for folder in asked.risk},
        "coverage": {
            volume: coverage(asked.coverage, asked.seed, volume=volume)
            for volume in ((400, 20_000) if asked.coverage else ())
        },
    }
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine(), **found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
