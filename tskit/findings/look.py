"""One look at everything: each metric, in all cases and in every segment, now against the period before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.errors import ParameterError
from tskit.findings.days import has_no_past, judged_by_days
from tskit.findings.measured import PEAKING, Measured, first_day, take
from tskit.findings.moves import Move, moves_of
from tskit.findings.peaks import Peak, corrected_together, peaks_of
from tskit.findings.places import country, within
from tskit.findings.redefined import Redefined, comparable, comparable_peaks, without_before
from tskit.findings.segments import EVERYTHING
from tskit.findings.stories import Told, tell
from tskit.findings.targets import Held, judge_targets
from tskit.metrics import Kind, columns_of, find, gather, numbers_of_values
from tskit.model import CASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tskit.findings.segments import Segment
    from tskit.metrics import Metric
    from tskit.model import CaseSet, Window

__all__ = ["FALLBACKS", "Look", "look"]

FALLBACKS = ("abuse_type_reported", "record_type", "priority", "channel", "vendor")
"""Looked into where the source has none of the columns that were asked for."""
_MOST_COLUMNS = 3
_MOST_VALUES = 500
"""A column with more values than this is a key, not a way to divide cases: each value would have a handful of them."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was measured and compared; every table, chart and finding of a trend report is taken from it.

    `absent` are columns that were asked for and that the source lacks, `crowded` ones with too many values to compare,
    `missing` metrics with the columns that would unlock them. `moves` and `peaks` are corrected together for how many there are, `told` holds the stories that they add up to, and `held` the values that have a target.
    `redefined` are values that mean something else than in the period before, and so are compared nowhere.
    """

    case_set: CaseSet
    by: tuple[str, ...]
    absent: tuple[str, ...]
    start: date
    measured: Mapping[str, Measured] = field(repr=False)
    missing: Mapping[str, tuple[str, ...]]
    moves: tuple[Move, ...] = field(repr=False)
    peaks: tuple[tuple[str, Peak], ...] = field(repr=False)
    held: tuple[Held, ...] = field(default=(), repr=False)
    crowded: tuple[str, ...] = ()
    told: Told = field(default_factory=Told, repr=False)
    redefined: tuple[Redefined, ...] = ()

    @property
    def window(self) -> Window:
        """Return the period that was asked about."""
        return self.case_set.scope.window

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Return the metrics that could be measured, in the order asked for."""
        return tuple(measured.metric for measured in self.measured.values())

    @property
    def looked_at(self) -> int:
        """Return the number of comparisons that were judged."""
        verdicts = [*(move.verdict for move in self.moves), *(peak.verdict for _, peak in self.peaks)]
        return sum(bool(np.isfinite(verdict.p)) for verdict in verdicts)

    @property
    def unjudged(self) -> tuple[Move, ...]:
        """Return the totals that changed enough to matter, yet have too little of a past to be judged."""
        totals = [move for move in self.moves if move.segment == EVERYTHING and not np.isfinite(move.verdict.p)]
        return tuple(move for move in totals if move.is_material)

    def of(self, metric: str) -> list[Move]:
        """Return the moves of one metric."""
        return [move for move in self.moves if move.metric.name == metric]

    def named(self, segment: Segment) -> str:
        """Return a segment as a plain label for a table, with the casebook's own words; empty for all cases."""
        return " · ".join(
            self.words(value) if column != "market" else country(value) for column, value in segment.items
        )

    def called(self, subject: str, segment: Segment) -> str:
        """Return the subject with the segment in words, with the casebook's own words for its values."""
        return within(subject, {column: self.words(value) for column, value in segment.items})

    def words(self, value: str) -> str:
        """Return what the casebook calls a value, or the value itself."""
        return self.case_set.casebook.labels.get(value, value)

    def total(self, metric: str) -> Move | None:
        """Return the move of a metric over all cases, or None where it could not be compared."""
        return next((move for move in self.of(metric) if move.segment == EVERYTHING), None)


def look(case_set: CaseSet, *, metrics: Sequence[str] | str, by: Sequence[str] | str) -> Look:
    """Return every chosen metric, in all cases and in each segment, compared with the period before.

    Each is judged by how much it moved between earlier periods, and the verdicts are corrected together for how many
    there are. Metrics and columns that the source does not allow are named, not refused.

    Args:
        case_set: the loaded cases.
        metrics: names of the catalogue; one text is one name, or several with commas.
        by: the columns whose values, alone and in pairs, are the segments; the first three that the source has.

    Raises:
        ParameterError: a metric or a column is unknown.
    """
    chosen = [found for name in dict.fromkeys(_names(metrics)) if (found := find(name)).kind is not Kind.AGEING]
    columns, absent = _columns(case_set, by)
    crowded = _crowded(case_set, columns)
    columns = tuple(column for column in columns if column not in crowded)
    known = columns_of(case_set)
    missing = {metric.name: lacks for metric in chosen if (lacks := metric.missing(known))}
    start = first_day(case_set)
    able = [metric for metric in chosen if metric.name not in missing]
    if able:
        gather(case_set, able)
    taken = {metric.name: take(case_set, metric, by=columns, start=start) for metric in able}
    measured = {name: without_before(one, case_set) for name, one in taken.items()}
    every = [move for one in measured.values() for move in _moves(one, case_set)]
    moves, unlike = comparable(every, case_set, case_set.scope.window)
    risen = [(name, peak) for name in PEAKING if name in measured for peak in peaks_of(measured[name])]
    named = comparable_peaks(risen, case_set, case_set.scope.window)
    judged, peaks = corrected_together(moves, [peak for _, peak in named])
    labelled = tuple((name, peak) for (name, _), peak in zip(named, peaks, strict=True))
    seen = Look(case_set, columns, absent, start, measured, missing, tuple(judged), labelled, redefined=tuple(unlike))
    return replace(seen, told=tell(seen), held=tuple(judge_targets(case_set, seen.metrics)), crowded=crowded)


def _names(given: Sequence[str] | str) -> list[str]:
    """Return the names of a list; one text is one name, or several with commas, as a command line passes them."""
    return [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else list(given)


def _moves(measured: Measured, case_set: CaseSet) -> list[Move]:
    """Return the moves of one metric; none where the period or the one before has no value, as an immature cohort."""
    if not (np.isfinite(measured.now.value) and np.isfinite(measured.before.value)):
        return []
    found = [
        move
        for columns in measured.levels()
        for move in moves_of(measured.metric, measured.tracks(columns), histories=measured.histories(columns))
    ]
    return judged_by_days(found, measured, case_set) if has_no_past(measured) else found


def _columns(case_set: CaseSet, by: Sequence[str] | str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = [column.name for column in CASES.columns]
    asked = list(dict.fromkeys(_names(by)))
    for name in asked:
        if name not in known:
            raise ParameterError.unknown(name, known, what="column to compare by")
    absent = tuple(case_set.lacks(*asked))
    present = [name for name in asked if name not in absent]
    if not present and asked:
        present = [name for name in FALLBACKS if case_set.has(name)]
    return tuple(present[:_MOST_COLUMNS]), absent


def _crowded(case_set: CaseSet, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns with so many values that comparing them would say nothing, and take for ever."""
    if not columns:
        return ()
    numbers = numbers_of_values(case_set, columns)
    return tuple(name for name in columns if numbers[name] > _MOST_VALUES)
