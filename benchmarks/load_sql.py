"""Loading by hand-written DuckDB SQL: what a careful person would write for the one file of benchmarks/load.py.

It knows the dialect, the columns and their words beforehand, and keeps all that tskit keeps: text first, every record
that fails with its number, reason and text, times and numbers that cannot be read, flags, states of one key, people
under HMAC pseudonyms, case text apart, the digest of the file, and the counts of the quality report.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["load"]

_PEOPLE = ("subject_account_id", "owner_id", "decided_by")
_TIMES = ("created_at", "closed_at", "decided_at", "first_assigned_at")
_WORDS = {
    "severity": ("S0", "S1", "S2", "S3"),
    "priority": ("Low", "Medium", "High", "Critical"),
    "status": ("open", "in_progress", "waiting", "escalated", "resolved", "closed", "reopened", "cancelled"),
}
_CASTS = {
    **{name: f"try_cast({name} as timestamptz)" for name in _TIMES},
    "reopened_count": "try_cast(reopened_count as bigint)",
    "handle_seconds": "try_cast(handle_seconds as double)",
    **{
        name: f"case lower({name}) " + " ".join(f"when '{word.lower()}' then '{word}'" for word in known) + " end"
        for name, known in _WORDS.items()
    },
}
_FLAGS = {
    **{
        f"bad_value:{name}": f"{name} is not null and v_{name} is null"
        for name in (*_WORDS, *_TIMES[1:], "reopened_count", "handle_seconds")
    },
    "closed_before_created": "v_closed_at < v_created_at",
    "decided_before_created": "v_decided_at < v_created_at",
    "assigned_before_created": "v_first_assigned_at < v_created_at",
    "closed_without_time": "is_closed and v_closed_at is null",
    "close_time_on_open_case": "not is_closed and v_closed_at is not null",
}


def load(path: Path, folder: Path, *, header: Sequence[str], key: bytes) -> dict[str, Any]:
    """Write cases.parquet, text.parquet and rejected.parquet into `folder` and return the account."""
    con = duckdb.connect(str(folder / "work.duckdb"))
    con.execute(f"set memory_limit = '1200MB'; set temp_directory = '{folder}'; set TimeZone = 'UTC'")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _read(con, path, header)
    con.execute("set preserve_insertion_order = false")
    _name_people(con, key)
    con.execute(f"create temp table judged as {_judged(header)}")
    con.execute("drop table raw")
    con.execute(_VERDICTS)
    for query in _outputs(path, folder):
        con.execute(query)
    return {**_account(con, folder), "digest": digest}


def _read(con: Any, path: Path, header: Sequence[str]) -> None:
    """Read the file once, as text, and make the function `number` from a row's place to the number of its record."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    # Not in parallel: DuckDB 1.5 fails, or loses rows, when it collects rejects in parallel.
    con.execute(f"""
        create temp table raw as select *, row_number() over () as n from read_csv('{path}', delim = ',', quote = '"',
            escape = '"', header = true, columns = {{{columns}}}, auto_detect = false, store_rejects = true,
            rejects_limit = 0, parallel = false)""")
    lines = con.execute("select distinct line::bigint - 1 as n from reject_errors order by 1").fetchnumpy()["n"]
    before = lines.astype("int64") - np.arange(len(lines))

    def number(places: Any) -> Any:
        kept = places.to_numpy()
        return pa.array(kept + np.searchsorted(before, kept, side="right"))

    con.create_function("number", number, ["BIGINT"], "BIGINT", type="arrow")


def _name_people(con: Any, key: bytes) -> None:
    """Make the pseudonym of each person once."""
    for variable, mask in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        con.execute(f"set variable {variable} = ?::blob", [bytes(byte ^ mask for byte in key.ljust(64, b"\0"))])
    everyone = " union ".join(f"select distinct nullif(trim({name}), '') as who from raw" for name in _PEOPLE)
    con.execute(f"""
        create temp table people as select who, 'p' || left(sha256(getvariable('outer_pad') ||
            from_hex(sha256(getvariable('inner_pad') || encode(who)))), 20) as pseudonym
        from ({everyone}) where who is not null""")


