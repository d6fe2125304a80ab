"""Which source column fills which canonical one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tskit.cases.activities import activity_text
from tskit.cases.dates import Clockwork, read_clockwork
from tskit.cases.profile import ROW_NUMBER, SHEET
from tskit.cases.sql import literal, name
from tskit.errors import DataError, nearest
from tskit.model import EVENTS, Column, Kind, Presence, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from tskit.cases.profile import ChangeLog, Profile
    from tskit.model import Table

__all__ = ["ColumnMap", "map_columns", "require", "source_columns"]

_DERIVED = {"cases": ("is_closed",), "events": ("event_id", "seq", "is_paired_id_row")}
"""Required columns that the loader can work out where the source lacks them."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A profile joined to a header: the columns present, the SQL of each one's raw text, and how times are read."""

    profile: Profile
    table: Table
    columns: tuple[Column, ...]
    texts: Mapping[str, str]
    clocks: Mapping[str, Clockwork]
    header: tuple[str, ...]
    source: str

    def has(self, *names: str) -> bool:
        """Return whether all these canonical columns are mapped."""
        return all(column in self.texts for column in names)

    @property
    def key(self) -> str:
        """Return the column that identifies a row: the table's key, or the case's where a sheet joins by it."""
        return self.table.key


def map_columns(
    header: Sequence[str], profile: Profile, *, source: str, files: int, sample: Callable[[str], Sequence[str]]
) -> ColumnMap:
    """Return the mapping of a source.

    `sample` gives non-blank values of the SQL text of one column, from which the writing of times is proved; `files`
    is how many files, members and sheets the source has, since row numbers start again in each.

    Raises:
        DataError: a mapped column is not in the header, or a required one is neither mapped nor declared absent.
    """
    table = profile.canonical
    texts = {canonical: name(column) for canonical, column in source_columns(header, profile, source=source).items()}
    texts |= {canonical: literal(value) for canonical, value in profile.constants.items()}
    texts |= {canonical: _joined(texts[canonical]) for canonical in profile.joined if canonical in texts}
    named = {canonical: _from_name(pattern) for canonical, pattern in profile.from_name.items()}
    texts |= named
    texts |= _of_fields(header, profile, source=source)
    texts |= {canonical: texts[other] for canonical, other in profile.same.items() if other in texts}
    if profile.case_id:
        texts[table.key] = _key_text({**{column: name(column) for column in header}, **named}, profile, files, source)
    texts |= _log_texts(header, profile, source=source)
    if profile.owner_or_queue and "owner_id" in texts and "queue" not in texts:
        texts |= _owner_and_queue(texts["owner_id"])
    require(table, texts, profile, source=source)
    texts |= _count_text(header, profile, source=source)
    columns = (*table.columns, *(EVENTS[column] for column in LOG_COLUMNS if profile.log), COUNT)
    mapped = tuple(column for column in columns if column.name in texts)
    clocks = {c.name: _clock(c, profile, sample, texts[c.name]) for c in mapped if c.kind is Kind.TIME}
    return ColumnMap(profile, table, mapped, texts, clocks, tuple(header), source)


COUNT = Column(
    "_count", Kind.INTEGER, Presence.REQUIRED, Sensitivity.OPEN, "cases", (), "", "", "how many cases a row stands for"
)
"""The column of a table of counts; once each row has become so many cases it is gone."""


def _count_text(header: Sequence[str], profile: Profile, *, source: str) -> dict[str, str]:
    named = (*profile.only, *([profile.count] if profile.count else []))
    for column in named:
        if column not in header:
            raise DataError(
                f"{source} has no column {column!r}, by which the profile {profile.name} counts or chooses rows. "
                f"{nearest(column, header)}"
            )
    return {COUNT.name: name(profile.count)} if profile.count else {}


def _joined(text: str) -> str:
    """Return SQL for a list in JSON as one text, in alphabetical order; anything else stays as it is."""
    parts = f"list_sort(from_json({text}, '[\"VARCHAR\"]'))"
    return f"CASE WHEN starts_with({text}, '[') AND json_valid({text}) THEN array_to_string({parts}, ' + ') ELSE {text} END"


def _from_name(pattern: str) -> str:
    """Return SQL for what the first group of the pattern finds in the file's name, null where it finds nothing."""
    return f"nullif(regexp_extract(_source, {literal(pattern)}, 1), '')"


def _of_fields(header: Sequence[str], profile: Profile, *, source: str) -> dict[str, str]:
    """Return SQL for columns of a table that has one row for each change of a field: its value, where it is that field.

    `*status` stands for the name of the field itself, and for that one field with its value, as in `status=closed`.
    """
    if not profile.fields:
        return {}
    lacks = [column for column in profile.changes.values() if column not in header]
    if lacks:
        raise DataError(f"{source} lacks {', '.join(map(repr, lacks))}, which [changes] of {profile.name} names.")
    field, value = name(profile.changes["field"]), name(profile.changes["value"])
    return {canonical: _of_field(said, field=field, value=value) for canonical, said in profile.fields.items()}


