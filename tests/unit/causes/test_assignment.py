"""Who looks at which case."""

from collections import Counter
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.causes.assignment import assign
from tskit.errors import ParameterError

PEOPLE = ("aisyah", "ben", "chloe", "dao")


def sample(n):
    return pd.DataFrame({"case_id": [f"c{i:04d}" for i in range(n)]})


@settings(max_examples=40)
@given(st.integers(0, 90), st.integers(1, 6), st.integers(1, 6), st.floats(0, 1))
def test_loads_differ_by_at_most_one_and_nobody_sees_a_case_twice(cases, people, per_case, overlap):
    people = [f"p{i}" for i in range(max(people, per_case))]
    assigned = assign(sample(cases), people=people, per_case=per_case, overlap=overlap, seed=1)
    assert all(len(set(raters)) == len(raters) in {1, per_case} for raters in assigned["raters"])
    loads = Counter(dict.fromkeys(people, 0) | Counter(p for raters in assigned["raters"] for p in raters))
    assert max(loads.values()) - min(loads.values()) <= 1


def test_every_pair_of_people_meets_about_as_often():
    assigned = assign(sample(120), people=PEOPLE, seed=3)
    met = Counter(tuple(raters) for raters in assigned["raters"])
    assert set(met) == set(combinations(PEOPLE, 2))
    assert max(met.values()) - min(met.values()) <= 2


def test_the_order_of_rows_and_people_changes_nothing():
    first = assign(sample(50), people=PEOPLE, seed=3).set_index("case_id")["raters"]
    again = assign(sample(50).sample(frac=1, random_state=1), people=PEOPLE[::-1], seed=3).set_index("case_id")[
        "raters"
    ]
    assert first.equals(again.reindex(first.index))


def test_another_seed_gives_other_raters():
    first, second = (assign(sample(50), people=PEOPLE, seed=seed)["raters"].tolist() for seed in (1, 2))
    assert first != second


def test_the_overlap_is_judged_by_several_and_the_rest_by_one():
    assigned = assign(sample(200), people=PEOPLE, per_case=3, overlap=0.25, seed=1)
    assert Counter(map(len, assigned["raters"])) == {3: 50, 1: 150}
    loads = Counter(p for raters in assigned["raters"] for p in raters)
    assert max(loads.values()) - min(loads.values()) <= 1


def test_the_sample_keeps_its_columns():
    assert list(assign(sample(3).assign(weight=1.0), people=PEOPLE, seed=1)) == ["case_id", "weight", "raters"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"people": ("ben", "ben")}, "each person once"),
        ({"people": ("ben", " ")}, "each person once"),
        ({"people": ("ben", "rule:spam")}, "a rule's"),
        ({"people": ("ben",)}, "Name more people"),
        ({"people": PEOPLE, "overlap": 1.5}, "from 0 to 1"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(asked, told):
    with pytest.raises(ParameterError, match=told):
        assign(sample(5), seed=1, **asked)
