"""The account of the data leads with the cases."""

from types import SimpleNamespace

from tskit.findings import quality_table
from tskit.model import Quality, TableAccount


def rows(quality):
    return [tuple(row) for row in quality_table(SimpleNamespace(quality=quality)).frame.itertuples(index=False)]


def test_a_single_table_says_why_rows_are_apart_or_doubtful():
    quality = Quality(10, 8, 2, 1, 7, {"not_a_time": 2}, {"closed_without_time": 1})
    assert rows(quality) == [
        ("Case rows read", "10", ""),
        ("Kept", "8", "7 cases"),
        ("Kept apart", "2", "a time that cannot be read: 2"),
        ("Doubtful", "1", "closed, but without a closing time: 1"),
    ]


def test_other_tables_follow_the_cases_and_the_reasons_count_them_all():
    tables = {"cases": TableAccount(10, 8, 2, 1), "events": TableAccount(90, 89, 1)}
    quality = Quality(100, 97, 3, 1, 8, {"not_a_time": 3}, {"duplicate_key": 1}, tables=tables)
    assert rows(quality)[:4] == [
        ("Case rows read", "10", ""),
        ("Kept", "8", "8 cases"),
        ("Kept apart", "2", ""),
        ("Doubtful", "1", ""),
    ]
    assert rows(quality)[4:] == [
        ("Event rows read", "90", "89 kept, 1 kept apart, 0 doubtful"),
        ("Kept apart in all tables", "3", "a time that cannot be read: 3"),
        ("Doubtful in all tables", "1", "the latest of several different rows with one id: 1"),
    ]
