"""Loading: a dirty CSV becomes canonical Parquet, by tskit, by hand-written DuckDB SQL and by pandas.

    python benchmarks/load.py [--quick] [--json FILE] [--rows 1000000 10000000]

All three are asked for the same: every cell as text first, casts that fail are kept with their reason, ids of people
become HMAC pseudonyms, case text goes to a file of its own, Parquet comes out. tskit and the SQL lose no record; what
pandas loses is counted. tskit does more besides: it proves that no byte is missing, takes the file's SHA-256 and finds
the dialect. CPU seconds of the whole process are compared.
"""

# ruff: noqa: PLC0415 - each variant is a process that pays for its own imports only

from __future__ import annotations

import hashlib
import hmac
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KEY = b"benchmark-key-of-no-importance-0"
_HEADER = (
    "case_id", "created_at", "closed_at", "decided_at", "first_assigned_at", "status", "queue", "vendor", "market",
    "policy_id", "severity", "priority", "channel", "content_language", "subject_account_id", "owner_id", "decided_by",
    "reopened_count", "handle_seconds", "description",
)  # fmt: skip
_PEOPLE = ("subject_account_id", "owner_id", "decided_by")
_TIMES = ("created_at", "closed_at", "decided_at", "first_assigned_at")
_NUMBERS = ("reopened_count", "handle_seconds")
_STATUS = ("open", "in_progress", "waiting", "escalated", "resolved")
_DIRT = 2000  # one record in so many for each kind of dirt, as in a real export


def write_csv(path: Path, rows: int) -> None:
    """Write `rows` records of which about 0.4 % are dirty: wrong times, words and numbers, no id, too short, too long, twice."""
    import duckdb

    con = duckdb.connect()
    con.execute("set preserve_insertion_order = true; set memory_limit = '2GB'")
    time = "strftime(timestamp '2024-11-01' + to_seconds(i * 6 % 60000000 + {}), '%Y-%m-%dT%H:%M:%SZ')"
    con.execute(f"""
        copy (select
            case when i % {_DIRT} = 1 then '' else 'C' || lpad((i - (i % {_DIRT} = 12)::int)::varchar, 9, '0') end as case_id,
            case when i % {_DIRT} = 3 then 'yesterday' else {time.format(0)} end as created_at,
            case when i % 3 > 0 then '' when i % {_DIRT} = 6 then {time.format(-3600)} else {time.format(7200)} end as closed_at,
            {time.format(3600)} as decided_at, {time.format(60)} as first_assigned_at,
            case when i % {_DIRT} = 4 then 'whatever' when i % 3 = 0 then 'resolved' else 'in_progress' end as status,
            'Q' || (i % 12) as queue, 'vendor ' || (i % 4) as vendor,
            ['SG', 'MY', 'ID', 'TH', 'VN', 'PH', 'TW', 'HK'][1 + (i % 8)::int] as market, 'P' || (i % 30) as policy_id,
            'S' || (i % 4) as severity, ['Low', 'Medium', 'High', 'Critical'][1 + (i % 4)::int] as priority,
            ['web', 'app', 'mail'][1 + (i % 3)::int] as channel, ['en', 'ms', 'id', 'th', 'vi'][1 + (i % 5)::int] as content_language,
            'acc' || (hash(i) % 400000) as subject_account_id, 'rev' || (hash(i + 1) % 900) as owner_id,
            'rev' || (hash(i + 2) % 900) as decided_by, (i % 3)::varchar as reopened_count,
            case when i % {_DIRT} = 5 then 'n/k' else ((i * 13) % 900 / 2)::varchar end as handle_seconds,
            case when i % 20 = 0 then 'He said "stop", then wrote this text number ' || i
                else 'The text of the report with a few words in it, number ' || i end as description
        from range({rows}) t(i)) to '{path}.clean' (header, delimiter ',', quote '"')""")
    con.close()
    with Path(f"{path}.clean").open("rb") as clean, path.open("wb") as out:
        out.write(clean.readline())
        for i, line in enumerate(clean):
            out.write(_damaged(line, i % _DIRT))
    Path(f"{path}.clean").unlink()


def _damaged(line: bytes, kind: int) -> bytes:
    if kind == 7:
        return line.rstrip(b"\n") + b",one more\n"
    return line.split(b",", 3)[0] + b",short\n" if kind == 8 else line


