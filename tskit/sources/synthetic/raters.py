"""Four reviewers who tag root causes of the sample: diligent, and wrong in ways that people are wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tskit.sources.synthetic.chance import stream
from tskit.sources.synthetic.quality import CAUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.problems import Problem, Problems

__all__ = ["RATERS", "round_lines", "tag_lines"]

RATERS = ("aisyah", "ben", "chloe", "dao")
_JUDGE = "meiling"
_RIGHT = {"aisyah": 0.84, "ben": 0.78, "chloe": 0.80, "dao": 0.74}
_MIXED_UP = {
    "RC1.2": ("RC2.1", "RC2.3"), "RC1.4": ("RC2.1", "RC2.2"), "RC2.1": ("RC1.2", "RC1.4"), "RC2.3": ("RC3.1", "RC1.2"),
    "RC3.1": ("RC2.3", "RC3.2"), "RC3.2": ("RC4.3", "RC3.1"), "RC3.3": ("RC3.1", "RC4.2"), "RC4.1": ("RC6.1", "RC8.3"),
    "RC4.2": ("RC4.4", "RC3.3"), "RC5.1": ("RC5.3", "RC6.4"), "RC5.3": ("RC5.1", "RC5.4"), "RC6.3": ("RC6.2", "RC3.2"),
    "RC5.2": ("RC5.3", "RC4.3"),
}  # fmt: skip
"""What each cause is taken for by somebody who errs."""
_BLAMES_PEOPLE = {"dao": 0.30}
"""How often a rater calls a gap in the guidance a reviewer's mistake."""
_NOTES = {"RC3": "The guidance names this case; nobody had gone through it with the shift."}
_MOST = 150  # cases of a stratum that the round takes
_UNTAGGED, _SKIPPED, _JUDGED = 0.04, 0.03, 0.85
_CLUSTER_SHARE = 0.3
_CONTRIBUTES = 0.15


@dataclass(frozen=True, slots=True)
class _Assigned:
    """A case of the round: why it went wrong in truth, its chance to be drawn, and who looks at it."""

    problem: Problem
    chance: float
    raters: tuple[str, str]


def round_lines(problems: Problems, *, plan: Plan) -> str:
    """Return the blind round over the wrong decisions as JSON lines; empty where nothing went wrong."""
    assigned = _assigned(problems, plan)
    cases = [
        {
            "case_id": one.problem.case_id,
            "stratum": one.problem.stratum,
            "inclusion_probability": round(one.chance, 6),
            "weight": round(1 / one.chance, 6),
            "raters": list(one.raters),
        }
        for one in assigned
    ]
    line = {
        "name": _name(plan),
        "is_blind": True,
        "design": "stratified",
        "seed": plan.seed,
        "question": "Why were these decisions wrong?",
        "author": _JUDGE,
        "at": _iso(_opened(plan)),
        "cases": cases,
    }
    return _lines([line] if cases else [])


def tag_lines(problems: Problems, *, plan: Plan) -> str:
    """Return the tags of the round, the judge's decisions where two disagree, and tags on the cluster, as JSON lines."""
    rng, name, start = stream(plan.seed, 21), _name(plan), _opened(plan)
    at = {rater: start + timedelta(hours=1 + 3 * n) for n, rater in enumerate(RATERS)}
    rows: list[dict[str, Any]] = []
    disputed: list[Problem] = []
    for one in _assigned(problems, plan):
        if rng.random() < _UNTAGGED:
            continue
        given = [_judgement(one.problem, rater, rng) for rater in one.raters]
        rows += [
            _row(one.problem.case_id, row, rater, _later(at, rater, rng), name)
            for rater, row in zip(one.raters, given, strict=True)
        ]
        if len({row["cause"] for row in given if row["cause"]}) > 1:
            disputed.append(one.problem)
    at[_JUDGE] = max(at.values()) + timedelta(hours=1)
    for problem in (problem for problem in disputed if rng.random() < _JUDGED):
        row = _words(problem, problem.cause, "high")
        rows.append(_row(problem.case_id, row, _JUDGE, _later(at, _JUDGE, rng), f"adjudication:{name}"))
    for problem in (problem for problem in problems.cluster if rng.random() < _CLUSTER_SHARE):
        rater = RATERS[int(rng.integers(len(RATERS)))]
        rows.append(_row(problem.case_id, _judgement(problem, rater, rng), rater, _later(at, rater, rng), ""))
    return _lines(sorted(rows, key=lambda row: (row["tagged_at"], row["key"])))


def _later(at: dict[str, datetime], person: str, rng: np.random.Generator) -> datetime:
    """Return when this person is done with one more case."""
    at[person] += timedelta(seconds=float(rng.uniform(25, 90)))
    return at[person]


def _assigned(problems: Problems, plan: Plan) -> list[_Assigned]:
    rng = stream(plan.seed, 20)
    pairs = list(combinations(RATERS, 2))
    found: list[_Assigned] = []
    for stratum in ("qa_incorrect", "overturned"):
        members = [problem for problem in problems.wrong if problem.stratum == stratum]
        taken = min(_MOST, len(members))
        drawn = sorted(rng.choice(len(members), taken, replace=False)) if members else []
        found += [
            _Assigned(members[row], taken / len(members), pairs[(len(found) + n) % len(pairs)])
            for n, row in enumerate(drawn)
        ]
    return found


def _judgement(problem: Problem, rater: str, rng: np.random.Generator) -> dict[str, Any]:
    if rng.random() < _SKIPPED:
        return {"kind": "skip", "cause": "", "contributing": [], "trigger": "", "confidence": "medium", "note": ""}
    right = rng.random() < _RIGHT[rater]
    near, far = _MIXED_UP[problem.cause]
    cause = problem.cause if right else near if rng.random() < 0.7 else far
    if problem.cause.startswith("RC2") and rng.random() < _BLAMES_PEOPLE.get(rater, 0.0):
        cause = "RC3.1"
    sure = rng.random() < (0.55 if right else 0.2)
    row = _words(problem, cause, "high" if sure else "medium" if rng.random() < 0.7 else "low")
    if rng.random() < _CONTRIBUTES:
        other = CAUSES[int(rng.integers(len(CAUSES)))]
        row["contributing"] = [other] if other != cause else []
    return row


def _words(problem: Problem, cause: str, confidence: str) -> dict[str, Any]:
    return {
        "kind": "tag",
        "cause": cause,
        "contributing": [],
        "trigger": problem.trigger,
        "confidence": confidence,
        # A reviewer's mistake as the primary cause needs one further why.
        "note": _NOTES.get(cause.partition(".")[0], ""),
    }


def _row(case_id: str, row: dict[str, Any], rater: str, at: datetime, name: str) -> dict[str, Any]:
    own = {"evidence": "", "tagger": rater, "tagged_at": _iso(at), "taxonomy_version": "", "round": name}
    return {"case_id": case_id, **row, **own, "key": f"sample:{name}:{case_id}:{rater}", "supersedes": ""}


def _name(plan: Plan) -> str:
    return f"{plan.until:%Y-%m}-wrong-decisions"


def _opened(plan: Plan) -> datetime:
    return datetime.fromtimestamp(plan.end, tz=UTC).replace(hour=1) + timedelta(days=1)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lines(rows: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
