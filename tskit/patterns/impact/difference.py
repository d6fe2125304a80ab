"""Did a change work, held against units that were not changed: difference in differences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.impact.change import Outcome
from tskit.patterns.impact.design import columns_of
from tskit.patterns.impact.effect import effect_of
from tskit.patterns.impact.ground import SOLID
from tskit.patterns.impact.model import fit, spread_of
from tskit.patterns.impact.sides import difference_series, sides_of, together
from tskit.patterns.impact.study import study_in
from tskit.patterns.impact.units import clustered, permuted
from tskit.patterns.impact.wording import amount, capital, percent, since, unknown_words
from tskit.stats import one_thread, student_quantile

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from tskit.model.finding import Value
    from tskit.patterns.impact.change import Change
    from tskit.patterns.impact.ground import Ground
    from tskit.patterns.impact.model import Fit
    from tskit.patterns.impact.sides import Sides
    from tskit.patterns.impact.study import Study

    Floats = NDArray[np.float64]
    Triple = tuple[float, float, float]

__all__ = ["difference"]

_EXPECTED = ("expected", "expected_low", "expected_high")


@one_thread
def difference(
    frame: pd.DataFrame,
    change: Change,
    *,
    outcome: Outcome,
    unit: str,
    treated: Collection[str],
    ground: Ground = SOLID,
) -> Pattern:
    """Return whether the treated units changed with a change by more than units that it did not touch.

    `frame` has a row a unit and period, with the columns of `series_of` and `unit`. Whatever moves both sides alike, as
    season and holidays do, is taken out. Counts are told as a ratio of ratios, all else as a difference of differences.
    With ten units or more on each side the interval is cluster-robust over units; with fewer it is that of the days, read
    from the difference of both sides and allowing for days that are alike, and the rank of the real choice of units among
    all choices stands beside it. How both sides moved apart before the change is told, too: where they did, the
    comparison does not show what would have been. What `ground` tells of the data counts as in `before_and_after`.

    The table has a row a period: `period_start`, `value` (the treated units), `comparison`, `phase`, and `expected` with
    `expected_low` and `expected_high`: the treated units, had they kept to the comparison.

    Raises:
        ParameterError: the column of units is missing, a treated unit is unknown, one side is empty, or as `series_of`.
    """
    sides = sides_of(frame, outcome=outcome, unit=unit, treated=treated)
    inner = Outcome(outcome.label, "rate" if outcome.kind == "count" else "value")
    study = study_in(difference_series(sides), change, outcome=inner, shape="level", ground=ground)
    asked = _asked(study, sides, outcome, unit)
    if study.lacks or study.is_sparse:
        why = study.lacks or "there are fewer than ten cases on a side"
        words = f"Cannot tell whether {outcome.label} changed against the comparison with {since(change)}: {why}."
        return Pattern("effect", words, _table(study, sides, None), settings=asked)
    found = study.fitted()
    effect = effect_of(found, study.judged)
    marks = _marks(study, sides)
    by_units, ranked = clustered(sides, *marks), permuted(sides, *marks)
    own = effect.level if by_units is None else (by_units.value, by_units.low, by_units.high)
    size = _plain(own, outcome)
    apart, p_apart = _apart(study, outcome)
    words = [
        _statement(size, outcome, change),
        *_unit_words(ranked.choices, ranked.as_large),
        _apart_words(apart, p_apart, outcome),
        *filter(None, [unknown_words(study)]),
    ]
    settings: dict[str, Value] = {
        **asked, "value": size[0], "low": size[1], "high": size[2], "by": "days" if by_units is None else "units",
        "choices": ranked.choices, "as_large": ranked.as_large, "unit_p": ranked.p_value,
        "memory": effect.memory, "correlated": effect.correlated, "widened": effect.widened,
        "apart": apart[0], "apart_low": apart[1], "apart_high": apart[2], "apart_p": p_apart,
    }  # fmt: skip
    return Pattern("effect", " ".join(words), _table(study, sides, found), size[1:], settings)


def _plain(size: Triple, outcome: Outcome) -> Triple:
    """Return counts relative (0.1 is 10 % more), all else as it is."""
    if outcome.kind != "count":
        return size
    return float(np.expm1(size[0])), float(np.expm1(size[1])), float(np.expm1(size[2]))


def _marks(study: Study, sides: Sides) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which of all periods are before and after, as far as they count."""
    starts = sides.base.starts
    flags = (study.design.is_before & study.counts, study.design.is_after & study.counts)
    before, after = (np.isin(starts, study.series.starts[flag]) for flag in flags)
    return before, after


