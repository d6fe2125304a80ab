"""Rows of a database come into a delivery: streamed from one state of it, counted there, and kept chunk by chunk."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tskit.errors import ParameterError, SourceError, nearest
from tskit.sources.sql.duckdb_file import asking_duckdb
from tskit.sources.sql.pages import key_of, order_of, page_of, quoted, read_mark, written
from tskit.sources.sql.query import open_query
from tskit.sources.sql.server import asking_server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from tskit.model import Source
    from tskit.sources.sql.pages import Order, Page
    from tskit.sources.sql.query import Query
    from tskit.sources.sql.session import Batch, Session
    from tskit.sources.store import Delivery

__all__ = ["asking", "extract"]

_ROLES = ("cases", "events", "reviews")
_FETCHED = 2_000
_CHUNK_ROWS = 50_000
_CHUNK_BYTES = 64 * 2**20
_WHOLE = "whole"
"""The mark of a table without a watermark: what came of it is of no use once the transaction is gone."""


def extract(
    source: Source,
    delivery: Delivery,
    *,
    root: Path,
    secret: Callable[[str], str],
    progress: Callable[[str, int], None],
    now: datetime,
) -> None:
    """Bring the rows of a source's tables into a delivery, all tables from the same state of the database.

    With a watermark only what changed since the last delivery is asked for, and a cut run goes on where it was.
    `progress` is told a table and how many of its rows are here. The database says what is new, so `now` is not asked.

    Raises:
        SourceError: the database cannot be reached or read, or fewer rows came than it counted; chunks are kept.
        ParameterError: a setting or a parameter of the source cannot be used.
    """
    del now
    tables = {role: open_query(source, name, root=root) for role in _ROLES if (name := getattr(source, role))}
    orders = {role: order_of(source, role) for role in tables}
    cap = _cap(source)
    with asking(source, root=root, secret=secret) as session:
        for role, query in tables.items():
            if not delivery.is_finished(role):
                key = key_of(source, role)
                _Bringing(role, query, orders[role], key, source, session, delivery, progress).run(cap=cap)


def asking(source: Source, *, root: Path, secret: Callable[[str], str]) -> AbstractContextManager[Session]:
    """Give a session with the database of a source, in one transaction that only reads.

    Raises:
        SourceError: it cannot be reached or opened.
    """
    return (asking_duckdb if source.scheme == "duckdb" else asking_server)(source, root=root, secret=secret)


@dataclass(slots=True)
class _Bringing:
    """One table on its way into a delivery."""

    role: str
    query: Query
    order: Order | None
    key: str
    source: Source
    session: Session
    delivery: Delivery
    progress: Callable[[str, int], None]
    came: int = 0
    held: list[Batch] = field(default_factory=list)

    def run(self, *, cap: int) -> None:
        """Bring the table: count what is to come, keep it chunk by chunk, and hold what came against the count."""
        since, mark = self.delivery.since(self.role), self.delivery.mark(self.role)
        self._require_columns()
        if mark and self.order is None:
            self.delivery.restart(self.role)
            mark = ""
        page = page_of(self.query, self.order, source=self.source, session=self.session, after=mark or since)
        total = self._count(page)
        room = max(cap - self.delivery.rows(self.role), 0) if cap else total
        last = self._bring(page, room=room, is_first=not (since or mark)) or mark
        if self.came < min(total, room):
            raise SourceError(
                f"{self._name()}: {self.came:,} rows came and the database counted {total:,}. Start again to go on."
            )
        self.delivery.finish(self.role, watermark=self._reached(last or since, is_capped=total > room), key=self.key)
        if total > room:
            self._tell_cap(cap, total - room)

    def _require_columns(self) -> None:
        (empty,) = self.session.batches(
            f"SELECT * FROM ({self.query.sql}\n) AS asked WHERE 1 = 0", self.query.bound, what=self.query.name, size=1
        )
        there = empty.rows.column_names
        if self.order and self.order.watermark not in there and self.role != _ROLES[0]:
            self.order = None
            self.delivery.note(
                f"{self.query.name} has no column {self.source.watermark}, so all of its rows come each time."
            )
        for name in [self.order.watermark if self.order else "", self.key]:
            if name and name not in there:
                raise SourceError(
                    f"{self._name()} has no column {name!r}. Correct watermark and key. {nearest(name, there)}"
                )

    def _count(self, page: Page) -> int:
        """Return how many rows are to come, once they are known to be told apart by what the casebook names."""
        if not self.key:
            (total,) = self._first(f"SELECT count(*) FROM ({page.sql}) AS counted", page)
            return total
        key = quoted(self.key, source=self.source, setting="key")
        total, keyed, different = self._first(
            f"SELECT count(*), count({key}), count(DISTINCT {key}) FROM ({page.sql}) AS counted", page
        )
        if different < total:
            why = f"{total - keyed:,} rows have none" if keyed < total else f"{total - different:,} rows share one"
            raise SourceError(f"{self._name()}: {self.key} does not tell its rows apart; {why}. Name another key.")
        if self.order:
            self._refuse_timeless(page)
        return total

    def _refuse_timeless(self, page: Page) -> None:
        at = quoted(self.source.watermark, source=self.source, setting="watermark")
        (timeless,) = self._first(
            f"SELECT count(*) FROM ({self.query.sql}\n) AS asked WHERE {at} IS NULL",
            replace(page, values=self.query.bound),
        )
        if timeless:
            raise SourceError(
                f"{self._name()}: {timeless:,} rows have no {self.source.watermark}, so nobody knows whether they are new. "
                f"Fill it in a query, as in: SELECT *, coalesce({self.source.watermark}, created_at) AS changed_at ..."
            )

    def _bring(self, page: Page, *, room: int, is_first: bool) -> str:
        """Return the mark of the last row that came."""
        last = ""
        batches = self.session.batches(page.sql + page.order, page.values, what=self.query.name, size=_FETCHED)
        with closing(batches):
            for batch in batches:
                some = batch.first(room - self.came)
                self.came += some.rows.num_rows
                self.held.append(some)
                if self._is_large():
                    last = self._keep(is_first=is_first) or last
                if self.came == room:
                    break
        return self._keep(is_first=is_first) or last

    def _is_large(self) -> bool:
        rows = sum(batch.rows.num_rows for batch in self.held)
        return rows >= _CHUNK_ROWS or sum(batch.rows.nbytes for batch in self.held) >= _CHUNK_BYTES

    def _keep(self, *, is_first: bool) -> str:
        """Write what is held and return its mark; a table without any row is written once, for its columns."""
        held, self.held = self.held, []
        rows = pa.concat_tables([batch.rows for batch in held]) if held else None
        if rows is None or not (rows.num_rows or (is_first and not self.came)):
            return ""
        mark = self._mark(held[-1]) if rows.num_rows else _WHOLE
        self.delivery.put(self.role, rows, mark=mark)
        self.progress(self.role, self.delivery.rows(self.role))
        return mark if self.order and rows.num_rows else ""

    def _mark(self, batch: Batch) -> str:
        if self.order is None:
            return _WHOLE
        return written(*(batch.value(name, -1) for name in (self.order.watermark, self.order.key)))

    def _reached(self, last: str, *, is_capped: bool) -> str:
        """Return from where the next delivery goes on: a capped one within the moment, else that moment is asked again."""
        if self.order is None or not last or last == _WHOLE:
            return ""
        return last if is_capped else written(read_mark(last)[0])

    def _tell_cap(self, cap: int, left: int) -> None:
        goes_on = "the next sync goes on there" if self.order else "raise it, or name a watermark, to have the rest"
        self.delivery.note(f"{self.query.name}: row_cap let {cap:,} rows through and left {left:,} behind; {goes_on}.")

    def _first(self, sql: str, page: Page) -> Sequence[Any]:
        return self.session.first(sql, page.values, what=self.query.name)

    def _name(self) -> str:
        return f"{self.query.name} of the source {self.source.name}"


def _cap(source: Source) -> int:
    found = source.settings.get("row_cap", 0)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise ParameterError(f"casebook.toml: sources.{source.name}: row_cap is a number of rows, as in 1000000")
    return found
