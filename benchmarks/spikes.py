"""Spikes in simulated counts with known outbreaks: tskit, R's `surveillance` and somebody who knows each true mean.

The series come from `../shared/bench/spikes/simulate.py` (weekly: Noufaily et al. 2013; daily: moderation-like), the marks
from `score.py` beside it. R's detectors (`peers.R`; apt: r-base-core r-cran-surveillance) run on the same series, slice by
slice in turn with tskit, and the CPU of farringtonFlexible at one level is compared with that of tskit. R is slow, so it
runs on the first `--peer-reps` of the repetitions, and tskit is shown on those as well.

    python benchmarks/spikes.py [--set weekly|daily|many] [--reps N] [--peer-reps N] [--seed N] [--quick] [--json FILE]
    python benchmarks/spikes.py --alarms SIM.csv OUT.csv --set weekly|daily
"""

# ruff: noqa: PLC0415 - tskit is imported where it is measured

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import machine, peak_mb, ratio, spent, table, versions

if TYPE_CHECKING:
    from types import ModuleType

HARNESS = Path(__file__).resolve().parents[2] / "shared" / "bench" / "spikes"
REPS = {"weekly": 12, "daily": 40}
DETECTOR = "tskit"
_SLICES = 6
_MANY, _DAYS = 10_000, 730
FLEXIBLE = """
    suppressPackageStartupMessages(library(surveillance))
    sim <- read.csv("{path}")
    series <- lapply(split(sim, sim$series), function(d) list(range = d$period[d$monitored == 1],
      x = sts(observed = d$count, epoch = as.numeric(as.Date(d$date)), epochAsDate = TRUE, frequency = 52)))
    begun <- proc.time()
    for (one in series) suppressWarnings(farringtonFlexible(one$x, list(range = one$range, b = 5, w = 3, reweight = TRUE,
      weightsThreshold = 2.58, verbose = FALSE, glmWarnings = FALSE, alpha = 0.01, trend = TRUE, pThresholdTrend = 1,
      limit54 = c(5, 4), noPeriods = 10, pastWeeksNotIncluded = 26, populationOffset = FALSE,
      thresholdMethod = "nbPlugin", fitFun = "algo.farrington.fitGLM.flexible")))
    took <- proc.time() - begun
    cat(took[["user.self"]] + took[["sys.self"]])
"""


def main() -> None:
    """Write alarms for others to score, or measure and print."""
    asked = _arguments()
    if asked.alarms:
        sim, out = asked.alarms
        return alarms(pd.read_csv(sim)).to_csv(out, index=False)
    if not (HARNESS / "simulate.py").exists():
        raise SystemExit(f"The simulations are not there: {HARNESS}")
    print(f"{versions('numpy', 'pandas', 'scipy')}   {machine()}")
    found = {name: _SETS[name](asked) for name in ([asked.set] if asked.set else _SETS)}
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine(), **found}, indent=2) + "\n", encoding="utf-8")
    return None


def alarms(sim: pd.DataFrame) -> pd.DataFrame:
    """Return the alarms of the monitored periods, upper side only, by what is shipped and its defaults."""
    from tskit.patterns.spikes import Around, spikes

    frame = sim.rename(columns={"count": "cases", "period": "number"}).assign(period=pd.to_datetime(sim["date"]))
    on_holiday = frame[frame["holiday"] == 1]
    holidays = {name: list(days.dt.date) for name, days in on_holiday.groupby("series")["period"]}
    since = frame.loc[frame["monitored"] == 1, "period"].min().date()
    found = spikes(frame, by=["series"], around=Around(since=since, holidays=holidays, place="series")).table
    rows = found.merge(frame[["series", "period", "number"]], on=["series", "period"])
    alarm = (rows["observed"] > rows["upper"]).astype(int)
    return pd.DataFrame({"series": rows["series"], "period": rows["number"], "alarm": alarm, "detector": DETECTOR})


def counted(asked: argparse.Namespace, *, name: str) -> dict[str, Any]:
    """Print marks and costs on one set of simulations."""
    score = _module("score").score
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sim.csv"
        reps = asked.reps or REPS[name]
        command = [sys.executable, HARNESS / "simulate.py", path, "--set", name]
        subprocess.run([*command, "--reps", str(reps), "--seed", str(asked.seed)], check=True)
        sim = pd.read_csv(path)
        few = sim[sim["series"].str.split("-").str[1].astype(int) < asked.peer_reps]
        others, costs = _peers(few, Path(folder), name)
    begun = spent()
    ours = alarms(sim)
    costs["tskit, whole run"] = spent(begun).cpu / sim["series"].nunique() * 1e3
    marks = {f"{name}, {reps} reps, seed {asked.seed}": _marks(score, sim, ours)}
    if len(others):
        marks[f"the first {asked.peer_reps} reps, with R"] = _marks(score, few, pd.concat([ours, others]))
    for title, rows in marks.items():
        print(f"\n{title}\n{rows.to_string(index=False)}")
    print(table([[what, cost] for what, cost in costs.items()], head=["CPU ms per series", ""]))
    worth = ratio(costs.get("farringtonFlexible", 0.0), costs.get("tskit", 0.0))
    print(f"farringtonFlexible / tskit, CPU: {worth or 0:.0f}")
    return {"marks": {title: rows.to_dict("records") for title, rows in marks.items()}, "costs": costs, "ratio": worth}