def _apart(study: Study, outcome: Outcome) -> tuple[Triple, float]:
    """Return by how much both sides moved apart per week before the change, with interval and p-value."""
    before = study.series.where(study.counts).where(study.judged.is_before)
    since_start = (before.starts - before.starts[-1]).astype(np.float64) / 7
    columns = columns_of(before, since_start)
    contrast = np.zeros(columns.shape[1])
    contrast[1] = 1.0
    along = fit(before, columns).regression.along(contrast)
    return _plain((along.mean, *along.interval()), outcome), along.p_value()


def _statement(size: Triple, outcome: Outcome, change: Change) -> str:
    told = _interval(size, outcome)
    if size[1] <= 0 <= size[2]:
        return f"No change in {outcome.label} against the comparison beyond noise after {since(change)}: {told}."
    verb = "rose" if size[0] > 0 else "fell"
    return f"{capital(outcome.label)} {verb} against the comparison after {since(change)}: {told}."


def _interval(size: Triple, outcome: Outcome) -> str:
    def one(value: float) -> str:
        return percent(1 + value) if outcome.kind == "count" else amount(value, outcome, signed=True)

    return f"{one(size[0])} (95 % interval {one(size[1])} to {one(size[2])})"


def _unit_words(choices: int, as_large: int) -> list[str]:
    if not choices:
        return []
    few = " With so few choices this alone can prove nothing." if choices < 20 else ""
    verb = "shows" if as_large == 1 else "show"
    return [f"Of the {choices:,} ways to choose as many units, {as_large} {verb} as large a difference.{few}"]


def _apart_words(apart: Triple, p_value: float, outcome: Outcome) -> str:
    told = f"{_interval(apart, outcome)} a week"
    if p_value < 0.05:
        return f"Before it, both sides were moving apart already, by {told}: the comparison does not show what would have been."
    return f"Before it, both sides moved alike, as far as one can tell: apart by {told}."


def _asked(study: Study, sides: Sides, outcome: Outcome, unit: str) -> dict[str, Value]:
    design = study.judged
    return {
        "outcome": outcome.label, "kind": outcome.kind, "unit": outcome.unit, "on": study.change.on.isoformat(),
        "change": study.change.name, "period": study.series.period, "by_unit": unit,
        "treated": ", ".join(name for name, own in zip(sides.names, sides.is_treated, strict=True) if own),
        "comparisons": int((~sides.is_treated).sum()), "before": int(design.is_before.sum()),
        "after": int(design.is_after.sum()), "left_out": sides.left_out + study.series.left_out - sides.base.left_out,
        "unknown_before": study.unknown[0], "unknown_after": study.unknown[1],
    }  # fmt: skip


def _table(study: Study, sides: Sides, found: Fit | None) -> pd.DataFrame:
    """Return both sides by period, and what the treated units would have shown."""
    own, other = (
        replace(sides.base, total=total, size=size)
        for total, size in (together(sides, which) for which in (sides.is_treated, ~sides.is_treated))
    )
    keep = np.isin(sides.base.starts, study.series.starts)
    own, other = own.where(keep), other.where(keep)
    design = study.design
    phase = np.where(design.is_after & study.counts, "after", np.where(design.is_before, "before", "change"))
    table = pd.DataFrame({"period_start": own.starts, "value": own.shown, "comparison": other.shown, "phase": phase})
    if found is None:
        return table.assign(**dict.fromkeys(_EXPECTED, np.nan))
    # Counts are told per unit of exposure, and the model is of cases: the exposure of both sides comes between.
    comparison = other.total / own.size if other.kind == "count" else other.shown
    return table.assign(**dict(zip(_EXPECTED, _expected(study, found, comparison), strict=True)))


def _expected(study: Study, found: Fit, comparison: Floats) -> list[Floats]:
    still, regression = study.design.without_change(), found.regression
    line = still @ regression.mean
    half = student_quantile(0.975, regression.freedom) * np.sqrt(
        regression.of_one(still, spread_of(study.series, line))
    )
    if study.series.kind == "rate":
        # The share of all cases, as odds, is how many times as many the treated units have.
        return [comparison * np.exp(part) for part in (line, line - half, line + half)]
    return [comparison + part for part in (line, line - half, line + half)]
