"""Instants from texts and from typed columns, and how the texts of a column are written, found by an aggregate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis

from tskit.cases.dates import LOOKED_AT, Clockwork, read_clockwork
from tskit.cases.place.dialects import instant, parsed
from tskit.cases.place.texts import only
from tskit.errors import DataError, SourceError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.cases.profile import Profile
    from tskit.model import Column

__all__ = ["clock_of", "half_hour", "timed"]

_DAYS = (
    "[0-9]{4}[-/](0?[13578]|1[02])[-/](0?[1-9]|[12][0-9]|3[01])",
    "[0-9]{4}[-/](0?[469]|11)[-/](0?[1-9]|[12][0-9]|30)",
    "[0-9]{4}[-/]0?2[-/](0?[1-9]|1[0-9]|2[0-8])",
    "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)[-/]0?2[-/]29",
)
"""Days that there are: no engine is asked to cast another."""
_HOUR = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_OFFSET = " ?([zZ]|[uU][tT][cC]|[+-](0?[0-9]|1[0-4])(:?[0-5][0-9])?)"
_DAY = f"({'|'.join(_DAYS)})"
_LOCAL = f"^{_DAY}([T ]{_HOUR})?$"
_WITH_OFFSET = f"^{_DAY}[T ]{_HOUR}{_OFFSET}$"
_DATED = "^[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}"
_EMBEDDED = "duckdb"
_DATE = len("2026-11-30")
_SHAPES = 200
_SAID = 1000
_CODES = {
    "%d": "([0-9]{1,2})", "%m": "([0-9]{1,2})", "%Y": "([0-9]{4})", "%y": "([0-9]{2})", "%H": "([0-9]{1,2})",
    "%I": "([0-9]{1,2})", "%M": "([0-9]{2})", "%S": "([0-9]{2})", "%f": "([0-9]{1,6})", "%p": "([aApP][.]?[mM][.]?)",
}  # fmt: skip
_TURN = 69
"""Years of two digits from here on belong to the last century, as every strptime has it."""
_FIRST, _LAST = "1970-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00"


def clock_of(text: ir.Value, column: Column, profile: Profile, *, engine: str) -> Clockwork:
    """Return how a column's times are read.

    One text of each way of writing is fetched, never more: the least of those with the same shape, in which a first
    or second number above 12 makes a shape of its own. The embedded engine looks at as many rows as a load from files
    does; others know no first rows, and look at all of them.

    Raises:
        DataError: the order of day and month, or the zone, cannot be known, or the column holds no times.
    """
    where = ", ".join(profile.columns.get(column.name, (column.name,)))
    kind = text.type()
    if kind.is_string():
        samples = _samples(text, engine)
        formats = profile.formats.get(column.name, ())
        return read_clockwork(repr(where), samples, dates=profile.dates, zone=profile.zone, formats=formats)
    if not (kind.is_timestamp() or kind.is_date()):
        raise DataError(f"The column {where!r} holds {kind}, which is no time. Cast it in a view or a query.")
    if not profile.zone and (kind.is_date() or kind.timezone is None):
        raise DataError(
            f"The times in {where!r} carry no time zone. Say where they were written: `zone` in the profile, or "
            "`zone` under settings of the source."
        )
    return Clockwork((), profile.zone)


def timed(text: ir.Value, clock: Clockwork, *, engine: str) -> ir.Value:
    """Return the instant that a cleaned text or a typed value names, null where it names none between 1970 and 2100."""
    zoned = "timestamp('UTC')"
    if not text.type().is_string():
        found = text if text.type().is_timestamp() and text.type().timezone else None
        value = found if found is not None else instant(text.cast("timestamp"), clock.zone, engine=engine)
        return _bounded(value.cast(zoned) if str(value.type()) != zoned else value)
    if engine == _EMBEDDED:
        return _bounded(_tried(text, clock))
    told = _plain(only(text, text.re_search(_WITH_OFFSET))).cast(zoned)
    if not clock.zone:
        return _bounded(told)
    return _bounded(ibis.coalesce(told, instant(_local(text, clock).cast("timestamp"), clock.zone, engine=engine)))


def _tried(text: ir.Value, clock: Clockwork) -> ir.Value:
    """Return the instant as a load from files reads it: the embedded engine tries a cast, at a tenth of a pattern's cost."""
    iso = text.try_cast("timestamp('UTC')")
    if not clock.zone:
        return only(iso, _has_offset(text))
    # Its own zone is UTC, so that what carries none must not come to the cast of an instant.
    bare = text.try_cast("timestamp")
    local = ibis.coalesce(instant(bare, clock.zone, engine=_EMBEDDED), only(iso, bare.isnull()))
    iso = ibis.ifelse(_has_offset(text) | text.endswith("UTC"), iso, local)
    if not clock.formats:
        return iso
    spoken = instant(parsed(text, clock.formats), clock.zone, engine=_EMBEDDED)
    return ibis.ifelse(text.substr(4, 1) == "-", iso, spoken)


