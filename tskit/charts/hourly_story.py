"""The words of a chart by the hour, written from what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.charts.story import Story
from tskit.charts.wording import day, lowered, sentence, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.charts.figure import About

__all__ = ["Hour", "describe"]


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: its beginning in the reader's zone, what was counted and what was expected."""

    at: datetime
    cases: float | None
    expected: float | None
    low: float | None
    high: float | None
    is_future: bool
    mark: str

    @property
    def spoken(self) -> str:
        """Return the hour by its beginning: "Sun 1 Nov, 17:00"."""
        return f"{day(self.at.date(), weekday=True)}, {self.at:%H:%M}"


def describe(hours: Sequence[Hour], *, about: About) -> Story:
    """Return what stands above, beneath and in place of the chart."""
    come = sum(hour.is_future for hour in hours)
    past = [hour for hour in hours if not hour.is_future and hour.cases is not None]
    whole = f"Per hour, from {hours[0].spoken} to {hours[-1].spoken}, {hours[0].at.tzinfo}"
    signs = [*_signs(hours), *([f"the last {_count(come)} to come"] if come else [])]
    caption = [_shape(past, about), _marked(past, about), _unknown(hours)]
    said = " ".join(part for part in caption if part)
    alt = f"Bar chart of {lowered(about.label)} by the hour. {whole}. {said} {sentence('; '.join(signs))}"
    return Story("; ".join([whole, *signs]), said, alt.strip())


def _shape(past: Sequence[Hour], about: About) -> str:
    if not past:
        return f"{about.label}: no hour is over yet."
    high = max(past, key=lambda hour: hour.cases or 0)
    if not high.cases:
        return f"{about.label}: none in {_count(len(past))}."
    return f"{about.label}: highest {shown(high.cases, about.unit)} in the hour from {high.spoken}."


def _marked(past: Sequence[Hour], about: About) -> str:
    spikes = [hour for hour in past if hour.mark == "spike"]
    silent = [hour for hour in past if hour.mark == "silence"]
    if not spikes and not silent:
        return "No hour stands out." if any(hour.high is not None for hour in past) else ""
    parts = [
        f"{_count(len(found))} with unusually {what}, the first {_one(found[0], about)}"
        for found, what in ((spikes, "many"), (silent, "few"))
        if found
    ]
    return sentence("; ".join(parts))


def _one(hour: Hour, about: About) -> str:
    known = hour.low is not None and hour.high is not None
    against = f" against {shown(hour.low or 0, '')} to {shown(hour.high or 0, '')} expected" if known else ""
    return f"from {hour.spoken}, with {shown(hour.cases or 0, about.unit)}{against}"


def _unknown(hours: Sequence[Hour]) -> str:
    missing = sum(hour.cases is None and not hour.is_future for hour in hours)
    return f"{_count(missing)} without a count." if missing else ""


def _signs(hours: Sequence[Hour]) -> list[str]:
    marks = {hour.mark for hour in hours}
    return [
        words
        for words, is_there in (
            ("expected range in the band, the expected count as a line", any(hour.high is not None for hour in hours)),
            ("unusually many under a triangle", "spike" in marks),
            ("unusually few under a hollow triangle", "silence" in marks),
        )
        if is_there
    ]


def _count(number: int) -> str:
    return f"{number} hour{'' if number == 1 else 's'}"