def _judged(header: Sequence[str]) -> str:
    """Return SQL for all rows: values, flags, the reason that rejects one and then its record, and a hash of the record."""
    bare = ", ".join(f"nullif(trim({name}), '') as {name}" for name in header if name != "description")
    record = f"struct_pack({', '.join(f'{name} := {name}' for name in header)})"
    values = ", ".join(f"{text} as v_{name}" for name, text in _CASTS.items())
    plain = ", ".join(name for name in header if name not in _CASTS)
    each = ", ".join(f"case when {test} then '{flag}' end" for flag, test in _FLAGS.items())
    some = " or ".join(f"({test})" for test in _FLAGS.values())
    return f"""
        select {plain}, {", ".join(f"v_{name} as {name}" for name in _CASTS)}, status as status_raw, is_closed, same, n,
            case when {some} then list_filter([{each}], lambda flag: flag is not null) else []::varchar[] end as dq_flags,
            case when case_id is null then 'missing_key' when created_at is null then 'missing_value'
                when v_created_at is null then 'not_a_time' end as reason,
            case when case_id is null or v_created_at is null then to_json(record)::varchar end as raw
        from (select *, coalesce(v_status in ('resolved', 'closed', 'cancelled'), v_closed_at is not null) as is_closed
            from (select *, {values} from (select {bare}, nullif(description, '') as description, n,
                hash({", ".join(header)}) as same, {record} as record from raw)))"""


_VERDICTS = """
    create temp table verdicts as select n, verdict from (
        select n, case when row_number() over (partition by case_id, same order by n) > 1 then 'exact_duplicate'
            when row_number() over w > 1 then 'superseded'
            when count(distinct same) over (partition by case_id) > 1 then 'duplicate_key' end as verdict
        from judged where reason is null and case_id in
            (select case_id from judged where reason is null group by case_id having count(*) > 1)
        window w as (partition by case_id
            order by greatest(created_at, closed_at, decided_at, first_assigned_at) desc nulls last, same, n))
    where verdict is not null"""


def _outputs(path: Path, folder: Path) -> list[str]:
    who = ", ".join(f"p_{name}.pseudonym as {name}" for name in _PEOPLE)
    joins = " ".join(f"left join people p_{name} on p_{name}.who = j.{name}" for name in _PEOPLE)
    stands = "reason is null and (verdict is null or verdict = 'duplicate_key')"
    left_out = f"reason, same, description, raw, dq_flags, n, {', '.join(_PEOPLE)}"
    return [
        f"""copy (select j.* exclude ({left_out}), {who},
                case when verdict is null then dq_flags else list_append(dq_flags, verdict) end as dq_flags,
                '{path.name}' as _source, number(j.n) as _source_row
            from judged j left join verdicts using (n) {joins} where {stands})
            to '{folder}/cases.parquet' (format parquet, compression zstd)""",
        f"""copy (select case_id, description from judged left join verdicts using (n)
            where {stands} and description is not null) to '{folder}/text.parquet' (format parquet, compression zstd)""",
        f"""copy (select number(n) as _source_row, reason, raw from judged where reason is not null union all
            select number(n), verdict, null from verdicts where verdict <> 'duplicate_key' union all
            select line::bigint - 1, case min(error_type::varchar) when 'TOO MANY COLUMNS' then 'too_many_columns'
                else 'too_few_columns' end, any_value(csv_line) from reject_errors group by line)
            to '{folder}/rejected.parquet' (format parquet, compression zstd)""",
    ]


def _account(con: Any, folder: Path) -> dict[str, Any]:
    """Return what the quality report needs: kept and rejected by reason, flags, blanks by column, days, last instant."""
    cases, rejected = f"'{folder}/cases.parquet'", f"'{folder}/rejected.parquet'"
    reasons = dict(con.execute(f"select reason, count(*) from {rejected} group by 1").fetchall())
    each = f"select unnest(dq_flags) as flag from {cases} where len(dq_flags) > 0"
    flags = con.execute(f"select flag, count(*) from ({each}) group by 1")
    found = dict(flags.fetchall())
    kept, *filled = con.execute(f"select count(*), count(columns(*)) from {cases}").fetchone()
    con.execute(f"select created_at::date, count(*) from {cases} group by 1").fetchall()
    con.execute(f"select {', '.join(f'max(epoch_us({name}))' for name in _TIMES)} from {cases}").fetchall()
    total = sum(reasons.values())
    return {"read": kept + total, "kept": kept, "rejected": total, "flags": found, "filled": sum(filled)}
