"""What reads the same is spelled the same, in every script of our markets."""

import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.text import normalise, skeleton, words

DATA = Path(__file__).parents[4] / "shared" / "data"
THAI = DATA / "thai" / "wisesight_valid.jsonl"
VIETNAMESE = DATA / "vietnamese" / "vihos_dev.csv"

ZERO_WIDTH, BIDI, VARIATION, SOFT_HYPHEN = "\u200b", "\u202e", "\ufe0f", "\u00ad"

SAME = {
    "full width is plain": ("Ｐｏｄｃａｓｔ　１２", "podcast 12"),
    "mathematical letters are plain": ("𝓕𝓻𝓮𝓮 𝟙𝟘𝟘", "free 100"),
    "a ligature is its letters": ("oﬃce", "office"),
    "case is folded, not only lowered": ("STRASSE", "straße"),
    "zero-width characters go": (f"fr{ZERO_WIDTH}ee", "free"),
    "bidirectional controls go": (f"a{BIDI}b", "ab"),
    "variation selectors go": (f"❤{VARIATION}", "❤"),
    "soft hyphens go": (f"pod{SOFT_HYPHEN}cast", "podcast"),
    "Unicode's tags go": ("ok" + "".join(map(chr, range(0xE0061, 0xE0065))), "ok"),
    "skin tones go": ("👍🏽", "👍"),
    "a joined family is its members": ("👩\u200d👧", "👩👧"),
    "a decomposed letter is composed": (unicodedata.normalize("NFD", "Tiếng Việt"), "tiếng việt"),
    "marks that drip go": ("f\u0338\u0353r\u0334e\u0337e\u0321", "free"),
    "long runs stand twice": ("soooooo goooood", "soo good"),
    "runs of pictures stand twice": ("😂😂😂😂", "😂😂"),
    "digits are never run together": ("Rp1.000.000", "rp1.000.000"),
    "an amount keeps its zeros": ("100000", "100000"),
    "Thai digits are digits": ("๑๒๓ บาท", "123 บาท"),
    "white space is one blank": (" a\t\n\u00a0\u3000b ", "a b"),
    "Thai AM stays one letter": ("น้ำ", "น้ำ"),
    "Thai AM typed in two is one": ("น\u0e49\u0e4d\u0e32", "น้ำ"),
    "Thai AM with its tone typed late is one": ("น\u0e4d\u0e49\u0e32", "น้ำ"),
    "two Thai E are one AE": ("เเม่", "แม่"),
    "a Thai tone typed before its vowel goes after it": ("ท\u0e48\u0e35", "ที่"),
    "a Thai mark typed twice is one": ("ที\u0e48\u0e48", "ที่"),
}


@pytest.mark.parametrize(("written", "read"), SAME.values(), ids=SAME)
def test_what_reads_the_same_is_spelled_the_same(written, read):
    assert normalise(written) == normalise(read)


@pytest.mark.parametrize(
    "text", ["tiếng việt đơn giản", "น้ำใจ ที่นี่ กำลัง", "反詐騙 大家小心", "tak boleh lah", "hindi po", "rp10.000"]
)
def test_plain_text_of_our_markets_stays(text):
    assert normalise(text) == text


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(
    st.text(
        alphabet=st.sampled_from("aåเแ\u0e4d\u0e32\u0e33\u0e49\u0e48\u0e35\u0338\u0301\u0327กﬁİǅ가\u1100\u1161\u11a8"),
        max_size=20,
    )
)
@settings(max_examples=600, deadline=None)
def test_normalising_twice_changes_nothing_where_letters_combine(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=40))
def test_the_form_that_unicode_was_written_in_makes_no_difference(text):
    forms = {normalise(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(forms) == 1


def test_real_thai_text_loses_its_invisible_characters_and_no_letter():
    if not THAI.exists():
        pytest.skip("shared/data/thai is not here")
    texts = [json.loads(line)["texts"] for line in THAI.read_text(encoding="utf-8").splitlines()]
    spelled = [normalise(text) for text in texts]
    assert len(spelled) == 300
    assert not any(ZERO_WIDTH in text for text in spelled)
    thai = [sum("\u0e01" <= letter <= "\u0e2e" for letter in text) for text in spelled]
    assert all(count > 0 for count in thai[:2])
    assert [normalise(text) for text in spelled] == spelled


def test_real_vietnamese_text_reads_the_same_composed_and_decomposed():
    if not VIETNAMESE.exists():
        pytest.skip("shared/data/vietnamese is not here")
    text = VIETNAMESE.read_text(encoding="utf-8")
    assert text != unicodedata.normalize("NFD", text)
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


LONG = 32_000
HOSTILE = {
    "tones in turn": "\u0e48\u0e49" * (LONG // 2),
    "one tone": "\u0e48" * LONG,
    "marks in turn": "a" + "\u0301\u0327" * (LONG // 2),
    "marks between invisible ones": "a" + "\u0301\u200b\u0327" * (LONG // 3),
    "half of AM": "\u0e4d\u0e48" * (LONG // 2),
    "underscores": "_" * LONG,
    "letters and signs": "a!" * (LONG // 2) + "-",
    "one consonant": "ก" * LONG,
    "what unfolds to 18 letters": "\ufdfa" * LONG,
    "parts of Hangul": "\u1100\u1161\u11a8" * (LONG // 3),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_longest_text_of_a_case_takes_a_moment_whatever_stands_in_it(text):
    words("เริ่ม")
    started = time.process_time()
    normalise(text)
    skeleton(text, leet=True)
    words(text)
    assert time.process_time() - started < 8
