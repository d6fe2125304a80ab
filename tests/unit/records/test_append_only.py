"""What was written stays: the database itself refuses to change it, and the chain tells where somebody did all the same."""

import sqlite3

import psycopg
import pytest

from tests.support.drafts import draft
from tskit.errors import DataError
from tskit.records import open_store

REFUSED = (sqlite3.IntegrityError, psycopg.errors.RaiseException)
ROW = "'tags', {seq}, 'tag', 's', 'a', '2026-10-05T01:30:00.000000Z', '{key}', '', '{{}}', 'p', 'd'"


@pytest.fixture
def written(store):
    store.append("tags", [draft(key, subject=f"case-{key}") for key in "abcde"])
    return store


@pytest.fixture
def tamper(console, place):
    """Return a function that changes entries by hand, as somebody who may drop the triggers can."""
    names = ("update", "delete", "insert")
    free = [f"DROP TRIGGER tskit_entries_{name}" for name in names]
    if isinstance(place, str):
        free = ["ALTER TABLE tskit_entries DISABLE TRIGGER ALL"]
    return lambda *statements: console(*free, *statements)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tskit_entries SET author = 'x' WHERE seq = 2",
        "DELETE FROM tskit_entries WHERE seq = 2",
        f"INSERT INTO tskit_entries VALUES ({ROW.format(seq=7, key='n')})",
        f"INSERT INTO tskit_entries VALUES ({ROW.format(seq=3, key='n')})",
    ],
)
def test_the_database_refuses_to_change_remove_or_add_out_of_turn(written, console, statement):
    before = written.entries("tags")
    with pytest.raises(REFUSED, match="tskit: an entry"):
        console(statement)
    assert written.entries("tags") == before


def test_sqlite_refuses_to_replace(written, console, place):
    if isinstance(place, str):
        pytest.skip("PostgreSQL has no such statement")
    for seq, key in ((2, "n"), (6, "a"), (1, "a")):
        with pytest.raises(REFUSED, match="tskit: an entry"):
            console(f"INSERT OR REPLACE INTO tskit_entries VALUES ({ROW.format(seq=seq, key=key)})")


def test_postgresql_refuses_to_truncate(written, console, place):
    if not isinstance(place, str):
        pytest.skip("SQLite has no such statement")
    with pytest.raises(REFUSED, match="tskit: an entry"):
        console("TRUNCATE tskit_entries")


def test_a_log_that_nobody_touched_is_whole(written):
    verdict = written.verify("tags", expected=written.head("tags"))
    assert (verdict.is_whole, verdict.entries, verdict.first_broken_seq, verdict.reason) == (True, 5, None, "")
    assert written.verify("rounds").is_whole


@pytest.mark.parametrize("column", ["kind", "subject", "author", "at", "key", "supersedes", "body", "digest"])
def test_an_edited_field_is_found(written, tamper, column):
    tamper(f"UPDATE tskit_entries SET {column} = 'x' WHERE seq = 3")
    verdict = written.verify("tags")
    assert (verdict.is_whole, verdict.entries, verdict.first_broken_seq) == (False, 5, 3)
    assert verdict.reason == "Entry 3 was changed after it was written."


def test_a_changed_link_is_found(written, tamper):
    tamper("UPDATE tskit_entries SET previous = 'x' WHERE seq = 3")
    assert (written.verify("tags").first_broken_seq, "does not follow" in written.verify("tags").reason) == (3, True)


@pytest.mark.parametrize("value", ["1", "x'00ff'", "1.5"])
def test_a_value_of_another_type_is_found(written, tamper, value, place):
    if isinstance(place, str):
        pytest.skip("PostgreSQL keeps the type of a column")
    tamper(f"UPDATE tskit_entries SET author = CAST({value} AS BLOB) WHERE seq = 4")
    assert written.verify("tags").first_broken_seq == 4


def test_a_removed_entry_is_found(written, tamper):
    tamper("DELETE FROM tskit_entries WHERE seq = 2")
    verdict = written.verify("tags")
    assert (verdict.entries, verdict.first_broken_seq, verdict.reason) == (4, 2, "Entry 2 is missing, or stands twice.")


def test_the_removal_of_the_first_entry_is_found(written, tamper):
    tamper("DELETE FROM tskit_entries WHERE seq = 1")
    assert written.verify("tags").first_broken_seq == 1


def test_a_removal_that_closes_the_gap_is_found(written, tamper):
    tamper(
        "DELETE FROM tskit_entries WHERE seq = 2",
        "UPDATE tskit_entries SET seq = 2 WHERE seq = 3",
        "UPDATE tskit_entries SET seq = 3 WHERE seq = 4",
        "UPDATE tskit_entries SET seq = 4 WHERE seq = 5",
    )
    assert written.verify("tags").first_broken_seq == 2


def test_an_entry_put_in_is_found(written, tamper):
    moves = [f"UPDATE tskit_entries SET seq = {seq + 1} WHERE seq = {seq}" for seq in (5, 4, 3)]
    tamper(*moves, f"INSERT INTO tskit_entries VALUES ({ROW.format(seq=3, key='n')})")
    assert written.verify("tags").first_broken_seq == 3


def test_entries_that_changed_places_are_found(written, tamper):
    tamper(*(f"UPDATE tskit_entries SET seq = {new} WHERE seq = {old}" for old, new in ((2, 9), (4, 2), (9, 4))))
    assert written.verify("tags").first_broken_seq == 2


def test_an_entry_added_by_hand_at_the_end_is_found(written, console):
    console(f"INSERT INTO tskit_entries VALUES ({ROW.format(seq=6, key='n')})")
    assert written.verify("tags").first_broken_seq == 6


def test_a_cut_end_is_found_by_whoever_kept_the_head(written, tamper):
    head = written.head("tags")
    tamper("DELETE FROM tskit_entries WHERE seq > 3")
    assert written.verify("tags").is_whole, "a chain cannot tell what followed it"
    verdict = written.verify("tags", expected=head)
    assert (verdict.is_whole, verdict.first_broken_seq) == (False, 4)
    assert "ends at entry 3, and had 5" in verdict.reason


def test_a_log_written_anew_is_found_by_whoever_kept_the_head(written, tamper):
    head = written.head("tags")
    tamper("DELETE FROM tskit_entries")
    written.append("tags", [draft(key) for key in "abcdef"])
    assert written.verify("tags").is_whole
    assert written.verify("tags", expected=head).first_broken_seq == 5
    assert not written.verify("tags", expected=(0, "")).first_broken_seq


def test_a_log_that_grew_still_holds_its_earlier_head(written):
    head = written.head("tags")
    written.append("tags", [draft("f")])
    assert written.verify("tags", expected=head).is_whole


@pytest.mark.parametrize(
    ("column", "value"), [("at", "soon"), ("at", "2026-10-05T01:30:00"), ("body", "{"), ("body", "[1]")]
)
def test_an_entry_that_no_longer_can_be_read_is_named_without_its_content(written, tamper, column, value):
    tamper(f"UPDATE tskit_entries SET {column} = '{value}' WHERE seq = 3")
    with pytest.raises(DataError, match="Entry 3 of the log 'tags' was changed outside tskit") as caught:
        written.entries("tags")
    assert value not in str(caught.value)
    assert written.standing("tags", subject="case-a")


def test_the_writer_goes_on_after_an_entry_that_was_changed(written, tamper, place):
    tamper("UPDATE tskit_entries SET author = 'x' WHERE seq = 3")
    with open_store(place) as again:
        again.append("tags", [draft("f")])
        assert (again.verify("tags").entries, again.verify("tags").first_broken_seq) == (6, 3)
