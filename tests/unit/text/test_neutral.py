"""Text from strangers cannot reorder, cover, call or link."""

import unicodedata

import mistune
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.text import chat, defang, neutralise, neutralise_tree

ANY = st.text(max_size=60)
HIDDEN = [
    0x061C,
    0x200B,
    0x200E,
    0x200F,
    0x202A,
    0x202E,
    0x2066,
    0x2069,
    0x2060,
    0xFEFF,
    0x00AD,
    0xE0041,
    0x0000,
    0x001B,
    0x0085,
]


@pytest.mark.parametrize("code", HIDDEN)
def test_a_hidden_control_does_not_survive(code):
    assert chr(code) not in neutralise(f"a{chr(code)}b")


@pytest.mark.parametrize(
    "text",
    ["น้ำใจ ที่นี่ กำลัง", "Tiếng Việt ế", "e\u0302\u0301 Vie\u0323\u0302t", "反诈骗", "क्\u200dष", "👩\u200d👧", "a\tb\nc"],
)
def test_honest_scripts_stay_as_they_are(text):
    assert neutralise(text) == text


def test_a_stack_of_marks_is_cut_to_four():
    assert neutralise("Z" + "\u0351" * 40 + "x") == "Z" + "\u0351" * 4 + "x"


def test_long_text_says_how_much_is_left_out():
    assert neutralise("a" * 2005, limit=2000) == "a" * 2000 + "… [5 more characters]"


@given(ANY)
def test_neutralising_twice_is_neutralising_once(text):
    assert neutralise(neutralise(text)) == neutralise(text)


@given(ANY)
def test_nothing_that_reorders_is_left(text):
    assert not any(
        unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for c in neutralise(text)
    )


def test_keys_and_values_of_a_tree_change_alike_so_that_fields_still_match():
    tree = {"field": "a\u202eb", "rows": [{"a\u202eb": 1.5, "x": None}]}
    held = neutralise_tree(tree)
    assert held["field"] in held["rows"][0]
    assert held["rows"][0]["x"] is None


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("https://evil.example/a?b", "hxxps://evil[.]example/a?b"),
        ("HTTP://EVIL.EXAMPLE", "hxxP://EVIL[.]EXAMPLE"),
        ("www.evil.co.th", "www[.]evil[.]co[.]th"),
        ("a.b@evil.example", "a.b[@]evil[.]example"),
        ("5.2 h, 8.1 % and 1,104 cases", "5.2 h, 8.1 % and 1,104 cases"),
        ("ends here. Then more", "ends here. Then more"),
    ],
)
def test_an_address_is_no_link_any_more(text, held):
    assert defang(text) == held


HOSTILE = [
    "[x](javascript:alert(1))",
    "![b](https://evil.example/p.png)",
    "<https://evil.example>",
    "<img src=x onerror=alert(1)>",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "*bold* _it_ `code` ~~gone~~",
    "a\n\n# b",
    "| a | b |",
    "&lt;script&gt;",
    "---",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_for_a_chat_is_plain_text_in_a_reader_of_markdown_too(text):
    page = mistune.html(f"\u2022 {chat(text)}")
    assert page.replace("<em>", "").replace("</em>", "").count("<") == 2  # "_it_" is slanted at most
    assert page.startswith("<p>")
    assert page.rstrip().endswith("</p>")


@pytest.mark.parametrize("text", ["SLA fell to 74.2 % (70 to 78); 1,104 cases = 5×!", "policy_id", "p < 0.0001 & more"])
def test_a_plain_sentence_stays_as_it_is(text):
    assert chat(text) == text


@pytest.mark.parametrize("call", ["@here", "@channel", "@everyone", "@HERE"])
def test_a_line_for_a_chat_calls_nobody(call):
    assert call not in chat(f"hey {call} you")


def test_a_line_for_a_chat_has_no_link_no_mention_and_no_escape():
    held = chat("<!channel> <@U123> <https://evil.example|bank> & more")
    assert "<" not in held
    assert "://evil.example" not in held
    assert "\\" not in held
    assert "& more" in held
