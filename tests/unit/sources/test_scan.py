from __future__ import annotations

from tskit.sources import ReadOptions, connect, read, release
from tskit.sources.archive import pieces
from tskit.sources.delimited import read_delimited


def fast(path, connection):
    (piece,) = pieces(path, options=ReadOptions(), connection=connection)
    (part,) = read_delimited(piece, options=ReadOptions(), connection=connection, large=0)
    return part


def test_a_record_with_bad_bytes_keeps_them_whatever_else_is_wrong_with_it(tmp_path):
    connection, path = connect(), tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n3,\xe1\xbf,5\n6,what?,8\n9,10\n")
    part = fast(path, connection)
    assert part.held
    found = connection.con.execute(f"select _source_row, reason, raw from ({part.rejected_sql}) order by 1").fetchall()
    assert found == [(2, "bad_encoding", "3,�,5"), (3, "too_many_columns", "6,what?,8")]
    assert connection.con.execute(f"select * from ({part.rows_sql}) order by 3").fetchall() == [
        ("1", "2", 1),
        ("9", "10", 4),
    ]


def test_a_large_file_is_held_until_it_is_released_and_its_rejects_for_longer(tmp_path):
    connection, path = connect(), tmp_path / "a.csv"
    line = b"1," + b"x" * 1000 + b"\n"
    path.write_bytes(b"a,b\n" + line * 9000 + b"1,2,3\n" + line)
    raw = read("a.csv", root=tmp_path, options=ReadOptions(), connection=connection)
    assert len(raw.held) == 1
    assert (raw.read, raw.table.count().to_pyarrow().as_py()) == (9002, 9001)
    release(raw, connection=connection)
    left = connection.con.execute("select table_name from duckdb_tables()").fetchall()
    assert raw.held[0] not in [name for (name,) in left]
    assert raw.rejected.count().to_pyarrow().as_py() == 1
