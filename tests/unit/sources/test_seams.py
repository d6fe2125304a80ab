"""A file that was cut off at a cap is continued by one that has its last record, too; otherwise its end is told."""

import pytest

from tskit.sources import ReadOptions, connect, read
from tskit.sources.seams import stitched

CAP = 2_000


@pytest.fixture
def notes(tmp_path):
    """Return a function that writes ranges of numbered records as files and returns what is said of them together."""

    def told(*ranges):
        for number, (start, end) in enumerate(ranges):
            rows = "".join(f"{n},open\n" for n in range(start, end))
            (tmp_path / f"part{number}.csv").write_text(f"Case Number,Status\n{rows}", encoding="utf-8")
        connection = connect(tmp_path / "spill")
        try:
            raw = read("*.csv", root=tmp_path, options=ReadOptions(), connection=connection)
            return stitched(raw, key="Case Number", connection=connection).notes
        finally:
            connection.disconnect()

    return told


def test_files_that_overlap_lack_nothing(notes):
    assert notes((0, CAP), (CAP - 1, 2 * CAP - 1), (3_900, 4_500)) == (
        "2 files were cut off at a cap; another file goes on where each ends, so nothing is missing between them.",
    )


def test_the_order_of_the_records_does_not_matter(notes):
    first, *rest = notes((1_500, 1_500 + CAP), (0, CAP))
    assert first.startswith("1 file was cut off at a cap")
    assert [note.split(" was")[0] for note in rest] == ["part0.csv"]


def test_a_gap_after_a_cap_is_told_by_the_file_that_it_follows(notes):
    (told,) = notes((0, CAP), (CAP, CAP + 10))
    assert told.startswith("part0.csv was cut off at a cap, and no other file goes on from its last row.")
    assert "Rows may be missing" in told


def test_a_file_alone_says_that_it_was_cut_off(notes):
    assert notes((0, CAP)) == (
        "part0.csv has exactly 2,000 records, the most that a report shown in a browser gives. Rows may be missing.",
    )


def test_the_same_cut_exported_twice_is_a_cut_still(notes):
    assert [note.split(" was")[0] for note in notes((0, CAP), (0, CAP))] == ["part0.csv", "part1.csv"]
