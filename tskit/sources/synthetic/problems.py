"""The decisions that went wrong of late: what a session on root causes looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.arrivals import CLUSTER
from tskit.sources.synthetic.outcome import APPEALS
from tskit.sources.synthetic.quality import CAUSES, ERRORS, drifted

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Text
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.rows import Cases
    from tskit.sources.synthetic.world import Bools, Ints

__all__ = ["WEEKS", "Checked", "Problem", "Problems"]

WEEKS = 12
_REVERSED = [APPEALS.index(result) for result in ("reversed", "partially_reversed")]
_TECHNICAL = ERRORS.index("TE")


@dataclass(frozen=True, slots=True)
class Problem:
    """One case of a problem set: why it went wrong in truth, and what set it off."""

    case_id: str
    stratum: str
    cause: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision under the drifted guideline that quality review looked at: when it was made, and what was found."""

    case_id: str
    decided: int
    is_right: bool
    cause: str


@dataclass(slots=True)
class Problems:
    """The wrong decisions of the last twelve weeks, and what two stories touched; it grows with every batch."""

    wrong: list[Problem] = field(default_factory=list[Problem])
    checked: list[Checked] = field(default_factory=list[Checked])
    cluster: list[Problem] = field(default_factory=list[Problem])

    def note(self, cases: Cases, case_ids: Text, *, plan: Plan, lost: Ints) -> None:
        """Add what a batch holds of them; the rows at the positions `lost` never become cases."""
        quality, outcome = cases.quality, cases.outcome
        since = plan.end - WEEKS * 7 * 86_400
        kept = ~np.isin(np.arange(len(cases.intake)), lost)
        sampled = (quality.at < plan.end) & quality.is_wrong_final & (quality.error != _TECHNICAL)
        is_incorrect = kept & sampled & (cases.work.decided >= since)
        reversed_ = (outcome.answered < plan.end) & np.isin(outcome.result, _REVERSED)
        is_overturned = kept & ~is_incorrect & reversed_ & (outcome.answered >= since)
        for stratum, hit in (("qa_incorrect", is_incorrect), ("overturned", is_overturned)):
            self.wrong += [Problem(key, stratum, CAUSES[cause]) for key, cause in _hits(hit, case_ids, quality.cause)]
        found = _hits(kept & (cases.intake.origin == CLUSTER), case_ids, quality.cause)
        self.cluster += [Problem(key, "cluster", "RC5.2", "RC7.2") for key, _ in found]
        is_technical = quality.is_wrong_final & (quality.error == _TECHNICAL)
        seen = kept & drifted(cases.intake, cases.work, plan=plan) & (quality.at < plan.end) & ~is_technical
        self.checked += [
            Checked(key, int(cases.work.decided[row]), not quality.is_wrong_final[row], CAUSES[int(quality.cause[row])])
            for row, key in ((int(row), case_ids[int(row)].as_py()) for row in np.flatnonzero(seen))
        ]


def _hits(hit: Bools, case_ids: Text, cause: Ints) -> list[tuple[str, int]]:
    return [(case_ids[int(row)].as_py(), int(cause[row])) for row in np.flatnonzero(hit)]
