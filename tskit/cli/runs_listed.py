"""Which runs a list shows, and how it looks: two lines a run, in no more than 100 columns."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tskit.errors import ParameterError
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tskit.model import RunRow

__all__ = ["STATUSES", "about", "chosen", "clipped", "handles", "lines", "moment", "status_of", "zone_of"]

STATUSES = {"ok": "done", "no_data": "no data", "failed": "failed", "unfinished": "unfinished"}
"""How a run ended, in words."""
_WIDTH = 100
_ABOUT = 30
_KIND = 20
_SHORTEST = 6
_SHOWN_AS_ABOUT = ("market", "start", "end")
_FEW = 4
_EVERYTHING = ("everything", "not known")


def chosen(
    rows: Sequence[RunRow],
    *,
    templates: Sequence[str] = (),
    markets: Sequence[str] = (),
    statuses: Sequence[str] = (),
    since: date | None = None,
    batch: str = "",
) -> list[RunRow]:
    """Return the rows of these templates, markets and statuses, begun on or after a day, of one batch; empty means all."""
    kinds, zone = [status_of(status) for status in statuses], zone_of(rows)
    return [
        row
        for row in rows
        if (not templates or row.template in templates)
        and (not markets or set(markets) & set(row.markets))
        and (not kinds or row.status in kinds)
        and (since is None or moment(row.started, zone)[:10] >= since.isoformat())
        and batch in row.batch
        and (row.batch or not batch)
    ]


def status_of(word: str) -> str:
    """Return the status that a word stands for.

    Raises:
        ParameterError: it stands for none.

    >>> status_of("done"), status_of("no-data")
    ('ok', 'no_data')
    """
    known = {name: name for name in STATUSES} | {said: name for name, said in STATUSES.items()}
    wanted = word.strip().lower().replace("-", " ")
    found = known.get(wanted) or known.get(wanted.replace(" ", "_"))
    if found is None:
        raise ParameterError.unknown(word, STATUSES.values(), what="status")
    return found


def lines(rows: Sequence[RunRow], *, among: Sequence[RunRow] = ()) -> Iterator[str]:
    """Yield two lines for each run: when, what, of what and how it ended; below, what it found, or why it did not.

    Each is named so that no other `among` all of them could be meant. All times are told in one zone.
    """
    names, zone = handles(rows, among=among or rows), zone_of(among or rows)
    cells = [
        (moment(row.started, zone), clipped(row.kind or "unknown", _KIND), about(row), STATUSES[row.status])
        for row in rows
    ]
    widths = [max((len(cell[place]) for cell in cells), default=0) for place in range(3)]
    for row, cell in zip(rows, cells, strict=True):
        parts = [text.ljust(width) for text, width in zip(cell, widths, strict=False)]
        yield "  ".join([*parts, cell[3].ljust(10), names[row.id]]).rstrip()
        yield f"    {clipped(_said(row), _WIDTH - 4)}"


def handles(rows: Sequence[RunRow], *, among: Sequence[RunRow]) -> dict[str, str]:
    """Return for each run a part of its id by which it can be called, and no other `among` all."""
    ids = [row.id for row in among]
    return {row.id: _handle(row.id, ids) for row in rows}


def zone_of(rows: Sequence[RunRow]) -> str:
    """Return the zone that most of the runs tell their times in; UTC where none says."""
    found = Counter(row.zone for row in rows if row.zone).most_common(1)
    return found[0][0] if found else "UTC"


def about(row: RunRow) -> str:
    """Return what a run was of: markets, period, and what else was asked."""
    markets = ", ".join(row.markets) if len(row.markets) <= _FEW else f"{len(row.markets)} markets"
    begin, end = _days(row)
    days = begin if begin == end else f"{begin} to {end}".strip()
    rest = [_parameter(name, value) for name, value in row.asked if name not in _SHOWN_AS_ABOUT]
    return clipped(
        "; ".join(part for part in (markets, days, *rest) if part) or _EVERYTHING[row.status == "unfinished"], _ABOUT
    )


def moment(at: str, zone: str) -> str:
    """Return an instant as people read it, in `zone`; a dash where there is none.

    >>> moment("2026-11-01T00:00:00+00:00", "Asia/Singapore")
    '2026-11-01 08:00'
    """
    if not at:
        return "-".ljust(16)
    try:
        there = ZoneInfo(zone) if zone else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        there = UTC
    return datetime.fromisoformat(at).astimezone(there).strftime("%Y-%m-%d %H:%M")


def clipped(text: str, width: int) -> str:
    """Return the text as the screen shows it, cut to a width.

    >>> clipped("as it is", 5)
    'as i…'
    """
    shown = " ".join(neutralise(text).split())
    return shown if len(shown) <= width else f"{shown[: width - 1].rstrip()}…"


def _days(row: RunRow) -> tuple[str, str]:
    """Return the first and the last day of a run: those of its data, or those that were asked for in vain."""
    asked = dict(row.asked)
    return (row.start, row.last_day) if row.start else (asked.get("start", ""), asked.get("end", ""))


def _parameter(name: str, value: str) -> str:
    """Return a parameter in few words: what is told as "one case" needs no name."""
    return value if "case" in name else f"{name} {value}"


def _said(row: RunRow) -> str:
    return row.failure or row.title or row.lead or "It says nothing."


def _handle(name: str, ids: Sequence[str]) -> str:
    stamp, _, rest = name.split("-", 2) if name.count("-") > 1 else (name, "", "")
    # The moment of its making is short, too, and holds where two runs asked the same.
    return next((part for part in (rest, stamp) if len(part) >= _SHORTEST and _is_unique(part, ids)), name)


def _is_unique(part: str, ids: Sequence[str]) -> bool:
    return sum(part in other for other in ids) == 1
