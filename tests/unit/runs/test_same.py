"""A finding is the same one by what it speaks of and rests on, whatever its numbers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.runs.same import pairs, subject


def told(claim, *, kind="change", refs=(("metric", "M00"),)):
    return {"claim": claim, "kind": kind, "evidence": [{"kind": one, "ref": ref} for one, ref in refs]}


@pytest.mark.parametrize(
    ("claim", "about"),
    [
        ("Scam cases in Indonesia: 967 against 333 expected (289 to 384)", "scam cases in indonesia"),
        ("Backlog in Thailand rose to 108 open cases on Sunday 25 October", "backlog in thailand"),
        ("Overturn rate is lower over all only since the mix changed (7.0 %)", "overturn rate"),
        ("Targets: 1 of 4 missed over all (decision accuracy)", "targets"),
        ("5 cases of severity S3 were opened", "cases of severity s3"),
        ("Of 198 similar cases decided before 99 were actioned", "similar cases decided before"),
        ("12", ""),
        ("", ""),
    ],
)
def test_a_claim_speaks_of_its_words_up_to_the_first_number_verb_or_colon(claim, about):
    assert subject(claim) == about


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (told("Scam cases in ID: 9 against 3"), told("Scam cases in ID: 12 against 3"), True),
        (told("Scam cases in ID: 9 against 3"), told("Scam cases in TH: 9 against 3"), False),
        (told("Backlog in TH rose to 9"), told("Backlog in TH fell to 3"), True),
        (
            told("Targets: all 20 were met", kind="target", refs=[("table", "targets")]),
            told("1 of 4 targets missed", kind="target", refs=[("table", "targets")]),
            True,
        ),
        (told("Nothing moved", kind="steady"), told("Nothing else moved", kind="steady"), True),
        (told("Scam cases in ID: 9", refs=[("table", "a")]), told("Scam cases in ID: 8", refs=[("table", "b")]), True),
    ],
)
def test_findings_pair_by_what_they_are_about(one, other, is_same):
    assert pairs([one], [other]) == (((one, other),) if is_same else ((None, other), (one, None)))


def test_two_of_one_subject_pair_in_their_order():
    before = [told("Backlog in TH rose to 9"), told("Backlog in TH rose to 5")]
    after = [told("Backlog in TH rose to 8")]
    assert pairs(before, after) == ((before[0], after[0]), (before[1], None))


CLAIMS = st.lists(
    st.builds(
        lambda claim, kind, ref: told(claim, kind=kind, refs=[("table", ref)]),
        st.sampled_from(["A: 1", "A: 2", "B rose to 3", "Nothing moved", "Nothing else moved", "7 things", ""]),
        st.sampled_from(["change", "steady", "target"]),
        st.sampled_from("xy"),
    ),
    max_size=6,
)


@given(CLAIMS)
def test_findings_pair_with_themselves(found):
    assert all(one is other for one, other in pairs(found, found))


@given(CLAIMS, CLAIMS)
def test_pairs_are_the_same_from_either_side_and_lose_nothing(before, after):
    found, mirrored = pairs(before, after), pairs(after, before)
    ids = sorted((id(one), id(other)) for one, other in found)
    assert ids == sorted((id(one), id(other)) for other, one in mirrored)
    assert sum(one is not None for one, _ in found) == len(before)
    assert sum(other is not None for _, other in found) == len(after)
