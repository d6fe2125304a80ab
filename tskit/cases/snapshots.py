"""Sources that were synced: a load reads the newest snapshot of their store, or the one that was asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tskit.errors import ParameterError, SourceError
from tskit.sources.store.sealed import sealed
from tskit.sources.store.stored import FOLDER, location_of, sheet_table, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tskit.model import Casebook, Source
    from tskit.sources.store.sealed import Sealed

__all__ = ["VARIABLE", "at_snapshot", "pinned", "pins_of", "snapshot_of", "store_of"]

_TOLD = re.compile(r"(?P<name>[^/\\]+)@(?P<number>\d{1,9})/.+")
VARIABLE = "TSKIT_SNAPSHOTS"
"""Names snapshots of synced sources that are read in place of the newest, as in `dw=3,qa=1`."""
_ROLES = ("cases", "events", "reviews")


def store_of(source: str, casebook: Casebook) -> Path:
    """Return the folder of the store of a named source; it need not be there."""
    return casebook.root / FOLDER / source


def snapshot_of(source: Source, when: str, casebook: Casebook) -> int | None:
    """Return the number of the snapshot that a load of the source reads; None for files that were never synced.

    None stands for a source that is read in place, too.
    `when` is a number, the last day that it is to know in the casebook's zone, or empty for the one that the casebook
    pins, else the newest.

    Raises:
        SourceError: the source was never synced, or has no such snapshot.
        ParameterError: the source is not copied, so that it has no snapshots.
    """
    if source.mode == "in_place" and not when:
        return None
    if source.mode == "in_place":
        raise ParameterError(f"{source.name} is read in place and has no snapshots. Leave out what stands after the @.")
    held = sealed(store_of(source.name, casebook))
    when = when or str(casebook.snapshots.get(source.name, ""))
    if not held:
        if source.url or when:
            raise SourceError(f"{source.name} was not copied here yet. Do it with: tskit sync {source.name}")
        return None
    return _chosen(source.name, when, held, zone=casebook.zone) if when else held[-1].number


def at_snapshot(source: Source, number: int, casebook: Casebook) -> Source:
    """Return the source with the tables of a snapshot of its store in place of what it copies from.

    A store of objects (as of Salesforce) stands as a whole for the cases, which are assembled from it.

    Raises:
        SourceError: there is no such snapshot.
    """
    held = tables(store_of(source.name, casebook), snapshot=number)
    sheets = tuple(
        {**sheet, "path": location_of(source.name, snapshot=number, table=sheet_table(place))}
        if sheet_table(place) in held
        else sheet
        for place, sheet in enumerate(source.sheets)
    )
    if "cases" not in held:
        whole = location_of(source.name, snapshot=number)
        return replace(source, cases=whole, events="", reviews="", sheets=sheets)
    cases, events, reviews = (
        location_of(source.name, snapshot=number, table=role) if getattr(source, role) else "" for role in _ROLES
    )
    return replace(source, cases=cases, events=events, reviews=reviews, sheets=sheets)


def pins_of(inputs: Iterable[str]) -> str:
    """Return what `TSKIT_SNAPSHOTS` has to say so that a load reads the snapshots that these names of inputs tell.

    >>> pins_of(["dw@3/cases", "dw@3/events", "cases.csv"])
    'dw=3'
    """
    found = (_TOLD.fullmatch(name) for name in inputs)
    return ",".join(dict.fromkeys(f"{one['name']}={int(one['number'])}" for one in found if one))


def pinned(casebook: Casebook, environment: Mapping[str, str]) -> Casebook:
    """Return the casebook with the snapshots that `TSKIT_SNAPSHOTS` names, as in `dw=3,qa=1`.

    Raises:
        ParameterError: the variable says something else.
    """
    said = environment.get(VARIABLE, "")
    if not said:
        return casebook
    pairs = [pair.rpartition("=") for pair in said.split(",")]
    if not all(name and number.isdecimal() for name, _, number in pairs):
        raise ParameterError(f"{VARIABLE} is written as NAME=3, with commas between several.")
    return replace(casebook, snapshots={**casebook.snapshots, **{name: int(number) for name, _, number in pairs}})


def _chosen(name: str, when: str, held: Sequence[Sealed], *, zone: str) -> int:
    if when.isdecimal():
        if int(when) not in {one.number for one in held}:
            raise SourceError(f"{name} has no snapshot {int(when)}. {_known(held, zone)}")
        return int(when)
    try:
        day = date.fromisoformat(when)
    except ValueError:
        raise SourceError(f"{name}@{when} names no day. Write it as in {name}@2026-11-01, or as a number.") from None
    known = [one.number for one in held if one.finished.astimezone(ZoneInfo(zone)).date() <= day]
    if not known:
        raise SourceError(f"{name} was not synced by the end of {day} yet. {_known(held, zone)}")
    return known[-1]


def _known(held: Sequence[Sealed], zone: str) -> str:
    first, last = (one.finished.astimezone(ZoneInfo(zone)).date() for one in (held[0], held[-1]))
    if len(held) == 1:
        return f"It has one, {held[0].number} of {first}."
    return f"It has {held[0].number} to {held[-1].number}, of {first} to {last}."
