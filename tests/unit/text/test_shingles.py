"""Near-duplicates: exact where it is shown, complete where it is looked for."""

import json
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.text import shingles, similar_pairs, similarity, skeleton

THAI = Path(__file__).parents[4] / "shared" / "data" / "thai" / "wisesight_valid.jsonl"
TEXTS = st.text(alphabet="abc ก่อ詐騙", max_size=24)


@pytest.mark.parametrize(
    ("left", "right", "share"),
    [
        ("abcdef", "abcdef", 1.0),
        ("abcdef", "A-B-C-D-E-F!", 1.0),  # case, spacing and punctuation say nothing
        ("abcdef", "bcdefg", 2 / 4),  # abcd bcde cdef | bcde cdef defg
        ("abcd", "efgh", 0.0),
        ("abc", "abc", 1.0),  # shorter than a piece is one piece
        ("abc", "abd", 0.0),
        ("", "", 1.0),
        ("", "abcd", 0.0),
        ("?!", "...", 1.0),  # neither has a letter
        ("詐騙", "詐騙廣告", 1 / 5),  # 詐詐騙騙 | 詐詐騙騙 詐騙騙廣 騙騙廣廣 騙廣廣告 廣廣告告
        ("😂😂 abcd", "abcd", 1 / 3),
    ],
)
def test_the_share_of_pieces_is_worked_out_by_hand(left, right, share):
    assert similarity(left, right) == pytest.approx(share)


def test_thai_vowels_above_a_letter_count():
    assert similarity("ที่นี่มีดี", "ทนมด") < 1


@given(TEXTS, TEXTS)
def test_similarity_is_symmetric_one_on_itself_and_a_share(left, right):
    assert similarity(left, right) == similarity(right, left)
    assert similarity(left, left) == 1.0
    assert 0 <= similarity(left, right) <= 1


@given(st.lists(st.text(alphabet="abcdeก่", min_size=5, max_size=16), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_share_is_that_of_the_sets_written_as_text(texts):
    def plain(text):
        kept = skeleton(text)
        return {kept[place : place + 4] for place in range(max(len(kept) - 3, 1))} if kept else set()

    for left, right in combinations(texts, 2):
        ours, theirs = plain(left), plain(right)
        assert similarity(left, right) == pytest.approx(len(ours & theirs) / len(ours | theirs))


def _copies(*, seed, changed):
    """Return texts in pairs of which the second has some words replaced."""
    chance = Random(seed)
    words = ["".join(chance.choices("abcdefghijklnopqrstuvwxyz", k=6)) for _ in range(4000)]
    texts = {}
    for number in range(150):
        own = chance.sample(words, 20)
        texts[f"a{number}"] = " ".join(own)
        texts[f"b{number}"] = " ".join([*own[: 20 - changed], *chance.sample(words, changed)])
    return texts


@pytest.mark.parametrize(("changed", "limit"), [(1, 0.8), (2, 0.6), (3, 0.6), (5, 0.4), (7, 0.3)])
def test_pairs_found_among_many_are_those_that_comparing_all_finds(changed, limit):
    texts = _copies(seed=changed, changed=changed)
    found = similar_pairs(texts, at_least=limit)
    sets = {name: set(shingles(text).tolist()) for name, text in texts.items()}
    shares = {(a, b): len(sets[a] & sets[b]) / len(sets[a] | sets[b]) for a, b in combinations(texts, 2)}
    wanted = {pair: share for pair, share in shares.items() if share >= limit}
    ours = dict(zip(zip(found["a"], found["b"], strict=True), found["similarity"], strict=True))
    assert ours.keys() <= wanted.keys()
    assert all(ours[pair] == pytest.approx(wanted[pair]) for pair in ours)
    assert len(wanted) > 50
    assert len(ours) >= 0.99 * len(wanted)


def test_equal_texts_are_pairs_of_one_and_texts_without_letters_none():
    found = similar_pairs({"x": "Double your money", "y": "double YOUR money!", "z": "", "w": "..."})
    assert found.to_dict("records") == [{"a": "x", "b": "y", "similarity": 1.0}]


def test_no_text_gives_an_empty_frame_of_the_same_shape():
    assert list(similar_pairs({}).columns) == ["a", "b", "similarity"]


def test_real_thai_posts_are_found_again_behind_invisible_characters_and_long_runs():
    if not THAI.exists():
        pytest.skip("shared/data/thai is not here")
    texts = [json.loads(line)["texts"] for line in THAI.read_text(encoding="utf-8").splitlines()]
    texts = [text for text in texts if shingles(text).size > 20]
    disguised = ["\u200b".join(text).replace("!", "!!!!!") for text in texts]
    many = {f"t{n}": text for n, text in enumerate(texts)} | {f"d{n}": text for n, text in enumerate(disguised)}
    found = similar_pairs(many, at_least=0.8)
    pairs = set(zip(found["a"], found["b"], strict=True))
    assert all((f"t{number}", f"d{number}") in pairs for number in range(len(texts)))
