"""How cases are decided, and what becomes of appeals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.chance import even, lognormal, pick, yes
from tskit.sources.synthetic.intake import ORDERS
from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import POLICIES

if TYPE_CHECKING:
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.work import Work
    from tskit.sources.synthetic.world import Bools, Floats, Ints

__all__ = ["ACTION", "APPEALS", "DECISIONS", "DUPLICATE", "INVALID", "NO_ACTION", "PARTIAL", "Outcome", "decide"]

DECISIONS = ("no_action", "action", "partial", "duplicate", "invalid")
NO_ACTION, ACTION, PARTIAL, DUPLICATE, INVALID = range(len(DECISIONS))

APPEALS = ("upheld", "partially_reversed", "reversed", "omitted")
_UPHELD, _PARTLY, _REVERSED, _OMITTED = range(len(APPEALS))

_HOUR = 3600.0
_DAY = 86_400
_LATE_SHARE = 0.14
_LATE_FROM, _LATE_TO = 180, 16  # days before the story in which the late appeals' decisions lie


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first decision of each case, and its appeal; `result` counts only where `appealed` is not `NEVER`."""

    first: Ints
    appealed: Ints
    answered: Ints
    result: Ints
    is_late: Bools

    def is_action(self) -> Bools:
        """Tell which cases were first decided against the content."""
        return (self.first == ACTION) | (self.first == PARTIAL)

    def current(self, end: int) -> Ints:
        """Return the decision as it stands at `end`."""
        answered = self.answered < end
        changed = np.where(answered & (self.result == _REVERSED), NO_ACTION, self.first)
        return np.where(answered & (self.result == _PARTLY), PARTIAL, changed)


def decide(intake: Intake, work: Work, *, plan: Plan, rng: np.random.Generator) -> Outcome:
    """Return the outcome of every case."""
    first = _decisions(intake, rng)
    is_action = (first == ACTION) | (first == PARTIAL)
    appealed, answered = _appeals(intake, work, is_action, rng)
    late = _late(intake, work, is_action & (appealed == NEVER), plan=plan, rng=rng)
    is_late = late[0] < NEVER
    appealed, answered = np.where(is_late, late[0], appealed), np.where(is_late, late[1], answered)
    return Outcome(first, appealed, answered, _results(intake.policy, answered, rng), is_late)


def _decisions(intake: Intake, rng: np.random.Generator) -> Ints:
    actioned = np.array([policy.actioned for policy in POLICIES])
    people = np.stack([_weights(actioned), _weights(np.full(len(POLICIES), 0.9))], axis=1)
    orders = np.isin(intake.source, ORDERS).astype(np.int64)
    drawn = pick(rng, people.reshape(-1, len(DECISIONS)), intake.policy * 2 + orders)
    return np.where(intake.is_automated, np.where(yes(rng, 0.93, len(intake)), ACTION, NO_ACTION), drawn)


def _weights(actioned: Floats) -> Floats:
    duplicate, invalid = np.full_like(actioned, 0.02), np.full_like(actioned, 0.015)
    rest = 1 - actioned - duplicate - invalid
    return np.stack([rest, 0.96 * actioned, 0.04 * actioned, duplicate, invalid], axis=1)


def _appeals(intake: Intake, work: Work, is_action: Bools, rng: np.random.Generator) -> tuple[Ints, Ints]:
    n = len(intake)
    share = np.array([policy.appealed for policy in POLICIES])[intake.policy]
    wants = is_action & yes(rng, share, n)
    wait = lognormal(rng, 34.0, 1.0, n).clip(0.2, 13.4 * 24) * _HOUR
    appealed = work.closed_first + wait.astype(np.int64)
    answer = lognormal(rng, 58.0, 0.5, n) * _HOUR
    answered = appealed + answer.astype(np.int64)
    return np.where(wants, appealed, NEVER), np.where(wants, answered, NEVER)


def _late(intake: Intake, work: Work, may: Bools, *, plan: Plan, rng: np.random.Generator) -> tuple[Ints, Ints]:
    n = len(intake)
    nothing = np.full(n, NEVER)
    story = plan.story_seconds("mix_shift")
    if story is None:
        return nothing, nothing
    start, end = story
    spam = [policy.code for policy in POLICIES].index("DEC-SPAM")
    window = (work.decided > start - _LATE_FROM * _DAY) & (work.decided < start - _LATE_TO * _DAY)
    chosen = may & window & (intake.policy == spam) & yes(rng, _LATE_SHARE, n)
    appealed = rng.integers(start - _DAY, end - 3 * _DAY, n)
    answered = np.maximum(appealed + (lognormal(rng, 40.0, 0.3, n) * _HOUR).astype(np.int64), start + 60)
    return np.where(chosen, appealed, nothing), np.where(chosen, answered, nothing)


def _results(policy: Ints, answered: Ints, rng: np.random.Generator) -> Ints:
    share = np.array([policy.overturned for policy in POLICIES])[policy]
    result = np.full(len(policy), _UPHELD)
    asked = np.flatnonzero(answered < NEVER)
    drawn = even(rng, answered[asked], policy[asked])
    share = share[asked]
    # Withdrawn appeals are left out of the rate, so they come from the far end of the scale.
    outcome = np.where(drawn < 0.98, _UPHELD, _OMITTED)
    outcome = np.where(drawn < 0.98 * share, _PARTLY, outcome)
    result[asked] = np.where(drawn < 0.84 * share, _REVERSED, outcome)
    return result
