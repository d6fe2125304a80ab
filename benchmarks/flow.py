"""How cases flow between queues: all patterns of `tskit.patterns.flow` on 10 million events, each variant in its own process.

Each variant counts the same: ways between queues, stays by queue (begun, over, open), paths, and cases handed on and sent
back. The benchmark stops where a count of tskit differs from an SQL that was written by hand, with other means: on the
generated log, on the sample, and on ServiceNow's log where it lies beside the project (`../shared/data`). tskit's figures
also hold Kaplan-Meier means with intervals, comparisons with the period before, and what late cases have in common, on
which the others spend nothing. Import comes before the clock starts. The 20 seconds
cover all six questions together: paths, map, dwell, loops, bottlenecks and breaches.

    python benchmarks/flow.py [--quick] [--json FILE] [--rows EVENTS ...] [--only VARIANT ...]

With `--claims N`, nothing else runs: N samples of 10,000 cases with no story planted, each with a seed of its own, are asked
over their last four weeks. At most 5 of 100 may claim that a queue became slower, a path, loop or dwell changed. Within one
period queues do differ, and some kinds of cases do miss targets more often, story or none: such claims need not be false. So
what breaches claims is counted with the verdicts of the due cases dealt out anew within each day, so that
nothing can have anything in common with being late; claims about the samples as they are stand below the others.

    python benchmarks/flow.py --claims N
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import arguments, machine, measure, ratio, show, spent, table, versions, write_json

SERVICENOW = Path(__file__).resolve().parents[2] / "shared" / "data" / "servicenow" / "incident_event_log.csv"
LIMIT = 20.0
_FIRST_SEED = 7_000
_SLOW = ("slow", "slow and slower")
META = {"as_of": "2026-11-01T16:00:00+00:00", "start": "2025-11-03", "end": "2026-11-02", "zone": "Asia/Singapore"}

# Five events a case on average: opened, assigned, moved (a third of the cases, some back and forth), closed, reopened.
GENERATE = """
    create table drawn as
    select i, timestamptz '2024-11-03 16:00:00+00' + to_microseconds(cast(i * (728 * 86400e6 / {n}) as bigint)) as created_at,
        random() as a, random() as b, random() as c, random() as d, random() as e
    from range({n}) as t(i);
    create table made as
    select *, 'C' || lpad(cast(i as varchar), 9, '0') as case_id, 'queue ' || cast(floor(a * 12) as int) as first,
        'queue ' || cast(floor(a * 12 + 1 + b * 10) % 12 as int) as second, cast(exp(1 + 4 * c) * 60 as int) as took
    from drawn;
    copy (
        select case_id, created_at, first as queue, ['SG','ID','TH','VN'][1 + cast(floor(d * 4) as int)] as market,
            created_at + to_seconds(took * 60) as closed_at, true as is_closed, created_at + to_hours(48) as sla_target_at,
            cast([] as varchar[]) as dq_flags
        from made
    ) to '{folder}/cases.parquet' (format parquet);
    copy (
        select case_id, event_type, created_at + to_seconds(cast(60 * took * part as bigint)) as occurred_at, seq, from_queue, to_queue,
            false as is_paired_id_row
        from (
            select case_id, created_at, took, 'created' as event_type, 0.0 as part, cast(1 as bigint) as seq,
                cast(null as varchar) as from_queue, cast(null as varchar) as to_queue from made
            union all select case_id, created_at, took, 'assigned', 0.0, 2, null, first from made
            union all select case_id, created_at, took, 'accepted', 0.1, 3, null, null from made
            union all select case_id, created_at, took, 'queue_moved', 0.3, 4, first, second from made where d < 0.33
            union all select case_id, created_at, took, 'queue_moved', 0.5, 5, second, first from made where d < 0.08
            union all select case_id, created_at, took, 'queue_moved', 0.6, 6, first, second from made where d < 0.01
            union all select case_id, created_at, took, 'decided', 0.9, 7, null, null from made
            union all select case_id, created_at, took, 'closed', 1.0, 8, null, null from made
            union all select case_id, created_at, took, 'reopened', 1.2, 9, null, null from made where e < 0.02
            union all select case_id, created_at, took, 'closed', 1.5, 10, null, null from made where e < 0.015
        )
    ) to '{folder}/events.parquet' (format parquet);
