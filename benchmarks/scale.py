"""Scale on one machine: exports of millions of cases, from CSV to a trend report, and how cost and memory grow.

    python benchmarks/scale.py [--quick] [--full] [--data DIR] [--rows N ...] [--place N ...] [--only STEP ...] [--json FILE]

One casebook a size, made of copies of the synthetic sample whose ids and times differ: about six events a case. Each step
is a process of its own:

    load      cases and events from CSV to the casebook's cache, by `tskit.load`
    report    `tskit run trend_report` on that cache, from a cold terminal
    pandas    the peer of `load`, at a million cases: the same two files read, their times parsed, written as Parquet
    place     with `--full`: `tskit run trend_report` in place over 1, 10 and 100 million cases that are Parquet already;
              `--place N ...` names other numbers

CPU is that of all processes of a step, and memory the most that they had in use together. The slope is the power of the
number of cases with which a step's CPU grows from one size to the next: 1 is as fast as the data. With `--data DIR` files
that are whole are used again and kept, so that a run that was cut goes on where it was. Each step is told as it ends, and
written to FILE then.
"""

# ruff: noqa: PLC0415 - each variant is a process that pays for its own imports only

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SEED_CASES = 100_000
_MILLION = 1_000_000
_SIZES, _QUICK, _PLACE = (_MILLION, 10 * _MILLION), (100_000, 200_000), 100 * _MILLION
_LIMIT_MB = 4_000
_CASES = (
    "case_id", "record_type", "channel", "source_type", "subject", "entity_type", "subject_account_id", "content_language",
    "market", "policy_id", "severity", "priority", "status", "is_closed", "queue", "owner_id", "vendor", "is_escalated",
    "created_at", "first_assigned_at", "decided_at", "closed_at", "reopened_count", "sla_target_at", "handle_seconds",
    "decision", "automated_decision", "appeal_status", "appealed_at", "appeal_decided_at", "qa_sampled", "qa_sample_weight",
    "qa_label", "qa_label_final", "source_modified_at",
)  # fmt: skip
_EVENTS = (
    "event_id",
    "case_id",
    "event_type",
    "occurred_at",
    "seq",
    "actor_id",
    "from_queue",
    "to_queue",
    "is_paired_id_row",
)
_TIMES = tuple(name for name in (*_CASES, *_EVENTS) if name.endswith("_at"))
_BOOK = """\
name = "Scale"
zone = "Asia/Singapore"

[sources.main]
{source}

[[targets]]
metric = "sla_attainment"
at_least = 0.95

[[targets]]
metric = "overturn_rate"
at_most = 0.25
"""
_CSV = 'cases = "data/cases.csv"\nevents = "data/events.csv"'
_PARQUET = 'cases = "data/cases"\nmode = "in_place"'


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step of one size cost: CPU and wall in seconds, the peak of the whole process tree in MB."""

    step: str
    cases: int
    cpu: float
    wall: float
    peak_mb: float
    said: dict[str, Any]
    error: str = ""


def main() -> int:
    """Measure each step of each size in a process of its own, or be that process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes only: does it run, not how fast is it")
    parser.add_argument("--full", action="store_true", help=f"in place over {_PLACE:,} cases in Parquet as well")
    parser.add_argument("--rows", type=int, nargs="*", help="numbers of cases instead of the usual ones")
    parser.add_argument("--place", type=int, nargs="+", default=[], help="numbers of cases in place; means --full")
    parser.add_argument("--only", nargs="*", default=[], choices=list(STEPS), help="steps to run; all when left out")
    parser.add_argument("--data", type=Path, help="folder for the data, kept; a temporary one when left out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("--variant", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.variant:
        STEPS[asked.variant](asked.data)
        return 0
    with tempfile.TemporaryDirectory(prefix="tskit-scale-", ignore_cleanup_errors=True) as made:
        folder = (asked.data or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        sizes = tuple(sorted(asked.rows or (_QUICK if asked.quick else _SIZES)))
        steps = _measured(sizes, folder, asked)
    _tell(steps)
    return 1 if any(step.error or step.peak_mb > _LIMIT_MB for step in steps if step.step != "pandas") else 0


def _measured(sizes: Sequence[int], folder: Path, asked: argparse.Namespace) -> list[_Step]:
    """Make the data of each size and measure its steps; at a size, the load comes before the report that reads it."""
    found: list[_Step] = []
    plan = [
        (rows, step) for rows in sizes for step in ("load", "report", "pandas") if step != "pandas" or rows <= _MILLION
    ]
    usual = (*sizes, *(() if asked.quick else (_PLACE,))) if asked.full else ()
    plan += [(rows, "place") for rows in sorted(asked.place or usual)]
    for rows, step in plan:
        if asked.only and step not in asked.only:
            continue
        book = _made(folder, rows, is_place=step == "place")
        found.append(_measure(step, rows, book))
        # A run that is cut keeps what it found.
        print(_in_words(found[-1], found), flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(_figures(found), indent=2) + "\n", encoding="utf-8")
        if not asked.data and (rows, step) == [each for each in plan if each[0] == rows][-1]:
            shutil.rmtree(book, ignore_errors=True)
    return found


def _measure(step: str, rows: int, book: Path) -> _Step:
    """Run a step in a child, watched: the memory of it and of all that it starts is added up ten times a second."""
    import psutil

    begun = time.monotonic()
    command = [sys.executable, __file__, "--variant", step, "--data", str(book)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=measure.ROOT)
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(psutil.Process(child.pid), peak), daemon=True)
    watch.start()
    out, err = child.communicate()
    wall = time.monotonic() - begun
    lines = [line for line in out.splitlines() if line.startswith("{")]
    said = json.loads(lines[-1]) if lines else {}
    usage = said.pop("_usage", {"cpu": 0.0, "peak_mb": 0.0})
    error = "" if child.returncode == 0 else (err.strip().splitlines() or ["no message"])[-1][:300]
    return _Step(step, rows, usage["cpu"], wall, max(peak[0], usage["peak_mb"]), said, error)


def _watch(process: Any, peak: list[float]) -> None:
    import psutil

    while True:
        total = 0
        try:
            for each in (process, *process.children(recursive=True)):
                # Pages that forked processes share count for each of them: the true figure is at most this one.
                total += each.memory_info().rss
        except psutil.NoSuchProcess:
            if not process.is_running():
                return
            continue
        peak[0] = max(peak[0], total / 1e6)
        time.sleep(0.1)


# The steps, each in a process of its own


def load(book: Path) -> None:
    """Load the casebook's first source from nothing, and tell the account."""
    from tskit import Scope
    from tskit import load as load_cases

    shutil.rmtree(book / ".cache", ignore_errors=True)
    quality = load_cases(Scope(), casebook=str(book)).quality
    kept = sum((path.stat().st_size for path in book.glob(".cache/*/*.parquet")), 0)
    measure.show({"read": quality.read, "kept": quality.kept, "rejected": quality.rejected, "parquet_mb": kept / 1e6})


def report(book: Path) -> None:
    """Run the trend report on what is loaded, as from a terminal."""
    runs = book / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    command = [sys.executable, "-m", "tskit.cli", "run", "trend_report", "--casebook", str(book), "--kernel", "cold"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit((done.stderr or done.stdout).strip().replace("\n", " ")[-300:])
    written = sum(path.stat().st_size for path in runs.rglob("*") if path.is_file())
    measure.show({"report_mb": written / 1e6})


def pandas(book: Path) -> None:
    """Read both files as one does with pandas, keep the events of known cases, and write Parquet; nothing is judged."""
    import pandas as pd

    cases = _frame(pd.read_csv(book / "data" / "cases.csv", dtype=str))
    events = _frame(pd.read_csv(book / "data" / "events.csv", dtype=str))
    events = events[events["case_id"].isin(cases["case_id"])]
    with tempfile.TemporaryDirectory(dir=book) as made:
        cases.to_parquet(Path(made) / "cases.parquet", compression="zstd")
        events.to_parquet(Path(made) / "events.parquet", compression="zstd")
    measure.show({"read": len(cases) + len(events)})


def _frame(raw: Any) -> Any:
    import pandas as pd

    times = {name: pd.to_datetime(raw[name], errors="coerce", utc=True) for name in raw.columns if name in _TIMES}
    return raw.assign(**times)


STEPS: Mapping[str, Callable[[Path], None]] = {"load": load, "report": report, "pandas": pandas, "place": report}


# The data


def _made(folder: Path, rows: int, *, is_place: bool) -> Path:
    """Return the casebook of so many cases; files that are whole already are used again."""
    book = folder / f"{'parquet' if is_place else 'csv'}-{rows}"
    if not (book / "casebook.toml").exists():
        shutil.rmtree(book, ignore_errors=True)
        (book / "data").mkdir(parents=True)
        seed = _seed(folder, min(rows, _SEED_CASES))
        begun = time.monotonic()
        (_write_parquet if is_place else _write_csv)(seed, book / "data", rows)
        # Last, since it says that the data is whole.
        (book / "casebook.toml").write_text(_BOOK.format(source=_PARQUET if is_place else _CSV), encoding="utf-8")
        size = sum(path.stat().st_size for path in (book / "data").rglob("*") if path.is_file())
        print(f"made {rows:,} cases: {size / 1e6:,.0f} MB in {time.monotonic() - begun:,.0f} s", flush=True)
    return book


def _seed(folder: Path, cases: int) -> Path:
    """Return the folder of the sample that all sizes are copies of."""
    seed = folder / f"seed-{cases}"
    if not (seed / "data" / "cases.parquet").exists():
        shutil.rmtree(seed, ignore_errors=True)
        command = [sys.executable, "-m", "tskit.cli", "init", str(seed), "--sample", "--cases", str(cases)]
        subprocess.run(command, check=True, capture_output=True, cwd=measure.ROOT)
    return seed / "data"


def _database() -> Any:
    import duckdb

    con = duckdb.connect()
    con.execute("set preserve_insertion_order = false; set memory_limit = '1500MB'; set TimeZone = 'UTC'")
    return con


def _copies(columns: Sequence[str], table: Path, *, rows: int, seeded: int) -> str:
    """Return SQL for copies of a table of the sample up to so many cases; ids and times of each copy are its own."""
    listed = ", ".join(f"{_copied(name, is_typed=False)} as {name}" for name in columns)
    # A case and its events are copied alike; a last copy that is not whole ends with the same case in both.
    known = f"row_number() over (order by case_id) - 1 as n from (select distinct case_id from '{table.parent}/cases.parquet')"
    many = math.ceil(rows / seeded)
    return (
        f"select {listed} from '{table}' join (select case_id, {known}) using (case_id), range({many}) copies(copy) "
        f"where copy * {seeded} + n < {rows}"
    )


def _copied(name: str, *, is_typed: bool) -> str:
    if name in ("case_id", "event_id"):
        return f"{name} || '-' || copy"
    if name == "subject_account_id":
        return f"{name} || '-' || (copy % 40)"
    if name in _TIMES:
        moved = f"try_cast({name} as timestamptz) + to_seconds(copy * 37 % 3600)"
        return moved if is_typed else f"coalesce(strftime({moved}, '%Y-%m-%dT%H:%M:%SZ'), {name})"
    return name


def _write_csv(seed: Path, data: Path, rows: int) -> None:
    with _database() as con:
        seeded = con.execute(f"select count(distinct case_id) from '{seed}/cases.parquet'").fetchall()[0][0]
        for table, columns in (("cases", _CASES), ("events", _EVENTS)):
            query = _copies(columns, seed / f"{table}.parquet", rows=rows, seeded=seeded)
            con.execute(f"copy ({query}) to '{data}/{table}.csv' (header, delimiter ',', quote '\"')")


def _write_parquet(seed: Path, data: Path, rows: int) -> None:
    """Write cases as a lake holds them: typed, each once, without text, a file a month of their opening."""
    kept = [name for name in _CASES if name != "subject"]
    (data / "cases").mkdir()
    with _database() as con:
        con.execute(
            f"create table seed as select {', '.join(kept)}, created_at[:7] as month, row_number() over () - 1 as n "
            f"from '{seed}/cases.parquet' where try_cast(created_at as timestamptz) is not null "
            "qualify row_number() over (partition by case_id order by source_modified_at desc, hash(closed_at)) = 1"
        )
        ((seeded,),) = con.execute("select count(*) from seed").fetchall()
        listed = ", ".join(f"{_copied(name, is_typed=True)} as {name}" for name in kept)
        for (month,) in con.execute("select distinct month from seed order by 1").fetchall():
            con.execute(
                f"copy (select {listed} from seed, range({math.ceil(rows / seeded)}) copies(copy) "
                f"where month = '{month}' and copy * {seeded} + n < {rows}) "
                f"to '{data}/cases/{month}.parquet' (format parquet, compression zstd)"
            )


# What is told


def _in_words(step: _Step, steps: Sequence[_Step]) -> str:
    slope = _slope(step, steps)
    grown = f", slope {slope:.2f}" if slope is not None else ""
    told = f"{step.cpu:,.1f} CPU s, {step.wall:,.0f} wall s, {step.peak_mb:,.0f} MB{grown}"
    return f"{step.step} {step.cases:,}: {told} {step.error}".rstrip()


def _tell(steps: Sequence[_Step]) -> None:
    lines = [
        (step.step, step.cases, step.cpu, step.wall, step.peak_mb, _slope(step, steps), _ratio(step, steps), step.error)
        for step in steps
    ]
    head = ("step", "cases", "CPU s", "wall s", "peak MB", "slope", "x pandas", "error")
    print(f"\n{measure.table(lines, head=head)}\n{measure.machine()} {_versions()}")


def _slope(step: _Step, steps: Sequence[_Step]) -> float | None:
    """Return the power of the number of cases with which the CPU grew since the next smaller size."""
    smaller = [each for each in steps if each.step == step.step and each.cases < step.cases and each.cpu]
    if not smaller or not step.cpu:
        return None
    before = max(smaller, key=lambda each: each.cases)
    return math.log(step.cpu / before.cpu) / math.log(step.cases / before.cases)


def _ratio(step: _Step, steps: Sequence[_Step]) -> float | None:
    if step.step != "load":
        return None
    peer = [each for each in steps if each.step == "pandas" and each.cases == step.cases]
    return measure.ratio(step.cpu, peer[0].cpu) if peer else None


def _versions() -> dict[str, str]:
    return measure.versions("duckdb", "ibis-framework", "pandas", "pyarrow", "papermill")


def _figures(steps: Sequence[_Step]) -> dict[str, Any]:
    rows = [{**asdict(step), "slope": _slope(step, steps), "x_pandas": _ratio(step, steps)} for step in steps]
    return {"benchmark": "scale", "versions": _versions(), "machine": measure.machine(), "steps": rows}


if __name__ == "__main__":
    sys.exit(main())
