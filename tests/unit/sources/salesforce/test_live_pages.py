"""Pages are whole or they are none, and ranges of ids leave neither a gap nor an overlap."""

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.sources.salesforce.live.ids import WHOLE, Range, halves, parts
from tskit.sources.salesforce.live.marks import Mark
from tskit.sources.salesforce.live.pages import BrokenPageError, read_page

IDS = st.text(string.digits + string.ascii_letters, min_size=15, max_size=15)
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters='\x00\r"'), max_size=12)
"""Of a last cell that is cut between two quotes nobody can tell, but for the length that came with it."""


def written(rows):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_a_page_comes_back_as_it_was_written_with_null_for_nothing(rows):
    found = read_page(written([("Id", "Subject"), *rows]), rows=len(rows))
    assert [tuple(row.values()) for row in found.to_pylist()] == [(one or None, two or None) for one, two in rows]


@given(st.lists(st.tuples(CELLS, PLAIN), min_size=1, max_size=8), st.data())
def test_a_page_that_is_cut_anywhere_is_no_page(rows, data):
    body = written([("Id", "Subject"), *rows])
    cut = data.draw(st.integers(0, len(body) - 2))  # without its last line end it is whole
    with pytest.raises(BrokenPageError):
        read_page(body[:cut], rows=len(rows))


def test_a_page_of_one_column_keeps_its_blank_cells():
    assert read_page(b'"Id"\n""\n"a"\n', rows=2).to_pylist() == [{"Id": None}, {"Id": "a"}]


def test_line_ends_of_windows_are_line_ends():
    assert read_page(b'"Id","A"\r\n"1","x\r\ny"\r\n', rows=1).to_pylist() == [{"Id": "1", "A": "x\r\ny"}]


@pytest.mark.parametrize("body", [b"", b"\n", b'"Id","Id"\n"1","2"\n', b'"Id"\n"1","2"\n', b'"Id"\n"\xff"\n'])
def test_what_is_no_page_is_told_without_its_cells(body):
    with pytest.raises(BrokenPageError):
        read_page(body, rows=None)


@given(st.lists(IDS, min_size=1, max_size=30, unique=True), st.integers(1, 9))
def test_every_id_lies_in_just_one_range(ids, count):
    ranges = parts(min(ids), max(ids), count=count)
    assert len(ranges) <= count
    assert all(sum(one.holds(each) for one in ranges) == 1 for each in ids)


@given(IDS, IDS, IDS)
def test_halves_are_together_the_whole(one, two, probe):
    low, high = sorted((one, two))
    for whole in (WHOLE, Range(low, high)):
        cut = halves(whole, low, high)
        assert sum(each.holds(probe) for each in cut) == int(whole.holds(probe))


def test_a_range_of_one_id_cannot_be_cut():
    assert halves(Range("500000000000000", "500000000000001"), "", "") == (Range("500000000000000", "500000000000001"),)


def test_the_letters_that_18_have_over_15_say_nothing_about_a_range():
    assert Range("500000000000001", "500000000000002").holds("500000000000001AAA")


def test_a_mark_is_read_as_it_was_written():
    mark = Mark(("Id", "Status"), (Range("a", "b"), WHOLE), "2026-01-01T00:00:00.000Z", "750", "x-1", 20, is_again=True)
    assert Mark.read(mark.text) == mark
    assert Mark.read("") is None
