"""What explains the most notable change: combinations of attributes, held against all other cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.findings.conftest import book, days_of, draw, look_at
from tskit import findings
from tskit.findings.explained import headline
from tskit.findings.segments import Segment

MARKETS = ("ID", "TH", "MY", "PH", "VN", "SG")
POLICIES = ("scam", "spam", "hate", "nudity", "fraud", "threats")
CHANNELS = ("app", "web", "email", "api", "phone", "tv", "fax", "post")
DAILY = {(market, policy): 5 for market in MARKETS for policy in POLICIES}
WEEKS = 16


@pytest.fixture(scope="module")
def spiked():
    return draw(DAILY, last={("ID", "scam"): 15})


def cases(number, *, back, **values):
    return [values | {"created_at": f"{days_of(back)[n % 7]} 09:00"} for n in range(number)]


@pytest.fixture(scope="module")
def by_channel():
    """In the last week scam cases through the app triple in every market: 60 a market where 20 are usual."""
    rows = []
    for back in range(WEEKS):
        for market in MARKETS[:4]:
            for policy in POLICIES[:5]:
                for channel in CHANNELS[:2]:
                    moved = back == 0 and (policy, channel) == ("scam", "app")
                    rows += cases(60 if moved else 20, back=back, market=market, policy_id=policy, channel=channel)
    return look_at(rows, metrics=("cases_opened",), by=("market", "policy_id"))


def test_the_combination_that_moved_is_named_with_its_hand_worked_figures(spiked):
    (row,) = findings.drivers_table(spiked).frame.to_dict("records")
    assert row["where"] == "Scam cases in Indonesia"
    # 105 of this week, where the others stand still at 35 each.
    assert (row["value"], row["expected"], row["times"]) == (105, 35, "2.8")


def test_it_says_which_card_is_about_the_same_cases(spiked):
    (row,) = findings.drivers_table(spiked).frame.to_dict("records")
    assert row["told"] == "scam cases in Indonesia"
    assert findings.record(spiked).items[0].claim.startswith("Scam cases in Indonesia")


def test_a_combination_of_columns_that_no_card_compares_is_found_and_led_to_its_card(by_channel):
    assert [volume.segment.key for volume in by_channel.told.volumes] == ["scam"]
    (row,) = findings.drivers_table(by_channel).frame.to_dict("records")
    assert (row["where"], row["told"]) == ("Scam cases through the channel app", "scam cases")
    assert row["value"] == 240


def test_the_caption_says_it_in_a_sentence_and_where_was_searched(spiked):
    caption = findings.drivers_table(spiked).caption
    assert caption.startswith("Scam cases in Indonesia rose to 2.8 times (")
    assert "what all other cases lead to expect: 105 for 35" in caption
    assert caption.endswith("Looked for in all combinations of market and policy, allowing for their number.")


def test_where_nothing_moved_there_is_nothing_to_explain():
    look = draw(DAILY)
    assert headline(look) is None
    shown = findings.drivers_table(look)
    assert (shown.rows, shown.caption) == ([], "Nothing moved beyond noise, so there is nothing to explain.")


def test_a_change_that_all_share_is_not_put_on_any_of_them():
    look = draw(DAILY, last=dict.fromkeys(DAILY, 10))
    assert headline(look).name == "cases_opened"
    shown = findings.drivers_table(look)
    assert shown.rows == []
    assert "moved beyond noise against all others" in shown.caption


def test_what_the_cards_found_to_be_noise_is_not_told_here(spiked):
    # The same figures, but the cards' own yardstick has found Indonesia's scams ordinary and names another cause.
    moves = tuple(replace(move, q=0.5) if move.segment.key == "ID · scam" else move for move in spiked.moves)
    told = replace(spiked.told, volumes=())
    (hate,) = [move for move in spiked.moves if move.segment.key == "TH · hate"]
    volume = replace(spiked.told.volumes[0], segment=hate.segment)
    ordinary = replace(spiked, moves=moves, told=replace(told, volumes=(volume,)))
    assert findings.drivers_table(ordinary).rows == []


def test_a_small_count_is_not_in_the_caption_since_a_copy_to_share_covers_it_in_the_table():
    daily = dict.fromkeys(DAILY, 10)
    rows = [
        {"market": market, "policy_id": policy, "created_at": f"{day} 09:00"}
        for back in range(WEEKS)
        for (market, policy), number in daily.items()
        for day in days_of(back)
        for n in range(number)
        if back or (market, policy) != ("ID", "scam") or (day == days_of(0)[0] and n < 3)
    ]
    look = look_at(rows, metrics=("cases_opened",), by=("market", "policy_id"), casebook=book())
    shown = findings.drivers_table(look)
    assert [row["value"] for row in shown.frame.to_dict("records")] == [3]
    assert shown.caption.startswith("Scam cases in Indonesia fell below what all other cases lead to expect.")


def decided(back, policy, channel, number, hits):
    return [
        {
            "policy_id": policy,
            "channel": channel,
            "created_at": f"{days_of(back + 1)[n % 7]} 09:00",
            "appeal_decided_at": f"{days_of(back)[n % 7]} 10:00",
            "appeal_status": "reversed" if n < hits else "upheld",
        }
        for n in range(number)
    ]


@pytest.fixture(scope="module")
def overturned():
    """Of scam appeals 16 of 20 are overturned through each channel in the last week, where 2 of 20 are usual everywhere."""
    rows = []
    for back in range(12):
        for policy in (*POLICIES, "copyright", "harassment"):
            for channel in CHANNELS:
                rows += decided(back, policy, channel, 20, 16 if back == 0 and policy == "scam" else 2)
    return look_at(rows, metrics=("overturn_rate",), by=("policy_id",))


def test_a_rate_is_explained_by_the_combination_whose_own_rate_moved(overturned):
    assert headline(overturned).name == "overturn_rate"
    (row,) = findings.drivers_table(overturned).frame.to_dict("records")
    assert (row["where"], row["told"]) == ("Scam overturn rate", "scam overturn rate")
    assert (row["value"], row["n"]) == (128 / 160, 160)
    assert row["expected"] == pytest.approx(2 / 20, abs=0.02)


def test_a_rate_that_only_the_mix_moved_is_put_on_no_group():
    rows = [
        row
        for back in range(WEEKS)
        for row in (
            *decided(back, "hate", "app", 140, 56),
            *decided(back, "spam", "app", 140 if back else 1400, 14 if back else 140),
        )
    ]
    look = look_at(rows, metrics=("overturn_rate",), by=("policy_id",))
    assert look.told.mixes
    assert findings.drivers_table(look).rows == []


def test_a_card_is_led_to_although_its_column_has_one_value_and_is_not_searched():
    rows = []
    for back in range(WEEKS):
        for policy in POLICIES:
            for channel in CHANNELS[:2]:
                moved = back == 0 and (policy, channel) == ("scam", "app")
                rows += cases(160 if moved else 40, back=back, market="ID", policy_id=policy, channel=channel)
    look = look_at(rows, metrics=("cases_opened",), by=("market", "policy_id"))
    scam = replace(look.told.volumes[0], segment=Segment.of(["market", "policy_id"], ["ID", "scam"]))
    look = replace(look, told=replace(look.told, volumes=(scam,)))
    (row,) = findings.drivers_table(look).frame.to_dict("records")
    assert (row["where"], row["told"]) == ("Scam cases through the channel app", "scam cases in Indonesia")
