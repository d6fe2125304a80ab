"""The value of one column from its text or its typed column, as the file loader reads it, in every engine's words.

No engine casts a text here that a pattern has not found castable: PostgreSQL knows no cast that may fail, and Spark
ends the whole question at one that does.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis

from tskit.cases.crosswalk import renamed
from tskit.cases.profile import BooleanWords
from tskit.model import Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import ibis.expr.types as ir

    from tskit.cases.profile import Profile
    from tskit.model import Column

__all__ = ["checksum", "cleaned", "only", "valued"]

_SPACES = " \t\n\r\u00a0"
_SPACE = f"[{_SPACES}]+"
_GROUPED = r"^-?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?$"
_NUMBER = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
_WHOLE = r"^[+-]?[0-9]{1,18}([.]0*)?$"
_TRUE = ("true", "yes", "y", "t", "1")
_FALSE = ("false", "no", "n", "f", "0")
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_MOST = 2.0**63


def cleaned(raw: ir.Value, column: Column, profile: Profile, *, engine: str) -> ir.Value:
    """Return a column's text without the space around it, null where it is blank or a null word.

    A typed column has no text to clean, but for words: they become text first.
    """
    if not _is_text(raw) and column.kind not in (Kind.TEXT, Kind.CATEGORY, Kind.ORDERED):
        return raw
    text = raw if _is_text(raw) else raw.cast("string")
    if column.sensitivity is not Sensitivity.HIDDEN:
        text = _trimmed(text, engine)
    return only(text, ~text.isin(["", *profile.null, *profile.nulls.get(column.name, ())]))


def valued(text: ir.Value, column: Column, profile: Profile) -> ir.Value:
    """Return the value of a column that is no time from its cleaned text, null where the text is none."""
    match column.kind:
        case Kind.INTEGER:
            return _integer(text)
        case Kind.NUMBER:
            return _number(text)
        case Kind.BOOLEAN:
            return _boolean(text, column, profile)
        case Kind.LIST:
            return _list(text, column, profile)
        case _:
            return _word(text, column, profile)


def only(value: ir.Value, condition: ir.Value) -> ir.Value:
    """Return the value where the condition holds, and null elsewhere."""
    return ibis.ifelse(condition, value, ibis.null(value.type()))


def _trimmed(text: ir.Value, engine: str) -> ir.Value:
    bare = text.re_replace(f"^{_SPACE}|{_SPACE}$", "")
    if engine != "duckdb":
        return bare
    # Few values need it, and a look at their ends is many times cheaper; elsewhere `<=` may follow a language's order.
    ends = [text.endswith(space) for space in _SPACES]
    return ibis.ifelse(reduce(or_, ends, (text <= "!") | text.startswith(_SPACES[-1])), bare, text)


def _is_text(value: ir.Value) -> bool:
    return value.type().is_string()


def _ungrouped(text: ir.Value) -> ir.Value:
    # 1,234 is a number with separators; 1,5 is not, and must not become 15.
    return ibis.ifelse(text.re_search(_GROUPED), text.replace(",", ""), text)


def _integer(text: ir.Value) -> ir.Value:
    if not _is_text(text):
        whole = text.cast("float64") if not text.type().is_integer() else text
        fits = (whole.floor() == whole) & (whole.abs() < _MOST) if not text.type().is_integer() else whole.notnull()
        return only(whole, fits).cast("int64")
    digits = _ungrouped(text)
    return only(digits.re_replace("[.]0*$", ""), digits.re_search(_WHOLE)).cast("int64")


def _number(text: ir.Value) -> ir.Value:
    if not _is_text(text):
        number = text.cast("float64")
        return only(number, ~(number.isnan() | number.isinf()))
    digits = _ungrouped(text)
    return only(digits, digits.re_search(_NUMBER)).cast("float64")


def _boolean(text: ir.Value, column: Column, profile: Profile) -> ir.Value:
    said = profile.booleans.get(column.name, BooleanWords())
    blank = {"unknown": ibis.null("boolean"), "false": ibis.literal(value=False), "true": ibis.literal(value=True)}
    if text.type().is_boolean():
        return ibis.coalesce(text, blank[said.blank]) if said.blank != "unknown" else text
    words = (text if _is_text(text) else text.cast("string")).lower()
    true, false = (said.true, said.false) if said.true or said.false else (_TRUE, _FALSE)
    return ibis.cases(
        (words.isnull(), blank[said.blank]),
        (_among(words, true), ibis.literal(value=True)),
        (_among(words, false), ibis.literal(value=False)),
    )


def _among(words: ir.Value, listed: Iterable[str]) -> ir.Value:
    return words.isin([word.lower() for word in listed])


def _list(text: ir.Value, column: Column, profile: Profile) -> ir.Value:
    mapped = {**renamed(column.name), **profile.values.get(column.name, {})}
    parts = text
    if _is_text(text):
        # The engines' ways to trim differ; a pattern is one for all.
        parts = text.re_replace(r"^[\[\] ]+|[\[\] ]+$", "").split(profile.split)
        parts = parts.map(_bare)
    elif mapped or str(text.type().value_type) != "string":
        parts = text.map(_as_text)
    if mapped:
        parts = parts.map(partial(_meant, mapped=mapped))
    # PostgreSQL makes an empty list of none.
    return only(parts.filter(_is_filled), text.notnull()) if parts is not text else text


def _bare(part: ir.Value) -> ir.Value:
    return part.re_replace("^[ \"']+|[ \"']+$", "")


def _as_text(part: ir.Value) -> ir.Value:
    return part.cast("string")


def _meant(part: ir.Value, *, mapped: Mapping[str, str]) -> ir.Value:
    return _replaced(part, mapped, otherwise=part)


def _is_filled(part: ir.Value) -> ir.Value:
    return part != ""


def _word(text: ir.Value, column: Column, profile: Profile) -> ir.Value:
    if profile.salesforce_ids and column.name.endswith("_id") and column.kind is Kind.TEXT:
        return _salesforce_id(text)
    mapped = {**renamed(column.name), **profile.values.get(column.name, {})}
    if not column.vocabulary:
        return _replaced(text, mapped, otherwise=text)
    own = {key: word for word in column.vocabulary for key in (word, word.replace("_", " "))}
    lowered = {key.lower() for key in mapped}
    # The profile's word wins over ours, as in files.
    words = {**{key: word for key, word in own.items() if key.lower() not in lowered}, **mapped}
    return _replaced(text, words, otherwise=ibis.null("string"))


def _replaced(text: ir.Value, words: Mapping[str, str], *, otherwise: ir.Value) -> ir.Value:
    if not words:
        return otherwise
    # An engine may know no small letters beyond ASCII: the word as it is written comes first.
    exact = [(text == key, ibis.literal(word)) for key, word in words.items() if not key.isascii()]
    lowered = {key.lower(): word for key, word in words.items()}
    small = text.lower()
    return ibis.cases(*exact, *((small == key, ibis.literal(word)) for key, word in lowered.items()), else_=otherwise)


def _salesforce_id(text: ir.Value) -> ir.Value:
    """Return a 15-character Salesforce id in its 18-character form; any other text stays as it is."""
    return ibis.ifelse(text.re_search("^[a-zA-Z0-9]{15}$"), text + checksum(text), text)


def checksum(text: ir.Value) -> ir.Value:
    """Return the characters 16 to 18 of a Salesforce id: each tells which of five characters are capitals."""
    digits = ibis.literal(_CAPITALS)

    def digit(start: int) -> ir.Value:
        # A pattern, since an order of letters differs from one collation to the next.
        bits = [text.substr(start + i, 1).re_search("^[A-Z]$").ifelse(1 << i, 0) for i in range(5)]
        return digits.substr(sum(bits[1:], bits[0]), 1)

    return digit(0) + digit(5) + digit(10)
