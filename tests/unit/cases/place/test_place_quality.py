"""Tables that stay where they lie give the account and the cases that files give."""

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.dirty_tables import dirty_cases, dirty_events
from tests.support.postgres import running_server
from tskit.cases import load
from tskit.cases.history import histories
from tskit.errors import DataError, SourceError
from tskit.metrics.held import held
from tskit.model import Casebook, Scope, Source

KEY = b"k" * 32
KNOWN = ("case_id", "created_at", "status")
FEW = (*KNOWN, "closed_at", "reach", "subject", "source_modified_at")
FILES = {"cases": "cases.parquet", "events": "events.parquet"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("dirty")
    cases = dirty_cases(120)
    pq.write_table(cases, place / "cases.parquet")
    pq.write_table(cases.select(list(FEW)), place / "few.parquet")
    pq.write_table(dirty_events(cases), place / "events.parquet")
    (place / "queries").mkdir()
    (place / "queries" / "mine.sql").write_text("SELECT * FROM dirty_cases WHERE market = :market", encoding="utf-8")
    return place


def _load(folder, source, tmp_path):
    book = Casebook(folder, "dirty", sources=(source,))
    return load(Scope(source=source.name), casebook=book, user_cache=tmp_path, key=KEY)


def _account(case_set):
    return {name: value for name, value in case_set.quality.as_json().items() if name != "notes"}


def _rows(table):
    own = {"_source", "_source_row", "owner_id", "seq"}
    rows = table.to_pyarrow().to_pylist()
    shown = [{k: sorted(v) if isinstance(v, list) else v for k, v in row.items() if k not in own} for row in rows]
    return sorted(shown, key=lambda row: row.get("event_id") or row["case_id"])


def _agree(copied, lying):
    assert _account(lying) == _account(copied)
    assert lying.as_of == copied.as_of
    assert _rows(lying.cases) == _rows(copied.cases)
    assert _rows(lying.events) == _rows(copied.events)


def test_parquet_in_place_gives_the_account_and_the_cases_of_the_file_loader(folder, tmp_path):
    copied = _load(folder, Source("copied", cases="few.parquet"), tmp_path)
    lying = _load(folder, Source("lying", mode="in_place", cases="few.parquet"), tmp_path)
    assert copied.quality.rejected > 20
    assert {"exact_duplicate", "superseded", "not_a_time"} <= set(copied.quality.reasons)
    assert _account(lying) == _account(copied)
    assert lying.as_of == copied.as_of
    assert _rows(lying.cases) == _rows(copied.cases)
    assert "subject" not in lying.cases.columns


def test_what_is_asked_often_is_judged_once_where_the_embedded_engine_may_keep_it(folder, tmp_path, monkeypatch):
    kept = _load(folder, Source("lying", mode="in_place", cases="few.parquet"), tmp_path)
    assert held(kept) is not None
    monkeypatch.setattr("tskit.cases.place.load._KEPT_NEAR", 0)
    monkeypatch.setattr("tskit.cases.place.account._KEPT_CELLS", 0)
    asked = _load(folder, Source("lying", mode="in_place", cases="few.parquet"), tmp_path)
    assert held(asked) is None
    assert _rows(kept.cases) == _rows(asked.cases)
    assert _account(kept) == _account(asked)


def test_rows_that_are_judged_once_and_in_each_question_give_one_account(folder, tmp_path, monkeypatch):
    source = Source("lying", mode="in_place", cases="few.parquet")
    kept = _load(folder, source, tmp_path)
    monkeypatch.setattr("tskit.cases.place.account._KEPT_CELLS", 0)
    asked = _load(folder, source, tmp_path)
    assert _rows(kept.cases) == _rows(asked.cases)
    assert _account(kept) == _account(asked)
    assert kept.fingerprint == asked.fingerprint


def test_judged_rows_leave_the_engine_when_the_load_is_done(folder, tmp_path):
    lying = _load(folder, Source("lying", mode="in_place", cases="few.parquet"), tmp_path)
    names = lying.cases.get_backend().con.execute("select table_name from duckdb_tables()").fetchall()
    assert "tskit_near_cases" in {name for (name,) in names}
    assert not [name for (name,) in names if "judged" in name]


TIMES = (
    "2026-03-29 01:30:00", "2026-10-25 02:30", "2026-03-01", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00z",
    "2026-03-01 10:00:00 UTC", "2026-03-01 10:00:00+08", "2026-03-01 10:00:00 +08:00", "2026-03-01 10:00:00-0330",
    "2026-03-01 10:00:00 EST", "2026/03/01 10:00", "2026-3-1 1:02", "2026-03-01 24:00:00", "2026-02-30 10:00:00Z",
    "2026-03-01T10:00:00.123456789Z", "infinity", "epoch", "soon", "1969-12-31 23:59:59Z", "2100-01-01T00:00:01Z",
)  # fmt: skip
LOCAL = ("29.03.2026 02:30", "25.10.2026 02:30", "1.3.2026", "31.03.2026 10:15", "03.31.2026 10:15", "1.3.26 9:05")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Singapore", ""])
@pytest.mark.parametrize("written", [TIMES, (*LOCAL, *TIMES)], ids=["ISO 8601", "day first"])
def test_every_writing_of_a_time_is_read_in_place_as_from_a_file(tmp_path, zone, written):
    usual = [f"2026-05-01T00:{place // 60:02d}:{place % 60:02d}Z" for place in range(0 if zone else 3000)]
    times = [*usual, *written]
    rows = {"case_id": [f"c{place}" for place in range(len(times))], "created_at": times}
    pq.write_table(pa.table({**rows, "status": ["open"] * len(times)}), tmp_path / "times.parquet")
    (tmp_path / "profiles").mkdir()
    named = "".join(f'{name} = "{name}"\n' for name in KNOWN)
    (tmp_path / "profiles" / "ours.toml").write_text(
        f'zone = "{zone}"\ndates = "{"dmy" if "1.3.2026" in written else ""}"\npartial = true\n[columns]\n{named}',
        encoding="utf-8",
    )
    said = {"cases": "times.parquet", "profile": "ours"}
    copied = _load(tmp_path, Source("copied", **said), tmp_path / "cache")
    lying = _load(tmp_path, Source("lying", mode="in_place", **said), tmp_path / "cache")
    assert 5 <= copied.quality.kept < len(times)
    assert _account(lying) == _account(copied)
    assert _rows(lying.cases) == _rows(copied.cases)


@pytest.mark.parametrize("mode", ["extract", "in_place"])
def test_a_zone_that_one_row_names_is_not_that_of_the_rows_behind_it(tmp_path, mode):
    written = ["2026-03-01 10:00:00", "2026-03-01 10:00:00 EST", "2026-03-01 10:00:00", "2026-03-01 10:00:00Z"]
    rows = {"case_id": list("abcd"), "created_at": written, "status": ["open"] * 4}
    pq.write_table(pa.table(rows), tmp_path / "times.parquet")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "ours.toml").write_text(
        'zone = "Asia/Singapore"\npartial = true\n[columns]\n' + "".join(f'{name} = "{name}"\n' for name in KNOWN),
        encoding="utf-8",
    )
    source = Source("ours", mode=mode, cases="times.parquet", profile="ours")
    found = _load(tmp_path, source, tmp_path / "cache")
    at = found.cases.order_by("case_id").created_at.to_pyarrow().to_pylist()
    assert [f"{time:%H}" for time in at] == ["02", "15", "02", "10"]


