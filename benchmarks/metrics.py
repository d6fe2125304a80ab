"""Metrics over 1M and 10M cases: tskit, hand-written DuckDB SQL and pandas, each in a process of its own.

All three read the same Parquet files, which this script generates, and return the same columns. Import and one warm-up
query come before the clock starts. CPU is compared. The SQL is the best that we know how to write: where an interval
of order statistics is asked for, it counts first and then takes exactly the quantiles that it needs, of whole numbers
(DuckDB is far slower with floats), as tskit does.

    python benchmarks/metrics.py [--quick] [--json FILE] [--rows N ...]
"""

from __future__ import annotations

import math
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import arguments, machine, measure, ratio, show, spent, table, versions, write_json

ZONE, START, END = "Asia/Singapore", date(2024, 11, 4), date(2026, 11, 2)
AS_OF = datetime(2026, 11, 1, 16, tzinfo=UTC)
LOW, HIGH = "timestamptz '2024-11-03 16:00:00+00'", "timestamptz '2026-11-01 16:00:00+00'"
Z = 1.959963984540054

GENERATE = """
    create table drawn as
    select i, timestamptz '2024-11-03 16:00:00+00' + to_seconds(cast(i * (728 * 86400.0 / {n}) as bigint)) as created_at,
           random() as a, random() as b, random() as c, random() as d, random() as e, random() as f
    from range({n}) as t(i);
    create table timed as select *, created_at + to_seconds(cast(exp(9 + 1.5 * (a + b + c - 1.5) * 2) as bigint)) as done
    from drawn;
    copy (
        select 'C' || lpad(cast(i as varchar), 9, '0') as case_id, created_at,
            case when done < {high} then done end as closed_at, done < {high} as is_closed,
            case when done < {high} then done end as decided_at,
            ['SG','ID','TH','VN','PH','MY','JP','AU'][1 + cast(floor(d * 8) as int)] as market,
            'queue ' || cast(floor(e * 12) as int) as queue, 'S' || cast(floor(f * f * 4) as int) as severity,
            'P' || cast(floor(c * 20) as int) as policy_id,
            case when done < {high} then case when a < 0.45 then 'action' when a < 0.5 then 'partial' when a < 0.9 then
                'no_action' else 'invalid' end end as decision,
            created_at + to_hours(24) as sla_target_at,
            case when b < 0.1 then case when d < 0.7 then 'upheld' when d < 0.95 then 'reversed' else 'pending' end
                else 'none' end as appeal_status,
            case when b < 0.1 and d < 0.95 then done + to_hours(cast(300 * f as int)) end as appeal_decided_at,
            case when a < 0.03 then 'appeal' else 'report' end as record_type,
            case when f < 0.1 then 'T2' else 'T1' end as tier,
            case when i % 997 = 0 then ['closed_before_created'] else cast([] as varchar[]) end as dq_flags
        from timed
    ) to '{folder}/cases.parquet' (format parquet);
    copy (
        select 'E' || i || '-' || seq as event_id, 'C' || lpad(cast(i as varchar), 9, '0') as case_id,
            case seq when 0 then 'created' when 1 then 'queue_moved' when 2 then 'escalated' when 3 then 'closed' else 'reopened' end
                as event_type,
            created_at + to_minutes(cast(1 + 60 * seq * f as int)) as occurred_at, cast(seq as bigint) as seq,
            'queue ' || cast(floor(e * 12) as int) as from_queue,
            case when seq < 2 then 'queue ' || cast(floor(((e + 0.37 * seq * d) * 12) % 12) as int) end as to_queue,
            false as is_paired_id_row
        from timed, range(5) as s(seq)
        where seq = 0 or (seq = 1 and d < 0.35) or (seq = 2 and f < 0.1) or (seq = 3 and c < 0.2) or (seq = 4 and c < 0.02)
    ) to '{folder}/events.parquet' (format parquet);
"""

