"""How often a root-cause session, or a scan, claims something where there is nothing: chance alone, many times over.

    python benchmarks/false_alarms.py [--quick] [--scans N]

Samples without stories. `sessions` writes samples of 100,000 cases with no story planted, each with a seed of its own, and
holds the session over their tags: how many claim that a cause concentrates, leads or moves? The error of 5 % is shared
between the three, so about one in twenty may.

Shuffled segments. `shuffled` draws settled cases of one such sample with replacement, and gives each the vendor, policy and
market of another one, so that nothing can concentrate anywhere. A third of 5 % may claim it.

Scans. With `--scans N`, nothing else runs: `scans` writes N samples of 20,000 cases with no story planted, each with a seed
of its own, and scans the last four weeks of each with all metrics and columns. At most 5 of 100 may claim anything.
"""

# ruff: noqa: PLC0415 - a benchmark pays for its own imports only

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from measure import arguments, machine, table, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.findings.scan import Sight
    from tskit.findings.session import Session

BY = ["decided_vendor", "policy_id", "market"]
_FIRST_SEED = 200
_SIZES = (60, 170, 400)
_FIRST_SCAN = 5_000
_CASES_OF_A_SCAN = 20_000
_WHOLE = 100_000
"""A sample with fewer cases has too few settled ones: a quick run only shows that the script works."""


def held(cases: int, seed: int) -> Session:
    """Return the session of twelve weeks over a sample without stories."""
    from tskit import Scope, load
    from tskit.findings import session
    from tskit.sources.synthetic.write import write_sample

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "sample"
        write_sample(root, cases=cases, seed=seed, until=date(2026, 11, 1), stories="none")
        scope = Scope.from_parameters(start="2026-08-10", end="2026-11-01")
        asked = session.asked(problem=["qa_incorrect", "overturned"], by=BY)
        return session.hold(load(scope, casebook=str(root)), asked)


def claims(found: Session) -> dict[str, bool]:
    """Return which kinds of claim the session makes."""
    from tskit.findings.session.cards import has_clear_lead

    return {
        "concentrates": bool(found.places.found),
        "leads": has_clear_lead(found),
        "moves": any(slope.stands_out for slope in found.course.slopes),
    }


def shuffled(found: Session, *, size: int, runs: int, seed: int) -> int:
    """Return in how many runs a cause is said to concentrate, although segments were dealt out by lot."""
    from tskit.causes.concentrations import concentrations

    rng, claimed = np.random.default_rng(seed), 0
    tagged = found.judged[found.judged["state"] == "settled"].reset_index(drop=True)
    for _ in range(runs):
        cases = tagged.iloc[rng.integers(0, len(tagged), size)].reset_index(drop=True)
        lots = tagged.iloc[rng.integers(0, len(tagged), size)].reset_index(drop=True)
        claimed += bool(concentrations(cases.assign(**{name: lots[name] for name in BY}), by=BY).found)
    return claimed


def scans(cases: int, *, seeds: range) -> Iterator[tuple[int, tuple[Sight, ...]]]:
    """Give for each seed what a scan of a sample without stories tells."""
    from tskit import Scope, load
    from tskit.findings.scan import scan
    from tskit.sources.synthetic.write import write_sample

    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "sample"
            write_sample(root, cases=cases, seed=seed, until=date(2026, 11, 1), stories="none")
            yield seed, scan(load(Scope.from_parameters(), casebook=str(root))).sights


def scanned(number: int) -> None:
    """Scan samples without stories, and print every claim as it comes and how many samples made one, by kind."""
    found: dict[int, tuple[Sight, ...]] = {}
    for seed, sights in scans(_CASES_OF_A_SCAN, seeds=range(_FIRST_SCAN, _FIRST_SCAN + number)):
        found[seed] = sights
        claims = "; ".join(f"{one.detector} {one.kind}: {one.statement}" for one in sights)
        print(f"seed {seed}: {claims or 'nothing beyond noise'}", flush=True)
    kinds = sorted({one.detector for sights in found.values() for one in sights})
    rows: list[list[object]] = [
        [f"scans: {kind}", sum(any(one.detector == kind for one in sights) for sights in found.values()), number]
        for kind in kinds
    ]
    rows.append(["scans: anything", sum(bool(sights) for sights in found.values()), number])
    print(machine(), versions("numpy", "pandas"))
    print(table(rows, head=["what", "claimed", "of"]))


def main() -> None:
    """Measure what is asked for and print the rates."""
    if "--scans" in sys.argv:
        scanned(int(sys.argv[sys.argv.index("--scans") + 1]))
        return
    asked = arguments(__doc__ or "", sizes=(100_000,), quick=(20_000,))
    seeds, runs, sizes = (24, 500, _SIZES) if asked.sizes[0] >= _WHOLE else (2, 20, _SIZES[:1])
    sessions = [held(asked.sizes[0], _FIRST_SEED + n) for n in range(seeds)]
    told = [claims(found) for found in sessions]
    rows: list[list[object]] = [
        [f"sessions: a cause {kind}", sum(one[kind] for one in told), seeds] for kind in told[0]
    ]
    rows.append(["sessions: any of them", sum(any(one.values()) for one in told), seeds])
    rows.extend(
        [f"shuffled: {size} settled cases", shuffled(sessions[0], size=size, runs=runs, seed=size), runs]
        for size in sizes
    )
    print(machine(), versions("numpy", "pandas"))
    print(table(rows, head=["what", "claimed", "of"]))


if __name__ == "__main__":
    main()
