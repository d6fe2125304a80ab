"""How often `tskit verify` cries wolf: runs of every template, verified under other circumstances than they were made.

    python benchmarks/verify.py --quick              10 runs
    python benchmarks/verify.py --json verify.json   50 runs

Each run is made and verified with another seed of hashes, zone, language and number of cores, on a sample of its own,
while people go on tagging. A single run that does not hold is a false alarm, and the script fails.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CASES, MOST, FEW = 3_000, 50, 10
ZONES = ("UTC", "Asia/Singapore", "America/New_York", "Asia/Kathmandu")
LANGUAGES = ("C", "C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8")
SEEDS = ("random", "0", "1", "4242")
TSKIT = (sys.executable, "-m", "tskit.cli")


def main() -> int:
    """Make and verify the runs; return 1 where one of them does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{FEW} runs, not {MOST}")
    parser.add_argument("--runs", type=int, default=0, help="so many runs")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of circumstances")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    count = options.runs or (FEW if options.quick else MOST)
    chance = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="tskit-verify-benchmark-"))
    try:
        book = folder / "casebook"
        subprocess.run([*TSKIT, "init", str(book), "--sample", "--cases", str(CASES)], check=True, capture_output=True)
        alarms = [told for number in range(count) if (told := _alarm(number, book, chance))]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = {"runs": count, "false_alarms": len(alarms)}
    sys.stdout.write(f"{json.dumps(figures)}\n" + "".join(f"{told}\n" for told in alarms))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if alarms else 0


def _alarm(number: int, book: Path, chance: random.Random) -> str:
    """Make a run and verify it; return what was said where it does not hold."""
    asked = ASKED[number % len(ASKED)]
    made, looked = _circumstances(chance), _circumstances(chance)
    done = _tskit(["run", *asked], book, made)
    if done.returncode:
        return f"{asked[0]}: the run ended with {done.returncode}: {done.stderr[-300:]}"
    if number % 3 == 0:
        _tag(number, book)
    found = _tskit(["verify", "latest", *(["--cold"] if number % 2 else [])], book, looked)
    sys.stderr.write(f"{number + 1}: {asked[0]}: {found.returncode}\n")
    return f"{asked[0]}, made in {made}, verified in {looked}:\n{found.stdout}" if found.returncode else ""


ASKED = (
    ["trend_report"],
    ["root_cause_session"],
    ["oncall_handover"],
    ["escalation_brief", "-p", "case_id=5005g0000002917AAA"],
    ["case_deep_dive", "-p", "case_id=5005g0000002917AAA"],
    ["trend_report", "-p", "market=ID", "-p", "by=market,policy_id"],
    ["root_cause_session", "-p", "until=2026-10-28", "-p", "level=1"],
)


def _circumstances(chance: random.Random) -> dict[str, str]:
    cores = sorted(chance.sample(sorted(_cores()), chance.randint(1, len(_cores()))))
    return {
        "TZ": chance.choice(ZONES),
        "LANG": chance.choice(LANGUAGES),
        "PYTHONHASHSEED": chance.choice(SEEDS),
        "CORES": ",".join(map(str, cores)),
    }


def _cores() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}


def _tskit(asked: list[str], book: Path, circumstances: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **circumstances}
    environment.pop("LC_ALL", None)
    # taskset is not everywhere; a child that sets its own cores is.
    pinned = "import os, runpy, sys; hasattr(os, 'sched_setaffinity') and os.sched_setaffinity(0, map(int, os.environ['CORES'].split(','))); sys.argv = sys.argv[1:]; runpy.run_module('tskit.cli', run_name='__main__')"
    arguments = [sys.executable, "-c", pinned, "tskit", *asked, "--casebook", str(book)]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)


def _tag(number: int, book: Path) -> None:
    """Let somebody tag another case, as people do while reports lie about."""
    tag = {
        "case_id": "5005g0000002917AAA",
        "kind": "tag",
        "cause": "RC1.1",
        "tagger": f"person-{number}",
        "key": f"later:{number}",
        "tagged_at": "2026-11-02T01:00:00+00:00",
    }
    lines = book.parent / f"tags-{number}.jsonl"
    lines.write_text(json.dumps(tag) + "\n", encoding="utf-8")
    done = subprocess.run(
        [*TSKIT, "tags", "import", str(lines), "--casebook", str(book)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)


if __name__ == "__main__":
    sys.exit(main())