def _of_field(said: str, *, field: str, value: str) -> str:
    if not said.startswith("*"):
        return f"CASE WHEN {field} = {literal(said)} THEN {value} END"
    told = f"{field} = {literal(said[1:])}"
    return f"CASE WHEN {told} THEN concat({field}, '=', {value}) ELSE {field} END"


def _key_text(known: Mapping[str, str], profile: Profile, files: int, source: str) -> str:
    """Return SQL for the key where no single column is one: the number of the row, or several values together.

    `known` is the SQL of each column of the source, and of what the file's name tells.
    """
    if profile.case_id == ROW_NUMBER:
        number = "CAST(_source_row AS VARCHAR)"
        return number if files == 1 else f"_source || ':' || {number}"
    lacks = ", ".join(repr(part) for part in profile.case_id if part not in known)
    if lacks:
        raise DataError(f"{source} lacks {lacks}, which the profile {profile.name} makes the case's key of.")
    return f"concat_ws('|', {', '.join(known[part] for part in profile.case_id)})"


def source_columns(header: Sequence[str], profile: Profile, *, source: str) -> dict[str, str]:
    """Return the source column of each canonical one.

    Raises:
        DataError: the header lacks one that the profile maps, and the profile is not partial.
    """
    found = profile.columns_in(header)
    for canonical, names in profile.columns.items():
        if canonical not in found and not profile.partial:
            raise DataError(
                f"{source} has no column {names[0]!r}, which the profile {profile.name} maps to {canonical!r}. "
                f"{nearest(names[0], header)} Where files may lack it, say partial = true in the profile."
            )
    return found


LOG_COLUMNS = ("occurred_at", "seq", "actor_id", "event_type")
"""Columns of events that a log's row carries beside the columns of its case."""


def _owner_and_queue(text: str) -> dict[str, str]:
    """Return the texts of owner and queue where one Salesforce field holds either."""
    is_queue = f"starts_with({text}, '00G')"
    return {
        "owner_id": f"CASE WHEN NOT {is_queue} THEN {text} END",
        "queue": f"CASE WHEN {is_queue} THEN {text} END",
    }


def _log_texts(header: Sequence[str], profile: Profile, *, source: str) -> dict[str, str]:
    if not profile.log:
        return {}
    log = _present_log(header, profile.log, profile=profile, source=source)
    found = {"occurred_at": name(log.at)}
    found |= {column: name(text) for column, text in (("seq", log.seq), ("actor_id", log.actor)) if text}
    return {**found, "event_type": activity_text(log)} if log.activity else found


def _present_log(header: Sequence[str], log: ChangeLog, *, profile: Profile, source: str) -> ChangeLog:
    """Return the log's columns that the header holds; rows are in no order without their time, and say nothing without an activity."""
    lacking = [
        key for key in ("at", "activity", "seq", "actor", "transition") if getattr(log, key) not in ("", *header)
    ]
    for key in lacking:
        if key in ("at", "activity") or not profile.partial:
            text = getattr(log, key)
            raise DataError(
                f"{source} has no column {text!r}, which [log] of the profile {profile.name} names as {key!r}. "
                f"{nearest(text, header)}"
            )
    return replace(log, **dict.fromkeys(lacking, ""))


def _clock(column: Column, profile: Profile, sample: Callable[[str], Sequence[str]], text: str) -> Clockwork:
    formats = profile.formats.get(column.name, ())
    where = ", ".join(profile.columns.get(column.name, (column.name,)))
    return read_clockwork(repr(where), sample(text), dates=profile.dates, zone=profile.zone, formats=formats)


def require(table: Table, texts: Container[str], profile: Profile, *, source: str) -> None:
    """Refuse a mapping without a column that rows of the table must have.

    Raises:
        DataError: a required column is neither mapped nor declared absent.
    """
    if profile.table == SHEET:
        needed: tuple[str, ...] = (table.key,)
    else:
        derived = _DERIVED.get(table.name, ())
        needed = tuple(name for name in table.required() if name not in derived)
    missing = [name for name in needed if name not in texts and name not in profile.absent]
    if profile.partial:
        # What a partial file lacks is missing like anything else; only what rows cannot do without is an error.
        missing = [column for column in missing if column in (table.key, "created_at")]
    if profile.log and profile.log.activity:
        # The first row of a case opens it, and its rows tell its state.
        missing = [column for column in missing if column not in ("created_at", "status")]
    if missing:
        listed = ", ".join(missing)
        raise DataError(
            f"The profile {profile.name} maps no column of {source} to {listed}. "
            f"Map it in [columns], or declare it in absent = [...]."
        )