def ours(path: Path, folder: Path) -> dict[str, Any]:
    """Load by tskit, from nothing to a case set over its cache, with a profile of the casebook that recognises the header."""
    import os

    from tskit.cases import load
    from tskit.model import Casebook, Scope

    os.environ["TSKIT_PSEUDONYM_KEY"] = _KEY.decode()
    (folder / "profiles").mkdir()
    columns = "\n".join(f'{name} = "{name}"' for name in _HEADER)
    profile = f'name = "benchmark"\nrecognise = ["case_id", "handle_seconds"]\ndates = "iso"\n\n[columns]\n{columns}\n'
    (folder / "profiles" / "benchmark.toml").write_text(profile, encoding="utf-8")
    quality = load(
        Scope(source=str(path)), casebook=Casebook(root=folder, name="benchmark"), user_cache=folder / "cache"
    ).quality
    return {"read": quality.read, "kept": quality.kept, "rejected": quality.rejected}


def sql(path: Path, folder: Path) -> dict[str, Any]:
    """Load by SQL as a careful person would write it for this one file, knowing its dialect and columns."""
    import duckdb

    con = duckdb.connect(str(folder / "work.duckdb"))
    con.execute(f"set memory_limit = '1200MB'; set temp_directory = '{folder}'; set TimeZone = 'UTC'")
    for variable, mask in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        con.execute(f"set variable {variable} = ?::blob", [bytes(byte ^ mask for byte in _KEY.ljust(64, b"\0"))])
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _HEADER)
    # Not in parallel: DuckDB 1.5 fails, or loses rows, when it collects rejects in parallel.
    con.execute(f"""
        copy (select *, row_number() over () as n from read_csv('{path}', delim = ',', quote = '"', escape = '"', header = true,
            columns = {{{columns}}}, auto_detect = false, store_rejects = true, rejects_limit = 0, parallel = false))
        to '{folder}/raw.parquet' (format parquet, compression snappy)""")
    raw = f"'{folder}/raw.parquet'"
    con.execute(f"""
        create temp table people as select who, 'p' || left(sha256(getvariable('outer_pad') ||
            from_hex(sha256(getvariable('inner_pad') || encode(who)))), 20) as pseudonym
        from ({" union ".join(f"select distinct nullif(trim({name}), '') as who from {raw}" for name in _PEOPLE)}) where who is not null""")
    con.execute(f"""
        create temp table twice as select n from (select n, row_number() over (partition by case_id order by n) as again from {raw}
            where case_id in (select case_id from {raw} group by case_id having count(*) > 1)) where again > 1""")
    others = [name for name in _HEADER if name not in (*_TIMES, *_NUMBERS, *_PEOPLE, "status", "description")]
    who = ", ".join(f"p_{name}.pseudonym as {name}" for name in _PEOPLE)
    joins = " ".join(f"left join people p_{name} on p_{name}.who = nullif(trim(r.{name}), '')" for name in _PEOPLE)
    bad = " or ".join(f"(r.{name} <> '' and c.{name} is null)" for name in (*_TIMES[1:], *_NUMBERS, "status"))
    flags = ", ".join(
        f"case when r.{name} <> '' and c.{name} is null then 'bad_value:{name}' end"
        for name in (*_TIMES[1:], *_NUMBERS, "status")
    )
    bare = ", ".join(f"r.{name}" for name in others)
    con.execute(f"""
        create temp view judged as select r.*,
            case when case_id is null or case_id = '' then 'missing_key' when try_cast(created_at as timestamptz) is null then 'not_a_time'
                when twice.n is not null then 'duplicate' end as reason
        from {raw} r left join twice using (n)""")
    con.execute(f"""
        copy (select {bare}, {who},
            {", ".join(f"c.{name}" for name in (*_TIMES, *_NUMBERS, "status"))},
            case when {bad} or c.closed_at < c.created_at then list_filter([{flags},
                case when c.closed_at < c.created_at then 'closed_before_created' end], lambda x: x is not null)
                else []::varchar[] end as dq_flags, r.n
        from (select * replace ({", ".join(f"nullif(trim({name}), '') as {name}" for name in others)}),
                struct_pack({", ".join(f"{name} := {text}" for name, text in _casts())}) as c from judged where reason is null) r {joins})
        to '{folder}/cases.parquet' (format parquet, compression zstd)""")
    con.execute(f"""
        copy (select case_id, description from judged where reason is null and description <> '')
        to '{folder}/text.parquet' (format parquet, compression zstd)""")
    con.execute(f"""
        copy (select n, reason, to_json(judged)::varchar as raw from judged where reason is not null union all
            select line, min(error_type::varchar), any_value(csv_line) from reject_errors group by line)
        to '{folder}/rejected.parquet' (format parquet)""")
    kept, rejected = (
        con.execute(f"select count(*) from '{folder}/{name}.parquet'").fetchall()[0][0]
        for name in ("cases", "rejected")
    )
    return {"read": kept + rejected, "kept": kept, "rejected": rejected}


