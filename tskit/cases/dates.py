"""How times are written in a source: order, formats and zone are found out or asked for, never guessed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from tskit.cases.sql import literal, words
from tskit.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["LOOKED_AT", "Clockwork", "folds", "half_hours", "order_of", "read_clockwork"]

LOOKED_AT = 20_000
"""Rows at the start of a source, which prove how its times are written."""
_ISO = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]|$)")
_OFFSET = re.compile(r"^\d{4}-\d\d?-\d\d?[T ].*(Z|[+-]\d\d(:?\d\d)?|UTC)$", re.IGNORECASE)
_LOCAL = re.compile(
    r"^(\d{1,4})([/.\-])(\d{1,2})[/.\-](\d{1,4})(?:(,?\s+)(\d{1,2}):(\d\d)(:\d\d)?(\.\d+)?(\s?[ap]\.?m\.?)?)?$",
    re.IGNORECASE,
)
_ORDERS = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y", "ymd": "%Y{0}%m{0}%d"}
_YEARS = (1970, 2100)
_STRAY = 100
"""One value in so many that is written otherwise is a slip of that row, not the way of the source."""


@dataclass(frozen=True, slots=True)
class Clockwork:
    """How the times of one column are read: strptime formats in the order they are tried, and the local zone.

    No format means ISO 8601. An empty zone means that every time must carry its own offset.
    """

    formats: tuple[str, ...] = ()
    zone: str = ""

    def expression(self, text: str) -> str:
        """Return SQL for the instant that the SQL text `text` names, null where it names none."""
        # A time without an offset is no instant; only the tail can hold one, the date has minus signs too.
        tail = f"substr({text}, 11)"
        offset = f"ends_with({text}, 'Z') OR ends_with({text}, 'z') OR contains({tail}, '+') OR contains({tail}, '-')"
        told = f"try_cast({text} AS TIMESTAMPTZ)"
        if not self.zone:
            return f"CASE WHEN {offset} THEN {told} END"
        # The engine's cast goes on in a zone that a row names, as in 10:00 EST: what carries none must not come to it.
        bare, zone = f"try_cast({text} AS TIMESTAMP)", literal(self.zone)
        iso = f"CASE WHEN {offset} OR ends_with({text}, 'UTC') OR {bare} IS NULL THEN {told} ELSE timezone({zone}, {bare}) END"
        if self.formats:
            local = f"try_strptime({text}, [{words(self.formats)}])"
            iso = f"CASE WHEN {text}[5] = '-' THEN {iso} ELSE timezone({zone}, {local}) END"
        return iso


def bounded(instant: str) -> str:
    """Return SQL that keeps a plausible instant and turns any other into null."""
    first, last = _YEARS
    return f"CASE WHEN {instant} BETWEEN TIMESTAMPTZ '{first}-01-01 00:00:00+00' AND TIMESTAMPTZ '{last}-01-01 00:00:00+00' THEN {instant} END"


def read_clockwork(column: str, values: Sequence[str], *, dates: str, zone: str, formats: Sequence[str]) -> Clockwork:
    """Return how to read a column's times, from its profile and a sample of its values.

    Raises:
        DataError: the order of day and month, or the zone, cannot be known; the message names the option that says it.
    """
    if zone and zone not in available_timezones():
        raise ParameterError.unknown(zone, available_timezones(), what="time zone")
    dated = [value for value in values if _ISO.match(value) or _LOCAL.match(value)]
    naive = [value for value in dated if not _OFFSET.match(value)]
    if not zone and len(naive) * _STRAY >= len(dated) > 0:
        raise DataError(
            f"The times in {column} carry no time zone. Say where they were written: --tz Asia/Singapore, or `zone` in the profile."
        )
    if formats:
        return Clockwork(tuple(formats), zone)
    local = [value for value in dated if not _ISO.match(value)]
    if len(local) * _STRAY < len(dated) or not dated:
        return Clockwork((), zone) if dates in ("", "iso") else Clockwork(_family(dates, ()), zone)
    order = dates if dates not in ("", "iso") else order_of(column, local)
    return Clockwork(_family(order, local), zone)


def order_of(column: str, values: Iterable[str]) -> str:
    """Return the order that the values prove: a first number above 12 is a day, and so is a second one.

    Raises:
        DataError: no value proves one, or two contradict each other.
    """
    pairs = [(int(m[1]), int(m[3])) for m in map(_LOCAL.match, values) if m and len(m[1]) <= 2]
    day_first = sum(first > 12 for first, _ in pairs)
    month_first = sum(second > 12 for _, second in pairs)
    if bool(day_first) is not bool(month_first):
        return "dmy" if day_first else "mdy"
    why = "has dates in both orders" if day_first else "does not show whether day or month stands first"
    raise DataError(f"The column {column} {why}. Say which: --dates dmy or --dates mdy, or `dates` in the profile.")


def _family(order: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the formats of one order, those seen among the values first: a format that fails costs time."""
    seen = Counter(filter(None, (_format(value, order) for value in values)))
    date = [_ORDERS[order].format(sep) for sep in "/-."]
    clock = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %I:%M %p", ", %H:%M")
    rest = (day + hour for day in date for hour in clock)
    return tuple(dict.fromkeys([*(name for name, _ in seen.most_common()), *rest]))


def _format(value: str, order: str) -> str:
    m = _LOCAL.match(value.strip())
    if not m:
        return ""
    year = m[1] if order == "ymd" else m[4]
    date = _ORDERS[order].format(m[2]).replace("%Y", "%Y" if len(year) == 4 else "%y")
    if not m[6]:
        return date
    hour, half = ("%I", f"{' ' if m[10][0].isspace() else ''}%p") if m[10] else ("%H", "")
    comma = "," if m[5].startswith(",") else ""
    return f"{date}{comma} {hour}:%M{':%S' if m[8] else ''}{'.%f' if m[9] else ''}{half}"


def folds(zone: str, *, first: int = 1990, last: int = 2060) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the half hours of local time that happen twice, and those that never do, as numbers since 1970."""
    twice: set[int] = set()
    never: set[int] = set()
    for before, after, at in _changes(zone, first=first, last=last):
        low, high = sorted((at + before, at + after))
        (never if after > before else twice).update(half_hours(low, high))
    return tuple(sorted(twice)), tuple(sorted(never))


def half_hours(low: datetime, high: datetime) -> range:
    """Return the numbers of the half hours since 1970 from one naive time up to another."""
    start = datetime(1970, 1, 1)  # noqa: DTZ001  # a local reading of the clock
    return range(int((low - start).total_seconds()) // 1800, int((high - start).total_seconds()) // 1800)


def _changes(zone: str, *, first: int, last: int) -> Iterable[tuple[timedelta, timedelta, datetime]]:
    """Yield each change of offset: before, after, and the naive UTC time when it happens, to the half hour."""
    where, step = ZoneInfo(zone), timedelta(days=1)
    day, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    offset = _offset(day, where)
    while day < end:
        after = _offset(day + step, where)
        if after != offset:
            at = next(t for t in (day + timedelta(minutes=30 * k) for k in range(1, 49)) if _offset(t, where) == after)
            yield offset, after, at.replace(tzinfo=None)
            offset = after
        day += step


def _offset(moment: datetime, where: ZoneInfo) -> timedelta:
    return moment.astimezone(where).utcoffset() or timedelta()
