"""Who has what is due next: the first page and every statement say the same, also after a hand-off that nobody answered."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.tables import case_set_from
from tskit.duty import CaseEntry, open_duty, write_case
from tskit.findings import escalation
from tskit.model import Casebook

CASES = """
case_id | created_at       | closed_at | is_closed | market | policy_id | content_id | severity | sla_target_at    | record_type
a       | 2026-11-01 09:00 |           | no        | SG     | P         | item-1     | S2       | 2026-11-01 17:00 | report
b       | 2026-11-01 11:00 |           | no        | SG     | P         | item-1     | S2       | 2026-11-01 19:00 | report
"""
NONE, SOMEBODY, WAITS = "no owner on record", "Somebody has it.", "handed to somebody who has not taken it up yet"


@pytest.fixture
def told(tmp_path):
    """Return the first page's line on the next decision, and the sentence on it of every statement that has one."""

    def read(entries, *case_ids):
        book = Casebook(root=Path(tmp_path), name="drawn", zone="Asia/Singapore")
        log = open_duty(book)
        with log.store:
            for n, (case_id, kind, author, more) in enumerate(entries):
                at = datetime(2026, 11, 1, 5, n, tzinfo=UTC)
                write_case(log, CaseEntry(case_id, kind, text="as it is", author=author, at=at, key=f"k{n}", **more))
        reader = escalation.Reader("executive", "2026-11-02T09:00")
        look = escalation.escalate(
            case_set_from(CASES, as_of="2026-11-01 16:00", casebook=book), list(case_ids or "ab"), reader=reader
        )
        answer = {one.key: one for one in escalation.answers(look)}["next"]
        spoken = [" ".join(one.paragraphs) for one in escalation.statements(escalation.told(look))]
        return answer.lines[0], [text for text in spoken if "The next answer is due" in text]

    return read


def opened(case_id, owner):
    return (case_id, "opened", owner, {"owner": owner})


def test_where_nobody_is_named_page_and_statements_say_so(told):
    line, spoken = told([])
    assert NONE in line
    assert all("Nobody is on record as having it." in text for text in spoken)


def test_whoever_has_the_escalation_owes_the_answer(told):
    line, spoken = told([opened("a", "aisyah")])
    assert "owner aisyah." in line
    assert all(SOMEBODY in text for text in spoken)


def test_two_people_with_a_case_each_are_no_owner_of_the_answer(told):
    line, spoken = told([opened("a", "aisyah"), opened("b", "ben")])
    assert NONE in line
    assert spoken
    assert all("Nobody is on record as having it." in text for text in spoken)


def test_what_was_handed_on_and_not_answered_is_not_had_by_anybody(told):
    line, spoken = told([opened("a", "ben"), ("a", "handoff", "ben", {"to": "dao"})])
    assert "owner dao, who has not taken it up yet." in line
    assert all(WAITS in text and SOMEBODY not in text for text in spoken)


def test_what_was_handed_on_and_answered_is_had(told):
    line, spoken = told([opened("a", "ben"), ("a", "handoff", "ben", {"to": "dao"}), ("a", "note", "dao", {})])
    assert "owner dao." in line
    assert all(SOMEBODY in text for text in spoken)
