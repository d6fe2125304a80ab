"""Days on which a vocabulary was redefined, and what became of its values: a break is no trend.

Renamed values are carried over when they are loaded, so that their series goes on. The others keep their names, and no
comparison is made of them across the day: what ends or begins with a definition has neither fallen nor risen.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

from tskit.cases.sql import words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tskit.model import CaseSet, Window

__all__ = ["Break", "Fate", "breaks", "breaks_between", "renamed", "version_text"]

Fate = Literal["", "deleted", "new", "redefined"]
"""What became of a value on the day of a break; empty for one that goes on, under its own or another name."""


@dataclass(frozen=True, slots=True)
class Break:
    """One column's vocabulary, redefined on one day (from midnight in `zone`); `version` is the column that says which holds."""

    column: str
    version: str
    before: str
    after: str
    day: date
    zone: str
    about: str
    source: str
    deleted: tuple[str, ...]
    new: tuple[str, ...]
    redefined: tuple[str, ...]
    renamed: Mapping[str, str]

    @property
    def at(self) -> datetime:
        """Return the instant from which the new definitions hold."""
        return datetime.combine(self.day, time(), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def fate(self, value: str) -> Fate:
        """Return what became of a value.

        >>> breaks()[0].fate("STATEMENT_CATEGORY_CYBER_VIOLENCE")
        'new'
        """
        # Tables that are asked where they lie may still hold an old name: nothing of it is left after the day.
        if value in self.deleted or value in self.renamed:
            return "deleted"
        if value in self.new:
            return "new"
        return "redefined" if value in self.redefined else ""

    def parts(self, earlier: Window, later: Window) -> bool:
        """Return whether a comparison of two windows crosses the break: one holds days before it, the other days after."""
        return earlier.start < self.day < later.end


@cache
def breaks() -> tuple[Break, ...]:
    """Return every break that is known, those of `breaks.toml`."""
    text = (files("tskit.cases") / "breaks.toml").read_text(encoding="utf-8")
    return tuple(_break(one) for one in tomllib.loads(text)["breaks"])


def _break(said: Mapping[str, Any]) -> Break:
    return Break(**{key: tuple(value) if isinstance(value, list) else value for key, value in said.items()})  # type: ignore[arg-type]  # tests read every break of the file


def renamed(column: str) -> Mapping[str, str]:
    """Return the present name of each renamed value of a column; empty for a column without a break."""
    found = {old: now for one in breaks() if one.column == column for old, now in one.renamed.items()}
    return MappingProxyType(found)


def version_text(one: Break, *, text: str, at: str) -> str:
    """Return SQL for the version that a value was given under, from its SQL text and the SQL of its instant.

    A value that only one version knows tells it; any other is as old as its row.
    """
    old, young = words((*one.deleted, *one.renamed)), words(one.new)
    return (
        f"CASE WHEN {text} IN ({old}) THEN '{one.before}' WHEN {text} IN ({young}) THEN '{one.after}' "
        f"WHEN {at} < TIMESTAMPTZ '{one.at.isoformat()}' THEN '{one.before}' "
        f"WHEN {at} IS NOT NULL THEN '{one.after}' END"
    )


def breaks_between(case_set: CaseSet, earlier: Window, later: Window, *, columns: Collection[str]) -> tuple[Break, ...]:
    """Return the breaks of these columns that a comparison of two windows crosses, as far as the data holds both versions.

    A source that was coded anew under one version throughout says so as a constant of its profile, and has no break.
    """
    return tuple(
        one for one in breaks() if one.column in columns and one.parts(earlier, later) and _has_both(case_set, one)
    )


def _has_both(case_set: CaseSet, one: Break) -> bool:
    """Return whether rows of both versions are there; nobody knows it where no row says its version."""
    return not case_set.has(one.version) or len(_versions(case_set, one.version)) > 1


def _versions(case_set: CaseSet, column: str) -> frozenset[str]:
    """Return the versions that rows of the case set carry."""
    key = ("versions", column, id(case_set.cases))
    if key not in case_set.held:
        rows = case_set.cases.select(column).distinct().to_pyarrow()[column].to_pylist()
        # The entry keeps the table, so nothing else can come by its id.
        case_set.held[key] = frozenset(value for value in rows if value), case_set.cases
    return cast("tuple[frozenset[str], object]", case_set.held[key])[0]
