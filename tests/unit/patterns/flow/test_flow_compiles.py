"""The steps of cases compile for engines that no test can run, and are the same from tables of no engine."""

from dataclasses import replace

import ibis
import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.patterns.flow.steps import steps
from tskit.patterns.rows import fetched

CASES = """
    case_id | created_at       | closed_at        | queue | is_closed | sla_target_at    | market
    a       | 2026-03-02 09:00 | 2026-03-02 12:00 | spam  | yes       | 2026-03-02 11:00 | SG
    b       | 2026-03-02 09:00 | 2026-03-02 15:00 | spam  | yes       | 2026-03-02 16:00 | SG
    c       | 2026-03-03 09:00 | 2026-03-03 15:00 | spam  | yes       | 2026-03-03 16:00 | ID
    d       | 2026-03-03 09:00 |                  | music | no        | 2026-03-03 15:00 | ID
"""
EVENTS = """
    case_id | event_type  | occurred_at      | seq | from_queue | to_queue | is_paired_id_row
    b       | queue_moved | 2026-03-02 10:00 | 1   | spam       | music    | no
    b       | queue_moved | 2026-03-02 12:00 | 2   | music      | spam     | no
    b       | closed      | 2026-03-02 15:00 | 3   |            |          | no
    c       | closed      | 2026-03-03 11:00 | 1   |            |          | no
    c       | reopened    | 2026-03-03 12:00 | 2   |            |          | no
    c       | closed      | 2026-03-03 15:00 | 3   |            |          | no
"""


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake", "trino"])
def test_the_steps_that_every_question_asks_for_compile_for_warehouses(dialect):
    drawn = case_set_from(CASES, events=EVENTS, as_of="2026-03-03 17:00")
    unbound = replace(drawn, cases=drawn.cases.unbind(), events=drawn.events.unbind(), held={})
    assert "ROW_NUMBER" in str(ibis.to_sql(steps(unbound), dialect=dialect)).upper()


def test_tables_of_no_engine_give_the_same_steps():
    drawn = case_set_from(CASES, events=EVENTS, as_of="2026-03-03 17:00")
    unbound = replace(drawn, cases=drawn.cases.unbind(), events=drawn.events.unbind(), held={})
    expected = fetched(steps(drawn)).sort_values(["case_id", "nth"], ignore_index=True)
    found = drawn.cases.get_backend().to_pyarrow(steps(unbound)).to_pandas()
    pd.testing.assert_frame_equal(found.sort_values(["case_id", "nth"], ignore_index=True), expected)