def many(asked: argparse.Namespace) -> dict[str, Any]:
    """Print what the last day of 10,000 series of two years costs, from the tidy frame to the statement."""
    from tskit.patterns.spikes import spikes

    rng = np.random.default_rng(asked.seed)
    days = pd.date_range("2024-11-01", periods=_DAYS)
    level = np.exp(rng.normal(1, 1.5, _MANY))
    week = np.exp(rng.normal(0, 0.25, (_MANY, 7)))[:, days.day_of_week]
    counts = rng.negative_binomial(level[:, None] * week, 0.5)
    frame = pd.DataFrame(
        {
            "queue": np.repeat(np.arange(_MANY), _DAYS),
            "period": np.tile(days, _MANY),
            "cases": counts.reshape(-1),
        }
    )
    begun = spent()
    found = spikes(frame, by=["queue"])
    took = spent(begun)
    print(f"\n{_MANY:,} daily series of {_DAYS} days: {took.cpu:.1f} CPU s, {took.wall:.1f} s, {peak_mb():,.0f} MB")
    print(found.statement)
    share = float((found.table["observed"] > found.table["upper"]).mean())
    print(
        f"above the band by chance: {share:.4f}; told as more than noise: {int(found.table['is_beyond_noise'].sum())}"
    )
    return {"cpu": took.cpu, "wall": took.wall, "peak_mb": peak_mb(), "above": share}


def _marks(score: Any, sim: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return the marks, with the share of public holidays that gave a false alarm."""
    rows = score(sim, found[found["series"].isin(sim["series"])])
    quiet = sim[(sim["kind"] == "quiet") & (sim["monitored"] == 1) & (sim["holiday"] == 1)]
    on_holiday = quiet.merge(found, on=["series", "period"]).groupby("detector")["alarm"].mean()
    return rows.assign(holidays=rows["detector"].map(on_holiday).round(4))


def _peers(sim: pd.DataFrame, folder: Path, name: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the alarms of R's detectors, and CPU milliseconds per series, measured in turn."""
    if sim.empty:
        return pd.DataFrame(), {}
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("R is not there (apt: r-base-core r-cran-surveillance); tskit is shown by itself.")
        return pd.DataFrame(), {}
    found, ours, theirs = [], 0.0, 0.0
    alarms(sim[sim["series"] == sim["series"].iloc[0]])  # what the first call costs alone
    for names in np.array_split(sim["series"].unique(), _SLICES):
        part = sim[sim["series"].isin(names)]
        path, out = folder / "part.csv", folder / "alarms.csv"
        part.to_csv(path, index=False)
        begun = spent()
        alarms(part)
        ours += spent(begun).cpu
        if name == "weekly":
            said = _run([rscript, "-e", FLEXIBLE.format(path=path)])
            theirs += float(said.split()[-1])
        _run([rscript, str(HARNESS / "peers.R"), str(path), str(out), name])
        found.append(pd.read_csv(out))
    each = 1e3 / sim["series"].nunique()
    costs = {"tskit": ours * each} | ({"farringtonFlexible": theirs * each} if theirs else {})
    return pd.concat(found), costs


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HARNESS / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"The harness is not there: {HARNESS / name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--alarms", nargs=2, metavar=("SIM", "OUT"), help="write the alarms on a simulation and stop")
    parser.add_argument("--set", choices=list(_SETS), help="one of the sets; all when left out")
    parser.add_argument("--reps", type=int, help="repetitions: 12 weekly and 40 daily ones when left out")
    parser.add_argument("--peer-reps", type=int, default=2, help="repetitions that R sees")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="one repetition, without R: does it run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    asked = parser.parse_args()
    if asked.quick:
        asked.reps, asked.peer_reps = 1, 0
    return asked


_SETS = {
    "weekly": lambda asked: counted(asked, name="weekly"),
    "daily": lambda asked: counted(asked, name="daily"),
    "many": many,
}

if __name__ == "__main__":
    main()
