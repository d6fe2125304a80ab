"""Look-alikes of Latin letters are taken back to them; letters that people write in stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.text import normalise, skeleton
from tskit.text.confusables import _look_alikes

# The spellings of "Circle" in UTS 39, section 5.1: Cyrillic alone, mixed, and mathematical letters.
PUBLISHED = [
    ("Circle", "СігсӀе"),
    ("Circle", "Сirсlе"),
    ("Circle", "C𝗂𝗋𝖼𝗅𝖾"),
    ("Circle", "𝖢𝗂𝗋𝖼𝗅𝖾"),
    ("scope", "ѕсоре"),
    ("paypal", "раураl"),
    ("paypal", "paypaI"),
    ("modern", "rnodern"),
]


@pytest.mark.parametrize(("latin", "disguised"), PUBLISHED)
def test_published_look_alikes_have_one_skeleton(latin, disguised):
    assert skeleton(disguised) == skeleton(latin)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ΝΟΚΙΑ", "NOKIA"),  # Greek capitals
        ("ВАNК", "BANK"),  # Cyrillic capitals, whose small forms look like no Latin letter
        ("Ꭰ", "D"),  # Cherokee
        ("օ", "o"),  # Armenian
        ("ｆｒｅｅ", "free"),
        ("ＦＲＥＥ ０", "free 0"),
    ],
)
def test_letters_of_other_scripts_pass_for_latin_ones(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("text", ["กด ต ค ฆ ท ฑ", "一口木", "đơn", "كتاب", "हिन्दी", "ひと"])
def test_letters_of_scripts_that_our_markets_write_in_stay(text):
    assert skeleton(text) == normalise(text)


@pytest.mark.parametrize(("one", "other"), [("ด", "ค"), ("đ", "d"), ("ơ", "o"), ("10", "lo"), ("a", "e")])
def test_letters_that_tell_words_apart_stay_apart(one, other):
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("un4l1ve", "unalive"),
        ("h4te", "hate"),
        ("$cam", "scam"),
        ("c0py", "copy"),
        ("7une5", "tunes"),
        ("k!ll", "kill"),
    ],
)
def test_digits_stand_for_letters_only_when_asked(word, meant):
    assert skeleton(word, leet=True) == skeleton(meant, leet=True)
    assert skeleton(word) != skeleton(meant)


@pytest.mark.parametrize("amount", ["100", "rp1000", "50000", "3"])
def test_an_amount_is_no_word_in_disguise(amount):
    assert skeleton(amount, leet=True) == amount


@given(st.text(max_size=50))
def test_a_skeleton_is_its_own_skeleton(text):
    once = skeleton(text)
    assert skeleton(once) == once


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=50))
def test_case_makes_no_difference_to_latin_text(text):
    assert skeleton(text.upper()) == skeleton(text.lower())


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", max_size=40), st.randoms(use_true_random=False))
def test_substituting_look_alikes_changes_no_skeleton(text, chance):
    alike = {}
    for code, letter in _look_alikes().items():
        alike.setdefault(letter, []).append(chr(code))
    disguised = "".join(chance.choice([letter, *alike.get(letter, [])]) for letter in text)
    assert skeleton(disguised) == skeleton(text)
