"""The rows of a table under canonical names, each judged, as an expression of the engine that holds them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis

from tskit.cases.crosswalk import breaks
from tskit.cases.dates import Clockwork, folds
from tskit.cases.mapping import require, source_columns
from tskit.cases.place.dialects import digest
from tskit.cases.place.texts import checksum, cleaned, only, valued
from tskit.cases.place.times import clock_of, half_hour, timed
from tskit.cases.profile import SHEET, Profile
from tskit.cases.validate import EARLIER, NEEDED
from tskit.errors import SourceError
from tskit.model import Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from tskit.model import Column, Table

__all__ = ["FLAG", "REASON", "RECORD", "TEXT", "Mapped", "judged", "lean", "map_table", "text_of"]

REASON, FLAG, TEXT, RECORD = "reason:", "flag:", "text:", "record:"
"""How the columns begin that stand beside the values of a judged row."""
_BAD = "bad_value:"
_KNOWN = frozenset(
    [
        "name",
        "table",
        "about",
        "recognise",
        "unless",
        "usual",
        "columns",
        "partial",
        "constants",
        "values",
        "null",
        "nulls",
        "dates",
        "formats",
        "zone",
        "absent",
        "closed",
        "booleans",
        "split",
        "salesforce_ids",
        "owner_or_queue",
        "read",
    ]
)
"""The keys of a profile that hold in place; the rest makes cases of something else than a row each."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table in place joined to its profile: the columns present but for case text, their cleaned texts, their clocks.

    `engine` is Ibis's name of what holds it, `salt` what pseudonyms of people are made with.
    """

    profile: Profile
    table: Table
    raw: ir.Table
    columns: tuple[Column, ...]
    hidden: tuple[str, ...]
    texts: Mapping[str, ir.Value]
    clocks: Mapping[str, Clockwork]
    engine: str
    salt: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the canonical names of the columns."""
        return tuple(column.name for column in self.columns)

    def has(self, *names: str) -> bool:
        """Return whether all these canonical columns are mapped."""
        return all(column in self.texts for column in names)

    @property
    def key(self) -> tuple[str, ...]:
        """Return the columns that tell rows apart, as in files."""
        if self.table.name == "reviews":
            return tuple(name for name in ("item_id", "rater_id", "round", "rated_at") if name in self.texts)
        if self.table.key in self.texts:
            return (self.table.key,)
        return tuple(c for c in ("case_id", "occurred_at", "event_type", "seq", "field") if c in self.texts)


def map_table(raw: ir.Table, profile: Profile, *, source: str, engine: str, salt: str) -> Mapped:
    """Return the mapping of a table in place; the engine is asked how texts of times are written, and nothing else.

    Raises:
        DataError: a mapped column is not there, a required one is neither mapped nor declared absent, or the order or
            zone of times cannot be known.
        SourceError: the profile asks for what only a copy can give.
    """
    _refuse(profile, source)
    table = profile.canonical
    found = source_columns(raw.columns, profile, source=source)
    texts = {name: cleaned(raw[column], table[name], profile, engine=engine) for name, column in found.items()}
    texts |= {name: ibis.literal(text) for name, text in profile.constants.items()}
    if profile.owner_or_queue and "owner_id" in texts and "queue" not in texts:
        owner = texts["owner_id"]
        is_queue = owner.startswith("00G")
        texts |= {"owner_id": only(owner, ~is_queue), "queue": only(owner, is_queue)}
    require(table, texts, profile, source=source)
    hidden = table.with_sensitivity(Sensitivity.HIDDEN)
    columns = tuple(column for column in table.columns if column.name in texts and column.name not in hidden)
    clocks = {c.name: clock_of(texts[c.name], c, profile, engine=engine) for c in columns if c.kind is Kind.TIME}
    kept = tuple(name for name in hidden if name in texts)
    return Mapped(profile, table, raw, columns, kept, texts, clocks, engine, salt)


def _refuse(profile: Profile, source: str) -> None:
    """Refuse a profile that says what only the file loader does."""
    plain = Profile(profile.name)
    unknown = [
        f.name for f in fields(profile) if f.name not in _KNOWN and getattr(profile, f.name) != getattr(plain, f.name)
    ]
    unknown += [SHEET] if profile.table == SHEET else []
    if unknown:
        raise SourceError(
            f"The profile {profile.name} of {source} says {', '.join(unknown)}, which cannot be done in place. "
            'Use mode = "extract".'
        )