def _has_offset(text: ir.Value) -> ir.Value:
    # The date has minus signs, too: only what follows it can hold an offset.
    tail = text.substr(_DATE)
    return text.endswith("Z") | text.endswith("z") | tail.contains("+") | tail.contains("-")


def half_hour(text: ir.Value, clock: Clockwork, *, engine: str) -> ir.Value:
    """Return the half hour that the clock on the wall showed, as a number since 1970; null for a time with an offset."""
    kind = text.type()
    if kind.is_string() and engine == _EMBEDDED:
        bare = only(text, ~_has_offset(text))
        local = parsed(bare, clock.formats) if clock.formats else bare.try_cast("timestamp")
        return local.epoch_seconds() // 1800
    if not kind.is_string():
        local = text.cast("timestamp") if kind.is_date() or kind.timezone is None else ibis.null("timestamp")
    else:
        local = _local(text, clock).cast("timestamp")
    return local.epoch_seconds() // 1800


def _local(text: ir.Value, clock: Clockwork) -> ir.Value:
    """Return the local time that a text names as ISO 8601, null where it names none."""
    iso = _plain(only(text, text.re_search(_LOCAL)))
    if not clock.formats:
        return iso
    return ibis.coalesce(only(iso, text.substr(4, 1) == "-"), *(_formatted(text, way) for way in clock.formats))


def _plain(text: ir.Value) -> ir.Value:
    """Return a time as every engine casts it: day with `-`, and nothing before the offset."""
    return text.replace("/", "-").replace(" +", "+").replace(" -", "-").upper()


def _formatted(text: ir.Value, way: str) -> ir.Value:
    """Return what a text says in a strptime format as ISO 8601, null where it says nothing."""
    codes = re.findall(r"%.", way)
    unknown = [code for code in codes if code not in _CODES]
    if unknown:
        raise SourceError(f'The format code {unknown[0]} of the profile is not read in place. Use mode = "extract".')
    pattern = "".join(_CODES.get(part, re.escape(part)) for part in re.split(r"(%.)", way))
    fits = only(text, text.re_search(f"^{pattern}$"))
    parts = {code: fits.re_extract(f"^{pattern}$", place) for place, code in enumerate(codes, 1)}
    day = _year(parts) + "-" + parts["%m"].lpad(2, "0") + "-" + parts["%d"].lpad(2, "0")
    iso = day + " " + _hour(parts) + ":" + parts.get("%M", ibis.literal("00")) + ":" + _second(parts)
    # Where nothing fits an engine extracts an empty text or null; neither makes a time.
    return only(iso, iso.re_search(_LOCAL))


def _year(parts: dict[str, ir.Value]) -> ir.Value:
    if "%Y" in parts:
        return parts["%Y"]
    year = parts["%y"]
    return ibis.ifelse(year >= str(_TURN), ibis.literal("19"), ibis.literal("20")) + year


def _hour(parts: dict[str, ir.Value]) -> ir.Value:
    if "%H" in parts:
        return parts["%H"].lpad(2, "0")
    if "%I" not in parts:
        return ibis.literal("00")
    hour = parts["%I"].nullif("").cast("int64")
    after_noon = parts["%p"].lower().substr(0, 1) == "p" if "%p" in parts else ibis.literal(value=False)
    of_day = hour % 12 + ibis.ifelse(after_noon, 12, 0)
    return only(of_day, hour.between(1, 12)).cast("string").lpad(2, "0")


def _second(parts: dict[str, ir.Value]) -> ir.Value:
    second = parts.get("%S", ibis.literal("00"))
    return second + "." + parts["%f"] if "%f" in parts else second


def _bounded(value: ir.Value) -> ir.Value:
    first, last = (ibis.literal(day).cast("timestamp('UTC')") for day in (_FIRST, _LAST))
    return only(value, value.between(first, last))


def _samples(text: ir.Value, engine: str) -> list[str]:
    """Return texts of the column's times, each way of writing as often as it is among a thousand."""
    rows = text.name("text").as_table()
    rows = rows.limit(LOOKED_AT) if engine == _EMBEDDED else rows
    rows = rows.filter(rows.text.re_search(_DATED))
    shape = rows.text.re_replace("[0-9]", "9")
    over = _over_twelve(rows.text, "^([0-9]{1,2})[/.-]"), _over_twelve(rows.text, "^[0-9]{1,2}[/.-]([0-9]{1,2})[/.-]")
    told = rows.select("text", shape=shape, first=over[0], second=over[1])
    counted = told.group_by("shape", "first", "second").aggregate(n=told.count(), example=told.text.min())
    found = counted.order_by(ibis.desc("n"), "example").limit(_SHAPES).to_pyarrow().to_pylist()
    total = sum(row["n"] for row in found)
    return [row["example"] for row in found for _ in range(max(row["n"] * _SAID // total, 1))]


def _over_twelve(text: ir.Value, pattern: str) -> ir.Value:
    number = text.re_extract(pattern, 1)
    return ibis.coalesce(number.re_search("^(1[3-9]|[2-9][0-9])$"), ibis.literal(value=False))