WEEK = "(epoch_us(created_at) - 1730649600000000) // 604800000000"
WILSON = """k / nullif(n, 0) as value,
    (k / n + {z2} / (2 * n) - {z} * sqrt(k / n * (1 - k / n) / n + {z2} / (4.0 * n * n))) / (1 + {z2} / n) as low,
    (k / n + {z2} / (2 * n) + {z} * sqrt(k / n * (1 - k / n) / n + {z2} / (4.0 * n * n))) / (1 + {z2} / n) as high,
    k, n""".format(z=Z, z2=Z * Z)
FIRST_CLOSING = """
    with opened_again as (select case_id, min(occurred_at) as reopened_at from events where event_type = 'reopened' group by 1),
    firsts as (select case_id, min(occurred_at) as first_at from events where event_type = 'closed' and case_id in
        (select case_id from opened_again) group by 1),
    timed as (select market, created_at, is_closed, decision, coalesce(first_at, closed_at) as closed_at
        from cases left join firsts using (case_id))"""
UNTIMED = "is_closed and closed_at is null"


def _share(counted: str, hit: str, at: str, *, source: str = "cases", out: tuple[str, ...] = ()) -> str:
    """Return the SQL of a share with its interval, and of how many cases each reason keeps out."""
    apart = "".join(f", count(*) filter (coalesce({reason}, false)) as out_{i}" for i, reason in enumerate(out))
    outside = "".join(f", out_{i}" for i in range(len(out)))
    return f"""select market, {WILSON}{outside} from (select market, count(*) filter ({counted}) as n,
        count(*) filter (({counted}) and ({hit})) as k{apart} from {source} where {at} >= {LOW} and {at} < {HIGH}
        group by 1) order by 1"""


SQL = {
    "cases_opened": f"""select market, week, k as value, greatest(0, k - {Z} * sqrt(k)) as low, k + {Z} * sqrt(k + 1) as high,
        k, k as n, apart from (select market, {WEEK} as week, count(*) filter (record_type <> 'appeal') as k,
        count(*) filter (record_type = 'appeal') as apart from cases where created_at >= {LOW} and created_at < {HIGH}
        group by 1, 2) order by 1, 2""",
    "action_rate": _share("decision is not null", "decision in ('action', 'partial')", "decided_at"),
    "overturn_rate": _share(
        "appeal_status in ('upheld', 'reversed', 'partially_reversed')",
        "appeal_status in ('reversed', 'partially_reversed')",
        "appeal_decided_at",
    ),
    "sla_attainment": _share(
        f"coalesce(closed_at >= created_at, true) and not ({UNTIMED})",
        "coalesce(closed_at <= sla_target_at, false)",
        "sla_target_at",
        out=("closed_at < created_at", UNTIMED),
    ),
    "escalation_rate": _share(
        "record_type <> 'appeal'",
        "coalesce(epoch_us(escalated_at) - epoch_us(created_at) between 0 and 1209600000000, false)",
        "created_at",
        source="""(select market, record_type, created_at, escalated_at from cases left join (select case_id,
            min(occurred_at) as escalated_at from events where event_type = 'escalated' group by 1) using (case_id))""",
        out=("record_type = 'appeal'",),
    ),
    "reassignment_rate": _share(
        "true",
        "coalesce(moves, 0) > 0",
        "closed_at",
        source="""(select market, closed_at, moves from cases left join (select case_id, count(*) as moves
            from (select case_id, to_queue, coalesce(lag(to_queue) over (partition by case_id order by occurred_at, seq),
            from_queue) as origin from events where to_queue is not null and not is_paired_id_row)
            where origin <> to_queue group by 1) using (case_id))""",
    ),
    "backlog": f"""with again as (select distinct case_id from events where event_type = 'reopened'),
        steps as (select *, coalesce(lag(event_type) over w, 'reopened') as last from events where event_type in
            ('closed', 'reopened') and case_id in (select case_id from again)
            window w as (partition by case_id order by occurred_at, seq)),
        numbered as (select *, row_number() over w as i, lead(occurred_at) over w as following from steps
            where last <> event_type window w as (partition by case_id order by occurred_at, seq)),
        several as (select case_id, true as often, case when event_type = 'reopened' then occurred_at end as opened_at,
            case when event_type = 'reopened' then following else occurred_at end as until from numbered
            where event_type = 'reopened' or i = 1),
        known as (select case_id, market, created_at, closed_at, case when {UNTIMED} then 0 else -1 end as why
            from cases where record_type <> 'appeal' and created_at <= {HIGH}),
        spells as (select market, why, coalesce(opened_at, created_at) as opened_at, case when often then until else
            closed_at end as closed_at from known left join several using (case_id)),
        spans as (select market, why, case when opened_at < {LOW} then -1 else (epoch_us(opened_at) - 1730649600000000)
            // 604800000000 end as i, case when closed_at is null or closed_at > {HIGH} then 104 when closed_at < {LOW}
            then -1 else (epoch_us(closed_at) - 1730649600000000) // 604800000000 end as o, count(*) as c
            from spells where opened_at <= {HIGH} and (coalesce(closed_at >= {LOW} and closed_at >= opened_at, true) or why >= 0)
            group by 1, 2, 3, 4),
        moves as (select market, week, sum(c) filter (why < 0) as c, sum(c) filter (why = 0 and c > 0) as untimed
            from (select market, why, i as week, c from spans union all
            select market, why, o, -c from spans) group by 1, 2)
        select market, week, sum(c) over w as value, sum(untimed) over (partition by market) as out_0
            from moves window w as (partition by market order by week)
            order by 1, 2""",
}