def _casts() -> list[tuple[str, str]]:
    times = [(name, f"try_cast({name} as timestamptz)") for name in _TIMES]
    numbers = [(name, f"try_cast({name} as double)") for name in _NUMBERS]
    return [*times, *numbers, ("status", f"case when lower(trim(status)) in {_STATUS} then lower(trim(status)) end")]


def pandas(path: Path, folder: Path) -> dict[str, Any]:
    """Load by pandas as it is usually done; it drops long records without a word and fills up short ones."""
    import pandas as pd

    raw = pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines="skip")
    frame = raw.apply(lambda column: column.str.strip()).replace("", None)
    for name in _TIMES:
        frame[name] = pd.to_datetime(frame[name], errors="coerce", utc=True, format="ISO8601")
    for name in _NUMBERS:
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    frame["status"] = frame["status"].str.lower().where(frame["status"].str.lower().isin(_STATUS))
    for name in _PEOPLE:
        known = {who: _pseudonym(who) for who in frame[name].dropna().unique()}
        frame[name] = frame[name].map(known)
    bad = frame["case_id"].isna() | frame["created_at"].isna() | frame["case_id"].duplicated()
    frame["closed_before_created"] = frame["closed_at"] < frame["created_at"]
    raw[bad].to_parquet(folder / "rejected.parquet")
    kept = frame[~bad]
    kept[["case_id", "description"]].to_parquet(folder / "text.parquet", compression="zstd")
    kept.drop(columns="description").to_parquet(folder / "cases.parquet", compression="zstd")
    return {"read": len(raw), "kept": len(kept), "rejected": int(bad.sum())}


def _pseudonym(who: str) -> str:
    return "p" + hmac.new(_KEY, who.encode(), hashlib.sha256).hexdigest()[:20]


VARIANTS: Mapping[str, Callable[[Path, Path], dict[str, Any]]] = {"tskit": ours, "sql": sql, "pandas": pandas}


def main() -> None:
    """Measure each variant in a process of its own, or be that process."""
    asked = measure.arguments(__doc__ or "", sizes=(1_000_000, 10_000_000), quick=(50_000,))
    if asked.variant:
        with tempfile.TemporaryDirectory() as folder:
            measure.show(VARIANTS[asked.variant](asked.path.resolve(), Path(folder)))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = asked.data or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        costs = {str(rows): _compare(folder / f"dirty-{rows}.csv", rows, only=asked.only) for rows in asked.sizes}
    print(f"{measure.machine()} {measure.versions('duckdb', 'ibis-framework', 'pandas', 'pyarrow')}")
    ratios = {rows: _ratios(found) for rows, found in costs.items()}
    measure.write_json(asked.json, name="load", costs=costs, ratios=ratios)


def _compare(path: Path, rows: int, *, only: list[str]) -> list[measure.Cost]:
    if not path.exists():
        write_csv(path, rows)
    costs = [
        measure.measure(__file__, "--path", str(path), variant=name) for name in VARIANTS if not only or name in only
    ]
    theirs = next((cost.cpu for cost in costs if cost.variant == "sql"), 0.0)
    lines = [
        (cost.variant, cost.cpu, measure.ratio(cost.cpu, theirs), cost.wall, cost.peak_mb, cost.result.get("kept"),
         cost.result.get("rejected"), rows - cost.result["read"] if cost.result else None, cost.error)
        for cost in costs
    ]  # fmt: skip
    head = ("", "CPU s", "x SQL", "wall s", "peak MB", "kept", "rejected", "lost", "error")
    print(f"\n{rows:,} records, {path.stat().st_size / 1e6:,.0f} MB\n{measure.table(lines, head=head)}", flush=True)
    return costs


def _ratios(costs: list[measure.Cost]) -> dict[str, float | None]:
    cpu = {cost.variant: cost.cpu for cost in costs}
    return {f"tskit/{name}": measure.ratio(cpu.get("tskit", 0.0), cpu.get(name, 0.0)) for name in ("sql", "pandas")}


if __name__ == "__main__":
    main()
