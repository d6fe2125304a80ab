"""What must not get worse: an outcome beside the one that was meant, held to a margin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.patterns.impact.before_after import before_and_after
from tskit.patterns.impact.ground import SOLID
from tskit.patterns.impact.wording import amount, since

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    import pandas as pd

    from tskit.model import Pattern
    from tskit.patterns.impact.change import Change, Outcome
    from tskit.patterns.impact.ground import Ground

__all__ = ["guardrail"]


def guardrail(
    frame: pd.DataFrame,
    change: Change,
    *,
    outcome: Outcome,
    margin: float,
    holidays: Collection[date] = (),
    ground: Ground = SOLID,
) -> Pattern:
    """Return whether an outcome did not get worse by more than a margin, as a test of non-inferiority.

    The margin is in the outcome's own unit (of a rate 0.01 is one point), of counts a share of what was expected. The
    guardrail holds where even the worse end of the 95 % interval stays within the margin, it is broken where even the better
    end lies beyond, and else nobody can tell. The trend is taken to go on as before. Table, interval and settings are
    those of `before_and_after`, with `margin` and `verdict` ("holds", "broken" or "cannot tell").

    Raises:
        ParameterError: the outcome does not say which way is better, the margin is not above zero, or as
            `before_and_after`.
    """
    if not outcome.better or not margin > 0:
        raise ParameterError(f"A guardrail on {outcome.label} needs a margin above zero, and `better` to be 1 or -1.")
    found = before_and_after(frame, change, outcome=outcome, shape="level", holidays=holidays, ground=ground)
    if found.interval is None:
        return _told(found, "cannot tell", margin, found.statement)
    least, most = sorted(-outcome.better * end for end in found.interval)
    allowed, worst, best = (_size(part, outcome) for part in (margin, most, least))
    if most < margin:
        held = f"at worst it got worse by {worst}" if most > 0 else "it did not get worse"
        words = f"The guardrail holds: after {since(change)}, {held} ({outcome.label}, 95 %), and {allowed} is allowed."
        return _told(found, "holds", margin, words)
    if least > margin:
        words = f"The guardrail is broken: after {since(change)}, {outcome.label} got worse by at least {best} (95 %), and {allowed} is allowed."
        return _told(found, "broken", margin, words)
    words = (
        f"Cannot tell whether the guardrail holds: after {since(change)}, {outcome.label} may have got worse by up to "
        f"{worst} (95 %), and {allowed} is allowed."
    )
    return _told(found, "cannot tell", margin, words)


def _told(found: Pattern, verdict: str, margin: float, words: str) -> Pattern:
    settings = {**found.settings, "margin": margin, "verdict": verdict}
    return replace(found, kind="guardrail", statement=words, settings=settings)


def _size(value: float, outcome: Outcome) -> str:
    if outcome.kind == "count":
        return f"{100 * value:.3g} %"
    return amount(value, outcome).replace(" %", " points")
