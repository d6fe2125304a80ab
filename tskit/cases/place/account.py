"""The account of tables in place, from aggregates alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.model import CASES, TABLES, Kind, Quality, TableAccount

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import ibis.expr.types as ir

__all__ = ["account_of", "as_of"]

_PROMISES = ("sla_target_at", "restriction_end_at")


def account_of(tables: Mapping[str, ir.Table]) -> Quality:
    """Return the account of the tables."""
    cases = tables["cases"]
    shown = [name for name in cases.columns if name in CASES]
    counts = _row(cases.aggregate(_rows=cases.count(), **{name: cases[name].count() for name in shown}))
    total = counts.pop("_rows")
    sizes = {"cases": total} | {
        name: int(t.count().to_pyarrow().as_py()) for name, t in tables.items() if name != "cases"
    }
    return Quality(
        sum(sizes.values()),
        sum(sizes.values()),
        0,
        0,
        total,
        missing=tuple(name for name in CASES.names if name not in shown),
        blank={name: 1 - n / total if total else 1.0 for name, n in counts.items()},
        tables={name: TableAccount(n, n, 0) for name, n in sizes.items()},
    )


def as_of(tables: Mapping[str, ir.Table]) -> datetime | None:
    """Return the last instant that the tables know of, or None where no time is known."""
    found: list[datetime] = []
    for table in ("cases", "events"):
        if table not in tables:
            continue
        rows = tables[table]
        times = [c.name for c in TABLES[table].columns if c.kind is Kind.TIME and c.name in rows.columns]
        latest = _row(rows.aggregate(**{name: rows[name].max() for name in times if name not in _PROMISES}))
        found += [value for value in latest.values() if value is not None]
    return max(found, default=None)


def _row(aggregate: ir.Table) -> dict[str, Any]:
    return aggregate.to_pyarrow().to_pylist()[0]
