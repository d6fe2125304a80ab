"""Takes the tricks out of text, so that what a reader sees is what it says, on a page, in a chat and in a mail."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

__all__ = ["chat", "defang", "neutralise", "neutralise_tree"]

_MOST_MARKS = 4
"""Thai and decomposed Vietnamese need up to three marks on a letter; what stacks more is there to cover its neighbours."""


def _named(*codes: int) -> dict[int, str]:
    return {code: f"⟦U+{code:04X}⟧" for code in codes}


# U+200C and U+200D stay: Indic scripts and emoji are spelled with them.
_BIDI = _named(0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = _named(0x00AD, 0x034F, 0x115F, 0x1160, 0x180E, 0x200B, *range(0x2060, 0x2065), 0x3164, 0xFEFF, 0xFFA0)
_CONTROL = dict.fromkeys([*range(9), 11, 12, 13, *range(14, 32), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], "\ufffd")
_TAGS = dict.fromkeys(range(0xE0000, 0xE0080), "⟦tag⟧")
_TABLE = _BIDI | _INVISIBLE | _CONTROL | _TAGS
_LINES = re.compile(r"\r\n?|\u2028|\u2029|\x85")
_MARKS = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,}"
)

_SCHEME = re.compile(r"\b(ht)(tps?)://", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?<![\w.])((?:[^\W_](?:[\w-]*[^\W_])?\.)+)([^\W\d_]{2,24}|xn--[a-z0-9-]+)(?![\w-])", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<=\w)@(?=\w)")
_LOOK_ALIKE = str.maketrans({"*": "∗", "`": "ʼ", "|": "¦", "\\": "⧵"})
_OPENING = re.compile(r"<(?=[\w/!?@#])")
_CALL = re.compile(r"@(?=here\b|channel\b|everyone\b)", re.IGNORECASE)


def neutralise(text: str, *, limit: int = 0) -> str:
    """Return `text` with its hidden controls shown and its stacks of marks clamped.

    Bidirectional and zero-width characters become their code point in brackets, other controls a replacement character,
    and more than four combining marks in a row are cut, so that text can neither reorder nor cover what is around it.

    Args:
        text: what somebody wrote.
        limit: the number of characters to keep; 0 keeps all.

    >>> neutralise("cod" + chr(0x202E) + "gnp.exe")
    'cod⟦U+202E⟧gnp.exe'
    """
    shown = _LINES.sub("\n", text).translate(_TABLE)
    shown = _MARKS.sub(lambda match: match[0][:_MOST_MARKS], shown) if shown.isascii() is False else shown
    if limit and len(shown) > limit:
        return f"{shown[:limit]}… [{len(shown) - limit:,} more characters]"
    return shown


def neutralise_tree(value: Any) -> Any:  # noqa: ANN401  # any JSON value in, the same kind out
    """Return a JSON value with every string neutralised, keys too, so that names of fields still match."""
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, dict):
        return {neutralise(str(key)): neutralise_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [neutralise_tree(item) for item in value]
    return value


def defang(text: str) -> str:
    """Return `text` with addresses that no program takes for a link.

    >>> defang("pay at https://bank.example/x or mail a@bank.example")
    'pay at hxxps://bank[.]example/x or mail a[@]bank[.]example'
    """
    held = _SCHEME.sub(lambda match: f"hxx{match[2][1:]}://", text)
    held = _DOMAIN.sub(lambda match: match[0].replace(".", "[.]"), held)
    return _ADDRESS.sub("[@]", held)


def chat(text: str) -> str:
    """Return `text` as one line for a chat or a mail: no link, no mention of a channel, no markup of either.

    The same line is pasted into Slack, sent as plain text and read in a file of Markdown, so nothing in it may show
    as an escape: what could act is written with a character that looks alike and does not.

    >>> chat("<!channel> *see* [here](https://evil.example) & < 0.01")
    '‹!channel> ∗see∗ [here] (hxxps://evil[.]example) & < 0.01'
    """
    held = _CALL.sub("@\u2060", defang(_one_line(text)).translate(_LOOK_ALIKE))
    return _OPENING.sub("‹", held).replace("](", "] (").replace("~~", "∼∼")


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(neutralise(text).split()))
