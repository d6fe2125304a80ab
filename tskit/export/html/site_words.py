"""How a run is told on a page of many: how it ended, when it ran, of which days, and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tskit.charts.wording import day, span
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import RunRow

__all__ = ["STATES", "Moment", "State", "band_of", "counted", "link", "listed", "moment", "period", "plural", "took"]

_BAND = "INTERNAL · CONTAINS CASE AGGREGATES"
_SAMPLE = "SAMPLE DATA"


@dataclass(frozen=True, slots=True)
class State:
    """How a run ended, in a word and, in a sentence about several, after their number."""

    word: str
    of_one: str
    of_many: str


STATES: dict[str, State] = {
    "ok": State("Done", "is done", "are done"),
    "no_data": State("No data", "found no data", "found no data"),
    "failed": State("Failed", "failed", "failed"),
    "unfinished": State("Unfinished", "is unfinished", "are unfinished"),
    "missing": State("Not run", "was not run", "were not run"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for programs, its local day, and the words for it; all empty where nobody knows it."""

    iso: str = ""
    day: str = ""
    words: str = ""


def moment(said: str, zone: str) -> Moment:
    """Return the moment that ISO 8601 text names, told in a time zone.

    >>> moment("2026-11-23T10:16:12+00:00", "Asia/Singapore").words
    'Mon 23 Nov 2026, 18:16'
    """
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return Moment()
    known = _zone(zone)
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(known or UTC)
    words = f"{day(local.date(), weekday=True, year=True)}, {local:%H:%M}{'' if known else ' UTC'}"
    return Moment(f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", f"{local:%Y-%m-%d}", words)


def period(row: RunRow) -> str:
    """Return the days that a run looked at, in words; "" where they are not known."""
    try:
        return span(date.fromisoformat(row.start), date.fromisoformat(row.last_day), "day")
    except ValueError:
        return ""


def took(seconds: float | None) -> str:
    """Return how long a run took, "" where nobody knows.

    >>> took(18.4), took(184), took(None)
    ('18 s', '3 min', '')
    """
    if seconds is None or not 0 <= seconds < 1e7:  # longer than a season is a clock that was set
        return ""
    return f"{seconds:.0f} s" if seconds < 99.5 else f"{seconds / 60:.0f} min"


def link(*parts: str) -> str:
    """Return the address of a file below the page's own folder; "" where a part could lead anywhere else.

    >>> link("batch-1/20261123T1016Z", "report.html"), link("../x", "report.html"), link("javascript:alert(1)")
    ('./batch-1/20261123T1016Z/report.html', '', './javascript%3Aalert%281%29')
    """
    steps = [step for part in parts for step in part.split("/")]
    if any(step in {"", ".", ".."} or "\\" in step for step in steps):
        return ""
    try:
        return "./" + "/".join(quote(step, safe="", errors="surrogateescape") for step in steps)
    except UnicodeEncodeError:
        return ""  # no file system holds such a name


def counted(counts: Mapping[str, int], whole: str = "run") -> str:
    """Return how many runs ended in which way, as the title of a page.

    >>> counted({"ok": 36, "no_data": 3, "failed": 1}), counted({"ok": 12})
    ('36 of 40 runs are done; 3 found no data and 1 failed', 'All 12 runs are done')
    """
    total, good = sum(counts.values()), counts.get("ok", 0)
    others = [_of(number, name) for name in STATES if name != "ok" and (number := counts.get(name, 0))]
    if not others:
        return f"All {total:,} {whole}s are done" if total > 1 else f"The one {whole} is done"
    if len(others) == 1 and not good:
        rest = STATES[next(name for name in counts if counts[name])]
        return f"All {total:,} {whole}s {rest.of_many}" if total > 1 else f"The one {whole} {rest.of_one}"
    return f"{good:,} of {plural(total, whole)} {'is' if good == 1 else 'are'} done; {listed(others)}"


def band_of(rows: Sequence[RunRow], band: str) -> tuple[str, bool]:
    """Return the words of the classification band, and whether all runs are of the sample."""
    own = list(dict.fromkeys(row.band for row in rows if row.band))
    words = neutralise(band or " / ".join(own[:2]) or _BAND, limit=200)
    # A run that stopped before it read anything cannot say what it would have read.
    known = [row.is_sample for row in rows if row.band or row.is_sample]
    if not any(known):
        return words, False
    if not all(known):
        return f"{words} · SOME RUNS ARE OF {_SAMPLE}", False
    return words if words.startswith(_SAMPLE) else f"{_SAMPLE} · {words}", True


def plural(number: int, one: str) -> str:
    """Return a number with its noun.

    >>> plural(1, "run"), plural(2000, "run")
    ('1 run', '2,000 runs')
    """
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Return words as one phrase."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _of(number: int, name: str) -> str:
    state = STATES[name]
    return f"{number:,} {state.of_one if number == 1 else state.of_many}"


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
