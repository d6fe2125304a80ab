"""Texts that are nearly the same, among many: whatever the disguise, in any order, and above the stated likeness."""

import math
import random
from collections import Counter

import numpy as np
import pytest

from tskit.text.groups import NEAR_THE_MIDDLE, near_groups
from tskit.text.letters import letters
from tskit.text.pairs import NEAR, near_pairs

BASE = "please confirm your account today or the payout of this month goes back to the sender"
THAI = "กรุณายืนยันบัญชีของคุณวันนี้มิฉะนั้นเงินจะถูกส่งคืนผู้ส่งทันทีโปรดติดต่อฝ่ายสนับสนุน"
CHINESE = "请今天确认您的账户否则本月的付款将退回给发送方请尽快联系客服人员处理"


def read(text):
    return "".join(chr(code) for code in letters([text]).codes)


def pairs(texts, at_least=NEAR):
    found = near_pairs(texts, at_least=at_least)
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


@pytest.mark.parametrize(
    "disguised",
    [
        "p4y0ut",
        "p a y o u t",
        "P.A.Y.O.U.T",
        "pаyоut",
        "paaayooout",
        "pay\u200bout",
        "\u202epay\u202cout",
        "p🙂a🙂y🙂o🙂u🙂t",
        "pay\u2060\u200dout",
        "páyọût",
        "ｐａｙｏｕｔ",
    ],
)
def test_a_disguised_word_has_the_same_letters(disguised):
    assert read(disguised) == read("payout")


@pytest.mark.parametrize(("one", "other"), [("k!ll", "kill"), ("p!a!y", "pay"), ("u$er", "user"), ("m", "rn")])
def test_a_sign_is_a_letter_where_it_stands_for_one(one, other):
    assert read(one) == read(other)


@pytest.mark.parametrize("price", ["$500", "US$500", "500$", "$5.00", "a $1 b", "pay $20 now", "9$, or", "$7"])
def test_a_dollar_at_a_number_is_no_letter(price):
    assert read(price) == read(price.replace("$", ""))


@pytest.mark.parametrize(("one", "other"), [("ca$h", "cash"), ("$ell", "sell"), ("u$3r", "user"), ("pa$$", "pass")])
def test_a_dollar_in_a_word_is_a_letter(one, other):
    assert read(one) == read(other)
    assert read(f"1 {one}") == read(f"1 {other}")


@pytest.mark.parametrize(
    "copy",
    [
        BASE.replace("today", "now"),
        BASE.replace("a", "4").replace("o", "0"),
        " ".join(BASE).replace("   ", "  "),
        BASE.replace("a", "а").replace("o", "ο"),
    ],
)
def test_a_copy_in_disguise_is_found(copy):
    assert pairs([BASE, "a song was taken from my band without asking any of us about it", copy]) == [(0, 2)]


@pytest.mark.parametrize("text", [THAI, CHINESE])
def test_a_copy_is_found_in_scripts_without_spaces(text):
    assert pairs([text, text[:8] + " " + text[8:20] + "\u200b" + text[21:]]) == [(0, 1)]


@pytest.mark.parametrize("text", ["", "hi", "\u200f\u200e", "\u200b" * 50, "!!!", "\ud800", "😀" * 9])
def test_a_text_without_enough_letters_is_like_none(text):
    assert pairs([text, text, BASE]) == []


def test_a_very_long_text_is_found_again():
    chance = random.Random(1)
    long = "".join(chance.choice("bcdfghjklmnpqrtv eaou") for _ in range(100_000))
    assert pairs([long, BASE, long[:50_000] + "changed" + long[50_010:]]) == [(0, 2)]


def test_likeness_is_the_share_of_common_runs():
    """Ten letters have five runs of six; with the last one changed, four of six runs in all are in both, all as rare."""
    found = near_pairs(["abcdefghjk", "abcdefghjq"], at_least=0.5)
    assert found.likeness.tolist() == [4 / 6]


def texts_with_copies(chance):
    words = ["".join(chance.choice("bcdfghjkmnprtv") + chance.choice("aeou") for _ in range(3)) for _ in range(900)]
    texts = [" ".join(chance.choices(words, k=25)) for _ in range(150)]
    copies = [" ".join([*text.split()[:20], *chance.choices(words, k=3)]) for text in texts[:40]]
    return texts + copies


def test_the_order_of_texts_changes_nothing():
    chance = random.Random(2)
    texts = texts_with_copies(chance)
    order = chance.sample(range(len(texts)), len(texts))
    shuffled = {tuple(sorted((order[a], order[b]))) for a, b in pairs([texts[n] for n in order])}
    assert shuffled == set(pairs(texts))
    assert {(n, 150 + n) for n in range(40)} <= shuffled


def test_every_pair_is_as_alike_as_it_says_and_above_the_limit():
    texts = texts_with_copies(random.Random(3))
    found = near_pairs(texts, at_least=0.6)
    made = letters(texts)
    seen = ["".join(map(chr, codes)) for codes in np.split(made.codes, made.ends[:-1])]
    sets = [{text[at : at + 6] for at in range(len(text) - 5)} for text in seen]
    count = Counter(run for runs in sets for run in runs)

    def told(runs):
        """One run counts as the logarithm of one in how many of 100,000 texts has it, against two of them."""
        return sum(math.log(max(count[run], 2) / 100_000) / math.log(2 / 100_000) for run in runs)

    both = list(zip(found.first, found.second, strict=True))
    shares = [told(sets[a] & sets[b]) / told(sets[a] | sets[b]) for a, b in both]
    np.testing.assert_allclose(found.likeness, shares, rtol=1e-3)  # some runs share a cell
    assert min(shares) >= 0.6


def test_a_form_in_common_makes_no_two_texts_alike():
    """A third of each text is the form of 400; without others that fill it in, two of them are nearly the same."""
    chance = random.Random(6)
    words = ["".join(chance.choice("bcdfghjkmnprtv") + chance.choice("aeou") for _ in range(3)) for _ in range(9000)]
    form = " ".join(words[:12])
    texts = [f"{form} {' '.join(chance.choices(words[12:], k=10))}" for _ in range(400)]
    assert pairs(texts) == []
    assert pairs(texts[:2]) == [(0, 1)]


def test_a_campaign_of_many_is_one_group():
    chance = random.Random(4)
    words = BASE.split()
    texts = [" ".join([*words, f"{chance.choice(words)}{chance.randrange(10**6)}"]) for _ in range(300)]
    assert set(near_groups(texts).group.tolist()) == {0}


def test_a_chain_of_small_steps_is_no_group():
    """Each text is the one before with three of twenty words changed; the last has no word of the first."""
    chance = random.Random(5)
    names = ["".join(chance.choice("bcdfghjkmnprtv") + chance.choice("aeou") for _ in range(4)) for _ in range(80)]
    chain = [" ".join(names[at : at + 20]) for at in range(0, 60, 3)]
    found = near_groups(chain)
    assert found.group[0] != found.group[-1]
    assert found.likeness.min() >= NEAR_THE_MIDDLE


def test_no_text_is_shown():
    secret = "canary " + BASE
    assert "canary" not in repr((near_pairs([secret, secret]), near_groups([secret, secret]), letters([secret])))
