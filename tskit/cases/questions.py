"""What only a person can answer about a source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tskit.cases.crosswalk import renamed
from tskit.cases.dates import read_clockwork
from tskit.errors import DataError
from tskit.model import EVENTS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.cases.profile import Profile
    from tskit.model import Column

__all__ = ["encoding_question", "meanings", "open_times"]

_FEW = 12
_LONG = 30
"""A word longer than this, or a thirteenth one, is more likely a name or a text in the wrong column than a state."""


def encoding_question(reasons: Mapping[str, int]) -> tuple[str, ...]:
    """Return a question where rows hold bytes that are no text in the encoding that the file was read in."""
    count = reasons.get("bad_encoding", 0)
    if not count:
        return ()
    question = (
        f"In which encoding was the file written? {count:,} rows are kept apart since they are not valid in the one that "
        "was taken (UTF-8 unless you said another). Reports from Windows and Salesforce are often: --encoding cp1252"
    )
    return (question,)


def open_times(profile: Profile, values: Mapping[str, Sequence[str]], header: Sequence[str]) -> tuple[str, ...]:
    """Return the questions that stop a load: the order of dates, or the zone, cannot be known."""
    found = profile.columns_in(header)
    times = {c: s for c, s in found.items() if c in profile.canonical and profile.canonical[c].kind is Kind.TIME}
    if profile.log:
        times["occurred_at"] = profile.log.at
    asked: list[str] = []
    for canonical, label in times.items():
        formats = profile.formats.get(canonical, ())
        dated = [value for value in values[label] if value not in profile.null]
        for zone in dict.fromkeys((profile.zone, profile.zone or "UTC")):
            try:
                read_clockwork(repr(label), dated, dates=profile.dates, zone=zone, formats=formats)
            except DataError as error:
                asked.append(str(error))
    # One answer holds for all columns, so one question of each kind is enough.
    kinds = {"--tz" in question: question for question in reversed(asked)}
    return tuple(kinds.values())


def _open_activities(profile: Profile, values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return a question where a log tells of activities that the profile has no kind of event for."""
    if not profile.log or not profile.log.activity:
        return ()
    kinds = EVENTS["event_type"].vocabulary
    known = {word.lower() for kind in kinds for word in (kind, kind.replace("_", " "))}
    known |= {activity.lower() for activity in profile.activities}
    found = {value.strip() for value in values.get(profile.log.activity, ())} - {*profile.null}
    unknown = sorted(activity for activity in found if activity.lower() not in known)
    if not unknown:
        return ()
    said = ", ".join(map(repr, unknown[:_MOST_ACTIVITIES]))
    more = f" and {len(unknown) - _MOST_ACTIVITIES} more" if len(unknown) > _MOST_ACTIVITIES else ""
    question = (
        f"What kind of event are these activities of {profile.log.activity!r}? Say it in the profile, under [activities], "
        f'as in "Close case" = "closed": {said}{more}. Until then they count as changes of the state.'
    )
    return (question,)


_MOST_ACTIVITIES = 40


def _joined(value: str) -> str:
    """Return a list in JSON as the one text that the loader makes of it."""
    try:
        return " + ".join(sorted(str(part) for part in json.loads(value)))
    except (ValueError, RecursionError):
        return value


def _words_of(value: str, column: Column, profile: Profile) -> list[str]:
    """Return the words of a cell: one, or those of a list."""
    if column.name in profile.joined and value.startswith("["):
        return [_joined(value)]
    if column.kind is not Kind.LIST:
        return [value.strip()]
    return [word for part in value.strip("[] ").split(profile.split) if (word := part.strip(" \"'"))]


def meanings(profile: Profile, values: Mapping[str, Sequence[str]], header: Sequence[str]) -> tuple[str, ...]:
    """Return a question for each column of fixed words that has words without a meaning yet."""
    asked: list[str] = []
    for canonical, label in profile.columns_in(header).items():
        column = profile.canonical[canonical]
        if not column.vocabulary:
            continue
        mapped = {key.lower() for key in (*profile.values.get(canonical, {}), *renamed(canonical))}
        known = {*(w.lower() for w in column.vocabulary), *(w.lower().replace("_", " ") for w in column.vocabulary)}
        blank = {*profile.null, *profile.nulls.get(canonical, ())}
        words = {word for value in values[label] for word in _words_of(value, column, profile)} - blank
        unknown = sorted(word for word in words if word.lower() not in mapped | known)
        if unknown and len(unknown) <= _FEW and max(map(len, unknown)) <= _LONG:
            said = ", ".join(repr(word) for word in unknown)
            asked.append(
                f"What do these values of {label!r} mean? Say it in the profile, under [values.{canonical}]: {said}."
            )
        elif unknown:
            asked.append(
                f"{label!r} has {len(unknown)} values that [values.{canonical}] does not name. Is it the right column?"
            )
    return (*asked, *_open_activities(profile, values))
