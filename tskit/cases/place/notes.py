"""What a reader must know about tables in place before the figures, asked as aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.coverage import day_notes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tskit.cases.place.account import Tally
    from tskit.cases.place.rows import Mapped
    from tskit.model import Source

__all__ = ["notes_of"]

_SHOWN = 5


def notes_of(source: Source, opened: Mapping[str, tuple[Mapped, Tally]]) -> tuple[str, ...]:
    """Return sentences on columns that are not read, on zones, and on the days that the cases cover."""
    notes = ["The tables were asked where they lie: rows that were kept apart stay there, counted by reason."]
    for table, (mapped, _) in opened.items():
        place, zone = getattr(source, table), mapped.profile.zone
        notes += _unread(place, mapped)
        if zone:
            notes.append(f"{place}: times without a zone were read as {zone}.")
    return (*notes, *_coverage(opened["cases"][1]))


def _unread(place: str, mapped: Mapped) -> list[str]:
    found = set(mapped.profile.columns_in(mapped.raw.columns).values())
    unread = [name for name in mapped.raw.columns if name not in found]
    if not unread:
        return []
    more = f" and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
    told = (
        f"{place}: {len(unread)} of {len(mapped.raw.columns)} columns have no place in the profile and were not read: "
        f"{', '.join(map(repr, unread[:_SHOWN]))}{more}."
    )
    return [told]


def _coverage(cases: Tally) -> tuple[str, ...]:
    if not cases.filled.get("created_at"):
        return ()
    days = cases.rows.select(day=cases.rows.created_at.cast("timestamp").date())
    counted = days.group_by("day").aggregate(n=days.count()).order_by("day").to_pyarrow()
    listed: list[tuple[date, int]] = list(zip(counted["day"].to_pylist(), counted["n"].to_pylist(), strict=True))
    changed = cases.latest.get("source_modified_at")
    return day_notes(listed, changed=changed.date() if changed else None)
