"""Deadlines on a page: when, in the reader's zone, and how much is left as of the moment that the write-up speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tskit.charts.wording import day
from tskit.export.html.blocks import text
from tskit.findings.wording import instant
from tskit.model import FINDING_MIME, INPUTS_MIME
from tskit.text import span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Clock", "Due", "clock_of", "left_in_words"]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: its instant for programs, in full, in short, and what was left of it."""

    iso: str
    spoken: str
    short: str
    left: str = ""
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment that a write-up speaks of, None where nobody said it, and the zone that it is told in."""

    as_of: datetime | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def iso(self) -> str:
        """Return the moment for programs; "" where it is not known."""
        return _iso(self.as_of) if self.as_of else ""

    @property
    def spoken(self) -> str:
        """Return the moment in words; "" where it is not known."""
        return instant(self.as_of, self.zone) if self.as_of else ""

    @property
    def brief(self) -> str:
        """Return the moment in few words, for a line that has little room."""
        if not self.as_of:
            return ""
        local = self.as_of.astimezone(self.zone)
        return f"{day(local.date(), weekday=True, year=True)}, {local:%H:%M}, {self.zone}"

    def due(self, said: object) -> Due | None:
        """Return the deadline that an ISO 8601 instant names; None where it names none or lacks its zone."""
        at = _moment(str(said)) if said else None
        if at is None:
            return None
        local = at.astimezone(self.zone)
        # A year goes without saying only where it is the one that the write-up speaks of.
        is_other = self.as_of is not None and self.as_of.astimezone(self.zone).year != local.year
        short = f"{day(local.date(), weekday=True, year=is_other)}, {local:%H:%M}"
        if self.as_of is None:
            return Due(_iso(at), instant(at, self.zone), short)
        is_past = at < self.as_of
        # Both are shown to the minute, and what is left has to be what lies between them.
        shown = abs((at.replace(second=0, microsecond=0) - self.as_of.replace(second=0, microsecond=0)).total_seconds())
        return Due(
            _iso(at),
            instant(at, self.zone),
            short,
            left_in_words(-max(shown, 1) if is_past else shown),
            is_past=is_past,
        )


def clock_of(data: Sequence[Mapping[str, Any]]) -> Clock:
    """Return the clock of a write-up from its outputs: the one that its findings name, else that of its data."""
    answer: Mapping[str, Any] = next((d[FINDING_MIME] for d in reversed(data) if FINDING_MIME in d), {})
    inputs: Mapping[str, Any] = next((d[INPUTS_MIME] for d in data if INPUTS_MIME in d), {})
    as_of = _moment(text(answer, "as_of")) or _moment(text(inputs, "as_of"))
    return Clock(as_of, _zone(text(answer, "zone") or text(inputs, "zone")))


def left_in_words(seconds: float) -> str:
    """Return how long it is until a deadline, or since; in whole minutes.

    >>> left_in_words(11_520), left_in_words(-1_230), left_in_words(266_400)
    ('3 h 12 min left', 'passed 20 min ago', '3 d 2 h left')
    """
    length = span(timedelta(seconds=abs(seconds)))
    return f"passed {length} ago" if seconds < 0 else f"{length} left"


def _moment(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    # A time without its zone is nobody's deadline: no page may guess whose midnight it means.
    return at.astimezone(UTC) if at.tzinfo else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
