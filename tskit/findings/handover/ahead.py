"""What the shift that takes over has to expect, against what it can do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import count, limit, listed, plural, spread

if TYPE_CHECKING:
    from tskit.findings.handover.look import Handover
    from tskit.findings.tables import Table

__all__ = ["Ahead", "Hours", "ahead", "hours_of", "work_table"]

Verdict = Literal["enough", "tight", "not enough", "not known"]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The work of a shift: arrivals expected with their range, what waits already, and how many cases it can decide.

    `due` of the waiting ones are late or pass a deadline before the shift ends. `capacity` is missing where the casebook
    names no shifts. The verdict is "enough" where all that waits and the upper end of the range can be done, "not
    enough" where what is due and the lower end cannot, and "tight" between.
    """

    expected: float
    low: float
    high: float
    waiting: int
    due: int
    stopped: int
    capacity: float
    holidays: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return whether the people of the shift are enough, as far as the range allows to say."""
        if self.capacity != self.capacity or self.expected != self.expected:  # NaN
            return "not known"
        if self.capacity >= self.waiting + self.high:
            return "enough"
        return "not enough" if self.capacity < self.due + self.low else "tight"


@dataclass(frozen=True, slots=True)
class Hours:
    """Hour by hour, for a chart: `frame`, and the words above it."""

    frame: pd.DataFrame = field(repr=False)
    title: str
    subtitle: str
    zone: str


def ahead(look: Handover) -> Ahead:
    """Return what the shift has to expect, and whether its people are enough."""
    shift, work = look.turn.shift, look.work
    capacity = float("nan") if look.turn.is_assumed else shift.people * shift.cases_per_hour * look.hours_left
    stopped = int(look.queue["is_stopped"].sum())
    running = look.queue[~look.queue["is_stopped"]]
    due = int((running["due_at"] <= pd.Timestamp(look.turn.ends_at)).sum())
    return Ahead(work.cases, work.low, work.high, len(running), due, stopped, capacity, work.holidays)


def work_table(look: Handover) -> Table:
    """Return the arrivals expected during the shift with their range, what waits already, and what the shift can do.

    Where its people are enough, the caption alone says so.
    """
    found = ahead(look)
    arrive = _arrive(found)
    due = f", {count(found.due)} of them late or due before it ends" if look.knows_deadlines else ""
    wait = f"{count(found.waiting)}{due}{_stopped(found)}"
    can = "not known" if look.turn.is_assumed else count(found.capacity)
    # On a phone the label "Cases" stands before each cell, so that the verdict has no row of its own.
    judged = can if found.verdict == "not known" else f"{can}, which is {found.verdict}"
    rows = [("Waiting already", wait), ("Expected to arrive", arrive), ("Can be decided", judged)]
    caption = f"{_who(look)}{_holidays(found)}"
    if found.verdict == "enough":
        rows = []
        caption = f"Enough people: {arrive} to arrive, {plural(found.waiting, 'case')} to do, {can} can be decided.{_holidays(found)}"
    frame = pd.DataFrame(rows, columns=["what", "cases"])
    made = table(frame, [("what", "What"), ("cases", "Cases")], key="work", title="Work ahead", caption=caption)
    return replace(made, of_single_cases=True)


def _arrive(found: Ahead) -> str:
    known = found.expected == found.expected  # NaN
    return f"{count(found.expected)} ({spread(found.low, found.high, 'cases')})" if known else "not known"


def _who(look: Handover) -> str:
    shift = look.turn.shift
    if look.turn.is_assumed:
        return f"{look.soon(look.turn.begins_at)} to {look.soon(look.turn.ends_at)}; the casebook names no shifts."
    return (
        f"{_people(shift.people)}, {limit(shift.cases_per_hour, '')} cases an hour, {limit(look.hours_left, 'hours')}."
    )


def hours_of(look: Handover) -> Hours:
    """Return the arrivals hour by hour: those of the last day, and those to expect until the shift ends."""
    marks = pd.Series("", index=look.hours.index)
    for row in look.unusual.found.to_dict("records"):
        if not (row["markets"] or row["reported"] or row["queue"]):
            mark = "spike" if row["kind"] == "spike" else "silence"
            marks = marks.mask(look.hours["at"].ge(row["from_at"]) & ~look.hours["is_future"].astype(bool), mark)
    title = f"Arrivals by the hour until {look.soon(look.turn.ends_at)}"
    return Hours(look.hours.assign(mark=marks), title, _past(look), look.zone.key)


def _people(number: float) -> str:
    return f"{limit(number, '')} {'person' if number == 1 else 'people'}"


def _stopped(found: Ahead) -> str:
    return (
        f"; {plural(found.stopped, 'more case')} {'waits' if found.stopped == 1 else 'wait'} for an answer"
        if found.stopped
        else ""
    )


def _past(look: Handover) -> str:
    if not look.work.weeks:
        return "The data does not reach back far enough to say what to expect."
    return (
        f"Expected is the median of the same hours in {count(look.work.weeks)} earlier weeks (the mean where fewer than 5 "
        "are usual), with the range that holds 95 of 100 such shifts."
    )


def _holidays(found: Ahead) -> str:
    if not found.holidays:
        return ""
    places = listed([country(market) for market in found.holidays])
    return f" It is a public holiday in {places}: there Sundays are what is usual."
