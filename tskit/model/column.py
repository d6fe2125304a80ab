"""What a column is, and what a table of columns is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Column", "Kind", "Presence", "Sensitivity", "Table"]


class Kind(StrEnum):
    """The type of a column's values; times are instants, stored in UTC."""

    TEXT = "text"
    CATEGORY = "category"
    ORDERED = "ordered"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    LIST = "list"


class Presence(StrEnum):
    """Whether a source must have the column: required, conditional (see the meaning), or optional."""

    REQUIRED = "R"
    CONDITIONAL = "C"
    OPTIONAL = "O"


class Sensitivity(StrEnum):
    """Who may see a column's values.

    open: everybody who may read the write-up. record: keys of the system of record; inside the team, never in a file
    meant to be shared. person: replaced by a keyed pseudonym when it is loaded. hidden: case text; kept in a file of
    its own, and never part of a case set, a message or a write-up.
    """

    OPEN = "open"
    RECORD = "record"
    PERSON = "person"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column; `vocabulary` is empty where any value may stand."""

    name: str
    kind: Kind
    presence: Presence
    sensitivity: Sensitivity
    unit: str
    vocabulary: tuple[str, ...]
    salesforce: str
    dsa: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table: its key and its columns in order."""

    name: str
    key: str
    columns: tuple[Column, ...]

    @classmethod
    def parse(cls, name: str, *, key: str, text: str, vocabularies: Mapping[str, tuple[str, ...]]) -> Self:
        """Return the table that a drawn one declares; a vocabulary cell lists its values or names one with `@`."""
        lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        columns = tuple(_column(cells, vocabularies) for cells in lines[1:])
        return cls(name, key, columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all columns in order."""
        return tuple(column.name for column in self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise ParameterError.unknown(name, self.names, what=f"column of {self.name}")

    def with_sensitivity(self, *levels: Sensitivity) -> tuple[str, ...]:
        """Return the names of the columns of these sensitivities."""
        return tuple(column.name for column in self.columns if column.sensitivity in levels)

    def required(self) -> tuple[str, ...]:
        """Return the names of the columns that a source must have or declare absent."""
        return tuple(column.name for column in self.columns if column.presence is Presence.REQUIRED)


def _column(cells: list[str], vocabularies: Mapping[str, tuple[str, ...]]) -> Column:
    name, kind, presence, sensitivity, unit, words, salesforce, dsa, meaning = cells
    vocabulary = vocabularies[words[1:]] if words.startswith("@") else tuple(words.split())
    return Column(
        name, Kind(kind), Presence(presence), Sensitivity(sensitivity), unit, vocabulary, salesforce, dsa, meaning
    )