def judged(mapped: Mapped, *, plain: frozenset[str] = frozenset()) -> ir.Table:
    """Return the rows with their values under canonical names, and what is found of each.

    Beside the values stand `reason:` (why the row cannot be used, null where it can), `flag:NAME` for each doubt,
    `text:NAME`, and the source's own columns as `record:NAME`. `plain` names columns whose values are known to stand in
    the source as they are: these are neither cleaned nor cast, and no row of them is in doubt.
    """
    source = mapped.profile.columns_in(mapped.raw.columns)
    texts = {name: mapped.raw[source[name]] if name in plain else mapped.texts[name] for name in mapped.names}
    records = {f"{RECORD}{name}": _comparable(mapped.raw[name]) for name in mapped.raw.columns}
    rows = mapped.raw.select(**{f"{TEXT}{name}": text for name, text in texts.items()}, **records)
    told = {c.name: text_of(rows, c.name) for c in mapped.columns}
    rows = rows.mutate(
        **{c.name: told[c.name] if c.name in plain else _value(told[c.name], c, mapped) for c in mapped.columns}
    )
    rows = rows.mutate(**{name: way for name, way in _derived(rows, mapped).items() if name not in plain})
    doubts = {flag: way for flag, way in _flags(rows, mapped).items() if flag.removeprefix(_BAD) not in plain}
    flags = {f"{FLAG}{flag}": condition for flag, condition in doubts.items()}
    return rows.mutate(**{REASON: _first_fault(rows, mapped)}, **flags)


def lean(mapped: Mapped, *, plain: frozenset[str], flags: frozenset[str], is_clean: bool) -> ir.Table:
    """Return the usable rows with nothing beside their values but the flags that some row carries.

    Every question repeats the whole expression, so what is known not to matter is left out of it: `plain` names the
    columns whose values stand in the source as they are, and `is_clean` says that no row is to be rejected.
    """
    source = mapped.profile.columns_in(mapped.raw.columns)
    ways = {
        c.name: mapped.raw[source[c.name]] if c.name in plain else _value(mapped.texts[c.name], c, mapped)
        for c in mapped.columns
    }
    is_told = bool(flags) or not is_clean
    read = {"status", *(one.column for one in breaks())}
    texts = [c.name for c in mapped.columns if c.name not in plain and (is_told or c.name in read)]
    rows = mapped.raw.select(**ways, **{f"{TEXT}{name}": mapped.texts[name] for name in texts})
    derived = {name: way for name, way in _derived(rows, mapped).items() if name not in plain}
    rows = rows.mutate(**derived) if derived else rows
    if not is_clean:
        rows = rows.filter(_first_fault(rows, mapped).isnull())
    if not flags:
        return rows
    return rows.mutate(**{f"{FLAG}{flag}": way for flag, way in _flags(rows, mapped).items() if flag in flags})


def _comparable(value: ir.Value) -> ir.Value:
    """Return a value by which rows can be told apart: not every engine compares documents."""
    kind = value.type()
    return value.cast("string") if kind.is_json() or kind.is_map() or kind.is_struct() else value


def text_of(rows: ir.Table, column: str) -> ir.Value:
    """Return the cleaned text of a column of judged rows; where it stands nowhere, the value is the text."""
    return rows[f"{TEXT}{column}"] if f"{TEXT}{column}" in rows.columns else rows[column]


def _is_checked(column: Column) -> bool:
    """Return whether a text can fail to be a value of the column."""
    return bool(column.vocabulary) or column.kind not in (Kind.TEXT, Kind.CATEGORY, Kind.LIST)


def _value(text: ir.Value, column: Column, mapped: Mapped) -> ir.Value:
    if column.kind is Kind.TIME:
        return timed(text, mapped.clocks[column.name], engine=mapped.engine)
    return valued(text, column, mapped.profile)


def _derived(rows: ir.Table, mapped: Mapped) -> dict[str, ir.Value]:
    """Return the columns that the loader works out, as it does for files."""
    if mapped.table.name == "events":
        return _of_events(rows, mapped)
    if mapped.table.name != "cases":
        return {}
    found: dict[str, ir.Value] = {}
    if mapped.has("status") and not mapped.has("status_raw"):
        found["status_raw"] = text_of(rows, "status")
    ways = [rows.is_closed] if mapped.has("is_closed") else []
    ways += [rows.status.isin(mapped.profile.closed)] if mapped.has("status") else []
    ways += [rows.closed_at.notnull()] if mapped.has("closed_at") else []
    return found | _versions(rows, mapped) | ({"is_closed": ibis.coalesce(*ways)} if ways else {})


