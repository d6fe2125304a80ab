"""The objects of an organisation, received one after the other; a cut extract goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from tskit.errors import SourceError
from tskit.sources.salesforce.live.bulk import Bulk, edges
from tskit.sources.salesforce.live.hidden import lacking
from tskit.sources.salesforce.live.ids import WHOLE, parts
from tskit.sources.salesforce.live.marks import Mark
from tskit.sources.salesforce.live.objects import BY_REST, NEEDED, STANDARD
from tskit.sources.salesforce.live.organisation import RefusedError, organisation_of
from tskit.sources.salesforce.live.pages import as_rows
from tskit.sources.salesforce.live.settings import settings_of
from tskit.sources.salesforce.live.shape import chosen
from tskit.sources.salesforce.live.soql import select, stamp
from tskit.sources.salesforce.live.vanished import is_due, vanished

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tskit.model import Source
    from tskit.sources.salesforce.live.ids import Range
    from tskit.sources.salesforce.live.organisation import Organisation
    from tskit.sources.salesforce.live.pace import Pace
    from tskit.sources.salesforce.live.shape import Shape
    from tskit.sources.store.delivery import Delivery

__all__ = ["Extract", "receive"]

_NO_BULK = frozenset({"INVALIDENTITY", "INVALID_ENTITY", "InvalidEntity"})


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract under way: who is asked, what keeps the rows, who is told, and when it was begun."""

    organisation: Organisation
    delivery: Delivery
    pace: Pace
    progress: Callable[[str, int], None]
    now: datetime

    def run(self) -> None:
        """Receive every object that is not finished yet.

        Raises:
            SourceError: an object or a field that is needed is not there or hidden, or Salesforce cannot be read.
        """
        named = self.organisation.settings.objects
        for table in named or STANDARD:
            if not self.delivery.is_finished(table):
                self._object(table, is_named=bool(named))

    def _object(self, table: str, *, is_named: bool) -> None:
        shape = self.organisation.describe(table)
        if shape is None or not shape.fields:
            if is_named or table in NEEDED:
                raise SourceError(
                    f"{self.organisation.settings.host} shows this user no object {table}: there is none, or the user may "
                    f"not read it. Ask an administrator for a permission set that reads it."
                )
            self.delivery.note(f"{table}: this user sees no such object; it is left out")
            return
        mark = self._begun(shape)
        try:
            self._receive(shape, mark)
        except RefusedError as error:
            if error.code != "INVALID_FIELD":
                raise
            raise self._changed(table, mark.fields) from None

    def _receive(self, shape: Shape, mark: Mark) -> None:
        if shape.table in BY_REST or not shape.stamp:
            self._whole(shape, mark)
            return
        bulk = Bulk(shape, self.organisation, self.delivery, self.pace, self.progress)
        try:
            mark = bulk.receive(mark)
        except RefusedError as error:
            if error.code not in _NO_BULK:
                raise
            self._whole(shape, mark)
            return
        deleted = _deleted(self.delivery, shape)
        if is_due(bulk, now=self.now):
            deleted += vanished(bulk)
        watermark = mark.began or self.delivery.since(shape.table) or stamp(self.now)
        self.delivery.finish(shape.table, watermark=watermark, deleted=deleted, key="Id")

    def _begun(self, shape: Shape) -> Mark:
        """Return where to go on, or where to begin; the fields are those of the begin, for all rows of a table alike."""
        names, missing = chosen(shape, self.organisation.settings)
        self._require(shape.table, missing)
        mark = Mark.read(self.delivery.mark(shape.table))
        if mark is None:
            if missing:
                self.delivery.note(lacking(missing, table=shape.table, organisation=self.organisation))
            return Mark(names, self._ranges(shape))
        left_out = {
            one.partition(".")[2] for one in self.organisation.settings.leave_out if one.startswith(f"{shape.table}.")
        }
        still = tuple(name for name in mark.fields if name not in left_out)
        gone = tuple(name for name in still if name not in shape.fields)
        if gone:
            raise self._gone(shape.table, gone)
        return mark if still == mark.fields else replace(mark.lost(), fields=still)

    def _require(self, table: str, missing: tuple[str, ...]) -> None:
        settings = self.organisation.settings
        needed = (*NEEDED.get(table, ()), *((settings.fields or {}).get(table, ())))
        lost = [name for name in missing if name in needed]
        if lost:
            raise SourceError(
                f"{table} cannot be read as asked. {lacking(lost, table=table, organisation=self.organisation)}. "
                "Let an administrator give the user read access to what is hidden, and take out of the source's settings "
                "what is not there."
            )

    def _ranges(self, shape: Shape) -> tuple[Range, ...]:
        most = self.organisation.settings.range_rows
        if self.delivery.since(shape.table) or shape.table in BY_REST or not shape.stamp:
            return (WHOLE,)
        count = -(-self.organisation.count(shape.table) // most)
        first, last = edges(shape.table, self.organisation) if count > 1 else ("", "")
        return parts(first, last, count=count) if first else (WHOLE,)

    def _whole(self, shape: Shape, mark: Mark) -> None:
        """Receive a small object whole, each time: what is not among its rows any more is gone."""
        names = mark.fields
        what = f"the rows of {shape.table}"
        records = list(self.organisation.records(select(shape.table, names), what=what))
        if self.delivery.mark(shape.table):
            self.delivery.restart(shape.table)  # it came whole and was cut before it was told so
        self.delivery.put(shape.table, as_rows(records, names), mark=mark.text)
        self.progress(shape.table, len(records))
        self.delivery.finish(shape.table, watermark="", key="Id")

    def _changed(self, table: str, names: tuple[str, ...]) -> SourceError:
        """Return the error for a query that names a field which is gone since it was described."""
        shape = self.organisation.describe(table)
        gone = tuple(name for name in names if shape is None or name not in shape.fields)
        if gone:
            return self._gone(table, gone)
        return SourceError(
            f"Salesforce refuses a field of {table} that it describes. Sync again; if it stays so, take fields out of the "
            f"query one by one with leave_out in the source's settings. {self._kept(table)}"
        )

    def _gone(self, table: str, gone: tuple[str, ...]) -> SourceError:
        first = f"{table}.{gone[0]}"
        return SourceError(
            f"A field is gone since the extract of {table} began. "
            f"{lacking(gone, table=table, organisation=self.organisation)}. {self._kept(table)} Let an administrator give "
            f'it back and sync again, or go on without it: leave_out = ["{first}"] in the source\'s settings.'
        )

    def _kept(self, table: str) -> str:
        return f"{self.delivery.rows(table)} rows of it are kept."


def receive(
    source: Source,
    delivery: Delivery,
    *,
    secret: Callable[[str], str],
    progress: Callable[[str, int], None],
    now: datetime,
    pace: Pace,
) -> None:
    """Receive an organisation's objects into a delivery; nothing is ever written to Salesforce.

    Raises:
        ParameterError: the source's settings cannot be meant so.
        SourceError: the organisation cannot be reached or read; what was received is kept.
    """
    with organisation_of(settings_of(source), secret=secret, pace=pace, now=now) as organisation:
        Extract(organisation, delivery, pace, progress, now).run()


def _deleted(delivery: Delivery, shape: Shape) -> list[str]:
    """Return the ids of the rows in a delivery that Salesforce tells of as deleted."""
    if not shape.has_deletes:
        return []
    found: dict[str, str] = {}
    for path in delivery.received(shape.table):
        columns = pq.read_table(path, columns=["Id", "IsDeleted"])
        found.update(zip(columns.column("Id").to_pylist(), columns.column("IsDeleted").to_pylist(), strict=True))
    return [one for one, is_deleted in found.items() if is_deleted == "true"]