def _quantile_sql() -> tuple[str, str]:
    merged = "decision = 'duplicate' and not coalesce(closed_at <= created_at, false)"
    worked = f"closed_at > created_at and not coalesce({merged}, false)"
    inside = f"from timed where created_at >= {LOW} and created_at < {HIGH}"
    counts = f"""{FIRST_CLOSING} select market, count(*) filter ({worked}) as k,
        count(*) filter (closed_at is null and not is_closed) as o, count(*) filter (closed_at < created_at) as out_0,
        count(*) filter (closed_at = created_at) as out_1, count(*) filter ({merged}) as out_2,
        count(*) filter ({UNTIMED}) as out_3 {inside} group by 1 order by 1"""
    values = f"""{FIRST_CLOSING} select market, quantile_cont(epoch_us(closed_at) - epoch_us(created_at), {{fractions}})
        filter ({worked}) as v {inside} group by 1"""
    return counts, values


METRICS = (*SQL, "hours_to_close", "hours_to_close_p90")


def main() -> None:
    """Run each variant on each size and print the table of CPU seconds and ratios."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(1_000_000, 10_000_000), quick=(100_000,))
    if parsed.variant:
        return show(VARIANTS[parsed.variant](parsed.path))
    costs, ratios = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        for size in parsed.sizes:
            folder = (parsed.data or Path(temporary)) / str(size)
            _generate(folder, size)
            made = [measure(__file__, "--path", str(folder), variant=v) for v in parsed.only or VARIANTS]
            costs[str(size)] = made
            ratios[str(size)] = _report(size, made)
    write_json(parsed.json, name="metrics", costs=costs, ratios=ratios)
    return None


def _report(size, made):
    failed = [cost for cost in made if cost.code]
    for cost in failed:
        print(f"{cost.variant} failed: {cost.error}")
    spent_by = {cost.variant: cost.result for cost in made if not cost.code}
    rows = [[name, *(spent_by[v].get(name) for v in spent_by)] for name in METRICS]
    rows.append(["all", *(sum(spent_by[v].values()) for v in spent_by)])
    head = ["metric, CPU s", *spent_by]
    found = {}
    if {"tskit", "sql", "pandas"} <= set(spent_by):
        head += ["tskit / sql", "pandas / tskit"]
        rows = [[*row, ratio(row[1], row[2]), ratio(row[3], row[1])] for row in rows]
        found = {row[0]: {"tskit / sql": row[4], "pandas / tskit": row[5]} for row in rows}
    print(f"\n{size:,} cases   {versions('duckdb', 'ibis-framework', 'pandas')}   {machine()}")
    print(table(rows, head=head))
    return found


def _generate(folder: Path, size: int) -> None:
    import duckdb  # noqa: PLC0415  # as above

    if (folder / "events.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute("set preserve_insertion_order = true; set timezone = 'UTC'; select setseed(0.5)")
        engine.execute(GENERATE.format(n=size, folder=folder, high=HIGH))


def tskit(folder: Path) -> dict[str, float]:
    """Measure with tskit."""
    import ibis  # noqa: PLC0415  # each variant pays for its own imports only

    from tskit.metrics import measure as figure  # noqa: PLC0415  # as above
    from tskit.model import Casebook, CaseSet, Quality, Scope, Window  # noqa: PLC0415  # as above

    engine = ibis.duckdb.connect()
    case_set = CaseSet(
        scope=Scope(start=START, end=END, zone=ZONE),
        casebook=Casebook(root=folder, name="benchmark"),
        cases=engine.read_parquet(folder / "cases.parquet"),
        events=engine.read_parquet(folder / "events.parquet"),
        reviews=None,
        rejected=engine.read_parquet(folder / "cases.parquet"),
        quality=Quality(0, 0, 0, 0, 0),
        profile="",
        fingerprint="",
        as_of=AS_OF,
        inputs=(),
    )
    window = Window(START, END, ZONE)
    figure(case_set, "decisions", window=window, by=("market",))
    return _timed(
        lambda name: figure(
            case_set, name, window=window, by=("market",), period="week" if name in {"cases_opened", "backlog"} else ""
        )
    )


def sql(folder: Path) -> dict[str, float]:
    """Measure with hand-written SQL."""
    import duckdb  # noqa: PLC0415  # each variant pays for its own imports only

    engine = duckdb.connect()
    engine.execute("set timezone = 'UTC'")
    for name in ("cases", "events"):
        engine.execute(f"create view {name} as select * from read_parquet('{folder}/{name}.parquet')")
    engine.execute("select market, count(decision) from cases group by 1").df()

    def run(name):
        if name in SQL:
            return engine.execute(SQL[name]).df()
        q = 0.9 if name.endswith("p90") else 0.5
        counts, values = _quantile_sql()
        found = engine.execute(counts).df()
        half = [Z * math.sqrt(q * (1 - q) / n) for n in found.k]
        fractions = sorted({q, *(q - h for h in half), *(q + h for h in half)})
        return found.merge(engine.execute(values.format(fractions=fractions)).df())

    return _timed(run)


def pandas(folder: Path) -> dict[str, float]:  # noqa: C901, PLR0915  # one small function a metric, side by side
    """Measure with pandas, each metric reading only the columns that it needs."""
    import numpy as np  # noqa: PLC0415  # each variant pays for its own imports only
    import pandas as pd  # noqa: PLC0415  # each variant pays for its own imports only

    start, end = pd.Timestamp(LOW[13:-1]), pd.Timestamp(HIGH[13:-1])

    def read(*columns: str, table: str = "cases") -> pd.DataFrame:
        return pd.read_parquet(folder / f"{table}.parquet", columns=list(columns))

    def inside(frame, at):
        return frame[(frame[at] >= start) & (frame[at] < end)]

    def share(frame, counted, hit):
        both = pd.DataFrame({"market": frame.market, "n": counted, "k": counted & hit}).groupby("market").sum()
        p = both.k / both.n
        middle, root = p + Z * Z / (2 * both.n), Z * np.sqrt(p * (1 - p) / both.n + Z * Z / (4 * both.n**2))
        return both.assign(
            value=p, low=(middle - root) / (1 + Z * Z / both.n), high=(middle + root) / (1 + Z * Z / both.n)
        )

    def cases_opened():
        frame = inside(read("created_at", "market", "record_type"), "created_at")
        week = ((frame.created_at - start).dt.total_seconds() // 604800).astype(int)
        return frame.groupby(["market", week, frame.record_type != "appeal"]).size().unstack(fill_value=0)  # noqa: PD010  # counts, nothing to aggregate

    def action_rate():
        frame = inside(read("decided_at", "market", "decision"), "decided_at")
        return share(frame, frame.decision.notna(), frame.decision.isin(["action", "partial"]))

    def overturn_rate():
        frame = inside(read("appeal_decided_at", "market", "appeal_status"), "appeal_decided_at")
        turned = frame.appeal_status.isin(["reversed", "partially_reversed"])
        return share(frame, turned | (frame.appeal_status == "upheld"), turned)

    def sla_attainment():
        frame = inside(read("sla_target_at", "created_at", "closed_at", "market"), "sla_target_at")
        return share(frame, ~(frame.closed_at < frame.created_at), frame.closed_at <= frame.sla_target_at)

    def events(kind):
        frame = read("case_id", "event_type", "occurred_at", table="events")
        return frame[frame.event_type == kind]

    def escalation_rate():
        first = events("escalated").groupby("case_id").occurred_at.min().rename("escalated_at")
        frame = inside(read("case_id", "created_at", "market", "record_type"), "created_at")
        frame = frame.merge(first, left_on="case_id", right_index=True, how="left")
        late = (frame.escalated_at - frame.created_at).dt.total_seconds()
        return share(frame, frame.record_type != "appeal", late.between(0, 1209600))

    def reassignment_rate():
        log = read("case_id", "occurred_at", "seq", "from_queue", "to_queue", "is_paired_id_row", table="events")
        log = log[log.to_queue.notna() & ~log.is_paired_id_row].sort_values(["case_id", "occurred_at", "seq"])
        origin = log.groupby("case_id").to_queue.shift().fillna(log.from_queue)
        moved = log[origin != log.to_queue].assign(origin=origin)
        back = moved.groupby("case_id").origin.shift() == moved.to_queue
        per_case = back.groupby(moved.case_id).agg(["size", "sum"])
        frame = inside(read("case_id", "closed_at", "market"), "closed_at")
        frame = frame.merge(per_case, left_on="case_id", right_index=True, how="left")
        return share(frame, frame.market.notna(), frame["size"] > 0)

    def backlog():
        frame = read("created_at", "closed_at", "is_closed", "market", "record_type")
        frame = frame[(frame.record_type != "appeal") & ~(frame.is_closed & frame.closed_at.isna())]
        opened = (frame.created_at - start).dt.total_seconds() // 604800
        closed = (frame.closed_at - start).dt.total_seconds() // 604800
        change = frame.groupby(["market", opened]).size().sub(frame.groupby(["market", closed]).size(), fill_value=0)
        return change.groupby("market").cumsum()

    def hours(q):
        again = events("reopened").case_id.unique()
        closings = events("closed")
        first = closings[closings.case_id.isin(again)].groupby("case_id").occurred_at.min().rename("first_at")
        frame = inside(read("case_id", "created_at", "closed_at", "market", "decision"), "created_at")
        frame = frame.merge(first, left_on="case_id", right_index=True, how="left")
        taken = (frame.first_at.fillna(frame.closed_at) - frame.created_at).dt.total_seconds()
        worked = frame.assign(taken=taken)[(taken > 0) & (frame.decision != "duplicate")].groupby("market").taken
        n = worked.size()
        half = Z * np.sqrt(q * (1 - q) / n)
        return worked.quantile(sorted({q, *(q - half), *(q + half)}))

    each = [cases_opened, action_rate, overturn_rate, sla_attainment, escalation_rate, reassignment_rate, backlog]
    named = {function.__name__: function for function in each}
    named |= {"hours_to_close": lambda: hours(0.5), "hours_to_close_p90": lambda: hours(0.9)}
    read("market").market.value_counts()
    return _timed(lambda name: named[name]())


def _timed(run) -> dict[str, float]:
    found = {}
    for name in METRICS:
        before = spent()
        run(name)
        found[name] = spent(before).cpu
    return found


VARIANTS = {"tskit": tskit, "sql": sql, "pandas": pandas}

if __name__ == "__main__":
    main()
