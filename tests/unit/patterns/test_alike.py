"""Texts that are nearly the same, whatever was done to hide it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.patterns.alike import alike

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
    index = alike([PLAIN, HIDDEN, PLAIN])
    found, _ = index.near(0, at_least=0.5, among=np.array([True, False, True]))
    assert found.tolist() == [2]


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
