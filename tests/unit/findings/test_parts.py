"""The most notable rate taken apart into volume, mix and rate."""

from __future__ import annotations

import pytest

from tests.unit.findings.conftest import days_of, look_at
from tskit import charts, findings

WEEKS = 16


def appeals(back, policy, number, overturned):
    return [
        {
            "policy_id": policy,
            "created_at": f"{days_of(back + 1)[n % 7]} 09:00",
            "appeal_decided_at": f"{days_of(back)[n % 7]} 10:00",
            "appeal_status": "reversed" if n < overturned else "upheld",
        }
        for n in range(number)
    ]


def looked(*last):
    rows = [row for back in range(1, WEEKS) for row in (*appeals(back, "hate", 70, 28), *appeals(back, "spam", 70, 7))]
    return look_at([*rows, *(row for rows in last for row in rows)], metrics=("overturn_rate",), by=("policy_id",))


@pytest.fixture(scope="module")
def mixed():
    """Before: 28 of 70 and 7 of 70. Now: 28 of 70 and 70 of 700: no policy's own rate moved."""
    return looked(appeals(0, "hate", 70, 28), appeals(0, "spam", 700, 70))


@pytest.fixture(scope="module")
def moved():
    """As many appeals as ever: of both policies' 28 more are overturned."""
    return looked(appeals(0, "hate", 70, 56), appeals(0, "spam", 70, 35))


def whole(look):
    return findings.rate_parts(look).frame.iloc[0]


def test_the_parts_add_up_to_the_change_of_the_whole_and_of_each_group(mixed):
    frame = findings.rate_parts(mixed).frame
    assert frame["change"].iloc[0] == 98 - 35
    parts = frame[["volume", "mix", "rate"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(frame["change"].tolist())
    assert frame[["volume", "mix", "rate"]].iloc[1:].sum().tolist() == pytest.approx(
        frame[["volume", "mix", "rate"]].iloc[0].tolist()
    )


def test_a_mix_shift_is_a_mix_shift_in_the_chart_and_on_the_card(mixed):
    row = whole(mixed)
    # 630 more appeals at (35/140 + 98/770) / 2, less 455 of (770 + 140) / 2 that moved from 0.4 to 0.1.
    assert row["volume"] == pytest.approx(630 * (0.25 + 98 / 770) / 2)
    assert row["mix"] == pytest.approx(63 - row["volume"])
    assert row["rate"] == pytest.approx(0)
    assert row["mix_high"] < 0
    assert row["rate_low"] < 0 < row["rate_high"]
    assert "only since the mix" in next(item.claim for item in findings.record(mixed).items if "mix" in item.claim)


def test_a_rate_that_moved_is_a_rate_that_moved_in_the_chart_and_on_the_card(moved):
    row = whole(moved)
    assert (row["volume"], row["mix"], row["rate"]) == pytest.approx((0, 0, 56))
    assert row["rate_low"] > 0
    assert findings.record(moved).items[0].claim.startswith("Overturn rate rose")


def test_the_chart_tells_the_rate_no_surer_than_the_card(mixed, moved):
    for look in (mixed, moved):
        row, change = whole(look), (look.told.mixes or look.told.changes)[0]
        middle = (row["n_before"] + row["n_after"]) / 2
        held = change.adjusted
        assert (row["rate_high"] - row["rate"]) / middle >= held.high - held.change - 1e-12


def test_the_caption_tells_the_parts_in_points_and_in_numbers(mixed):
    caption = findings.rate_parts(mixed).caption
    assert caption.startswith("25.0\u202f% before, 12.7\u202f% now. Of these −12.3 points the mix brings −12.3, ")
    assert "no more than noise" in caption
    assert "In numbers: +63, which is +119 from volume, −56 from mix and 0 from rates." in caption


def test_where_no_rate_moved_there_is_none_to_take_apart():
    look = looked(appeals(0, "hate", 70, 28), appeals(0, "spam", 70, 7))
    parts = findings.rate_parts(look)
    assert parts.frame.empty
    assert parts.title.startswith("No rate moved beyond noise")
    about = charts.About("rate_parts", parts.title, "What the rate counts", "cases", parts.subtitle, parts.caption)
    assert "Nothing to draw" in charts.waterfall(parts.frame, about=about).alt


def test_many_groups_are_shown_with_the_largest_first_and_the_rest_as_one():
    def week(back, times):
        return [row for n in range(30) for row in appeals(back, f"p{n:02}", 40, (4 + n % 3) * times)]

    rows = [row for back in range(WEEKS) for row in week(back, 1 if back else 3)]
    frame = findings.rate_parts(look_at(rows, metrics=("overturn_rate",), by=("policy_id",))).frame
    assert frame["group"].iloc[[0, -1]].tolist() == ["all", "10 others"]
    assert len(frame) == 22
    assert frame["change"].iloc[1:].sum() == pytest.approx(frame["change"].iloc[0])