"""
PER_CASE = 5.455

STEPS = """
    create temp table steps as
    with told as (
        select case_id, occurred_at as happened, seq, event_type, nullif(from_queue, '') as f, nullif(to_queue, '') as t
        from events where not is_paired_id_row and occurred_at <= {as_of}
    ), opened as (
        select c.case_id, any_value(c.queue) as own, any_value(c.closed_at) as closed_at,
            coalesce(min(t.happened) filter (event_type = 'created'), any_value(c.created_at)) as happened,
            arg_min(coalesce(t.f, t.t), (t.happened, t.seq)) filter (t.t is not null) as begun,
            count(*) filter (event_type = 'closed') as closings
        from cases c left join told t using (case_id) group by c.case_id
    ), listed as (
        select case_id, 0 as part, happened, 0 as seq, 'opened' as kind, coalesce(begun, own, '') as q from opened
        union all select case_id, 1, happened, seq, case when event_type in ('closed', 'reopened') then event_type else 'named' end, t
        from told where event_type in ('closed', 'reopened') or t is not null
        union all select case_id, 2, closed_at, 0, 'closed', null from opened where closings = 0 and closed_at <= {as_of}
    ), carried as (
        select *, last_value(q ignore nulls) over w as holder,
            last_value(case when kind in ('closed', 'reopened') then kind end ignore nulls) over w as state
        from listed window w as (partition by case_id order by part, happened, seq rows between unbounded preceding and current row)
    ), before as (
        select *, lag(holder) over w as was_held, coalesce(lag(state) over w, 'reopened') as was
        from carried window w as (partition by case_id order by part, happened, seq)
    ), changes as (
        select * from before
        where part = 0 or (kind in ('closed', 'reopened') and kind <> was) or (kind = 'named' and holder <> was_held)
    )
    select *, coalesce(state, 'reopened') = 'reopened' as is_open,
        lead(happened) over w as next_at, lead(kind) over w as next_kind
    from changes window w as (partition by case_id order by part, happened, seq);
    create temp table moves as
    select case_id, happened, was_held as source, holder as target,
        coalesce(lag(was_held) over (partition by case_id order by part, happened, seq) = holder, false) as back
    from steps where kind = 'named';
"""
EDGES = """
    select case kind when 'opened' then '(opened)' when 'reopened' then '(closed)' else was_held end as source,
        case when kind = 'closed' then '(closed)' else holder end as target, count(*)
    from (select *, coalesce(was_held, '') as w from steps) where happened >= {start} and happened < {end} group by all
"""
STAYS = """
    select holder, count(*), count(*) filter (next_at is not null), count(*) filter (next_at is null)
    from steps s join cases c using (case_id)
    where is_open and happened >= {start} and happened < {end} and coalesce(next_at, {as_of}) >= happened
        and not (next_at is null and c.is_closed and c.closed_at is null
            and not exists (from events e where e.case_id = s.case_id and e.event_type = 'closed' and e.occurred_at <= {as_of}))
    group by all
"""
PATHS = """
    select path, count(*) from (
        select case_id, string_agg(case when kind = 'reopened' then 'reopened: ' else '' end
            || case holder when '' then 'no queue' else holder end, ' > ' order by part, happened, seq) as path
        from steps where is_open group by case_id having count(*) <= 12
    ) join cases using (case_id) where closed_at >= {start} and closed_at < {end} group by all
"""
LOOPS = """
    select count(*), count(*) filter (moved > 0), count(*) filter (back > 0) from (
        select c.case_id, count(m.case_id) as moved, count(*) filter (m.back) as back
        from cases c left join moves m using (case_id) where c.closed_at >= {start} and c.closed_at < {end} group by all
    )
"""


def main() -> None:
    """Hold the counts or claims against what they have to be."""
    if "--claims" in sys.argv:
        return claims(int(sys.argv[sys.argv.index("--claims") + 1]))
    return timed()


def timed() -> None:
    """Hold the counts against the SQL on real and generated logs, and print seconds, memory and ratios."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(10_000_000,), quick=(200_000,))
    if parsed.variant:
        return show(VARIANTS[parsed.variant](parsed.path))
    costs, ratios = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        root = parsed.data or Path(temporary)
        _write_sample(root / "sample")
        logs = {"sample": root / "sample"}
        if SERVICENOW.is_file():
            _write_servicenow(root / "servicenow")
            logs["servicenow"] = root / "servicenow"
        else:
            print("ServiceNow's log (../shared/data) is not here; its counts are not compared.")
        for name, folder in logs.items():
            made = [measure(__file__, "--path", str(folder), variant=which) for which in ("tskit", "sql")]
            costs[name], ratios[name] = made, _report(name, made, is_timed=False)
        for size in parsed.sizes:
            folder = root / str(size)
            _generate(folder, size)
            made = [measure(__file__, "--path", str(folder), variant=name) for name in parsed.only or VARIANTS]
            costs[str(size)], ratios[str(size)] = made, _report(f"{size:,} events", made, is_timed=size >= 10_000_000)
    write_json(parsed.json, name="flow", costs=costs, ratios=ratios)
    return None


