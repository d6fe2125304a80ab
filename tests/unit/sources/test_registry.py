"""Files, folders, patterns and archives as one table; real exports to the last row."""

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tskit.errors import SourceError
from tskit.sources import ReadOptions, connect, read

_DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
_CSV = b'id,text\n1,"a, b"\n2,\n3,""\n'


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    return connect(tmp_path_factory.mktemp("spill"))


@pytest.fixture
def load(connection, tmp_path):
    def load(location, **options):
        raw = read(str(location), root=tmp_path, options=ReadOptions(**options), connection=connection)
        rows = connection.con.execute(f"select * from {raw.table.get_name()}").fetchall()
        rejected = connection.con.execute(f"select * from {raw.rejected.get_name()} order by 2").fetchall()
        assert raw.read == len(rows) + len(rejected)
        return raw, rows, rejected

    return load


@pytest.mark.parametrize(
    ("path", "rows", "columns"),
    [
        ("nyc311/311_Animals_short.csv", 4969, 31),
        ("salesforce/gen-ai-demo_Case.csv", 40, 44),
        ("salesforce/data-cloud-workshop_Case.csv", 40, 50),
        ("zendesk/ticket_data.csv", 10, 36),
        ("zendesk/ticket_field_history_data.csv", 38, 6),
        ("servicenow/incident_event_log.csv", 1504, 36),
        ("enforcement_reports/meta-2023-q2.csv", 3221, 5),
        ("enforcement_reports/tiktok-2023-q2.csv", 1912, 10),
        ("dsa/soundcloud_daily_to_2025-06.csv", 9059, 11),
        ("thai/wisesight_valid.jsonl", 300, 2),
        ("vietnamese/vihos_dev.csv", 1106, 3),
    ],
)
def test_a_real_export_is_read_to_the_last_row(path, rows, columns, load):
    if not (_DATA / path).exists():
        pytest.skip("the real data is not here: ../shared/data")
    raw, found, rejected = load(_DATA / path)
    assert (len(found), len(raw.header), rejected) == (rows, columns, [])
    assert not raw.header[0].startswith("\ufeff")
    assert raw.inputs[0].sha256 == hashlib.sha256((_DATA / path).read_bytes()).hexdigest()


def test_line_breaks_within_a_field_stay_in_it(load):
    path = _DATA / "vietnamese/vihos_dev.csv"
    if not path.exists():
        pytest.skip("the real data is not here: ../shared/data")
    _, rows, _ = load(path)
    assert any("\n" in row[1] for row in rows)
    assert [row[0] for row in rows[:3]] == ["0", "1", "2"]


def test_empty_and_quoted_empty_are_both_empty_text(load, tmp_path):
    (tmp_path / "a.csv").write_bytes(_CSV)
    raw, rows, _ = load("a.csv")
    assert raw.header == ("id", "text")
    assert rows == [("1", "a, b", "a.csv", 1), ("2", "", "a.csv", 2), ("3", "", "a.csv", 3)]


def test_a_packed_file_is_the_file(load, tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(_CSV))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("in/x.csv", _CSV)
        archive.writestr("in/y.csv", _CSV)
        archive.writestr("__MACOSX/in/._x.csv", b"litter")
    _, rows, _ = load("a.csv.gz")
    assert [row[2:] for row in rows] == [("a.csv", 1), ("a.csv", 2), ("a.csv", 3)]
    raw, rows, _ = load("b.zip")
    assert {row[2] for row in rows} == {"b.zip/in/x.csv", "b.zip/in/y.csv"}
    assert [(file.name, file.rows) for file in raw.inputs] == [("b.zip", 6)]


@pytest.mark.parametrize("location", ["", "exports", "exports/*.csv"])
def test_files_of_one_header_are_stacked_in_any_order_of_columns(location, load, tmp_path):
    folder = tmp_path / "exports" if location else tmp_path
    folder.mkdir(exist_ok=True)
    (folder / "1.csv").write_bytes(b"a,b\n1,2\n")
    (folder / "2.csv").write_bytes(b"b;a\n4;3\n")
    (folder / ".hidden.csv").write_bytes(b"x\n1\n")
    _, rows, _ = load(location or tmp_path)
    assert rows == [("1", "2", "1.csv", 1), ("3", "4", "2.csv", 1)]


def test_files_of_other_headers_are_refused_by_name(load, tmp_path):
    (tmp_path / "1.csv").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "2.csv").write_bytes(b"a,c\n1,2\n")
    with pytest.raises(SourceError, match=r"2\.csv lacks 'b' and has 'c' besides"):
        load("*.csv")


def test_a_mistyped_name_leads_to_the_right_one(load, tmp_path):
    (tmp_path / "cases_2026.csv").write_bytes(_CSV)
    with pytest.raises(SourceError, match=r"Did you mean 'cases_2026\.csv'"):
        load("case_2026.csv")


def test_a_name_with_signs_of_a_pattern_is_read(load, tmp_path):
    (tmp_path / "cases [1] *.csv").write_bytes(b"a,b\n" + b"1,2\n" * 10)
    assert len(load("cases [1] *.csv")[1]) == 10


