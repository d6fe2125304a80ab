"""What the sample's team made of the drifted guideline: a chain of whys, and three actions against it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tskit.sources.synthetic.clock import epoch
from tskit.stats import proportion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.problems import Problems
    from tskit.sources.synthetic.stories import Story

__all__ = ["action_lines", "why_lines"]

_AUTHOR = "meiling"
_TRAINED_AFTER = timedelta(days=42)
"""The team trained people first, since the mistakes looked like theirs; the guideline stayed as it was."""
_CAUSE = "RC2.1"


def why_lines(problems: Problems, *, plan: Plan) -> str:
    """Return the chain of whys about the drifted guideline as JSON lines; empty where the story is not told."""
    story = plan.stories.get("guideline_drift")
    if story is None:
        return ""
    at = _moment(plan.until + timedelta(days=2))  # once the round is tagged
    return _lines([{"subject": f"cause:{_CAUSE}", "steps": _steps(problems, story), "author": _AUTHOR, "at": at}])


def _steps(problems: Problems, story: Story) -> list[dict[str, str]]:
    shown = [one.case_id for one in problems.checked if not one.is_right and one.cause == _CAUSE][:2]
    seen = " and ".join(f"case:{case_id}" for case_id in shown) or "the ratings of the quality sample"
    day = f"{story.first.day} {story.first:%B %Y}"
    rows = (
        ("Reviewers at Lumen judged impersonation and scams by examples that no longer hold", seen, "RC3.1"),
        ("The site worked from a copy of the guideline that is older than the change", f"The guideline of {day}, beside the site's copy", "RC1.4"),
        ("Nobody replaces a site's copy when a guideline changes", f"The mail about the change of {day} went to the team in Singapore alone", "RC2.1"),
        ("A change counts as published once the page is online, without examples and without word from the sites", "The procedure for changes: its last step is to publish the page", _CAUSE),
    )  # fmt: skip
    return [{"why": why, "evidence": evidence, "cause": cause} for why, evidence, cause in rows]


def action_lines(problems: Problems, *, plan: Plan) -> str:
    """Return three actions as JSON lines, each state a line; empty where the story is not told.

    One is in effect, and its figure was taken before it; one is past its day, and one is not due yet.
    """
    story = plan.stories.get("guideline_drift")
    if story is None:
        return ""
    trained, until = story.first + _TRAINED_AFTER, plan.until
    where = [[column, list(story.where[column])] for column in ("decided_vendor", "policy_id")]
    shared = {"where": where, "baseline": _baseline(problems, story.first, trained)}
    train, replace, confirm = (row | shared for row in _actions(trained, until))
    done = train | {"done_on": trained.isoformat(), "at": _moment(trained + timedelta(days=1))}
    return _lines([train, done, replace, confirm])


def _actions(trained: date, until: date) -> list[dict[str, Any]]:
    asked = until - timedelta(days=20)
    rows = (
        ("train-lumen", "Train the reviewers at Lumen again on impersonation and scams", "RC3.1", "Lumen, team lead", "vendor", trained, trained),
        ("replace-copies", "Add worked examples to the guideline, and replace the copy at every site", _CAUSE, "Policy, guidelines", "policy", until - timedelta(days=6), asked),
        ("confirm-changes", "Close a change of a guideline only when every site has confirmed it", "RC1.4", "Operations, changes", "operations", until + timedelta(days=19), asked),
    )  # fmt: skip
    names = ("id", "what", "cause", "owner", "partner")
    return [
        dict(zip(names, row, strict=False))
        | {"due": due.isoformat(), "metric": "accuracy", "done_on": "", "is_dropped": False}
        | {"author": _AUTHOR, "at": _moment(at)}
        for *row, due, at in rows
    ]


def _baseline(problems: Problems, start: date, end: date) -> dict[str, Any] | None:
    """Return how many decisions of these days were right, as the metric `accuracy` says; None where none was looked at."""
    since, before = epoch(start), epoch(end)
    found = [one.is_right for one in problems.checked if since <= one.decided < before]
    if not found:
        return None
    k, n = sum(found), len(found)
    value, low, high = (round(float(part), 6) for part in (k / n, *proportion(k, n)))
    days = {"start": start.isoformat(), "end": end.isoformat()}
    return {"value": value, "low": low, "high": high, "k": k, "n": n, **days}


def _moment(day: date) -> str:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _lines(rows: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
