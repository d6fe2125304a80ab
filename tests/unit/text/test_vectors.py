"""Likeness goes by rare pieces, is the same from both sides, and keeps no text."""

import csv
import json
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.text import index_texts, skeleton

DATA = Path(__file__).parents[4] / "shared" / "data"
THAI = DATA / "thai" / "wisesight_valid.jsonl"
VIETNAMESE = DATA / "vietnamese" / "vihos_dev.csv"


@given(st.lists(st.text(alphabet="ab cก詐", max_size=12), min_size=2, max_size=6))
@settings(max_examples=25, deadline=None)
def test_likeness_is_symmetric_and_one_on_itself_where_there_is_text(texts):
    index = index_texts({str(place): text for place, text in enumerate(texts)})
    square = index.likenesses(index.ids)
    assert square == pytest.approx(square.T, abs=1e-5)
    for place, text in enumerate(texts):
        own = index.likeness(key=str(place))
        assert own == pytest.approx(square[place], abs=1e-5)
        assert index.likeness(text=text) == pytest.approx(own, abs=1e-5)
        assert own[place] == pytest.approx(1.0 if skeleton(text) else 0.0, abs=1e-5)


def test_an_index_of_some_weighs_as_the_whole_did():
    whole = index_texts({"a": "double your money", "b": "double your coins", "c": "another report"})
    part = whole.among(["c", "a", "nobody", "a"])
    assert part.ids == ("c", "a")
    assert part.likeness(text="double your coins") == pytest.approx(whole.likeness(key="b")[[2, 0]], abs=1e-6)
    assert repr(part) == "TextIndex()"


def test_an_index_of_nothing_answers_with_nothing():
    assert index_texts({}).likeness(text="anything").tolist() == []


def test_a_rare_piece_tells_more_than_one_that_all_have():
    texts = {f"n{number}": "please look at this report again" for number in range(20)}
    index = index_texts(texts | {"rare": "zanzibar", "common": "please look at this"})
    found = dict(zip(index.ids, index.likeness(text="please look at zanzibar"), strict=True))
    assert found["rare"] > found["common"]


def _damaged(text, chance, *, by_word):
    """Return the text without three tenths of it, with invisible characters, and half the time with Cyrillic a."""
    step = 1 if by_word else 5
    parts = text.split(" ") if by_word else [text[at : at + step] for at in range(0, len(text), step)]
    left = [part for part in parts if chance.random() > 0.3] or parts
    hidden = "".join(letter + "\u200b" * (chance.random() < 0.1) for letter in (" " if by_word else "").join(left))
    return hidden.replace("a", "а") if chance.random() < 0.5 else hidden


def _found_first(texts, queries):
    index = index_texts({str(place): text for place, text in enumerate(texts)})
    first = [int(index.likeness(text=query).argmax()) for query in queries]
    return sum(place == own for own, place in enumerate(first)) / len(first)


def test_real_thai_posts_are_found_again_when_three_tenths_of_them_are_gone():
    if not THAI.exists():
        pytest.skip("shared/data/thai is not here")
    texts = [json.loads(line)["texts"] for line in THAI.read_text(encoding="utf-8").splitlines()]
    texts = [text for text in texts if len(text) > 25]
    chance = Random(1)
    assert _found_first(texts, [_damaged(text, chance, by_word=False) for text in texts]) >= 0.98


def test_real_vietnamese_comments_are_found_again_decomposed_and_without_three_tenths_of_their_words():
    if not VIETNAMESE.exists():
        pytest.skip("shared/data/vietnamese is not here")
    with VIETNAMESE.open(encoding="utf-8", newline="") as file:
        texts = list(dict.fromkeys(row["content"] for row in csv.DictReader(file)))
    texts = [text for text in texts if len(text) > 40]
    chance = Random(1)
    damaged = [unicodedata.normalize("NFD", _damaged(text, chance, by_word=True)) for text in texts]
    assert _found_first(texts, damaged) >= 0.97
