"""The open queue in order: 100,000 open cases among 2 million, by tskit and by plain pandas, each in a process of its own.

Both read the same Parquet files, which this script generates, and give the same order: what is open by the log, who holds
it, harm, reach (also of other decisions on the item), the deadline that the source names, and other reports of the same
item or account within 24 hours. The benchmark stops where an id or a score differs. tskit tells more than the pandas does:
markets, the hours before with an exact interval, and a sentence for each case. Import comes before the clock starts.

    python benchmarks/triage.py [--quick] [--json FILE] [--rows N ...]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import arguments, machine, measure, ratio, show, spent, table, versions, write_json

AS_OF = datetime(2026, 11, 1, 16, tzinfo=UTC)
END = "timestamptz '2026-11-01 16:00:00+00'"

# The latest cases are the open ones, as in a real queue, but for some that stayed; every hundredth was reopened.
GENERATE = """
    create table drawn as
    select i, {end} - to_microseconds(cast(({n} - i) * (728 * 86400e6 / {n}) as bigint)) as created_at,
           random() as a, random() as b, random() as c, random() as d, random() as e, random() as f
    from range({n}) as t(i);
    create table made as
    select 'C' || lpad(cast(i as varchar), 9, '0') as case_id, i, created_at, f,
        case when e < 0.05 then null else least(created_at + to_seconds(cast(60 + 86400 * b as bigint)), {end}) end as done,
        ['SG','ID','TH','VN','PH','MY','JP','AU'][1 + cast(floor(d * 8) as int)] as market,
        'queue ' || cast(floor(a * 12) as int) as queue, 'S' || cast(floor(f * f * 4) as int) as severity,
        'I' || cast(floor({n} / 3 * c * c) as int) as content_id, 'A' || cast(floor({n} / 8 * d * c) as int) as subject_account_id,
        created_at + to_hours(cast(8 + 64 * a as int)) as sla_target_at,
        case when b < 0.8 then cast(exp(12 * c) as bigint) end as reach
    from drawn;
    copy (
        select case_id, created_at, case when i % 100 <> 7 then done end as closed_at,
            done is not null and i % 100 <> 7 as is_closed, done as decided_at, market, queue, severity, content_id,
            subject_account_id, sla_target_at, case when done is not null then reach end as reach, 'report' as record_type,
            cast([] as varchar[]) as dq_flags
        from made
    ) to '{folder}/cases.parquet' (format parquet);
    copy (
        select case_id, 'queue_moved' as event_type, created_at + to_minutes(1) as occurred_at, cast(1 as bigint) as seq,
            queue as from_queue, 'queue ' || cast(floor(f * 12) as int) as to_queue, false as is_paired_id_row
        from made where f < 0.3
        union all select case_id, 'closed', done, 2, null, null, false from made where done is not null
        union all select case_id, 'reopened', done, 3, null, null, false from made where done is not null and i % 100 = 7
    ) to '{folder}/events.parquet' (format parquet);
"""


def main() -> None:
    """Run both variants on each size and print seconds, memory and the ratio."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(2_000_000,), quick=(100_000,))
    if parsed.variant:
        return show(VARIANTS[parsed.variant](parsed.path))
    costs, ratios = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        for size in parsed.sizes:
            folder = (parsed.data or Path(temporary)) / str(size)
            _generate(folder, size)
            made = [measure(__file__, "--path", str(folder), variant=name) for name in parsed.only or VARIANTS]
            costs[str(size)], ratios[str(size)] = made, _report(size, made)
    write_json(parsed.json, name="triage", costs=costs, ratios=ratios)
    return None


def _report(size, made):
    for cost in made:
        if cost.code:
            raise SystemExit(f"{cost.variant} failed: {cost.error}")
    if len({cost.result["order"] for cost in made}) > 1:
        raise SystemExit(f"The orders differ: {[(cost.variant, cost.result) for cost in made]}")
    by = {cost.variant: cost for cost in made}
    rows = [
        [name, cost.result["open"], cost.result["cpu"], cost.result["wall"], cost.peak_mb] for name, cost in by.items()
    ]
    print(f"\n{size:,} cases   {versions('duckdb', 'ibis-framework', 'pandas')}   {machine()}")
    print(table(rows, head=["variant", "open", "CPU s", "wall s", "peak MB"]))
    if set(by) < set(VARIANTS):
        return {}
    found = {
        "tskit / pandas, CPU": ratio(by["tskit"].result["cpu"], by["pandas"].result["cpu"]),
        "tskit / pandas, memory": ratio(by["tskit"].peak_mb, by["pandas"].peak_mb),
    }
    print("  ".join(f"{name}: {value:.2f}" for name, value in found.items()))
    return found


