"""Who may have met some content: hand-worked tables, and the laws of the interval."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.patterns import exposure


def cases(*rows, columns=("content_id", "reach")):
    return pd.DataFrame(list(rows), columns=list(columns))


def test_each_item_counts_once_with_the_largest_reach_on_record():
    """Three cases on item a, read at different times, and one on b: 900 and 50, never 300 + 900 + 50."""
    found = exposure(cases(("a", 300), ("a", 900), ("a", None), ("b", 50)))
    assert (found.contents, found.contents_known, found.cases) == (2, 2, 4)
    assert (found.basis, found.estimate, found.low, found.high) == ("all", 950, 950, 950)
    assert found.largest == 900


def test_a_reach_that_is_known_for_a_part_has_an_interval_that_never_undercuts_what_is_known():
    known = [(f"k{n}", 100 * n) for n in range(1, 11)]
    found = exposure(cases(*known, ("u1", None), ("u2", None)))
    assert (found.basis, found.contents, found.contents_known) == ("estimate", 12, 10)
    assert found.reach_known == 5_500
    assert found.estimate == pytest.approx(5_500 * 12 / 10)
    assert 5_500 + 2 * 100 <= found.low < found.estimate < found.high <= 5_500 + 2 * 1_000


def test_the_interval_is_the_same_for_the_same_seed():
    rows = [*((f"k{n}", n**2) for n in range(20)), *((f"u{n}", None) for n in range(5))]
    first, again, other = (exposure(cases(*rows), seed=seed) for seed in (0, 0, 1))
    assert (first.low, first.high) == (again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)


def test_from_four_known_items_nothing_is_said_about_the_others():
    found = exposure(cases(("a", 10), ("b", 20), ("c", 30), ("d", 40), ("e", None)))
    assert (found.basis, found.low) == ("part", 100)
    assert np.isnan([found.estimate, found.high]).all()


def test_a_source_that_does_not_tell_items_apart_gives_the_least_and_the_most():
    found = exposure(cases((300,), (900,), (50,), columns=("reach",)))
    assert (found.basis, found.contents, found.low, found.high) == ("cases", 0, 900, 1_250)
    assert np.isnan(found.estimate)
    assert found.without_content == 3


@pytest.mark.parametrize("rows", [[("a", None), ("b", None)], [(None, None)]])
def test_without_any_reach_nothing_is_guessed(rows):
    found = exposure(cases(*rows))
    assert found.basis == "none"
    assert np.isnan([found.estimate, found.low, found.high, found.largest]).all()


def test_a_case_without_an_item_is_counted_apart_and_adds_no_reach():
    found = exposure(cases(("a", 10), (None, 500)))
    assert (found.contents, found.without_content, found.reach_known) == (1, 1, 10)


def test_markets_accounts_and_reporters_are_counted_as_far_as_the_source_tells_them():
    frame = pd.DataFrame(
        {
            "content_id": ["a", "a", "b"],
            "market": ["MY", "SG", "MY"],
            "subject_account_id": ["p1", "p1", None],
            "source_identity": [None, None, None],
        }
    )
    found = exposure(frame)
    assert found.markets == (("MY", 2), ("SG", 1))
    assert (found.accounts, found.reporters) == (1, None)


@given(
    known=st.lists(st.integers(0, 10**6), min_size=5, max_size=40),
    unknown=st.integers(1, 10),
    order=st.randoms(use_true_random=False),
)
def test_the_interval_holds_to_its_laws_and_not_to_the_order_of_rows(known, unknown, order):
    rows = [*((f"k{n}", reach) for n, reach in enumerate(known)), *((f"u{n}", None) for n in range(unknown))]
    found = exposure(cases(*rows))
    assert sum(known) <= found.low <= found.high <= sum(known) + unknown * max(known)
    order.shuffle(rows)
    assert exposure(cases(*rows)) == found


def test_an_interval_holds_what_it_claims_about_as_often_as_it_claims():
    """Of 200 drawn worlds with a tenth of the reach hidden, the true sum lies within in at least nine of ten."""
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        reach = np.rint(chance.lognormal(6, 1, size=60))
        hidden = chance.permutation(60) < 12
        found = exposure(
            cases(*((f"i{n}", None if hide else r) for n, (r, hide) in enumerate(zip(reach, hidden, strict=True))))
        )
        held += found.low <= reach.sum() <= found.high
    assert held >= 180