def test_known_digests_are_not_computed_again(connection, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(_CSV)
    raw = read("a.csv", root=tmp_path, options=ReadOptions(), connection=connection, digests={path: "known"})
    assert raw.inputs[0].sha256 == "known"


@pytest.mark.parametrize("rows", [2000, 50_000, 1999])
def test_a_capped_export_is_noted(rows, load, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + b"1,2\n" * rows)
    raw, *_ = load("a.csv")
    assert any("Rows may be missing" in note for note in raw.notes) is (rows != 1999)


def test_a_report_loses_its_titles_and_footer_and_says_so(load, tmp_path):
    text = (
        "Open cases\nAs of 2026-11-01\nFiltered By: Show: All cases, Date range: current\n\n"
        '"Case Number","Status","Opened","Owner"\n"001","New","1/11/2026","A, B"\n"002","New","1/11/2026",""\n\n'
        '"Grand Totals","2"\n\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
        '"Confidential Information - Do Not Distribute"\n"Generated By: Somebody 1/11/2026"\n"Company"\n'
    )
    (tmp_path / "report.csv").write_text(text, encoding="utf-8")
    raw, rows, rejected = load("report.csv")
    assert (raw.header, raw.read, rejected) == (("Case Number", "Status", "Opened", "Owner"), 2, [])
    assert [row[0] for row in rows] == ["001", "002"]
    assert any("3 title lines" in note for note in raw.notes)
    assert any("5 footer lines" in note for note in raw.notes)
    assert load("report.csv", header_row=5, footer=0)[0].read == 7
    assert load("report.csv", header_row=5, footer=6)[0].read == 1


def test_json_keeps_numbers_as_written_and_joins_other_keys(load, tmp_path):
    lines = ['{"id": 12345678901234567890, "n": 1.10, "ok": true}', '{"id": 1e5, "tags": ["a", {"b": 1.0}], "n": null}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "b.json").write_text(f"[{', '.join(lines)}]", encoding="utf-8")
    expected = [
        ("12345678901234567890", "1.10", "true", None),
        ("1e5", None, None, '["a", {"b": 1.0}]'),
    ]
    for name in ("a.jsonl", "b.json"):
        raw, rows, rejected = load(name)
        assert (raw.header, rejected) == (("id", "n", "ok", "tags"), [])
        assert [row[:4] for row in rows] == expected


def test_a_long_json_list_is_read_in_pieces(load, tmp_path):
    (tmp_path / "long.json").write_text(
        json.dumps([{"i": i, "text": "x" * 500} for i in range(5000)]), encoding="utf-8"
    )
    _, rows, _ = load("long.json")
    assert [int(row[0]) for row in rows] == list(range(5000))


def test_parquet_becomes_text_and_nested_columns_json(load, tmp_path):
    table = pa.table(
        {"id": [2**60, None], "x": [0.1, 2.0], "list": [[1, 2], []], "o": [{"k": "v"}, None], "b": [True, None]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    _, rows, _ = load("a.parquet")
    assert rows == [
        (str(2**60), "0.1", "[1,2]", '{"k":"v"}', "true", "a.parquet", 1),
        (None, "2.0", "[]", None, None, "a.parquet", 2),
    ]


@pytest.mark.parametrize(
    ("encoding", "declared"), [("cp1252", "cp1252"), ("latin-1", "latin-1"), ("utf-16", None), ("utf-8-sig", None)]
)
def test_a_declared_or_marked_encoding_is_read(encoding, declared, load, tmp_path):
    (tmp_path / "a.csv").write_bytes("naïve,b\ncafé,1\n".encode(encoding))
    raw, rows, _ = load("a.csv", encoding=declared)
    assert (raw.header, rows[0][0]) == (("naïve", "b"), "café")


def test_an_unknown_encoding_is_refused(load, tmp_path):
    (tmp_path / "a.csv").write_bytes(_CSV)
    with pytest.raises(SourceError, match="encoding 'klingon' is unknown"):
        load("a.csv", encoding="klingon")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "`"])
def test_the_delimiter_is_found_where_header_and_records_agree(mark, load, tmp_path):
    rows = [["id", "free text", "n"], *[[str(i), "a, b; c", "1"] for i in range(20)]]
    quoted = "\n".join(mark.join(f'"{cell}"' for cell in row) for row in rows)
    (tmp_path / "a.csv").write_text(quoted, encoding="utf-8")
    raw, found, rejected = load("a.csv")
    assert (raw.header, len(found), rejected) == (("id", "free text", "n"), 20, [])


def test_a_broken_record_keeps_its_number_and_text(load, tmp_path):
    (tmp_path / "a.csv").write_bytes(b'a,b\n1,2\n3\n\n4,5\n"6,7\n8,9\n\xff,1\n')
    _, rows, rejected = load("a.csv")
    assert [(row[0], row[3]) for row in rows] == [("1", 1), ("4", 3), ("8", 5)]
    assert [(row[1], row[3], row[4]) for row in rejected] == [
        (2, "too_few_columns", "3"),
        (4, "broken_quote", '"6,7'),
        (6, "bad_encoding", "�,1"),
    ]


def test_a_large_file_is_read_by_the_engine_with_true_numbers(load, tmp_path):
    """0.1 % of the records are broken; the engine reads them, and every number and text must still be right."""
    out = io.BytesIO(b"")
    out.write(b"id,text,n\n")
    broken = {}
    for i in range(1, 220_001):
        line = b'%d,"some text, and more of it, number %d",7' % (i, i)
        if i % 1000 == 1:
            line = [b"%d,x" % i, b"%d,x,y,z" % i, b'%d,"x"y,z' % i, b"%d,caf\xe9,z" % i][i // 1000 % 4]
            broken[i] = line.decode("utf-8", "replace")
        out.write(line + b"\n")
    path = tmp_path / "large.csv"
    path.write_bytes(out.getvalue())
    assert path.stat().st_size > 8 * 2**20
    _, rows, rejected = load("large.csv")
    assert all(int(row[0]) == row[4] for row in rows)
    assert {row[1]: row[4] for row in rejected} == broken
    reasons = ["too_few_columns", "too_many_columns", "broken_quote", "bad_encoding"]
    assert [row[3] for row in rejected] == reasons * 55
