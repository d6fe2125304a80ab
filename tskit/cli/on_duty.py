"""What the verbs of a duty share: who writes and when, moments in the casebook's zone, and lines on the screen."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from tskit.cli.asked import own_name
from tskit.cli.screen import say
from tskit.errors import ParameterError
from tskit.text import neutralise, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.calendars import Moment
    from tskit.model import Casebook

__all__ = ["Desk", "aligned", "clock", "desk_of", "fresh_key", "number_of", "say_below", "words_of"]

_AHEAD = re.compile(r"\+(\d{1,4})(min|m|h|d)")
_UNITS = {"min": "minutes", "m": "minutes", "h": "hours", "d": "days"}
_NUMBER = re.compile(r"[#pP]?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes, and when and where they read."""

    author: str
    now: datetime
    zone: str

    def full(self, at: datetime) -> str:
        """Return a moment as a sentence tells it: weekday, day, time and zone."""
        local = at.astimezone(ZoneInfo(self.zone))
        return f"{local:%A} {local.day} {local:%B %Y, %H:%M}, {self.zone}"

    def short(self, at: datetime) -> str:
        """Return a moment as a list tells it."""
        local = at.astimezone(ZoneInfo(self.zone))
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"

    def left(self, due: datetime, *, at: datetime | None = None) -> str:
        """Return how long it is until something is due, or since."""
        away = due - (at or self.now)
        return f"in {span(away)}" if away > timedelta(0) else f"passed {span(-away)} ago"

    def until(self, text: str) -> Moment:
        """Return the moment or the number of entries that `--until` names."""
        from tskit.calendars import moment_of

        return moment_of(text, zone=self.zone)

    def due(self, text: str) -> datetime | None:
        """Return the moment that `--due` names: a time or a day in the casebook's zone, or so long from now.

        Raises:
            ParameterError: it is none of these.
        """
        if not text:
            return None
        ahead = _AHEAD.fullmatch(text.strip())
        if ahead:
            return self.now + timedelta(**{_UNITS[ahead[2]]: int(ahead[1])})
        try:
            found = self.until(text)
        except ParameterError:
            found = None
        if not isinstance(found, datetime):
            raise ParameterError(
                "--due takes a time (2026-11-02T09:00), a day (2026-11-02), or how long from now (+2h)."
            )
        return found


def desk_of(book: Casebook, author: str = "") -> Desk:
    """Return who sits here: the author named, or the name on this machine."""
    return Desk(author or own_name(), clock(), book.zone)


def clock() -> datetime:
    """Return what time it is, in UTC."""
    return datetime.now(UTC)


def fresh_key() -> str:
    """Return a key that no other entry has."""
    return uuid4().hex


def words_of(text: str) -> str:
    """Return a text that was typed; `-` is what comes through the pipe, which no list of processes shows."""
    return sys.stdin.read().strip() if text == "-" else text.strip()


def number_of(text: str) -> int:
    """Return the number of an entry or a promise: 12, #12 or P12.

    Raises:
        ParameterError: it is none.
    """
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        raise ParameterError("An entry is named by its number, as in 12 or #12; a promise as in P12.")
    return int(found[1])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns stand below each other, without what could command a terminal.

    >>> aligned([("#1", "mei"), ("#12", "ben")])
    ['#1   mei', '#12  ben']
    """
    # Made harmless before it is measured, since the screen shows it so.
    shown = [[" ".join(neutralise(cell).split()) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in shown]


def say_below(text: str) -> None:
    """Print a text of any number of lines, set in below the line that it belongs to."""
    for line in text.splitlines():
        say(f"    {line}")
