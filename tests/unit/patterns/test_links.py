"""What ties cases to others, and whether chance explains it."""

from datetime import UTC, datetime

import pytest

from tests.support.tables import case_set_from
from tskit.patterns import crowding, links

CASES = """
    case_id | created_at | subject_account_id | content_id | source_identity | parent_case_id
    a       | 2026-03-02 | acc1               | i1         | r1              |
    b       | 2026-03-04 | acc1               | i2         |                 |
    c       | 2026-03-09 | acc2               | i1         |                 | a
    d       | 2026-05-09 | acc1               | i3         | r1              | a
    e       | 2026-03-02 |                    |            |                 |
    f       | 2026-03-02 |                    |            |                 |
"""


@pytest.fixture(scope="module")
def case_set():
    return case_set_from(CASES)


def tied(frame):
    return sorted(frame[["case_id", "linked_id", "why"]].itertuples(index=False, name=None))


def test_cases_are_tied_by_what_they_have_in_common(case_set):
    assert tied(links(case_set, ["a"])) == [
        ("a", "b", "account"),
        ("a", "c", "case"),
        ("a", "c", "item"),
        ("a", "d", "account"),
        ("a", "d", "case"),
        ("a", "d", "reporter"),
    ]


def test_a_child_is_tied_to_its_parent(case_set):
    assert ("c", "a", "case") in tied(links(case_set, ["c"]))


def test_a_blank_ties_nothing(case_set):
    assert links(case_set, ["e"]).empty


def test_cases_opened_later_are_not_known_yet(case_set):
    early = links(case_set, ["a"], until=datetime(2026, 3, 5, tzinfo=UTC))
    assert tied(early) == [("a", "b", "account")]


def crowd(size, *, others):
    """Return a case with so many companions, among cases of which each has one or none."""
    rows = ["case_id | created_at | subject_account_id | policy_id"]
    rows += [f"x{n} | 2026-03-{2 + n % 5:02d} | same | P" for n in range(size + 1)]
    rows += [f"o{n} | 2026-03-{1 + n % 28:02d} | acc{n // 2 if n < 40 else n} | P" for n in range(others)]
    case_set = case_set_from("\n".join(rows))
    [found] = crowding(case_set, links(case_set, ["x0"]))
    return found


def test_a_crowd_beyond_chance_stands_out():
    found = crowd(12, others=200)
    assert (found.why, found.size, found.most) == ("account", 12, 1)
    assert found.reference == 200
    assert found.p < 1e-6
    assert found.stands_out


def test_few_companions_are_no_crowd_however_rare():
    assert not crowd(4, others=200).stands_out


def test_nothing_is_claimed_against_a_handful_of_cases():
    assert not crowd(12, others=30).stands_out


def test_what_others_have_as_well_is_ordinary():
    """Forty other accounts have ten cases each within those days: eleven are nothing to tell of."""
    rows = ["case_id | created_at | subject_account_id | policy_id"]
    rows += [f"x{n} | 2026-03-02 | same | P" for n in range(10)]
    rows += [f"o{n} | 2026-03-02 | acc{n // 10} | P" for n in range(400)]
    case_set = case_set_from("\n".join(rows))
    [found] = crowding(case_set, links(case_set, ["x0"]))
    assert (found.size, found.most, found.stands_out) == (9, 9, False)


def test_several_looks_are_corrected_together():
    rows = ["case_id | created_at | subject_account_id | content_id | policy_id"]
    rows += [f"x{n} | 2026-03-02 | same | item | P" for n in range(9)]
    rows += [f"o{n} | 2026-03-02 | acc{n} | item{n} | P" for n in range(100)]
    case_set = case_set_from("\n".join(rows))
    alone = crowding(case_set, links(case_set, ["x0"]).query("why == 'item'"))
    both = crowding(case_set, links(case_set, ["x0"]))
    assert {found.why for found in both} == {"account", "item"}
    assert min(found.p for found in both) > alone[0].p


def test_a_crowd_is_not_held_against_itself():
    """A stray case of an item that belongs to the crowd has its company from the crowd alone, so it counts for none."""
    rows = ["case_id | created_at | subject_account_id | content_id | policy_id"]
    rows += [f"x{n} | 2026-03-{2 + n % 5:02d} | same | i{n % 2} | P" for n in range(16)]
    rows += ["s | 2026-03-04 | stray | i1 | P"]
    rows += [f"o{n} | 2026-03-{1 + n % 28:02d} | acc{n} | o{n // 2 if n < 40 else n} | P" for n in range(200)]
    case_set = case_set_from("\n".join(rows))
    found = {crowd.why: crowd for crowd in crowding(case_set, links(case_set, ["x0"]))}
    item = found["item"]
    assert (item.size, item.most, item.reference, item.usual) == (7, 1, 201, 40 / 201)
    assert item.stands_out
    assert found["account"].most == 0
