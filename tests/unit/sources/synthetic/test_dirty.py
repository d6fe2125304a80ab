from __future__ import annotations

import numpy as np
import pytest

from tskit.sources.synthetic.chance import stream
from tskit.sources.synthetic.dirty import FAULTS, choose

COUNTED = {
    "unparsable_date": "try_cast(created_at AS TIMESTAMP) IS NULL",
    "missing_case_id": "case_id IS NULL",
    "unparsable_close_date": "closed_at IS NOT NULL AND try_cast(closed_at AS TIMESTAMP) IS NULL",
    "unknown_severity": "severity NOT IN ('S0', 'S1', 'S2', 'S3')",
    "bad_number": "reach IS NOT NULL AND try_cast(reach AS BIGINT) IS NULL",
    "closed_before_created": "try_cast(closed_at AS TIMESTAMP) < try_cast(created_at AS TIMESTAMP)",
}


@pytest.mark.parametrize(("kind", "condition"), COUNTED.items())
def test_dirty_rows_are_as_many_as_the_truth_says(small, kind, condition):
    assert small.value(f"SELECT count(*) FROM cases WHERE {condition}") == small.truth["dirty"][kind]["rows"] >= 3


def test_exact_duplicates_are_as_many_as_the_truth_says(small):
    distinct = small.value("SELECT count(*) FROM (SELECT DISTINCT * FROM cases)")
    assert small.truth["rows"]["cases"] - distinct == small.truth["dirty"]["exact_duplicate"]["rows"]


def test_rows_of_one_key_that_differ_are_as_many_as_the_truth_says(small):
    sql = "SELECT count(*) FROM (SELECT case_id FROM (SELECT DISTINCT * FROM cases) WHERE case_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1)"
    assert small.value(sql) == small.truth["dirty"]["same_key"]["rows"]


def test_the_older_row_of_a_key_was_changed_earlier(small):
    sql = """
        SELECT count(*), count(DISTINCT source_modified_at) FROM (SELECT DISTINCT * FROM cases)
        WHERE case_id IS NOT NULL GROUP BY case_id HAVING count(*) > 1
    """
    assert all(rows == stamps == 2 for rows, stamps in small.rows(sql))


def test_events_of_rejected_cases_are_counted(small):
    sql = "SELECT count(*) FROM events WHERE case_id NOT IN (SELECT case_id FROM cases WHERE case_id IS NOT NULL AND try_cast(created_at AS TIMESTAMP) IS NOT NULL)"
    assert small.value(sql) == small.truth["events_of_rejected_cases"] > 0


def test_every_kind_names_what_a_loader_should_say():
    assert all(fault.reason or fault.flag for fault in FAULTS)


def test_a_case_is_dirty_in_one_way_only():
    dirt = choose(5000, stream(1, 2))
    assert len(np.unique(dirt.case)) == len(dirt.case)
    assert min(dirt.counts().values()) >= 3
