"""A first draft of a profile from what an organisation of Salesforce says about its fields; no row is read for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tskit.cases.recognise import bundled
from tskit.cases.synonyms import by_name
from tskit.model import CASES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tskit.cases.profile import Profile
    from tskit.sources.salesforce.live.shape import Field

__all__ = ["draft_described"]

_LIKE = "salesforce_case_export"
_FITS: Mapping[str, frozenset[Kind]] = {
    "boolean": frozenset({Kind.BOOLEAN}),
    "datetime": frozenset({Kind.TIME}),
    "date": frozenset({Kind.TIME}),
    "int": frozenset({Kind.INTEGER, Kind.NUMBER}),
    "double": frozenset({Kind.INTEGER, Kind.NUMBER}),
    "percent": frozenset({Kind.NUMBER}),
    "currency": frozenset({Kind.NUMBER}),
    "multipicklist": frozenset({Kind.LIST}),
}
_WORDS = frozenset({Kind.TEXT, Kind.CATEGORY, Kind.ORDERED, Kind.LIST})
"""What any other type of field may be: picklists, text, references."""
_SHOWN = 8


def draft_described(name: str, fields: Sequence[Field]) -> str:
    """Return the text of a profile for the object Case of an organisation, from the names, labels and types of its fields.

    Standard fields are those of the bundled profile. Custom fields are suggested by their label, then by their API name,
    where the type fits as well; all others stand there as comments to fill in.
    """
    pattern = next(profile for profile in bundled() if profile.name == _LIKE)
    custom = [one for one in fields if one.is_custom]
    chosen = _chosen(custom, taken=set(pattern.columns))
    lines = [
        "# A draft. Read each line: it was suggested by labels and types of fields, and nobody has confirmed it.",
        f"name = {_quoted(name)}",
        f"like = {_quoted(_LIKE)}",
        f"recognise = [{', '.join(_quoted(one) for one in _marks(chosen))}]",
        "",
        "[columns]",
        *(f"{canonical} = {_quoted(one.name)}   # {_told(one)}; {how}" for one, (canonical, how) in chosen.items()),
        *(f"# ... = {_quoted(one.name)}   # {_told(one)}" for one in custom if one not in chosen),
        "",
        *_states(fields, pattern),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _chosen(custom: Sequence[Field], *, taken: set[str]) -> dict[Field, tuple[str, str]]:
    """Return the canonical column of each custom field that looks like one, and by what; the surest suggestions first."""
    labels, names = by_name([one.label for one in custom]), by_name([one.name for one in custom])
    found: dict[Field, tuple[str, str]] = {}
    for is_near in (False, True):
        for told, of in ((labels, "label"), (names, "API name")):
            for one in custom:
                canonical, how = told.get(one.label if of == "label" else one.name, ("", ""))
                if one in found or not canonical or canonical in taken or (how == "nearly its name") is not is_near:
                    continue
                if CASES[canonical].kind in _FITS.get(one.kind, _WORDS):
                    found[one] = (canonical, f"by its {of}")
                    taken.add(canonical)
    return found


def _marks(chosen: Mapping[Field, tuple[str, str]]) -> list[str]:
    """Return the columns by which an export of this organisation is recognised, before the bundled profile is."""
    return ["Id", "CaseNumber", "Status", "CreatedDate", "OwnerId", *(one.name for one in list(chosen)[:3])]


def _told(one: Field) -> str:
    words = f": {', '.join(one.words[:_SHOWN])}{' ...' if len(one.words) > _SHOWN else ''}" if one.words else ""
    formula = ", a formula" if one.is_formula else ""
    return _line(f'"{one.label}", {one.kind}{formula}{words}')


def _states(fields: Sequence[Field], pattern: Profile) -> Iterator[str]:
    known = {word.lower() for word in pattern.values.get("status", {})}
    status = next((one for one in fields if one.name == "Status"), None)
    unknown = [word for word in (status.words if status else ()) if word.lower() not in known]
    if unknown:
        yield f"# What does each mean? One of: {', '.join(CASES['status'].vocabulary)}"
        yield "[values.status]"
        yield from (f'# {_quoted(word)} = ""' for word in unknown)


def _line(text: str) -> str:
    """Return text that stays in its comment: a label may hold anything."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string as well, but for the delete character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
