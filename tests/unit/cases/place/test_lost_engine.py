"""An engine that fails after the load is told of as a source's error: by its name, and without a word of the driver."""

from datetime import UTC, datetime, timedelta

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.postgres import running_server
from tskit.cases import load
from tskit.errors import SourceError
from tskit.metrics import measure
from tskit.model import Casebook, Scope, Source
from tskit.patterns import arrivals

KEY = b"k" * 32
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = [
    {"case_id": f"c{place}", "created_at": FIRST + timedelta(hours=place), "status": "open", "market": "SG"}
    for place in range(40)
]


def _loaded(folder, source):
    book = Casebook(folder, "lost", sources=(source,))
    return load(Scope(source=source.name), casebook=book, user_cache=folder, key=KEY)


def _opened(case_set):
    return measure(case_set, "cases_opened", window=case_set.scope.window)


def _arrived(case_set):
    return arrivals(case_set, until=case_set.as_of)


def test_a_file_that_goes_after_the_load(tmp_path, monkeypatch):
    monkeypatch.setattr("tskit.cases.place.load._KEPT_NEAR", 0)
    monkeypatch.setattr("tskit.cases.place.account._KEPT_CELLS", 0)  # a table as large as those that are not kept near
    path = tmp_path / "cases.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    case_set = _loaded(tmp_path, Source("lake", mode="in_place", cases="cases.parquet"))
    path.unlink()
    for ask in (_opened, _arrived):
        with pytest.raises(SourceError, match=r"engine of the source lake could not answer \(IOException\)") as told:
            ask(case_set)
        assert "cases.parquet" not in str(told.value)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_connection_that_is_cut_after_the_load(tmp_path, caplog, capfd):
    with running_server("fsync=off") as server:
        url = server.database("desk")
        with psycopg.connect(url, autocommit=True) as console:
            console.execute("CREATE TABLE cases (case_id text, created_at timestamptz, status text, market text)")
            console.cursor().executemany("INSERT INTO cases VALUES (%s, %s, %s, %s)", [[*row.values()] for row in ROWS])
            case_set = _loaded(tmp_path, Source("warehouse", mode="in_place", url=url, cases="cases"))
            assert _opened(case_set)["value"].sum() > 0
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'desk'"
            assert console.execute(ended).fetchall() == [(True,)]
        for ask in (_opened, _arrived, _opened):
            with pytest.raises(SourceError, match="engine of the source warehouse could not answer") as told:
                ask(_without_memory(case_set))
            said = str(told.value) + caplog.text + "".join(capfd.readouterr())
            assert "Load the source again" in said
            assert told.value.__cause__ is None
            assert not [word for word in ("terminating", "server closed", str(server.folder), "host=") if word in said]


def _without_memory(case_set):
    """Return the case set as one that nothing was asked of before."""
    case_set.held.clear()
    return case_set