def _report(name, made, *, is_timed):
    for cost in made:
        if cost.code:
            raise SystemExit(f"{name}, {cost.variant} failed: {cost.error}")
    told = {cost.variant: cost.result["counts"] for cost in made if "counts" in cost.result}
    if len({json.dumps(counts, sort_keys=True) for counts in told.values()}) > 1:
        raise SystemExit(f"{name}: the counts differ: {json.dumps(told, indent=2)}")
    by = {cost.variant: cost for cost in made}
    counts = next(iter(told.values()), {})
    rows = [[key, cost.result["cpu"], cost.result["wall"], cost.peak_mb] for key, cost in by.items()]
    print(f"\n{name}   {versions('duckdb', 'ibis-framework', 'pandas')}   {machine()}")
    print(f"the same counts by {', '.join(told)}: {counts}")
    print(table(rows, head=["variant", "CPU s", "wall s", "peak MB"]))
    if "tskit" in by:
        stages = by["tskit"].result["stages"]
        print("tskit, CPU s: " + ", ".join(f"{question} {cpu:.2f}" for question, cpu in stages.items()))
    if is_timed and "tskit" in by:
        took = by["tskit"].result["cpu"]
        print(f"tskit {took:.1f} s CPU, {'within' if took <= LIMIT else 'BEYOND'} the {LIMIT:.0f} s that it may take")
    found = {
        f"tskit / {other}, CPU": ratio(by["tskit"].result["cpu"], by[other].result["cpu"])
        for other in by
        if "tskit" in by and other != "tskit"
    }
    print("  ".join(f"{key}: {value:.2f}" for key, value in found.items() if value is not None))
    return found


def _counts(edges, stays, paths, loops):
    """Return totals for the reader, and a digest of every single count."""

    def digest(rows):
        lines = sorted(" | ".join(str(cell) for cell in row) for row in rows)
        return sha256("\n".join(lines).encode()).hexdigest()[:16]

    stays = [row for row in stays if row[1]]
    return {
        "ways": len(edges),
        "steps": sum(row[2] for row in edges),
        "ways_digest": digest(edges),
        "stays": sum(row[1] for row in stays),
        "open": sum(row[3] for row in stays),
        "stays_digest": digest(stays),
        "paths": len(paths),
        "cases": sum(row[1] for row in paths),
        "paths_digest": digest(paths),
        "closed": loops[0],
        "handed_on": loops[1],
        "sent_back": loops[2],
    }


def _meta(folder: Path):
    return json.loads((folder / "meta.json").read_text(encoding="utf-8"))


