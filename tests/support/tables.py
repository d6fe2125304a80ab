"""Builders: a table drawn as text becomes a `CaseSet` on DuckDB, or a frame to compare with."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ibis
import pandas as pd
import pyarrow as pa

from tskit.model import CASES, EVENTS, REVIEWS, Casebook, CaseSet, Kind, Quality, Scope, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["assert_table", "case_set_from", "case_set_of", "frame_from", "rows_from"]

_NUMBERS = count()
_ARROW = {
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.LIST: pa.list_(pa.string()),
}


def case_set_from(
    text: str,
    *,
    events: str = "",
    reviews: str = "",
    zone: str = "Asia/Singapore",
    as_of: str = "",
    casebook: Casebook | None = None,
) -> CaseSet:
    """Return the case set that a drawn table describes.

    Columns are canonical names; a blank cell is no value. Times are local times of `zone` ("2026-03-02 09:00", or a
    date alone for midnight); a `Z` at the end means UTC. Lists are words apart by spaces. The column `times` repeats a
    row that often. `case_id` (c1, c2 ...), `is_closed` (from `closed_at`) and `dq_flags` (none) are filled in where
    they are not drawn. `as_of` is the last time in the tables where it is not given; the scope runs from the first to
    the last local day on which a case was opened.

    >>> cases = case_set_from(
    ...     '''
    ...     case_id | market | created_at       | closed_at
    ...     a       | SG     | 2026-03-02 09:00 | 2026-03-02 11:00
    ...     b       | ID     | 2026-03-03       |
    ...     ''',
    ...     events='''
    ...     case_id | event_type | occurred_at
    ...     a       | closed     | 2026-03-02 11:00
    ...     ''',
    ...     as_of="2026-03-09",
    ... )
    >>> cases.cases.count().to_pyarrow().as_py(), cases.scope.start.isoformat()
    (2, '2026-03-02')
    """
    rows = {"cases": rows_from(text), "events": rows_from(events), "reviews": rows_from(reviews)}
    return case_set_of(rows, zone=zone, as_of=as_of, casebook=casebook)


def case_set_of(
    rows: Mapping[str, list[dict[str, str]]],
    *,
    zone: str = "Asia/Singapore",
    as_of: str = "",
    casebook: Casebook | None = None,
) -> CaseSet:
    """Return the case set of rows of text by table name, as `case_set_from` describes them."""
    cases = _typed(_with_defaults(rows["cases"]), CASES, zone=zone)
    events = _typed(_with_event_defaults(rows.get("events", [])), EVENTS, zone=zone)
    reviews = _typed(rows.get("reviews", []), REVIEWS, zone=zone)
    last = _instant(as_of, zone) if as_of else _latest(cases, events)
    opened = (
        sorted(t for t in cases.column("created_at").to_pylist() if t) if "created_at" in cases.column_names else []
    )
    flags = Counter(flag for row in cases.column("dq_flags").to_pylist() for flag in row)
    return CaseSet(
        scope=Scope(
            source="drawn", start=_day(opened[0], zone), end=_day(opened[-1], zone) + timedelta(days=1), zone=zone
        )
        if opened
        else Scope(source="drawn", zone=zone),
        casebook=casebook or Casebook(root=Path("drawn"), name="drawn", zone=zone),
        cases=_on_engine(cases),
        events=_on_engine(events) if rows.get("events") else None,
        reviews=_on_engine(reviews) if rows.get("reviews") else None,
        rejected=_on_engine(pa.table({"_source": pa.array([], pa.string()), "reason": pa.array([], pa.string())})),
        quality=Quality(cases.num_rows, cases.num_rows, 0, flags.total(), cases.num_rows, flags=dict(flags)),
        profile="drawn",
        fingerprint="drawn",
        as_of=last,
        inputs=(),
    )


def rows_from(text: str) -> list[dict[str, str]]:
    """Return the rows of a drawn table: one dict of text by column each, `times` already multiplied out."""
    lines = [line for line in text.strip().splitlines() if line.strip() and set(line.strip()) - set("-+| ")]
    if not lines:
        return []
    header, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    ragged = [line for line in body if len(line) != len(header)]
    assert not ragged, f"{len(header)} columns are drawn, but this row has {len(ragged[0])}: {ragged[0]}"
    rows = [dict(zip(header, line, strict=True)) for line in body]
    return [row for row in rows for _ in range(int(row.pop("times", "1") or 1))]


def frame_from(text: str) -> pd.DataFrame:
    """Return a drawn table as a frame: numbers, booleans (yes, no), dates and text; a blank or NA is no value.

    >>> frame_from("day | value\\n2026-03-02 | 1.5")["value"].tolist()
    [1.5]
    """
    frame = pd.DataFrame(rows_from(text), dtype=object)
    return frame.apply(lambda column: column.map(_cell))


def assert_table(actual: pd.DataFrame, expected: str, *, digits: int = 3) -> None:
    """Fail unless `actual` holds the drawn table in its columns, rows in any order, numbers to that many digits."""
    wanted = frame_from(expected)
    got = actual[list(wanted.columns)]
    assert _lines(got, digits) == _lines(wanted, digits), f"got\n{got.to_string()}\nwanted\n{wanted.to_string()}"


def _lines(frame: pd.DataFrame, digits: int) -> list[str]:
    return sorted(" | ".join(_shown(value, digits) for value in row) for row in frame.itertuples(index=False))


def _shown(value: Any, digits: int) -> str:
    if isinstance(value, (list, str)):
        return str(value)
    if value is None or pd.isna(value):
        return "NA"
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return f"{round(float(value), digits) + 0.0:.{digits}f}"


def _cell(text: str) -> Any:
    if text in {"", "NA"}:
        return None
    if text in {"yes", "no"}:
        return text == "yes"
    for kind in (float, date.fromisoformat):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _with_defaults(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    filled = [{"case_id": f"c{i}", **row} for i, row in enumerate(rows, start=1)]
    filled = [{"dq_flags": "", **row} for row in filled]
    if filled and "closed_at" in filled[0]:
        filled = [{"is_closed": "yes" if row["closed_at"] else "no", **row} for row in filled]
    return filled


def _with_event_defaults(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {"event_id": f"e{i}", "seq": str(i), "is_paired_id_row": "no", **row} for i, row in enumerate(rows, start=1)
    ]


def _typed(rows: list[dict[str, str]], table: Table, *, zone: str) -> pa.Table:
    names = list(rows[0]) if rows else ["dq_flags"]
    kinds = {name: Kind.LIST if name == "dq_flags" else table[name].kind for name in names}
    return pa.table(
        {
            name: pa.array([_value(row[name], kind, zone) for row in rows], type=_ARROW.get(kind, pa.string()))
            for name, kind in kinds.items()
        }
    )


def _value(text: str, kind: Kind, zone: str) -> Any:
    if kind is Kind.LIST:
        return text.split()
    if not text:
        return None
    read: dict[Kind, Callable[[str], Any]] = {
        Kind.TIME: lambda t: _instant(t, zone),
        Kind.INTEGER: int,
        Kind.NUMBER: float,
        Kind.BOOLEAN: {"yes": True, "no": False, "true": True, "false": False}.__getitem__,
    }
    return read.get(kind, str)(text)


def _instant(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _latest(*tables: pa.Table) -> datetime:
    times = [
        value
        for table in tables
        for name in table.column_names
        if pa.types.is_timestamp(table.schema.field(name).type) and name != "sla_target_at"
        for value in table.column(name).to_pylist()
        if value is not None
    ]
    return max(times) if times else datetime(2026, 1, 1, tzinfo=UTC)


@cache
def _engine() -> Any:
    return ibis.duckdb.connect()


def _on_engine(table: pa.Table) -> Any:
    return _engine().create_table(f"drawn_{next(_NUMBERS)}", table)
