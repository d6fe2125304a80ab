"""Files of Salesforce objects are told by their columns, in any dialect, number of parts and packing."""

import gzip
import zipfile

import pytest

from tests.support.salesforce_export import csv_text
from tskit.errors import SourceError
from tskit.sources import ReadOptions, connect
from tskit.sources.salesforce.files import holds_objects, read_objects
from tskit.sources.salesforce.objects import object_of

CASES = [{"Id": f"500{n}", "CaseNumber": f"{n:08}", "Subject": "one, two; `three`"} for n in range(12)]
HISTORY = [
    {"Id": f"017{n}", "CaseId": f"500{n}", "Field": "Status", "OldValue": "", "NewValue": "Closed"} for n in range(12)
]
GROUPS = [{"Id": "00G1", "Name": "scam", "Type": "Queue"}]


@pytest.fixture
def opened(tmp_path):
    """Return a function that reads a location of the folder: rows by object, and the raw tables."""
    connection = connect(tmp_path / "spill")

    def read(location):
        return read_objects(location, root=tmp_path, options=ReadOptions(), connection=connection)

    yield read
    connection.disconnect()


def counts(objects):
    return {kind: raw.table.count().to_pyarrow().as_py() for kind, raw in objects.items()}


@pytest.mark.parametrize(
    ("name", "header", "found"),
    [
        ("Case.csv", ["Id", "CaseNumber", "Status"], "Case"),
        ("extract.csv", ["Id", "CaseNumber", "Status"], "Case"),
        ("bulk_750xx.csv", ["Id", "CaseId", "Field", "OldValue", "NewValue"], "CaseHistory"),
        ("CaseHistory2.csv", ["Id", "CaseId", "Field", "NewValue"], "CaseHistory"),  # its second part
        ("CaseHistory2.csv", ["Id", "CaseId", "OwnerId", "Status", "PreviousUpdate"], "CaseHistory2"),
        ("Group_1.csv", ["Id", "Name", "Type"], "Group"),
        ("export/Group/part-2.csv", ["Id", "Name", "Type"], "Group"),
        ("Account.csv", ["Id", "Name", "Type"], ""),
        ("user_reports.csv", ["Id", "Name"], ""),
        ("User.csv", ["Id", "Username", "CompanyName"], "User"),
        ("report.csv", ["Case Number", "Status"], ""),
    ],
)
def test_the_columns_tell_the_object_and_the_name_where_they_do_not(name, header, found):
    assert object_of(name, header) == found


def test_a_zip_gives_each_object_and_leaves_the_others_packed(tmp_path, opened):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("Case.csv", csv_text(CASES))
        packed.writestr("CaseHistory.csv", csv_text(HISTORY))
        packed.writestr("Account.csv", '"Id","Name"\n"001","x"\n')
        packed.writestr("Attachments/00P1.zip", "an archive within, which nobody opens")
    objects = opened("export.zip")
    assert counts(objects) == {"Case": 12, "CaseHistory": 12}
    assert any("Account.csv, Attachments/00P1.zip" in note for note in objects["Case"].notes)
    assert [(file.name, file.rows) for file in objects["Case"].inputs] == [("export.zip", 24)]
    assert not list((tmp_path / "spill").glob("*.zip"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "`"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_dialect_of_the_bulk_api_is_read(tmp_path, opened, delimiter, end):
    for name, rows in (("a", CASES), ("b", HISTORY)):
        (tmp_path / f"{name}.csv").write_text(
            csv_text(rows, delimiter=delimiter, end=end), encoding="utf-8", newline=""
        )
    objects = opened("*.csv")
    assert counts(objects) == {"Case": 12, "CaseHistory": 12}
    assert set(objects["Case"].table.Subject.to_pyarrow().to_pylist()) == {"one, two; `three`"}


def test_parts_in_several_packings_are_one_object_and_lacking_columns_are_told(tmp_path, opened):
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "Case_1.csv").write_text(csv_text(CASES[:5]), encoding="utf-8")
    with gzip.open(folder / "Case_2.csv.gz", "wt", encoding="utf-8") as file:
        file.write(csv_text([{"Id": row["Id"], "CaseNumber": row["CaseNumber"]} for row in CASES[5:9]]))
    with zipfile.ZipFile(folder / "week.zip", "w") as packed:
        packed.writestr("Case.csv", csv_text(CASES[9:]))
        packed.writestr("Group.csv", csv_text(GROUPS))
    assert holds_objects("parts", root=tmp_path)
    objects = opened("parts")
    assert counts(objects) == {"Case": 12, "Group": 1}
    assert any("lacks 'Subject'" in note for note in objects["Case"].notes)
    assert objects["Case"].table.Subject.to_pyarrow().to_pylist().count("") == 4


def test_one_kind_of_rows_is_no_collection_of_objects(tmp_path):
    (tmp_path / "Case.csv").write_text(csv_text(CASES), encoding="utf-8")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    assert not holds_objects("Case.csv", root=tmp_path)
    assert not holds_objects("broken.zip", root=tmp_path)
    assert not holds_objects("nothing.zip", root=tmp_path)


def test_a_member_that_is_broken_stops_the_load_and_is_named(tmp_path, opened):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("Case.csv", csv_text(CASES))
        packed.writestr("CaseHistory.csv", csv_text(HISTORY))
    whole = (tmp_path / "export.zip").read_bytes()
    place = whole.index(b'"0170"')
    (tmp_path / "export.zip").write_bytes(whole[:place] + b"X" + whole[place + 1 :])
    assert holds_objects("export.zip", root=tmp_path)
    with pytest.raises(SourceError, match=r"export\.zip/CaseHistory\.csv is damaged"):
        opened("export.zip")


def test_a_zip_that_is_cut_off_stops_the_load_of_all_of_them(tmp_path, opened):
    for week in ("a", "b"):
        with zipfile.ZipFile(tmp_path / f"{week}.zip", "w") as packed:
            packed.writestr("Case.csv", csv_text(CASES))
            packed.writestr("CaseHistory.csv", csv_text(HISTORY))
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: len(whole) // 2])
    assert holds_objects("*.zip", root=tmp_path)
    with pytest.raises(SourceError, match=r"b\.zip is not a whole zip file"):
        opened("*.zip")
