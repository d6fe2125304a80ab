"""Did a change work: before and after, with trend, weekdays and holidays held still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.impact.effect import CORRELATED, effect_of
from tskit.patterns.impact.ground import SOLID
from tskit.patterns.impact.model import inverse_link, spread_of
from tskit.patterns.impact.placebo import placebos_of
from tskit.patterns.impact.sparse import sparse_effect
from tskit.patterns.impact.study import study_of
from tskit.patterns.impact.wording import amount, capital, direction, interval_words, mean_words, since, unknown_words
from tskit.stats import one_thread, student_quantile

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from numpy.typing import NDArray

    from tskit.model.finding import Value
    from tskit.patterns.impact.change import Change, Outcome
    from tskit.patterns.impact.design import Shape
    from tskit.patterns.impact.effect import Effect
    from tskit.patterns.impact.ground import Ground
    from tskit.patterns.impact.model import Fit
    from tskit.patterns.impact.study import Study

    Floats = NDArray[np.float64]

__all__ = ["before_and_after", "effect_statement", "figures_of", "table_of", "usual_statement"]

_EXPECTED = ("fitted", "expected", "expected_low", "expected_high")


@one_thread
def before_and_after(
    frame: pd.DataFrame,
    change: Change,
    *,
    outcome: Outcome,
    shape: Shape = "level and slope",
    holidays: Collection[date] = (),
    ground: Ground = SOLID,
) -> Pattern:
    """Return whether an outcome changed with a change, by segmented regression of its periods.

    `frame` is the metric's own, one row a period (`series_of` says which columns it needs). What is told is the mean
    effect over all periods in which the change was in full effect: seen, against what the time before leads to expect.
    With the shape "level" the trend goes on as before, which finds smaller effects and assumes more. The interval allows
    for neighbouring periods that are alike (`noise`), and the same estimate is made at earlier dates. Across a day on which
    the data changed its meaning (`ground`, of `ground_of`) nothing is claimed, and periods that are not known are told.

    The table has a row a period: `period_start`, `value`, `phase` ("before", "change" or "after"), `fitted`, `expected`
    (without the change) and `expected_low` to `expected_high`, where 95 % of such periods would lie. The interval is that
    of the effect: of counts as a share of what was expected (0.1 is 10 % more), of all else in the outcome's own unit.
    The settings hold every figure that the statement quotes.

    Raises:
        ParameterError: a column is missing, a period comes twice, or k exceeds n.
    """
    study = study_of(frame, change, outcome=outcome, shape=shape, holidays=holidays, ground=ground)
    if study.lacks:
        words = f"Cannot tell whether {outcome.label} changed with {since(change)}: {study.lacks}."
        return Pattern("effect", words, table_of(study, None), settings=_asked(study, shape))
    if study.is_sparse:
        effect = sparse_effect(study)
        few = "There are too few cases for trend and weekdays: this is an exact interval of the two sides alone."
        words = " ".join(filter(None, (effect_statement(effect, study), few, unknown_words(study))))
        return Pattern(
            "effect", words, table_of(study, None), interval_of(effect, study), _settings(study, shape, effect)
        )
    found = study.fitted()
    effect = effect_of(found, study.judged)
    grid = found.regression.grid[[found.regression.best]]
    placebos = placebos_of(study, grid=grid, holidays=holidays)
    told = usual_statement if effect.is_beyond_noise and placebos.is_usual else effect_statement
    words = " ".join(filter(None, (told(effect, study), _alike(effect, study), placebos.says, unknown_words(study))))
    rank: dict[str, Value] = {
        "placebo_dates": placebos.dates, "placebo_larger": placebos.larger, "placebo_p": placebos.p_value,
        "is_usual": placebos.is_usual,
    }  # fmt: skip
    settings = {**_settings(study, shape, effect), **rank}
    return Pattern("effect", words, table_of(study, found), interval_of(effect, study), settings)


def effect_statement(effect: Effect, study: Study) -> str:
    """Return one sentence on the effect, or that there is none beyond noise and what would have been missed."""
    outcome, period = study.outcome, study.series.period
    size = interval_words(effect, outcome)
    if effect.is_beyond_noise:
        means = mean_words(effect, outcome, period=period)
        return f"{capital(outcome.label)} {direction(effect, outcome)} after {since(study.change)}: {size}, {means}."
    relative = outcome.kind == "count" and effect.expected > 0
    missed = f"{100 * effect.smallest / effect.expected:.0f} %" if relative else amount(effect.smallest, outcome)
    missed = missed.replace(" %", " points") if outcome.kind == "rate" else missed
    limits = "" if np.isnan(effect.smallest) else f" Less than {missed} would be missed more than one time in five."
    return f"No change in {outcome.label} beyond noise after {since(study.change)}: {size}.{limits}"


def usual_statement(effect: Effect, study: Study) -> str:
    """Return one sentence on an effect whose interval excludes nought, while earlier dates show the like by themselves."""
    size, means = interval_words(effect, study.outcome), mean_words(effect, study.outcome, period=study.series.period)
    what = f"What {study.outcome.label} did after {since(study.change)} is nothing out of the ordinary"
    return f"{what}, though more than noise from {study.series.period} to {study.series.period}: {size}, {means}."


def figures_of(effect: Effect) -> dict[str, Value]:
    """Return the figures of an effect by name."""
    found: dict[str, Value] = {
        name: getattr(effect, name)
        for name in (
            "value",
            "low",
            "high",
            "seen",
            "expected",
            "p_value",
            "smallest",
            "memory",
            "correlated",
            "widened",
        )
    }
    for name in ("ratio", "level", "slope"):
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), getattr(effect, name), strict=True))
    return {**found, "newey_west_low": effect.newey_west[0], "newey_west_high": effect.newey_west[1]}


def interval_of(effect: Effect, study: Study) -> tuple[float, float]:
    """Return the interval that a pattern carries: relative for counts, else in the outcome's own unit."""
    if study.outcome.kind == "count":
        return effect.ratio[1] - 1, effect.ratio[2] - 1
    return effect.low, effect.high


