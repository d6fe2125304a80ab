"""Rows that are gone for good: the recycle bin forgets them, and then no query tells that they were deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tskit.errors import SourceError
from tskit.sources.salesforce.live.marks import Mark
from tskit.sources.salesforce.live.soql import select

if TYPE_CHECKING:
    from tskit.sources.salesforce.live.bulk import Bulk
    from tskit.sources.salesforce.live.pages import Rows

__all__ = ["is_due", "vanished"]

_FEW = 20
"""So many rows may go without a question."""


def is_due(bulk: Bulk, *, now: datetime) -> bool:
    """Return whether ids have to be compared: the last extract is older than the recycle bin can be relied on."""
    since = bulk.delivery.since(bulk.table)
    if not since or not bulk.shape.has_deletes:
        return False
    return now - datetime.fromisoformat(since) >= timedelta(days=bulk.organisation.settings.recheck_days)


def vanished(bulk: Bulk) -> list[str]:
    """Return the ids that the store holds and the organisation does not: one more query, for nothing but ids.

    Raises:
        SourceError: the query fails, its pages do not come whole, or so many are gone that the user rather lost access.
    """
    chunks = (*bulk.delivery.earlier(bulk.table), *bulk.delivery.received(bulk.table))
    known = _ids([pq.read_table(path, columns=["Id"]) for path in chunks])
    is_gone = pc.invert(pc.is_in(known, value_set=_alive(bulk)))  # pyright: ignore[reportAttributeAccessIssue]  # made when it is imported
    gone = known.filter(is_gone).unique()
    most = bulk.organisation.settings.vanished_share * len(known.unique())
    if len(gone) > max(most, _FEW):
        raise SourceError(
            f"{len(gone)} of the {len(known.unique())} rows of {bulk.table} that are here are not shown any more. That many "
            "are rarely deleted: has the user lost sight of them (View All on the object)? If they are gone, set "
            "vanished_share = 1 in the source's settings. Nothing was marked as deleted."
        )
    return gone.to_pylist()


def _alive(bulk: Bulk) -> Rows:
    what = f"a query job for the ids of {bulk.table}"
    job = bulk.finished(bulk.organisation.begin_job(select(bulk.table, ["Id"]), deleted=False, what=what))
    if job.state != "JobComplete":
        raise SourceError(
            f"Salesforce takes too long to tell the ids of {bulk.table}, by which rows that are gone for good are found. "
            "Sync again at a quieter hour, or set recheck_days higher in the source's settings."
        )
    mark, pages = Mark(("Id",)).begun(job.id, created=job.created), list[object]()
    while True:
        answer, rows = bulk.page(job, mark)
        pages.append(rows.select(["Id"]))
        mark = mark.turned(answer.locator, rows=rows.num_rows)
        if not answer.locator:
            break
    if job.rows is None or mark.rows != job.rows:
        # Ids that are missing here would be taken for deleted rows.
        raise SourceError(
            f"The query job {job.id} found {job.rows} ids of {bulk.table}, and its pages hold {mark.rows}."
        )
    return _ids(pages)


def _ids(tables: list[object]) -> Rows:
    columns = [chunk for table in tables for chunk in table.column("Id").chunks]  # pyright: ignore[reportAttributeAccessIssue]  # pyarrow is not typed
    return pa.chunked_array(columns, pa.string())
