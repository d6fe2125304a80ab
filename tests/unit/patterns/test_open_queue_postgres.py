"""The open queue and its order on a real PostgreSQL: the same cases, holders, evidence and ranks as on DuckDB."""

from dataclasses import replace
from importlib import import_module

import ibis
import pandas as pd
import pytest

from tests.support.postgres import running_server
from tests.support.tables import case_set_from
from tskit.patterns import open_pauses, open_queue, triage

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

CASES = """
    case_id | record_type | created_at       | closed_at        | is_closed | queue | market | severity | content_id | subject_account_id | reach | decided_at       | dq_flags   | tags
    a       | report      | 2026-03-02 09:00 |                  | no        | home  | SG     | S2       | i1         | a1                 |       |                  |            | live one
    b       | report      | 2026-03-02 09:30 | 2026-03-04 12:00 | yes       | late  | MY     | S1       | i1         | a1                 | 900   | 2026-03-02 10:00 |            |
    c       | report      | 2026-03-02 10:00 | 2026-03-02 11:00 | yes       | home  | ID     | S3       | i2         | a1                 | 20    | 2026-03-02 11:00 |            |
    d       | report      | 2026-03-02 10:00 | 2026-03-08 11:00 | no        | home  | ID     | S3       | i2         | a1                 |       |                  | look_ahead |
    e       | appeal      | 2026-03-02 11:00 |                  | no        | home  | TH     |          | i3         |                    |       |                  |            |
"""
EVENTS = """
    case_id | event_type  | occurred_at      | from_queue | to_queue
    a       | queue_moved | 2026-03-02 12:00 | first      | home
    a       | paused      | 2026-03-02 12:30 |            |
    b       | closed      | 2026-03-02 13:00 |            |
    b       | reopened    | 2026-03-03 08:00 |            |
    b       | queue_moved | 2026-03-04 09:00 | middle     | late
    b       | closed      | 2026-03-04 12:00 |            |
    a       | escalated   | 2026-03-02 12:10 |            |
"""


@pytest.fixture(scope="module")
def server():
    with running_server("fsync=off") as server:
        yield server


@pytest.fixture(scope="module")
def pair(server):
    """Return a case set on DuckDB and the same one with its tables on the server."""
    here = case_set_from(CASES, events=EVENTS, as_of="2026-03-06")
    here = replace(here, quality=replace(here.quality, flags={"look_ahead": 1}))
    connection = ibis.postgres.connect(host=str(server.folder), user="postgres", database="postgres")
    tables = {name: connection.create_table(name, obj=getattr(here, name).to_pyarrow()) for name in ("cases", "events")}
    yield here, replace(here, **tables)
    connection.disconnect()


@pytest.mark.parametrize("few", [0, 500])
def test_postgresql_gives_the_same_queue_and_order(few, pair, monkeypatch):
    monkeypatch.setattr(import_module("tskit.patterns.open_queue"), "_FEW", few)
    here, there = pair
    for moment in (None, pd.Timestamp("2026-03-02 04:45", tz="UTC"), pd.Timestamp("2026-03-03 02:00", tz="UTC")):
        until = None if moment is None else moment.to_pydatetime()
        mine, theirs = open_queue(here, until=until), open_queue(there, until=until)
        assert len(mine) in (2, 3)
        assert theirs.attrs == mine.attrs == {"unknown": 1, "loss": ""}
        same(theirs, mine)
        same(open_pauses(there, theirs, until=until), open_pauses(here, mine, until=until))
        same(triage(there, until=until).frame, triage(here, until=until).frame)


def same(found, expected):
    """Fail unless two frames hold the same values; how an engine's driver types a column of nothing is its own affair."""
    both = [frame.astype(object).where(frame.notna(), None) for frame in (found, expected)]
    pd.testing.assert_frame_equal(*both, check_dtype=False)
