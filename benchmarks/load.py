"""Loading: a dirty CSV becomes canonical Parquet, by tskit, by hand-written DuckDB SQL and by pandas.

    python benchmarks/load.py [--quick] [--json FILE] [--rows 1000000 10000000]

All three are asked for the same: every cell as text first, casts that fail are kept with their reason, ids of people
become HMAC pseudonyms, case text goes to a file of its own, Parquet comes out. tskit and the SQL (load_sql.py) lose no
record, and their files are compared column by column; what pandas loses is counted. tskit does more besides: it proves
that no byte is missing, finds the dialect and how times are written, and starts a library of its own. CPU seconds of
the whole process are compared, imports included: the median of three rounds in which the variants take turns.
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
_ROUNDS = 3
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
    (folder / "profiles").mkdir(exist_ok=True)
    columns = "\n".join(f'{name} = "{name}"' for name in _HEADER)
    profile = f'name = "benchmark"\nrecognise = ["case_id", "handle_seconds"]\ndates = "iso"\n\n[columns]\n{columns}\n'
    (folder / "profiles" / "benchmark.toml").write_text(profile, encoding="utf-8")
    quality = load(
        Scope(source=str(path)), casebook=Casebook(root=folder, name="benchmark"), user_cache=folder / "cache"
    ).quality
    return {"read": quality.read, "kept": quality.kept, "rejected": quality.rejected}


def sql(path: Path, folder: Path) -> dict[str, Any]:
    """Load by SQL that was written by hand for this file."""
    import load_sql

    return load_sql.load(path, folder, header=_HEADER, key=_KEY)


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
        measure.show(VARIANTS[asked.variant](asked.path.resolve(), asked.data))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = asked.data or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        rounds = 1 if asked.quick else _ROUNDS
        costs = {
            str(rows): _compare(folder / f"dirty-{rows}.csv", rows, only=asked.only, rounds=rounds)
            for rows in asked.sizes
        }
    print(f"{measure.machine()} {measure.versions('duckdb', 'ibis-framework', 'pandas', 'pyarrow')}")
    ratios = {rows: _ratios(found) for rows, found in costs.items()}
    measure.write_json(asked.json, name="load", costs=costs, ratios=ratios)


def _compare(path: Path, rows: int, *, only: list[str], rounds: int) -> list[measure.Cost]:
    if not path.exists():
        write_csv(path, rows)
    names = [name for name in VARIANTS if not only or name in only]
    runs: dict[str, list[measure.Cost]] = {name: [] for name in names}
    for nth in range(rounds):
        with tempfile.TemporaryDirectory(dir=path.parent) as made:
            for name in names:
                # pandas is far behind; one look at it is enough.
                if name == "pandas" and nth:
                    continue
                (Path(made) / name).mkdir()
                child = ("--path", str(path), "--data", str(Path(made) / name))
                runs[name].append(measure.measure(__file__, *child, variant=name))
            done = {name for name in names if runs[name][-1].code == 0}
            if nth == 0 and {"tskit", "sql"} <= done:
                _check_same(Path(made))
    costs = [sorted(found, key=lambda cost: cost.cpu)[len(found) // 2] for found in runs.values()]
    _print(costs, path, rows)
    return costs


def _check_same(made: Path) -> None:
    """Compare the files that tskit and the SQL wrote, each column by the sum of its values' hashes."""
    import duckdb

    con = duckdb.connect()
    (cases,) = made.glob("tskit/cache/loads/*/cases.parquet")
    for name in ("cases", "text", "rejected"):
        ours, theirs = (f"'{folder / f'{name}.parquet'}'" for folder in (cases.parent, made / "sql"))
        both = [{row[0] for row in con.execute(f"describe from {found}").fetchall()} for found in (ours, theirs)]
        # A rejected row's record is written in another order of columns; that it is there is compared.
        listed = sorted(both[1] - {"raw"}) if name == "rejected" else sorted(both[0] | both[1])
        sums = ", ".join(f"sum(hash({column}))" for column in listed)
        sums += ", count(raw)" if name == "rejected" else ""
        one, two = (con.execute(f"select count(*), {sums} from {found}").fetchall()[0] for found in (ours, theirs))
        if one != two:
            wrong = [column for column, a, b in zip(["rows", *listed, "raw"], one, two, strict=False) if a != b]
            raise SystemExit(f"tskit and the SQL do not write the same {name}: {wrong}")


def _print(costs: list[measure.Cost], path: Path, rows: int) -> None:
    theirs = next((cost.cpu for cost in costs if cost.variant == "sql"), 0.0)
    lines = [
        (cost.variant, cost.cpu, measure.ratio(cost.cpu, theirs), cost.wall, cost.peak_mb, cost.result.get("kept"),
         cost.result.get("rejected"), rows - cost.result["read"] if cost.result else None, cost.error)
        for cost in costs
    ]  # fmt: skip
    head = ("", "CPU s", "x SQL", "wall s", "peak MB", "kept", "rejected", "lost", "error")
    print(f"\n{rows:,} records, {path.stat().st_size / 1e6:,.0f} MB\n{measure.table(lines, head=head)}", flush=True)


def _ratios(costs: list[measure.Cost]) -> dict[str, float | None]:
    cpu = {cost.variant: cost.cpu for cost in costs}
    return {f"tskit/{name}": measure.ratio(cpu.get("tskit", 0.0), cpu.get(name, 0.0)) for name in ("sql", "pandas")}


if __name__ == "__main__":
    main()
