"""Values beside a statement, never in it: `:name` becomes what the driver takes for a value to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import sqlglot
from sqlglot.tokenizer_core import TokenType

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

__all__ = ["Bound", "joined", "marks", "placed"]

Bound: TypeAlias = "dict[str, object] | tuple[object, ...]"


def marks(text: str, tokens: Sequence[Token]) -> list[str]:
    """Return the names of what looks like a parameter, `:name`, in order; the text within quotes is none."""
    return [name for name, _ in _split(text, tokens) if name]


def joined(text: str, tokens: Sequence[Token]) -> str:
    """Return the tokens of `text` alone: what lay between them was space, or a comment that no database shall see."""
    return "".join(part for _, part in _split(text, tokens)).strip()


def placed(sql: str, values: Mapping[str, object], *, dialect: str, style: str) -> tuple[str, Bound]:
    """Return a statement as a driver wants it, and its values; a list takes as many places as it has values.

    `style` is `pyformat` for places such as %(name)s, else they are question marks.
    """
    parts: list[str] = []
    named: dict[str, object] = {}
    for name, part in _split(sql, sqlglot.tokenize(sql, dialect=dialect)):
        if not name:
            parts.append(part.replace("%", "%%") if style == "pyformat" else part)
            continue
        value = values[name]
        places: list[str] = []
        for one in value if isinstance(value, tuple) else (value,):
            place = f"p{len(named)}"
            named[place] = one
            places.append(f"%({place})s" if style == "pyformat" else "?")
        parts.append(", ".join(places))
    return "".join(parts), named if style == "pyformat" else tuple(named.values())


def _split(text: str, tokens: Sequence[Token]) -> Generator[tuple[str, str]]:
    """Yield each piece of a statement, with the name of the parameter where it is one."""
    end = -1
    held = list(tokens)
    for number, token in enumerate(held):
        gap = text[end + 1 : token.start]
        if gap and end >= 0:
            yield "", "\n" if "\n" in gap else " "
        word = text[token.start : token.end + 1]
        after = held[number + 1] if number + 1 < len(held) else None
        before = held[number - 1] if number else None
        end = token.end
        if _is_mark(token, after):
            continue
        if before is not None and _is_mark(before, token):
            yield word, f":{word}"
        else:
            yield "", word


def _is_mark(colon: Token, name: Token | None) -> bool:
    if name is None or colon.token_type is not TokenType.COLON or name.start != colon.end + 1:
        return False
    return name.text.isidentifier() and name.end - name.start + 1 == len(name.text)  # a quoted word is longer
