"""What was redefined between two periods: told as that, never as a rise or a fall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from tskit.cases import breaks, breaks_between
from tskit.findings.cards import Card, Draft, sentences
from tskit.findings.spikes import BASE_WEEKS
from tskit.findings.wording import day, listed
from tskit.metrics import redefined
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tskit.cases import Break, Fate
    from tskit.findings.look import Look
    from tskit.findings.measured import Measured
    from tskit.findings.moves import Move
    from tskit.findings.peaks import Peak
    from tskit.model import CaseSet, Window

__all__ = [
    "Redefined",
    "break_marks",
    "comparable",
    "comparable_peaks",
    "redefined_card",
    "redefined_limits",
    "without_before",
]

_WORDS: Mapping[Fate, str] = {
    "deleted": "ended that day",
    "new": "began that day",
    "redefined": "mean something else since",
}
_MOST = 6
_WEIGHT = 95.0
"""Above what is within noise, below what moved."""


@dataclass(frozen=True, slots=True)
class Redefined:
    """A value whose meaning changed between the period before and this one, with its cases in both."""

    broken: Break
    value: str
    fate: Fate
    before: float
    now: float


def _columns(case_set: CaseSet, by: Sequence[str]) -> list[str]:
    return [*by, *(name for name, _ in case_set.scope.filters)]


def without_before(measured: Measured, case_set: CaseSet) -> Measured:
    """Return a metric without the periods that it must not be held against, where the scope asks for a redefined value."""
    points = {"before": measured.window.before(), "year_ago": measured.window.year_before()}
    for name, then in points.items():
        crossed = breaks_between(case_set, then, measured.window, columns=_columns(case_set, ()))
        one = redefined(case_set, {}, breaks=crossed)
        if one is not None:
            unknown = replace(
                measured.before, **dict.fromkeys(("value", "low", "high", "k", "n"), np.nan), note=_note(one)
            )
            measured = replace(measured, **{name: unknown})
    return measured


def _note(one: Break) -> str:
    return f"redefined on {day(one.day, year=True)}"


def comparable(moves: Sequence[Move], case_set: CaseSet, window: Window) -> tuple[list[Move], list[Redefined]]:
    """Return the moves that compare like with like, and the values of the others with their cases opened."""
    columns = {column for move in moves for column in move.segment.columns}
    crossed = breaks_between(case_set, window.before(), window, columns=_columns(case_set, sorted(columns)))
    if not crossed:
        return list(moves), []
    kept = [move for move in moves if redefined(case_set, move.segment.fixed, breaks=crossed) is None]
    told = [
        Redefined(one, value, one.fate(value), move.before, move.now)
        for move in moves
        if move.metric.name == "cases_opened" and len(move.segment.items) == 1
        for column, value in move.segment.items
        for one in crossed
        if one.column == column and one.fate(value)
    ]
    return kept, sorted(told, key=lambda found: (-max(found.before, found.now), found.value))


def comparable_peaks(peaks: Sequence[tuple[str, Peak]], case_set: CaseSet, window: Window) -> list[tuple[str, Peak]]:
    """Return the peaks of segments that meant the same in the weeks that they are held against."""
    base = replace(window, start=window.start - timedelta(weeks=BASE_WEEKS))
    columns = {column for _, peak in peaks for column in peak.segment.columns}
    crossed = breaks_between(case_set, base, window, columns=_columns(case_set, sorted(columns)))
    return [pair for pair in peaks if redefined(case_set, pair[1].segment.fixed, breaks=crossed) is None]


def redefined_card(look: Look) -> Card | None:
    """Return the card that says which values are not compared since they were redefined, or None."""
    if not look.redefined:
        return None
    draft, one = Draft(), look.redefined[0].broken
    about = one.about[:1].upper() + one.about[1:]
    on = draft.day("day", one.day, weekday=False, year=True)
    claim = f"{about} on {on}: what ended, began or changed its meaning that day is not compared across it"
    parts = [_told(draft, look, fate) for fate in _WORDS]
    finding = Finding(
        claim,
        (Evidence("metric", "cases_opened", "Cases opened, by what was redefined"),),
        {name: quote.value for name, quote in draft.quotes.items()},
        "",
        "It is on record in the documentation of the database.",
        sentences(*parts),
        "What an ended value held is told under others since, so that these may have grown by it.",
        "Compare values that go on, or join the others to one in the profile, under [values], if you know what became of them.",
        kind="limit",
    )
    return Card(finding, "values were redefined", _WEIGHT)


def _told(draft: Draft, look: Look, fate: Fate) -> str:
    found = [item for item in look.redefined if item.fate == fate]
    if not found:
        return ""
    told = [
        f"{look.words(item.value)} ({draft.number(f'{fate}_{place}_before', item.before)} before, "
        f"{draft.number(f'{fate}_{place}_now', item.now)} now)"
        for place, item in enumerate(found[:_MOST])
    ]
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return f"These {_WORDS[fate]}: {listed(told, most=_MOST)}{more}."


def break_marks(case_set: CaseSet, first: date, last: date) -> dict[date, str]:
    """Return the days in a stretch on which a vocabulary that the source uses was redefined, with words for a chart."""
    return {
        one.day: "categories redefined"
        for one in reversed(breaks())
        if case_set.has(one.column) and first < one.day <= last
    }


def redefined_limits(look: Look) -> list[tuple[str, str]]:
    """Return what to bear in mind where the periods lie on two sides of a break."""
    found = breaks_between(
        look.case_set,
        look.window.before(),
        look.window,
        columns=[one.column for one in breaks() if look.case_set.has(one.column)],
    )
    return [("Redefined values", _limit(one)) for one in found]


def _limit(one: Break) -> str:
    return (
        f"{one.about[:1].upper()}{one.about[1:]} on {day(one.day, year=True)}. Renamed ones are carried over; those that "
        "ended, began or changed their meaning that day are not compared across it; the others keep their name, yet may "
        "have taken over cases from those that ended."
    )
