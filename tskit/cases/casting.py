"""SQL that turns one column's text into values, keeping apart what is blank and what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.activities import STEP, TRANSITIONS
from tskit.cases.crosswalk import renamed
from tskit.cases.dates import bounded
from tskit.cases.profile import BooleanWords
from tskit.cases.sql import cases_of, literal, name, words
from tskit.model import Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.cases.dates import Clockwork
    from tskit.cases.profile import Profile
    from tskit.model import Column

__all__ = ["broken_id", "cleaned", "is_checked", "salesforce_id", "trimmed", "typed"]

_TRUE = ("true", "yes", "y", "t", "1")
_FALSE = ("false", "no", "n", "f", "0")
_SPACE = (32, 9, 10, 13, 160)
_REPLACEMENT = 0xFFFD
_BLANK = {"unknown": "NULL", "false": "false", "true": "true"}


def trimmed(column: Column) -> str:
    """Return SQL for the column's raw text without the space around it; case text stays as it is."""
    text = name(column.name)
    if column.sensitivity is Sensitivity.HIDDEN:
        return text
    # Few values need it, and trimming each takes five times as long as this look at their ends.
    ends = " OR ".join(f"ends_with({text}, chr({code}))" for code in _SPACE)
    edges = f"{text} <= '!' OR starts_with({text}, chr(160)) OR {ends}"
    space = " || ".join(f"chr({code})" for code in _SPACE)
    return f"CASE WHEN {edges} THEN trim({text}, {space}) ELSE {text} END"


def cleaned(column: Column, profile: Profile) -> str:
    """Return SQL for the column's trimmed text, null where it is blank or a null word."""
    text = name(column.name)
    empty = words(("", *profile.null, *profile.nulls.get(column.name, ())))
    if column.sensitivity is Sensitivity.HIDDEN:
        return f"CASE WHEN {text} IN ({empty}) THEN NULL ELSE {text} END"
    # The engine reads a query only up to a NUL: a value with one could never be asked for, and would break the question.
    whole = f"WHEN contains({text}, chr(0)) THEN replace({text}, chr(0), chr({_REPLACEMENT}))"
    return f"CASE WHEN {text} IN ({empty}) THEN NULL {whole} ELSE {text} END"


def is_checked(column: Column) -> bool:
    """Return whether a text can fail to be a value of the column."""
    return bool(column.vocabulary) or column.kind not in (Kind.TEXT, Kind.CATEGORY, Kind.LIST)


def typed(column: Column, profile: Profile, *, clock: Clockwork) -> str:
    """Return SQL for the column's value from its cleaned text, null where the text is none."""
    text = name(column.name)
    match column.kind:
        case Kind.TIME:
            return bounded(clock.expression(text))
        case Kind.INTEGER:
            return f"CASE WHEN trunc({_number(text)}) = {_number(text)} THEN try_cast({_digits(text)} AS BIGINT) END"
        case Kind.NUMBER:
            return f"CASE WHEN isfinite({_number(text)}) THEN {_number(text)} END"
        case Kind.BOOLEAN:
            return _boolean(column, profile)
        case Kind.LIST:
            return _list(column, profile)
        case _:
            return _word(column, profile)


def _digits(text: str) -> str:
    # 1,234 is a number with separators; 1,5 is not, and must not become 15.
    grouped = f"contains({text}, ',') AND regexp_full_match({text}, '-?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?')"
    return f"CASE WHEN {grouped} THEN replace({text}, ',', '') ELSE {text} END"


def _number(text: str) -> str:
    return f"try_cast({_digits(text)} AS DOUBLE)"


def _boolean(column: Column, profile: Profile) -> str:
    said = profile.booleans.get(column.name, BooleanWords())
    text = f"lower({name(column.name)})"
    true, false = (said.true, said.false) if said.true or said.false else (_TRUE, _FALSE)
    lowered = [words(word.lower() for word in found) or "NULL" for found in (true, false)]
    empty = f"WHEN {name(column.name)} IS NULL THEN {_BLANK[said.blank]}"
    return f"CASE {empty} WHEN {text} IN ({lowered[0]}) THEN true WHEN {text} IN ({lowered[1]}) THEN false END"


def _word(column: Column, profile: Profile) -> str:
    text = name(column.name)
    if profile.salesforce_ids and column.name.endswith("_id") and column.kind is Kind.TEXT:
        return salesforce_id(text)
    mapped = {key.lower(): value for key, value in _meant(column, profile).items()}
    if not column.vocabulary:
        return cases_of(f"lower({text})", mapped, otherwise=text)
    own = {key: word for word in column.vocabulary for key in (word.lower(), word.lower().replace("_", " "))}
    return cases_of(f"lower({text})", {**own, **mapped}, otherwise="NULL")


def _meant(column: Column, profile: Profile) -> Mapping[str, str]:
    if column.name != "event_type" or not profile.activities:
        return {**renamed(column.name), **profile.values.get(column.name, {})}
    return {**{f"{STEP}{step}": kind for step, kind in TRANSITIONS.items()}, **profile.activities}


def _list(column: Column, profile: Profile) -> str:
    text = name(column.name)
    parts = f"string_split(trim({text}, '[] '), {literal(profile.split)})"
    mapped = {key.lower(): value for key, value in _meant(column, profile).items()}
    part = "trim(part, ' \"''')"
    each = f"list_transform({parts}, lambda part: {cases_of(f'lower({part})', mapped, otherwise=part)})"
    return f"CASE WHEN {text} IS NOT NULL THEN list_filter({each}, lambda part: part <> '') END"


def salesforce_id(text: str) -> str:
    """Return SQL that gives a 15-character Salesforce id its 18-character form; any other text stays as it is."""
    return (
        f"CASE WHEN length({text}) = 15 AND regexp_full_match({text}, '[a-zA-Z0-9]{{15}}') "
        f"THEN {text} || {_checksum(text)} ELSE {text} END"
    )


def broken_id(text: str) -> str:
    """Return an SQL condition: an 18-character Salesforce id whose last three characters do not fit the others."""
    is_long = f"length({text}) = 18 AND regexp_full_match({text}, '[a-zA-Z0-9]{{18}}')"
    return f"{is_long} AND upper(right({text}, 3)) <> {_checksum(text)}"


def _checksum(text: str) -> str:
    """Return SQL for the characters 16 to 18: each tells which of five characters are capitals."""

    def digit(start: int) -> str:
        bits = " + ".join(f"({text}[{start + i}] BETWEEN 'A' AND 'Z')::INT * {1 << i}" for i in range(5))
        return f"substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + {bits}, 1)"

    return " || ".join(digit(start) for start in (1, 6, 11))
