"""The account of tables in place, from aggregates alone; the figures are those that the file loader gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr import operations as ops

from tskit.cases.place.rows import FLAG, REASON, TEXT, judged, lean
from tskit.cases.place.standing import Repeats, flags_of, repeats_of, standing
from tskit.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.cases.place.rows import Mapped

__all__ = ["JUDGED", "PROMISES", "Tally", "taken"]

PROMISES = ("sla_target_at", "restriction_end_at")
"""Times that may lie ahead of the data."""
JUDGED = "tskit_judged_"
_KEPT_CELLS = 60_000_000
"""Values of judged rows that are kept, at most: about a gigabyte until the load is done."""
_REASONS = ("missing_key", "missing_value", "not_a_time", "unknown_value")


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of one table: its rows that stand as an expression, and the figures of its account.

    `filled` counts values by column, `latest` is the last instant by column of time, `flags` counts the rows that
    stand by flag.
    """

    rows: ir.Table
    read: int
    kept: int
    flagged: int
    reasons: Mapping[str, int]
    flags: Mapping[str, int]
    filled: Mapping[str, int]
    latest: Mapping[str, datetime]


def taken(mapped: Mapped, *, cases: ir.Table | None = None) -> Tally:
    """Return the account of a table, and its rows as cheaply as they can be asked for from now on.

    One question counts everything of every row, one looks for keys that come twice; more are asked only where there
    is something to settle. The embedded engine is first asked which columns stand as they are, for these need no
    judgement. `cases` are the cases that events must belong to.
    """
    known = _plain(mapped) if mapped.engine == "duckdb" else frozenset[str]()
    rows = _once(judged(mapped, plain=known), mapped)
    found = _counted(rows, mapped, is_whole=True)
    reasons = {reason: found[f"{REASON}{reason}"] for reason in _REASONS if found[f"{REASON}{reason}"]}
    repeats = repeats_of(rows, mapped)
    plain = known | {name for name in mapped.names if found.get(f"other:{name}") == 0}
    flags = frozenset(flag for flag in flags_of(rows) if found[f"{FLAG}{flag}"])
    settled = _bare(rows, flags) if _is_kept(rows) else lean(mapped, plain=plain, flags=flags, is_clean=not reasons)
    if repeats != Repeats():
        settled = standing(rows, mapped, alone=settled)
        reasons |= {"exact_duplicate": repeats.exact} if repeats.exact else {}
        reasons |= {"superseded": repeats.superseded} if repeats.superseded else {}
    if cases is not None:
        orphans = int(settled.anti_join(cases, "case_id").count().to_pyarrow().as_py())
        if orphans:
            reasons["no_such_case"] = orphans
            settled = settled.semi_join(cases, "case_id")
    if repeats != Repeats() or "no_such_case" in reasons:
        found = {**found, **_counted(settled, mapped, is_whole=False)}
    flags = {flag: found[f"{FLAG}{flag}"] for flag in flags_of(settled) if found[f"{FLAG}{flag}"]}
    names = [name for name in settled.columns if f"filled:{name}" in found]
    latest = {name: found[f"latest:{name}"] for name in names if found.get(f"latest:{name}") is not None}
    read = found["read:"]
    filled = {name: found[f"filled:{name}"] for name in names}
    return Tally(settled, read, found["kept:"], found["flagged:"], reasons, flags, filled, latest)


def _plain(mapped: Mapped) -> frozenset[str]:
    """Return the columns whose values stand in the source as they are."""
    rows = judged(mapped)
    asked = _others(rows, mapped)
    found = rows.aggregate(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return frozenset(name.removeprefix("other:") for name, number in found.items() if number == 0)


def _once(rows: ir.Table, mapped: Mapped) -> ir.Table:
    """Return the judged rows as a table where the embedded engine has room for them: up to eight questions ask for them."""
    if mapped.engine != "duckdb" or int(mapped.raw.count().to_pyarrow().as_py()) * len(rows.columns) > _KEPT_CELLS:
        return rows
    backend: Any = rows.get_backend()
    read = rows.select(name for name in rows.columns if not name.startswith(TEXT))
    return backend.create_table(f"{JUDGED}{mapped.table.name}", read, temp=True, overwrite=True)


def _is_kept(rows: ir.Table) -> bool:
    return isinstance(rows.op(), ops.DatabaseTable)


def _bare(rows: ir.Table, flags: frozenset[str]) -> ir.Table:
    """Return the usable ones of kept rows with their values, and the flags that some row carries."""
    usable = rows.filter(rows[REASON].isnull())
    return usable.select(name for name in rows.columns if ":" not in name or name.removeprefix(FLAG) in flags)


def _counted(rows: ir.Table, mapped: Mapped, *, is_whole: bool) -> dict[str, Any]:
    """Return every figure of the rows in one question: `is_whole` where rejected ones are among them."""
    is_usable = rows[REASON].isnull() if is_whole else ibis.literal(value=True)
    flags = {name: rows[name] & is_usable for name in rows.columns if name.startswith(FLAG)}
    asked: dict[str, ir.Value] = {"kept:": rows.count(where=is_usable)}
    asked |= {name: rows.count(where=condition) for name, condition in flags.items()}
    asked["flagged:"] = rows.count(where=reduce(or_, flags.values())) if flags else ibis.literal(0)
    for name in rows.columns:
        if ":" not in name:
            asked[f"filled:{name}"] = rows.count(where=is_usable & rows[name].notnull())
    for column in mapped.columns:
        if column.kind is Kind.TIME:
            asked[f"latest:{column.name}"] = rows[column.name].max(where=is_usable)
    if is_whole:
        asked["read:"] = rows.count()
        asked |= {f"{REASON}{reason}": rows.count(where=rows[REASON] == reason) for reason in _REASONS}
        asked |= _others(rows, mapped) if mapped.engine != "duckdb" else {}
    return rows.aggregate(**asked).to_pyarrow().to_pylist()[0]


def _others(rows: ir.Table, mapped: Mapped) -> dict[str, ir.Value]:
    """Return, for each column that could be read as it is, a count of the rows where that would give another value."""
    source = mapped.profile.columns_in(mapped.raw.columns)
    found: dict[str, ir.Value] = {}
    for column in mapped.columns:
        if column.name not in source or column.kind is Kind.LIST:
            continue
        own = rows[f"record:{source[column.name]}"]
        if own.type().copy(nullable=True) == rows[column.name].type().copy(nullable=True):
            found[f"other:{column.name}"] = rows.count(where=~own.identical_to(rows[column.name]))
    return found