def table_of(study: Study, found: Fit | None) -> pd.DataFrame:
    """Return what was seen and expected in each period; without a fit, nothing was expected."""
    series, design = study.series, study.design
    phase = np.where(design.is_after & study.counts, "after", np.where(design.is_before, "before", "change"))
    table = pd.DataFrame({"period_start": series.starts, "value": series.shown, "phase": phase})
    if found is None:
        return table.assign(**dict.fromkeys(_EXPECTED, np.nan))
    return table.assign(**dict(zip(_EXPECTED, _expected(study, found), strict=True)))


def _expected(study: Study, found: Fit) -> list[Floats]:
    series, regression = study.series, found.regression
    still = study.design.without_change()
    fitted, expected = study.design.columns @ regression.mean, still @ regression.mean
    spread = spread_of(series, expected)
    half = student_quantile(0.975, regression.freedom) * np.sqrt(regression.of_one(still, spread))
    return [inverse_link(series.kind, line) for line in (fitted, expected, expected - half, expected + half)]


def _asked(study: Study, shape: Shape) -> dict[str, Value]:
    design = study.judged
    return {
        "outcome": study.outcome.label,
        "kind": study.outcome.kind,
        "unit": study.outcome.unit,
        "on": study.change.on.isoformat(),
        "change": study.change.name,
        "ramp_days": study.change.ramp_days,
        "washout_days": study.change.washout_days,
        "shape": shape,
        "period": study.series.period,
        "before": int(design.is_before.sum()),
        "after": int(design.is_after.sum()),
        "left_out": study.series.left_out,
        "unknown_before": study.unknown[0],
        "unknown_after": study.unknown[1],
    }


def _settings(study: Study, shape: Shape, effect: Effect) -> dict[str, Value]:
    return {**_asked(study, shape), **figures_of(effect)}


def _alike(effect: Effect, study: Study) -> str:
    if effect.correlated >= CORRELATED:
        return ""
    times = f"widened {effect.widened:.1f} times for it" if effect.widened > 1 else "wide enough for it"
    return (
        f"The {study.series.period}s are still alike beyond what the model allows for, and the interval is {times}: "
        "take it with care."
    )
