"""A large object through query jobs: range by range, page by page, each page durable before the next is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from tskit.errors import SourceError
from tskit.sources.salesforce.live.ids import halves
from tskit.sources.salesforce.live.organisation import RefusedError
from tskit.sources.salesforce.live.pages import BrokenPageError, no_rows, read_page, without
from tskit.sources.salesforce.live.soql import before, select, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from tskit.sources.salesforce.live.marks import Mark
    from tskit.sources.salesforce.live.organisation import Answer, Job, Organisation
    from tskit.sources.salesforce.live.pace import Pace
    from tskit.sources.salesforce.live.pages import Rows
    from tskit.sources.salesforce.live.shape import Shape
    from tskit.sources.store.delivery import Delivery

__all__ = ["Bulk", "edges"]

_LOST = frozenset({"NOT_FOUND", "InvalidJob", "INVALID_ID_FIELD", "InvalidBatch", "InvalidLocator", "INVALID_LOCATOR",
                   "INVALID_QUERY_LOCATOR"})  # fmt: skip
_TOO_LONG = frozenset({"QUERY_TIMEOUT", "TIMEOUT", "RETRIED MORE THAN"})
_FIELD_GONE = frozenset({"INVALID_FIELD", "INVALIDFIELD", "NO SUCH COLUMN"})


@dataclass(frozen=True, slots=True)
class Bulk:
    """The extract of one object into a delivery, from wherever its mark says."""

    shape: Shape
    organisation: Organisation
    delivery: Delivery
    pace: Pace
    progress: Callable[[str, int], None]

    @property
    def table(self) -> str:
        """Return the object's API name."""
        return self.shape.table

    def receive(self, mark: Mark) -> Mark:
        """Return the mark after the last range: everything that it says is left was received.

        Raises:
            SourceError: Salesforce refuses, a job fails or is aborted, or its pages do not come whole.
        """
        losses = 0
        while mark.ranges:
            after = self._range(mark)
            losses = losses + 1 if after.is_again and after.ranges == mark.ranges else 0
            if losses > self.pace.attempts:
                raise SourceError(
                    f"Salesforce lost {losses} query jobs for {self.table}, one after the other. Sync again later. {self._kept()}"
                )
            mark = after
        return mark

    def _range(self, mark: Mark) -> Mark:
        try:
            job = self._job(mark)
            mark = mark if mark.job else mark.begun(job.id, created=job.created)
            job = self.finished(job)
            if job.code in _TOO_LONG:
                return self._narrower(mark)
            return self._pages(job, mark)
        except RefusedError as error:
            if error.code in _LOST and mark.job:
                return mark.lost()
            raise

    def _job(self, mark: Mark) -> Job:
        if mark.job:
            return self.organisation.job(mark.job, what=f"the query job of {self.table}")
        since = self.delivery.since(self.table)
        conditions = within(mark.ranges[0])
        if since and self.shape.stamp:
            minutes = self.organisation.settings.overlap_minutes
            conditions.append(f"{self.shape.stamp} >= {before(since, minutes=minutes)}")
        soql = select(self.table, mark.fields, conditions)
        is_deleted_too = bool(since) and self.shape.has_deletes
        return self.organisation.begin_job(soql, deleted=is_deleted_too, what=f"a query job for {self.table}")

    def finished(self, job: Job) -> Job:
        """Return the job once it is over: complete, or failed because it took too long.

        Raises:
            SourceError: it takes longer than anybody waits, was aborted, or failed for another reason.
        """
        waited, looks, most = 0.0, 0, self.organisation.settings.job_minutes * 60
        while job.state in ("UploadComplete", "InProgress", "Open"):
            if waited > most:
                raise SourceError(
                    f"The query job {job.id} for {self.table} is not finished after {most // 60} minutes. Sync again later, "
                    f"set job_minutes higher, or range_rows lower. {self._kept()}"
                )
            waited += self.pace.look(looks)
            looks += 1
            job = self.organisation.job(job.id, what=f"the query job of {self.table}")
        if job.state == "JobComplete" or job.code in _TOO_LONG:
            return job
        if job.code in _FIELD_GONE:
            raise RefusedError(f"A field of {self.table} is gone since the query began.", code="INVALID_FIELD")
        if job.state == "Aborted":
            raise SourceError(
                f"Somebody in Salesforce aborted the query job {job.id} for {self.table}. Sync again. {self._kept()}"
            )
        raise SourceError(
            f"The query job {job.id} for {self.table} failed in Salesforce ({job.code or 'the reason is in Setup, Bulk Data Load Jobs'}). "
            f"{self._kept()}"
        )

    def _pages(self, job: Job, mark: Mark) -> Mark:
        known = self._known(mark)
        while True:
            answer, rows = self.page(job, mark)
            fresh = without(self._fitting(rows, mark), known, key=self._key(mark))
            count = rows.num_rows
            mark = mark.turned(answer.locator, rows=count)
            is_last = not answer.locator
            if is_last and job.rows is not None and mark.rows != job.rows:
                raise SourceError(
                    f"The query job {job.id} found {job.rows} rows of {self.table}, and its pages hold {mark.rows}. "
                    f"Sync again: the last page is asked for once more. {self._kept()}"
                )
            mark = mark.ranged() if is_last else mark
            # An empty object is put once all the same, which keeps its columns; no news is no reason for it.
            if fresh.num_rows or not (self.delivery.mark(self.table) or self.delivery.since(self.table)):
                self.delivery.put(self.table, fresh, mark=mark.text)
            self.progress(self.table, self.delivery.rows(self.table))
            if is_last:
                return mark

    def page(self, job: Job, mark: Mark) -> tuple[Answer, Rows]:
        """Return the page of a finished job that the mark is at, and its rows.

        Raises:
            SourceError: it does not come whole, however often it is asked for.
        """
        reason = ""
        for attempt in range(1, self.pace.attempts + 1):
            answer = self.organisation.page(job.id, locator=mark.locator, what=f"a page of {self.table}")
            if job.rows == 0 and not answer.rows and not answer.body.strip():
                return answer, no_rows(mark.fields)  # nothing was found, and not even a header is sent
            try:
                return answer, read_page(answer.body, rows=answer.rows)
            except BrokenPageError as error:
                reason = str(error)
            if attempt < self.pace.attempts:
                self.pace.wait(attempt)
        raise SourceError(
            f"A page of {self.table} does not come whole: {reason}. It was asked for {self.pace.attempts} times. "
            f"Sync again later. {self._kept()}"
        )

    def _fitting(self, rows: Rows, mark: Mark) -> Rows:
        """Return the columns that were asked for; a page that lacks one is no page of this query."""
        gone = [name for name in mark.fields if name not in rows.column_names]
        if gone:
            raise RefusedError(f"Pages of {self.table} have lost {', '.join(gone)}.", code="INVALID_FIELD")
        return rows.select(list(mark.fields))

    def _key(self, mark: Mark) -> tuple[str, ...]:
        return tuple(name for name in ("Id", self.shape.stamp) if name in mark.fields)

    def _known(self, mark: Mark) -> frozenset[tuple[str, ...]]:
        """Return the rows of the first range that are here already: only a range that is asked for again has any."""
        if not mark.is_again:
            return frozenset()
        key, ids = self._key(mark), mark.ranges[0]
        found: set[tuple[str, ...]] = set()
        for path in self.delivery.received(self.table):
            columns = pq.read_table(path, columns=list(key))
            rows = zip(*(columns.column(name).to_pylist() for name in key), strict=True)
            found |= {row for row in rows if ids.holds(row[0])}
        return frozenset(found)

    def _narrower(self, mark: Mark) -> Mark:
        """Return the mark with its first range in two: Salesforce could not answer for all of it in time."""
        first, last = edges(self.table, self.organisation)
        cut = halves(mark.ranges[0], first, last) if first else (mark.ranges[0],)
        if len(cut) == 1:
            raise SourceError(
                f"Salesforce takes too long over a query for {self.table}, however narrow. Leave out fields that are "
                f"computed (leave_out in the source's settings), or ask an administrator for an index. {self._kept()}"
            )
        return replace(mark.lost(), ranges=(*cut, *mark.ranges[1:]), is_again=mark.is_again)

    def _kept(self) -> str:
        return f"{self.delivery.rows(self.table)} rows of it are kept, and the next sync goes on after them."


def edges(table: str, organisation: Organisation) -> tuple[str, str]:
    """Return the smallest and the largest id of an object; empty where it has no row."""
    found: list[str] = []
    for order in ("ASC", "DESC"):
        soql = f"{select(table, ['Id'])} ORDER BY Id {order} LIMIT 1"
        found += [str(one["Id"]) for one in organisation.records(soql, what=f"the ids of {table}")]
    return (found[0], found[-1]) if found else ("", "")
