"""The logs of duty as a write-up reads them, and the place in each that they can be read from again."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tskit.calendars import moment_of
from tskit.duty.opening import open_duty
from tskit.errors import ParameterError
from tskit.model import LOGS_MIME, LogPlace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.duty.entries import DutyLog
    from tskit.model import Casebook

__all__ = ["DutyState", "duty_state"]

_NUMBERS = re.compile(r"#\d{1,12}(?:/#\d{1,12})*")


@dataclass(frozen=True, slots=True)
class DutyState:
    """The logs of duty as of a moment: whatever is written to them later, this reads the same.

    `log` ends at the places; it is None where the team keeps no records. Of what lies before them, `until` leaves out
    what was written later than that; None leaves out nothing.
    """

    log: DutyLog | None = field(repr=False)
    until: datetime | None
    places: tuple[LogPlace, ...]
    asked: datetime | None = None
    """The moment that was asked for in `log_until`, beside that of the write-up."""

    @property
    def again(self) -> str:
        """Return the `log_until` by which the same is read again, as in "#12/#30"."""
        numbers = "/".join(f"#{place.entries}" for place in self.places)
        return f"{self.asked.isoformat()} {numbers}" if self.asked else numbers

    def reading(self) -> AbstractContextManager[object]:
        """Return a context at whose end the connections are closed."""
        return self.log.store if self.log else nullcontext()

    def as_json(self) -> dict[str, object]:
        """Return what a manifest keeps: places, nothing of what was written."""
        return {
            "places": [place.as_json() for place in self.places],
            "until": self.until.isoformat() if self.until else "",
            "again": {"log_until": self.again},
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {LOGS_MIME: self.as_json(), "text/plain": self._in_words()}

    def _in_words(self) -> str:
        told = "; ".join(place.in_words() for place in self.places)
        before = f", and of those what was written up to {self.until:%Y-%m-%d %H:%M:%S} UTC" if self.until else ""
        return f"Read of the logs of duty: {told}{before}. log_until={self.again} reads the same again."


def duty_state(
    casebook: Casebook, logs: Sequence[str], *, zone: str = "", until: datetime | None = None, log_until: str = ""
) -> DutyState:
    """Return some logs of a casebook's duty as of a moment; reading never makes a record where there is none.

    Args:
        casebook: it names where the logs are kept.
        logs: the logs that are read.
        zone: the zone that a moment without one is meant in; empty for the casebook's.
        until: the moment that the write-up looks from, or None: then what was written after the end of the data is known
            as well, since people write while the data waits.
        log_until: empty for the moment of the write-up; a day to its end or a time instead; "#12" for the first 12 entries,
            of several logs "#12/#30"; or a moment and numbers, "2026-11-01T21:00 #12/#30".

    Raises:
        ParameterError: `log_until` is none of these, or a log has fewer entries.
        SourceError: the logs cannot be read.
    """
    said, numbers = _parts(log_until, logs)
    moment = moment_of(said, zone=zone or casebook.zone)
    asked = None if isinstance(moment, int) else moment
    log = open_duty(casebook) if casebook.keeps_records else None
    places = tuple(_place(log, name, at=at) for name, at in zip(logs, numbers, strict=True))
    # What others write meanwhile waits for the next run.
    ended = log and replace(log, ends={place.log: place.entries for place in places})
    return DutyState(ended, asked or until, places, asked)


def _parts(text: str, logs: Sequence[str]) -> tuple[str, list[int | None]]:
    """Return the moment and the numbers of entries, one a log, that a text asks for."""
    said, mark, rest = text.partition("#")
    if not mark:
        return text, [None] * len(logs)
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    if not _NUMBERS.fullmatch(mark + rest.strip()) or len(numbers) != len(logs):
        example = "/".join(f"#{12 + 18 * n}" for n in range(len(logs)))
        raise ParameterError(
            f"The parameter 'log_until' is empty, a moment, or how many entries are read of {' and '.join(logs)}: {example}."
        )
    return said.strip(), list(numbers)


def _place(log: DutyLog | None, name: str, *, at: int | None) -> LogPlace:
    if log is None:
        if at:
            raise ParameterError(f"This casebook keeps no records, and #{at} asks for some. Is it the same casebook?")
        return LogPlace(name, 0)
    return LogPlace(name, *log.store.head(name, at=at))
