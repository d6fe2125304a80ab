"""Whatever is delivered, in whatever order: a snapshot is what a table would be that every delivery was applied to."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.model import Source
from tskit.sources import connect
from tskit.sources.store import begin, open_store

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SOURCE = Source("dw", cases="cases", url="postgresql://reader@host/db", watermark="changed")
KEYS = st.sampled_from("abcde")
CHANGES = st.lists(st.tuples(KEYS, st.sampled_from(["", "new", "closed"])), max_size=6)
DELIVERIES = st.lists(st.tuples(CHANGES, st.frozensets(KEYS, max_size=2), st.booleans()), min_size=1, max_size=4)


def deliver(store, changes, deleted, *, cut):
    with begin(store, source=SOURCE, now=NOW) as delivery:
        for place, (key, status) in enumerate(changes):
            if place < delivery.rows("cases"):
                continue
            if cut and place == len(changes) // 2:
                return None
            delivery.put("cases", pa.table({"id": [key], "status": [status]}), mark=str(place + 1))
        delivery.finish("cases", watermark="w", key="id", deleted=sorted(deleted))
        return delivery.seal()


def standing(store, snapshot, connection):
    raw = open_store(store, connection=connection, snapshot=snapshot).get("cases")
    if raw is None:
        return {}
    rows = raw.table.to_pyarrow().to_pylist()
    assert raw.read == len(rows) + raw.rejected.count().to_pyarrow().as_py()
    found = {row["id"]: row["status"] for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.slow
@pytest.mark.acceptance
@settings(max_examples=12, deadline=None)
@given(DELIVERIES)
def test_a_snapshot_is_the_table_that_its_deliveries_make(deliveries):
    table, wanted = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sources" / "dw"
        for changes, deleted, is_cut in deliveries:
            if is_cut:
                deliver(store, changes, deleted, cut=True)
            number = deliver(store, changes, deleted, cut=False)
            table = {key: status for key, status in {**table, **dict(changes)}.items() if key not in deleted}
            wanted[number] = dict(table)
        connection = connect()
        assert {number: standing(store, number, connection) for number in wanted} == wanted
