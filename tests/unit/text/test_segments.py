"""Words are cut by the means of their language, with nothing fetched and nothing written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.text import normalise, thai_edges, words

THAI = Path(__file__).parents[4] / "shared" / "data" / "thai" / "wisesight_valid.jsonl"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Pay NOW, please!", ["pay", "now", "please"]),
        ("don\u2019t isn't 'quoted'", ["don\u2019t", "isn't", "quoted"]),
        ("Lừa đảo trong liên kết", ["lừa", "đảo", "trong", "liên", "kết"]),
        ("tak boleh lah", ["tak", "boleh", "lah"]),
        ("วันนี้อากาศดี", ["วันนี้", "อากาศ", "ดี"]),
        ("ไม่เเน่ใจ", ["ไม่", "แน่ใจ"]),  # two E for one AE
        ("反詐騙", ["反詐", "詐騙"]),
        ("假 帳號", ["假", "帳號"]),
        ("vip反詐騙100元", ["vip", "反詐", "詐騙", "100", "元"]),
        ("😂 ... ", []),
        ("", []),
    ],
)
def test_each_language_is_cut_by_its_own_means(text, cut):
    assert words(text) == cut


@given(st.text(alphabet="ab 1.กขาำ้詐騙é'", max_size=30))
def test_words_are_pieces_of_the_normalised_text_in_order(text):
    plain, place = normalise(text), 0
    for word in words(text):
        place = plain.index(word, max(place - 1, 0))  # Chinese pairs overlap by one


def test_real_thai_posts_are_cut_without_losing_a_letter():
    if not THAI.exists():
        pytest.skip("shared/data/thai is not here")
    posts = [json.loads(line)["texts"] for line in THAI.read_text(encoding="utf-8").splitlines()]
    for post in posts:
        kept = "".join(letter for letter in "".join(words(post)) if "\u0e01" <= letter <= "\u0e2e")
        assert kept == "".join(letter for letter in normalise(post) if "\u0e01" <= letter <= "\u0e2e")
    assert sum(len(words(post)) for post in posts) > 5_000


def test_cutting_thai_writes_nothing_into_the_home_folder_and_opens_no_connection(tmp_path):
    code = """
import socket
def refuse(*_, **__): raise RuntimeError("a connection")
socket.socket.connect = socket.create_connection = refuse
from tskit.text import skeleton, words
assert words("วันนี้อากาศดี") == ["วันนี้", "อากาศ", "ดี"]
assert skeleton("раураl") == skeleton("paypal")
"""
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("PYTHAINLP_READ_ONLY", None)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_left_as_it_was():
    before = dict(os.environ)
    words("วันนี้")
    assert dict(os.environ) == before


def test_edges_of_thai_words_are_counted_in_the_whole_text():
    assert thai_edges("กิน อาหารไทย") == {0, 3, 4, 9, 12}
    assert thai_edges("no Thai, 中文") == frozenset()