def _generate(folder: Path, size: int) -> None:
    import duckdb  # noqa: PLC0415  # only where there is nothing yet

    if (folder / "events.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute("set preserve_insertion_order = true; set timezone = 'UTC'; select setseed(0.5)")
        engine.execute(GENERATE.format(n=size, folder=folder, end=END))


def _digest(frame) -> str:
    lines = (f"{case_id} {score:.1f}" for case_id, score in zip(frame["case_id"], frame["score"], strict=True))
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def tskit(folder: Path) -> dict[str, object]:
    """Order the queue with tskit."""
    import ibis  # noqa: PLC0415  # each variant pays for its own imports only

    from tskit.model import Casebook, CaseSet, Quality, Scope  # noqa: PLC0415  # as above
    from tskit.patterns import triage  # noqa: PLC0415  # as above

    engine = ibis.duckdb.connect()
    cases, events = (engine.read_parquet(folder / f"{name}.parquet") for name in ("cases", "events"))
    case_set = CaseSet(
        scope=Scope(start=date(2024, 11, 4), end=date(2026, 11, 2), zone="Asia/Singapore"),
        casebook=Casebook(root=folder, name="benchmark"),
        cases=cases,
        events=events,
        reviews=None,
        rejected=cases,
        quality=Quality(0, 0, 0, 0, 0),
        profile="",
        fingerprint="",
        as_of=AS_OF,
        inputs=(),
    )
    begun = spent()
    found = triage(case_set)
    took = spent(begun)
    return {"cpu": took.cpu, "wall": took.wall, "open": len(found.frame), "order": _digest(found.frame)}


def pandas(folder: Path) -> dict[str, object]:
    """Order the queue with pandas, as one would write it by hand."""
    import pandas as pd  # noqa: PLC0415  # each variant pays for its own imports only

    begun = spent()
    cases, events = (pd.read_parquet(folder / f"{name}.parquet") for name in ("cases", "events"))
    now = pd.Timestamp(AS_OF)
    states = events[events["event_type"].isin(["closed", "reopened"]) & (events["occurred_at"] <= now)]
    last = states.sort_values(["occurred_at", "seq"]).drop_duplicates("case_id", keep="last").set_index("case_id")
    state = cases["case_id"].map(last["event_type"])
    queue = cases[(cases["created_at"] <= now) & state.ne("closed") & ~cases["is_closed"]].copy()
    moves = events[events["to_queue"].notna() & events["case_id"].isin(queue["case_id"])]
    moves = moves.sort_values(["occurred_at", "seq"]).drop_duplicates("case_id", keep="last").set_index("case_id")
    # What was opened again was completed once: of a target that has passed nobody can tell whether it was met.
    again = state[queue.index].eq("reopened")
    queue["due"] = queue["sla_target_at"].mask(again & (queue["sla_target_at"] < now))
    queue["queue"] = queue["case_id"].map(moves["to_queue"]).fillna(queue["queue"])
    told = cases[cases["reach"].notna()].groupby("content_id")["reach"].max()
    queue["reach"] = queue["reach"].fillna(queue["content_id"].map(told))
    recent = cases[(cases["created_at"] > now - pd.Timedelta(hours=24)) & (cases["created_at"] <= now)]
    queue["others"] = _others(queue, recent)
    scored = _scored(queue, now)
    took = spent(begun)
    return {"cpu": took.cpu, "wall": took.wall, "open": len(scored), "order": _digest(scored)}


def _others(queue, recent):
    """Return how many other recent reports share the item or the account of each open case."""

    def shared(keys):
        counts = recent.groupby(keys).size().rename("n").reset_index()
        return queue[keys].merge(counts, on=keys, how="left")["n"].fillna(0).to_numpy()

    item, account = shared(["content_id"]), shared(["subject_account_id"])
    return item + account - shared(["content_id", "subject_account_id"]) - queue["case_id"].isin(recent["case_id"])


def _scored(queue, now):
    import numpy as np  # noqa: PLC0415  # each variant pays for its own imports only

    left = (queue["due"] - now).dt.total_seconds() / 3600
    near = (30 * (1 - left / 24).clip(lower=0)).mask(left < 0, 40)
    parts = [
        queue["severity"].map({"S0": 0.0, "S1": 10.0, "S2": 40.0, "S3": 1000.0}),
        8 * np.log10(queue["reach"].clip(lower=1)),
        near,
        8 * np.log2(1 + queue["others"]),
    ]
    score = sum(part.fillna(0.0).round(1) for part in parts).round(1)
    queue = queue.assign(score=score, worst=queue["severity"].eq("S3"))
    keys = ["worst", "score", "due", "created_at", "case_id"]
    return queue.sort_values(keys, ascending=[False, False, True, True, True])


VARIANTS = {"tskit": tskit, "pandas": pandas}

if __name__ == "__main__":
    main()