def _versions(rows: ir.Table, mapped: Mapped) -> dict[str, ir.Value]:
    """Return the version of each vocabulary that was redefined, where the source does not say it."""
    found: dict[str, ir.Value] = {}
    for one in breaks():
        if not mapped.has(one.column, "created_at") or mapped.has(one.version) or one.version in found:
            continue
        told: list[tuple[ir.Value, ir.Value]] = []
        before, after = ibis.literal(one.before), ibis.literal(one.after)
        if mapped.table[one.column].kind is not Kind.LIST:
            text = text_of(rows, one.column).upper()
            told += [(text.isin([*one.deleted, *one.renamed]), before), (text.isin(one.new), after)]
        told += [(rows.created_at < ibis.literal(one.at), before), (rows.created_at.notnull(), after)]
        found[one.version] = ibis.cases(*told, else_=ibis.null("string"))
    return found


def _of_events(rows: ir.Table, mapped: Mapped) -> dict[str, ir.Value]:
    parts = [rows[name].cast("string").fill_null("") for name in mapped.key]
    ways = {
        "event_id": lambda: digest(ibis.literal("|").join(parts), engine=mapped.engine).left(24),
        # Rows of a table have no order of their own.
        "seq": lambda: ibis.literal(0, type="int64"),
        "is_paired_id_row": lambda: ibis.literal(value=False),
    }
    return {name: way() for name, way in ways.items() if not mapped.has(name)}


def _first_fault(rows: ir.Table, mapped: Mapped) -> ir.Value:
    """Return why a row cannot be used, null where it can."""
    found: list[tuple[ir.Value, ir.Value]] = []
    for column in mapped.columns:
        if column.name not in NEEDED[mapped.table.name]:
            continue
        blank = "missing_key" if column.kind is Kind.TEXT else "missing_value"
        found.append((text_of(rows, column.name).isnull(), ibis.literal(blank)))
        if _is_checked(column):
            wrong = "not_a_time" if column.kind is Kind.TIME else "unknown_value"
            found.append((rows[column.name].isnull(), ibis.literal(wrong)))
    return ibis.cases(*found, else_=ibis.null("string"))


def _flags(rows: ir.Table, mapped: Mapped) -> dict[str, ir.Value]:
    """Return what makes a usable row suspicious, by flag, in the words of the file loader."""
    needed = NEEDED[mapped.table.name]
    found: dict[str, ir.Value] = {}
    for column in mapped.columns:
        if _is_checked(column) and column.name not in needed:
            is_bad = text_of(rows, column.name).notnull() & rows[column.name].isnull()
            found[f"{_BAD}{column.name}"] = is_bad
    found |= {flag: rows[late] < rows[early] for flag, late, early in EARLIER if mapped.has(late, early)}
    if mapped.table.name == "cases" and mapped.has("closed_at", "status"):
        found["closed_without_time"] = rows.is_closed & text_of(rows, "closed_at").isnull()
        found["close_time_on_open_case"] = ~rows.is_closed & rows.closed_at.notnull()
    if mapped.profile.salesforce_ids and mapped.has("case_id"):
        is_long = rows.case_id.re_search("^[a-zA-Z0-9]{18}$")
        found["wrong_id_checksum"] = is_long & (rows.case_id.right(3).upper() != checksum(rows.case_id))
    if mapped.profile.salesforce_ids and mapped.has("created_at", "closed_at"):
        found["closed_on_create"] = rows.closed_at == rows.created_at
    found |= _clock_flags(rows, mapped)
    return {flag: condition.fill_null(ibis.literal(value=False)) for flag, condition in found.items()}


def _clock_flags(rows: ir.Table, mapped: Mapped) -> dict[str, ir.Value]:
    """Return the flags of local times that the clocks showed twice, or never."""
    zone = mapped.profile.zone
    if not zone or not mapped.clocks or not any(folds(zone)):
        return {}
    halves = [half_hour(text_of(rows, name), clock, engine=mapped.engine) for name, clock in mapped.clocks.items()]
    names = ("ambiguous_time", "nonexistent_time")
    listed = dict(zip(names, folds(zone), strict=True))
    return {flag: reduce(or_, [half.isin(numbers) for half in halves]) for flag, numbers in listed.items() if numbers}
