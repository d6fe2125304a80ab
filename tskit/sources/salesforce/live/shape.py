"""What an object is made of, as its organisation describes it to this user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tskit.sources.salesforce.live.objects import STANDARD, WITH_CUSTOM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.sources.salesforce.live.settings import Settings

__all__ = ["Field", "Shape", "chosen", "shape_of"]

_IN_PARTS = frozenset({"address", "location"})
"""Kinds that a bulk query refuses; the parts of them are fields of their own."""
_NO_TEXT = frozenset({"base64", "complexvalue"})
_STAMPS = ("SystemModstamp", "CreatedDate")


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it is described: its API name, the label that people read, its type, and what it may be."""

    name: str
    label: str
    kind: str
    is_custom: bool = False
    is_formula: bool = False
    words: tuple[str, ...] = ()
    """The words of a picklist that are in use."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An object as this user sees it: its fields by API name, those that cannot be asked for as text left out."""

    table: str
    fields: Mapping[str, Field]

    @property
    def stamp(self) -> str:
        """Return the field that says when a row was last changed; for rows that never change, when it was made."""
        return next((name for name in _STAMPS if name in self.fields), "")

    @property
    def has_deletes(self) -> bool:
        """Return whether deleted rows can be asked for."""
        return "IsDeleted" in self.fields and self.stamp == "SystemModstamp"


def shape_of(table: str, described: Mapping[str, Any]) -> Shape:
    """Return the shape in the answer to a describe request."""
    fields = [
        Field(
            str(one["name"]),
            str(one.get("label", one["name"])),
            str(one.get("type", "string")),
            bool(one.get("custom")),
            bool(one.get("calculated")),
            tuple(str(word["value"]) for word in one.get("picklistValues", ()) if word.get("active", True)),
        )
        for one in described.get("fields", ())
    ]
    return Shape(table, {one.name: one for one in fields if one.kind not in _IN_PARTS | _NO_TEXT})


def chosen(shape: Shape, settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields to ask for, and those that are wanted but not described to this user."""
    asked = settings.asked(shape.table)
    left_out = {name.partition(".")[2] for name in settings.leave_out if name.partition(".")[0] == shape.table}
    wanted = [*(asked or shape.fields), *_custom(shape, settings), *_always(shape)]
    names = [name for name in dict.fromkeys(wanted) if name not in left_out]
    return tuple(name for name in names if name in shape.fields), tuple(
        name for name in names if name not in shape.fields
    )


def _custom(shape: Shape, settings: Settings) -> Sequence[str]:
    is_ours = shape.table in WITH_CUSTOM or shape.table not in STANDARD
    is_listed = shape.table in (settings.fields or {})
    return [one.name for one in shape.fields.values() if one.is_custom and is_ours and not is_listed]


def _always(shape: Shape) -> Sequence[str]:
    """Return what every extract needs: the key, when a row was changed, and whether it is gone."""
    return [name for name in ("Id", shape.stamp, "IsDeleted") if name in shape.fields]
