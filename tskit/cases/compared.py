"""Two loads of the same cases, row by row: what appeared, what vanished, and in which columns rows changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.cases.cache import home, scratch
from tskit.cases.outputs import private
from tskit.cases.sql import literal, name
from tskit.model import CASES, EVENTS
from tskit.sources import connect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.cases.sql import Database
    from tskit.model import CaseSet, Table

__all__ = ["Compared", "compared"]

_TEXT = "text"
_COUNTS = 6
_TABLES: Mapping[str, tuple[Table, str]] = {"cases": (CASES, "created_at"), "events": (EVENTS, "occurred_at")}
"""The key of each table tells rows apart; the time says whether a row that appeared is history."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many rows of a table the two loads hold, and how they differ; no value of a row is told.

    Of those that `appeared`, `late` ones are of a time that the earlier load reached: its history was not whole.
    `by_column` counts the rows that both hold and that differ, by column; `came` and `went` are columns that only the
    later or only the earlier load has.
    """

    table: str
    then: int
    now: int
    appeared: int
    late: int
    vanished: int
    changed: int
    by_column: Mapping[str, int] = field(default_factory=dict[str, int])
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Return whether nothing differs."""
        return not (self.appeared or self.vanished or self.changed or self.came or self.went)

    def as_json(self) -> dict[str, object]:
        """Return the counts as plain JSON values."""
        counts = ("then", "now", "appeared", "late", "vanished", "changed")
        listed = {"by_column": dict(self.by_column), "came": list(self.came), "went": list(self.went)}
        return {**{count: getattr(self, count) for count in counts}, **listed}


def compared(now: CaseSet, then: CaseSet) -> tuple[Compared, ...]:
    """Return how the cases of two loads differ, then their events where both have a log, then the text of cases.

    Both must have been loaded with the same key of pseudonyms.
    """
    with scratch(home(now.casebook.root, ())) as folder:
        connection = connect(folder / "spill")
        try:
            found = [_one(table, now, then, folder=folder, connection=connection.con) for table in _TABLES]
            found.append(_text(now, then, connection=connection.con))
            return tuple(one for one in found if one is not None)
        finally:
            connection.disconnect()


def _one(table: str, now: CaseSet, then: CaseSet, *, folder: Path, connection: Database) -> Compared | None:
    loads = {"now": getattr(now, table), "then": getattr(then, table)}
    if any(rows is None for rows in loads.values()):
        return None
    definition, at = _TABLES[table]
    for side, rows in loads.items():
        path = folder / f"{table}-{side}.parquet"
        private(path)
        rows.select(*(column for column in definition.names if column in rows.columns)).to_parquet(path)
        connection.execute(f"CREATE OR REPLACE VIEW {side}_rows AS SELECT * FROM read_parquet({literal(str(path))})")
    return _counted(table, definition.key, late=(at, then), connection=connection)


def _text(now: CaseSet, then: CaseSet, *, connection: Database) -> Compared | None:
    """Return how the texts of cases differ; they stay in the engine."""
    if now.text_path is None or then.text_path is None:
        return None
    for side, path in (("now", now.text_path), ("then", then.text_path)):
        connection.execute(f"CREATE OR REPLACE VIEW {side}_rows AS SELECT * FROM read_parquet({literal(str(path))})")
    return _counted(_TEXT, CASES.key, connection=connection)


def _counted(table: str, key: str, *, connection: Database, late: tuple[str, CaseSet] | None = None) -> Compared:
    """Return the counts of the views `now_rows` and `then_rows`, joined by their key."""
    here, there = (_kinds(f"{side}_rows", connection) for side in ("now", "then"))
    both = [column for column in here if column in there and column != key]
    differ = [f"{_side('now', c, here, there)} IS DISTINCT FROM {_side('then', c, here, there)}" for c in both]
    column = name(key)
    held = f"now_rows.{column} IS NOT NULL AND then_rows.{column} IS NOT NULL"
    counts = [
        f"count(then_rows.{column})",
        f"count(now_rows.{column})",
        f"count(*) FILTER (then_rows.{column} IS NULL)",
        f"count(*) FILTER (then_rows.{column} IS NULL AND {_late(late, here)})",
        f"count(*) FILTER (now_rows.{column} IS NULL)",
        f"count(*) FILTER ({held} AND ({' OR '.join(differ) or 'false'}))",
        *(f"count(*) FILTER ({held} AND {one})" for one in differ),
    ]
    joined = f"now_rows FULL JOIN then_rows ON now_rows.{column} = then_rows.{column}"
    (found,) = connection.execute(f"SELECT {', '.join(counts)} FROM {joined}").fetchall()
    each = sorted(zip(both, found[_COUNTS:], strict=True), key=lambda one: -one[1])
    by_column = {column: count for column, count in each if count}
    came, went = (tuple(sorted(one)) for one in (here.keys() - there.keys(), there.keys() - here.keys()))
    return Compared(table, *found[:_COUNTS], by_column=by_column, came=came, went=went)


def _late(late: tuple[str, CaseSet] | None, here: Mapping[str, str]) -> str:
    if late is None or late[0] not in here:
        return "false"
    at, then = late
    return f"epoch_us(now_rows.{name(at)}) <= {round(then.as_of.timestamp() * 1_000_000)}"


def _kinds(view: str, connection: Database) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {view}").fetchall()}


def _side(side: str, column: str, here: Mapping[str, str], there: Mapping[str, str]) -> str:
    # A column that holds nothing may have another kind in the one load than in the other.
    text = f"{side}_rows.{name(column)}"
    return text if here[column] == there[column] else f"CAST({text} AS VARCHAR)"