def _generate(folder: Path, events: int) -> None:
    import duckdb  # noqa: PLC0415  # only where there is nothing yet

    if (folder / "meta.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute("set timezone = 'UTC'; select setseed(0.5)")
        engine.execute(GENERATE.format(n=round(events / PER_CASE), folder=folder))
    (folder / "meta.json").write_text(json.dumps(META), encoding="utf-8")


def _write_sample(folder: Path) -> None:
    from tskit import Scope, load  # noqa: PLC0415  # the variants need no loader

    if not (folder / "meta.json").exists():
        _write(load(Scope()), folder)


def _write_servicenow(folder: Path) -> None:
    from tskit.cases import load  # noqa: PLC0415  # the variants need no loader
    from tskit.model import Casebook, Scope  # noqa: PLC0415  # as above

    if (folder / "meta.json").exists():
        return
    os.environ.setdefault("TSKIT_PSEUDONYM_KEY", "a key of the benchmark, long enough")
    with tempfile.TemporaryDirectory() as cache:
        _write(
            load(Scope(source=str(SERVICENOW)), casebook=Casebook(SERVICENOW.parent, "real"), user_cache=Path(cache)),
            folder,
        )


def _write(case_set, folder: Path) -> None:
    """Write the tables of a case set, and a window that holds half of its openings."""
    folder.mkdir(parents=True, exist_ok=True)
    case_set.cases.to_parquet(folder / "cases.parquet")
    case_set.events.to_parquet(folder / "events.parquet")
    middle, last = case_set.cases.created_at.median().to_pyarrow().as_py(), case_set.as_of
    meta = {
        "as_of": case_set.as_of.isoformat(),
        "start": str(middle.date()),
        "end": str(date.fromordinal(last.date().toordinal() + 2)),
        "zone": case_set.scope.window.zone,
    }
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def tskit(folder: Path) -> dict[str, object]:
    """Ask every pattern of tskit."""
    import ibis  # noqa: PLC0415  # each variant pays for its own imports only

    from tskit.model import Casebook, CaseSet, Quality, Scope  # noqa: PLC0415  # as above
    from tskit.patterns import flow  # noqa: PLC0415  # as above

    engine, meta = ibis.duckdb.connect(), _meta(folder)
    engine.raw_sql("set timezone = 'UTC'")
    cases, events = (engine.read_parquet(folder / f"{name}.parquet") for name in ("cases", "events"))
    start, end = (date.fromisoformat(meta[name]) for name in ("start", "end"))
    case_set = CaseSet(
        scope=Scope(start=start, end=end, zone=meta["zone"]),
        casebook=Casebook(root=folder, name="benchmark"),
        cases=cases,
        events=events,
        reviews=None,
        rejected=cases,
        quality=Quality(0, 0, 0, 0, 0),
        profile="",
        fingerprint="",
        as_of=datetime.fromisoformat(meta["as_of"]).astimezone(UTC),
        inputs=(),
    )
    begun, marks, found = spent(), {}, {}
    for name in ("paths", "flow_map", "dwell", "loops", "bottlenecks", "breaches"):
        before = spent()
        found[name] = getattr(flow, name)(case_set, **({"most": 10**9} if name == "paths" else {}))
        marks[name] = spent(before).cpu
    took = spent(begun)
    paths, mapped = found["paths"].table, found["flow_map"]
    stays, loops = found["dwell"].table, found["loops"].table
    known = paths[paths["stays"].le(12).fillna(value=False) & (paths["cases"] > 0)]
    counts = _counts(
        _plain(mapped.edges[mapped.edges["cases"] > 0], "source", "target", "cases"),
        _plain(stays, "queue", "stays", "ended", "open"),
        _most(_plain(known, "path", "cases")),
        [int(loops["of"].iloc[0]), *(int(n) for n in loops["cases"].iloc[:2])],
    )
    return {"cpu": took.cpu, "wall": took.wall, "counts": counts, "stages": marks}


def _plain(frame, *names):
    return [
        tuple(v if isinstance(v, str) else int(v) for v in row) for row in frame[list(names)].itertuples(index=False)
    ]


def _most(paths):
    """Return the hundred most frequent paths and what is as frequent as the last of these: tskit folds further ones."""
    ordered = sorted((count for _, count in paths), reverse=True)
    least = ordered[min(99, len(ordered) - 1)] if ordered else 0
    return [row for row in paths if row[1] > least]


def sql(folder: Path) -> dict[str, object]:
    """Count the same with SQL that was written by hand: values carried forward, where tskit joins what it needs."""
    import duckdb  # noqa: PLC0415  # each variant pays for its own imports only

    from tskit.model.scope import Window  # noqa: PLC0415  # as above

    meta = _meta(folder)
    window = Window(date.fromisoformat(meta["start"]), date.fromisoformat(meta["end"]), meta["zone"])
    given = {"as_of": meta["as_of"], "start": window.starts_at.isoformat(), "end": window.ends_at.isoformat()}
    given = {name: f"timestamptz '{value}'" for name, value in given.items()}
    begun = spent()
    with duckdb.connect() as engine:
        engine.execute("set timezone = 'UTC'")
        for name in ("cases", "events"):
            engine.execute(f"create view {name} as from '{folder / f'{name}.parquet'}'")
        engine.execute(STEPS.format(**given))
        edges, stays, paths, loops = (
            engine.execute(q.format(**given)).fetchall() for q in (EDGES, STAYS, PATHS, LOOPS)
        )
    took = spent(begun)

    def called(name):
        return name or "no queue"

    counts = _counts(
        [(called(source), called(target), n) for source, target, n in edges],
        [(called(queue), *rest) for queue, *rest in stays],
        _most(paths),
        list(loops[0]),
    )
    return {"cpu": took.cpu, "wall": took.wall, "counts": counts}


def pandas(folder: Path) -> dict[str, object]:
    """Count ways and paths with pandas, as one would write it by hand: less than the others, and no stays that are open."""
    import pandas as pd  # noqa: PLC0415  # each variant pays for its own imports only

    begun = spent()
    events = pd.read_parquet(
        folder / "events.parquet", columns=["case_id", "event_type", "occurred_at", "seq", "to_queue"]
    )
    told = events[events["event_type"].isin(["created", "closed", "reopened"]) | events["to_queue"].notna()]
    told = told.sort_values(["case_id", "occurred_at", "seq"])
    holder = told.groupby("case_id")["to_queue"].ffill()
    told = told.assign(holder=holder.groupby(told["case_id"]).bfill())
    before = told.groupby("case_id")["holder"].shift()
    is_step = before.isna() | before.ne(told["holder"]) | told["event_type"].isin(["closed", "reopened"])
    steps = told[is_step].assign(before=before[is_step])
    steps["hours"] = steps.groupby("case_id")["occurred_at"].diff().dt.total_seconds() / 3600
    ways = steps.groupby(["before", "holder"])["hours"].agg(["size", "median"])
    begins = steps[steps["event_type"] != "closed"]
    paths = begins.groupby("case_id")["holder"].agg(" > ".join).value_counts()
    took = spent(begun)
    return {"cpu": took.cpu, "wall": took.wall, "ways": len(ways), "paths": len(paths)}


def claims(number: int) -> None:
    """Ask samples without stories, and print every claim as it comes and how many samples made one, by pattern."""
    found = {}
    for seed in range(_FIRST_SEED, _FIRST_SEED + number):
        found[seed] = _claimed(seed)
        told = [f"{name}: {words}" for name, words in found[seed].items() if words]
        print(f"seed {seed}: {'; '.join(told) or 'nothing beyond noise'}", flush=True)
    names = list(next(iter(found.values())))
    rows = [[name, sum(bool(made[name]) for made in found.values()), number] for name in names]
    print(machine(), versions("duckdb", "numpy", "pandas"))
    print(table(rows, head=["pattern", "claimed", "of"]))


def _claimed(seed: int) -> dict[str, str]:
    """Return by pattern what a sample without stories makes it claim, "" for nothing."""
    from tskit import Scope, load  # noqa: PLC0415  # the other variants need no loader
    from tskit.patterns import flow  # noqa: PLC0415  # as above
    from tskit.sources.synthetic.write import write_sample  # noqa: PLC0415  # as above

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "sample"
        write_sample(root, cases=10_000, seed=seed, until=date(2026, 11, 1), stories="none")
        case_set = load(Scope.from_parameters(), casebook=str(root))
        told = {name: getattr(flow, name)(case_set) for name in ("paths", "loops", "dwell")}
        queues = flow.bottlenecks(case_set).table
        late, dealt = (_shared(flow.breaches(one).table) for one in (case_set, _dealt(case_set, seed)))
    return {
        **{name: one.statement.partition("Beyond noise: ")[2] for name, one in told.items()},
        "bottlenecks, slower than before": ", ".join(queues[queues["verdict"].str.contains("slower")]["queue"]),
        "breaches, verdicts dealt out anew": dealt,
        "bottlenecks, slower than other queues": ", ".join(queues[queues["verdict"].isin(_SLOW)]["queue"]),
        "breaches, verdicts as they are": late,
    }


def _shared(features) -> str:
    late = features[(features["p"] < 0.05) & (features["ratio"] > 1)]
    return ", ".join(late["feature"] + " " + late["value"])


def _dealt(case_set, seed):
    """Return the case set with the verdicts of late or not dealt out anew among the cases that fell due on one day."""
    import numpy as np  # noqa: PLC0415  # each variant pays for its own imports only
    import pyarrow as pa  # noqa: PLC0415  # as above

    from tskit.cases.instants import micros  # noqa: PLC0415  # as above

    cases = case_set.cases
    at, closed = micros(cases.sla_target_at), micros(cases.closed_at)
    is_met = (closed <= at).fill_null(False)
    is_met = cases.sla_met.fill_null(is_met) if "sla_met" in cases.columns else is_met
    frame = cases.select("case_id", at=at, met=is_met).to_pyarrow().to_pandas().sort_values("case_id")
    rng = np.random.default_rng(seed)
    days = (frame["at"].fillna(-1) // 86_400_000_000).astype("int64")
    dealt = frame.groupby(days)["met"].transform(lambda told: rng.permutation(told.to_numpy()))
    engine = cases.get_backend()
    verdicts = engine.create_table(
        f"verdicts_{seed}", pa.table({"case_id": frame["case_id"].tolist(), "_dealt": dealt.astype(bool).tolist()})
    )
    joined = cases.drop(*({"sla_met"} & set(cases.columns))).left_join(verdicts, "case_id")
    return replace(case_set, cases=joined.drop("case_id_right").rename(sla_met="_dealt"), held={})


VARIANTS = {"tskit": tskit, "sql": sql, "pandas": pandas}

if __name__ == "__main__":
    main()
