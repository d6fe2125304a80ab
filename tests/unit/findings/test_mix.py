"""A rate that only the mix moved: no policy's own rate changes, and the total halves."""

from __future__ import annotations

import pytest

from tests.unit.findings.conftest import days_of, look_at
from tskit import findings
from tskit.findings.mix import adjusted

METRICS = ("overturn_rate",)


def appeals(back, policy, number, overturned):
    """Appeals decided in one week, the overturned ones first."""
    return [
        {
            "policy_id": policy,
            "created_at": f"{days_of(back + 1)[n % 7]} 09:00",
            "appeal_decided_at": f"{days_of(back)[n % 7]} 10:00",
            "appeal_status": "reversed" if n < overturned else "upheld",
        }
        for n in range(number)
    ]


def looked(last):
    rows = [
        row for back in range(1, 17) for row in (*appeals(back, "copyright", 70, 28), *appeals(back, "spam", 70, 7))
    ]
    return look_at([*rows, *last], metrics=METRICS, by=("policy_id",))


@pytest.fixture(scope="module")
def mixed():
    """Before: 28 of 70 and 7 of 70, 25 % over all. Now: 28 of 70 and 70 of 700, 12.7 % over all."""
    return looked([*appeals(0, "copyright", 70, 28), *appeals(0, "spam", 700, 70)])


def test_like_for_like_nothing_is_left_of_the_raw_change(mixed):
    move = mixed.total("overturn_rate")
    held = adjusted(move, mixed.case_set)
    assert held.raw == pytest.approx(98 / 770 - 35 / 140)
    assert held.change == pytest.approx(0.0, abs=1e-12)
    assert held.columns == ("policy_id",)
    assert held.is_mix_only


def test_the_group_that_grew_is_named_with_its_own_rate(mixed):
    grown = adjusted(mixed.total("overturn_rate"), mixed.case_set).grown
    assert (grown.values, grown.before, grown.now, grown.rate) == (("spam",), 70, 700, 0.1)


def test_a_change_of_the_mix_is_told_as_that_and_no_rate_is_said_to_have_moved(mixed):
    found = findings.record(mixed)
    card = next(item for item in found.items if "mix" in item.claim)
    assert card.claim == (
        "Overturn rate is lower over all only since the mix of appeals changed (12.7\u202f% against 25.0\u202f%); "
        "no policy's own rate moved"
    )
    assert card.kind == "steady"
    assert "Spam appeals grew from 70 of 140 to 700 of 770, and their own rate is 10.0\u202f%." in card.detail
    assert card.values["raw_change"] == pytest.approx(-0.122727, abs=1e-6)
    assert [item for item in found.items if item.kind == "change"] == []


def test_the_tile_says_so_as_well(mixed):
    tile = findings.headlines(mixed).frame.iloc[0]
    assert tile["change"].startswith("lower only since the mix of appeals changed: −12.3 points raw, 0.0 points (")
    assert tile["tone"] == "neutral"


def test_the_table_sets_raw_beside_like_for_like(mixed):
    row = findings.like_for_like_table(mixed).frame.iloc[0]
    assert row["raw"] == pytest.approx(-0.122727, abs=1e-6)
    assert row["like_for_like"] == pytest.approx(0.0, abs=1e-12)


def test_a_rate_that_fell_in_every_policy_is_a_change():
    fallen = looked([*appeals(0, "copyright", 350, 35), *appeals(0, "spam", 350, 7)])
    (change,) = fallen.told.changes
    assert not change.adjusted.is_mix_only
    assert fallen.told.mixes == ()
    claim = findings.record(fallen).items[0].claim
    assert claim.startswith("Overturn rate fell to 6.0\u202f% from 25.0\u202f%")


def test_a_column_that_settles_the_outcome_is_no_mix_to_hold_still():
    # Every appeal of one group is overturned and none of the other: the rate is only another name for the mix.
    before = [
        row for back in range(1, 17) for row in (*appeals(back, "always", 70, 70), *appeals(back, "never", 70, 0))
    ]
    look = look_at(
        [*before, *appeals(0, "always", 70, 70), *appeals(0, "never", 700, 0)], metrics=METRICS, by=("policy_id",)
    )
    assert adjusted(look.total("overturn_rate"), look.case_set) is None
    assert look.told.mixes == ()
