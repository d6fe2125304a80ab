"""The ground truth that is noted down while the sample is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.sources.synthetic.arrivals import CLUSTER, INCIDENT, SPIKE
from tskit.sources.synthetic.dirty import FAULTS
from tskit.sources.synthetic.quiet import quiet_weekend
from tskit.sources.synthetic.world import POLICIES, QUEUE_SITE, QUEUES, SITES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Text
    from tskit.sources.synthetic.dirty import Soil
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.rows import Cases
    from tskit.sources.synthetic.stories import Story
    from tskit.sources.synthetic.world import Bools

__all__ = ["Ledger"]

_MOST_IDS = 5000
_ORIGINS = {"scam_spike": SPIKE, "impersonation_cluster": CLUSTER, "incident": INCIDENT}
_COUNTED = {
    "scam_spike": "further cases that arrived",
    "guideline_drift": "sampled decisions that were found wrong",
    "mix_shift": "further appeals",
    "holiday_backlog": "cases that nobody touched before the site opened again",
    "impersonation_cluster": "cases of the cluster",
    "inverted_field": "cases with the inverted value",
    "incident": "further cases that arrived",
}


@dataclass(slots=True)
class Ledger:
    """Counts and keys by story; it grows with every batch and is read once, at the end."""

    rows: Counter[str] = field(default_factory=Counter[str])
    touched: Counter[str] = field(default_factory=Counter[str])
    keys: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    incident: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the incident holds beside the cases that it touched."""

    def note(self, cases: Cases, case_ids: Text, *, plan: Plan) -> None:
        """Add what a batch holds of each story."""
        for name in plan.stories:
            hit = _hit(name, cases, plan)
            self.touched[name] += int(hit.sum())
            kept = self.keys.setdefault(name, [])
            room = _MOST_IDS - len(kept)
            if name != "inverted_field" and room > 0:
                kept.extend(case_ids[int(row)].as_py() for row in np.flatnonzero(hit)[:room])

    def told(self, plan: Plan, dirt: Soil) -> dict[str, Any]:
        """Return the whole truth as plain JSON values."""
        return {
            "arguments": {
                "cases": plan.cases,
                "seed": plan.seed,
                "until": plan.until.isoformat(),
                "stories": sorted(plan.stories),
            },
            "first_day": plan.first.isoformat(),
            "rows": dict(self.rows),
            "events_of_rejected_cases": self.touched["events_of_rejected_cases"],
            "dirty": _dirty(dirt),
            "quiet_weekend": quiet_weekend(plan.until),
            "stories": [self._story(story) for story in plan.stories.values()],
        }

    def _story(self, story: Story) -> dict[str, Any]:
        return {
            "name": story.name,
            "what": story.what,
            "where": {column: list(values) for column, values in story.where.items()},
            "from": story.first.isoformat(),
            "to": story.last.isoformat(),
            "size": {"cases": self.touched[story.name], "counted": _COUNTED[story.name], **story.size},
            "case_ids": self.keys.get(story.name, []),
            **(self.incident if story.name == "incident" else {}),
        }


def _dirty(dirt: Soil) -> dict[str, Any]:
    counts = dirt.counts()
    return {
        fault.name: {
            "rows": counts[fault.name],
            "column": fault.column,
            "rejected": fault.reason if not fault.flag or fault.name == "same_key" else "",
            "flag": fault.flag,
            "reason": fault.reason,
        }
        for fault in FAULTS
    }


def _hit(name: str, cases: Cases, plan: Plan) -> Bools:
    """Tell which cases a story touched."""
    intake, work, quality = cases.intake, cases.work, cases.quality
    start, end = plan.story_seconds(name) or (0, 0)
    match name:
        case "scam_spike" | "impersonation_cluster" | "incident":
            return intake.origin == _ORIGINS[name]
        case "mix_shift":
            return cases.outcome.is_late
        case "inverted_field":
            return (intake.created >= start) & (intake.created < end)
        case "holiday_backlog":
            queues = [i for i, queue in enumerate(QUEUES) if queue in plan.stories[name].where["queue"]]
            return np.isin(intake.queue, queues) & (intake.created < end) & (work.accepted >= end)
        case _:
            where = plan.stories[name].where
            policies = [i for i, policy in enumerate(POLICIES) if policy.code in where["policy_id"]]
            queues = [i for i in range(len(QUEUES)) if _vendor_of(i) in where["decided_vendor"]]
            here = np.isin(intake.policy, policies) & np.isin(work.decided_queue, queues) & ~intake.is_automated
            return here & (work.decided >= start) & (quality.at < plan.end) & quality.is_wrong_final


def _vendor_of(queue: int) -> str:
    return SITES[QUEUE_SITE[queue]].vendor
