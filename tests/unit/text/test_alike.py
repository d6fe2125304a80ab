"""Texts that are nearly the same, whatever was done to hide it."""

import json
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.text.alike import alike

WISESIGHT = Path(__file__).parents[4] / "shared" / "data" / "thai" / "wisesight_valid.jsonl"

PLAIN = "Your payout is on hold. Please verify your account today to keep receiving payments."
HIDDEN = "Your p a y o u t is on hold.  Pleаse vеrify your ассount tоday to keep rесeiving payments!"
OTHER = "This episode names a private person and where she lives; please take it down at once."


def test_spaces_look_alikes_and_punctuation_make_no_difference():
    found, shares = alike([PLAIN, HIDDEN, OTHER]).near(0, at_least=0.5)
    assert found.tolist() == [1]
    assert shares[0] == 1.0


def test_thai_and_chinese_are_compared_without_spaces_between_words():
    thai = "พอดแคสต์นี้หลอกให้โอนเงินก่อนแล้วค่อยจ่ายรางวัลให้ผู้ฟัง"
    chinese = "这个播客要求听众先转账然后才发放奖励请尽快处理谢谢大家"
    found, _ = alike([thai, thai.replace("ก่อน", " ก่อน "), chinese, chinese + "了"]).near(0, at_least=0.5)
    assert found.tolist() == [1]
    assert alike([thai, chinese, chinese + "了"]).near(1, at_least=0.5)[0].tolist() == [2]


def test_a_text_too_short_to_compare_is_like_none():
    index = alike(["ok", "ok", "", "!!!"])
    assert [len(index.near(n, at_least=0.5)[0]) for n in range(4)] == [0, 0, 0, 0]


def test_only_texts_that_are_asked_for_are_compared():
    index = alike([PLAIN, PLAIN, HIDDEN, PLAIN])
    for between, expected in [((0, 4), [1, 2, 3]), ((1, 3), [1, 2]), ((2, 4), [2, 3]), ((0, 1), []), ((4, 4), [])]:
        assert index.near(0, at_least=0.5, between=between)[0].tolist() == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="abcdefgh .", min_size=40, max_size=120), min_size=2, max_size=12, unique=True))
def test_a_copy_is_always_found_and_likeness_goes_both_ways(texts):
    index = alike([*texts, texts[0]])
    found, shares = index.near(len(texts), at_least=0.5)
    # A text of fewer than six letters has nothing to compare.
    if sum(letter.isalpha() for letter in texts[0]) >= 30:
        assert 0 in found.tolist()
        assert shares[found.tolist().index(0)] == 1.0
    for place, share in zip(found.tolist(), shares, strict=True):
        back, again = index.near(place, at_least=0.5)
        assert dict(zip(back.tolist(), again, strict=True)).get(len(texts), share) == share


@pytest.mark.parametrize(
    ("left", "right", "share"),
    [
        ("abcdefghjknopqrstuvw", "A-B-C-D-E-F-G-H-J-K! NOPQRSTUVW", 1.0),
        ("abcdefghjknopqrstuvw", "abcdefghjknopqrstuvx", 14 / 16),  # 15 runs each, the last one is another
        ("abcdefghjknopqrstuvw", "zzcdefghjknopqrstuvw", 13 / 17),
        ("詐騙廣告很多請刪除", "詐騙廣告很多請刪掉", 11 / 15),  # each character twice: 13 runs each, 11 before the last
    ],
)
def test_the_share_of_common_runs_is_worked_out_by_hand(left, right, share):
    found, shares = alike([left, right]).near(0, at_least=0.5)
    assert (found.tolist(), shares.tolist()) == ([1], [pytest.approx(share)])


def _copies(*, seed, changed):
    """Return texts in pairs of which the second has some words replaced."""
    chance = Random(seed)
    words = ["".join(chance.choices("abcdefghjknopqrstuvwxyz", k=6)) for _ in range(4000)]
    texts = []
    for _ in range(80):
        own = chance.sample(words, 20)
        texts += [" ".join(own), " ".join([*own[: 20 - changed], *chance.sample(words, changed)])]
    return texts


def _runs(text):
    plain = text.replace(" ", "")
    return {plain[n : n + 6] for n in range(len(plain) - 5)}


@pytest.mark.parametrize(("changed", "limit"), [(1, 0.8), (2, 0.6), (5, 0.5)])
def test_what_is_found_among_many_is_what_comparing_all_finds(changed, limit):
    texts = _copies(seed=changed, changed=changed)
    sets = [_runs(text) for text in texts]
    wanted = {
        (a, b): share
        for a, b in combinations(range(len(texts)), 2)
        if (share := len(sets[a] & sets[b]) / len(sets[a] | sets[b])) >= limit
    }
    index = alike(texts)
    ours = {
        (a, int(b)): share
        for a in range(len(texts))
        for b, share in zip(*index.near(a, at_least=limit), strict=True)
        if a < b
    }
    assert len(wanted) > 40
    assert ours.keys() <= wanted.keys()
    assert all(share == pytest.approx(wanted[pair]) for pair, share in ours.items())
    assert len(ours) >= 0.99 * len(wanted)


def test_real_thai_posts_are_found_again_behind_invisible_characters_and_long_runs():
    if not WISESIGHT.exists():
        pytest.skip("shared/data/thai is not here")
    posts = [json.loads(line)["texts"] for line in WISESIGHT.read_text(encoding="utf-8").splitlines()]
    posts = list(dict.fromkeys(post for post in posts if len(post) > 25))
    index = alike([*posts, *("\u200b".join(post).replace("!", "!!!!!") for post in posts)])
    missed = [n for n in range(len(posts)) if n + len(posts) not in index.near(n, at_least=0.8)[0]]
    assert missed == []