def test_how_times_are_written_is_proved_by_the_first_rows_as_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tskit.cases.place.times.LOOKED_AT", 2)
    written = ["1.3.2026 10:00", "2.3.2026 10:00", "31.3.2026 10:00"]
    rows = {"case_id": ["a", "b", "c"], "created_at": written, "status": ["open"] * 3}
    pq.write_table(pa.table(rows), tmp_path / "times.parquet")
    source = Source("lying", mode="in_place", cases="times.parquet", settings={"zone": "Asia/Singapore"})
    with pytest.raises(DataError, match="does not show whether day or month"):
        _load(tmp_path, source, tmp_path / "cache")


def test_people_are_pseudonyms(folder, tmp_path):
    pq.write_table(
        pq.read_table(folder / "cases.parquet").select(["owner_id", *KNOWN]).slice(3, 9), folder / "own.parquet"
    )
    lying = _load(folder, Source("lying", mode="in_place", cases="own.parquet"), tmp_path)
    people = {name for name in lying.cases.select("owner_id").to_pyarrow()["owner_id"].to_pylist() if name}
    assert people
    assert all(name.startswith("p") and len(name) == 21 for name in people)


def test_a_profile_of_a_log_says_that_only_a_copy_can_be_made_of_it(folder, tmp_path):
    (folder / "profiles").mkdir(exist_ok=True)
    (folder / "profiles" / "rows.toml").write_text(
        'case_id = "row number"\n[columns]\ncreated_at = "created_at"\nstatus = "status"\n', encoding="utf-8"
    )
    source = Source("numbered", cases="cases.parquet", profile="rows", mode="in_place")
    with pytest.raises(SourceError, match=r'says case_id.*mode = "extract"'):
        _load(folder, source, tmp_path)


@pytest.mark.slow
@pytest.mark.postgres
def test_every_column_and_the_log_in_place_give_the_account_and_the_rows_of_the_file_loader(folder, tmp_path):
    copied = _load(folder, Source("copied", **FILES), tmp_path)
    lying = _load(folder, Source("lying", mode="in_place", **FILES), tmp_path)
    _agree(copied, lying)
    assert histories(lying)[""], "each question about closings would search the whole log"
    with running_server("fsync=off") as server:
        url = server.database("desk")
        _fill(url, folder)
        tables = {"cases": "dirty_cases", "events": "dirty_events"}
        _agree(copied, _load(folder, Source("pg", url=url, mode="in_place", **tables), tmp_path))
        asked = Source("asked", url=url, mode="in_place", cases="queries/mine.sql", parameters={"market": "SG"})
        found = _load(folder, asked, tmp_path)
        assert set(found.cases.select("market").to_pyarrow()["market"].to_pylist()) == {"SG"}
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            found.cases.get_backend().con.execute("DELETE FROM dirty_cases")
        found.cases.get_backend().con.close()


def _fill(url, folder):
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("cases", "events"):
            rows = pq.read_table(folder / f"{name}.parquet")
            columns = ", ".join(f'"{column}" text' for column in rows.column_names)
            connection.execute(f"CREATE TABLE dirty_{name} ({columns})")
            with connection.cursor().copy(f"COPY dirty_{name} FROM STDIN") as copy:
                for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                    copy.write_row(row)
