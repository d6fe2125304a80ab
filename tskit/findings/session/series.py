"""Frames for a session's charts, with the words that belong above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes import PROBLEMS
from tskit.causes.fishbone import fishbone
from tskit.causes.segments import FEWEST
from tskit.findings.series import Series
from tskit.findings.wording import amount, count, limit, listed, plural

if TYPE_CHECKING:
    from tskit.findings.session.sitting import Session

__all__ = ["bones", "course", "problem_words", "ranking", "segment_grid"]

_MOST_CAUSES = 7
_MOST_VALUES = 8
_MOST_COURSES = 5


def problem_words(session: Session) -> str:
    """Return what the cases of the problem set are called, in the plural and in a few words."""
    names = set(session.asked.problems) - set(session.missing)
    if names <= {"qa_incorrect", "overturned"}:
        return PROBLEMS[names.pop()].words if len(names) == 1 else "wrong decisions"
    return PROBLEMS[names.pop()].words if len(names) == 1 else "cases of the problem set"


def ranking(session: Session) -> Series:
    """Return the causes by frequency, with their intervals, running sum and severity-weighted share."""
    ranked = session.ranked
    frame = ranked.table.assign(name=[session.name(cause) for cause in ranked.table["cause"]])
    weights = ", ".join(f"{name} {limit(weight, '')}" for name, weight in session.asked.severity_weights.items())
    parts = [f"{plural(ranked.tagged, 'settled case')} of {problem_words(session)}", _beside(session)]
    parts.append(f"diamonds: weighted by severity ({weights})")
    return Series(frame, f"Causes of {problem_words(session)}", "; ".join(part for part in parts if part))


def _beside(session: Session) -> str:
    ranked = session.ranked
    open_cases = ranked.disputed + ranked.untagged
    told = f"beside them {count(open_cases)} without a settled cause" if open_cases else "none without a settled cause"
    if open_cases:
        told += f" ({amount(ranked.untagged_share.value, 'share')})"
    right = f", {count(ranked.not_an_error)} not an error" if ranked.not_an_error else ""
    return told + right


def segment_grid(session: Session) -> Series:
    """Return the share of the most frequent causes in each segment, those that stand out marked."""
    table = session.places.table
    top = [cause for cause in session.ranked.table["cause"] if cause in set(table["cause"])][:_MOST_CAUSES]
    rows = table[table["cause"].isin(top) & (table["n"] >= FEWEST)]
    if rows.empty:
        return Series(pd.DataFrame(columns=_GRID), "Causes by segment", "No segment has enough settled cases")
    sizes = rows.groupby(["columns", "segment"], sort=False)["n"].first()
    kept = {
        pair
        for _, part in sizes.groupby(level=0, sort=False)
        for pair in part.sort_values(ascending=False, kind="stable").index[:_MOST_VALUES]
    }
    rows = rows[[(columns, segment) in kept for columns, segment in zip(rows["columns"], rows["segment"], strict=True)]]
    frame = pd.DataFrame(
        {
            "group": [_LABELS.get(columns[0], columns[0].replace("_", " ")) for columns in rows["columns"]],
            "segment": [session.words(str(segment)) for segment in rows["segment"]],
            "cause": rows["cause"].to_numpy(),
            "name": [session.name(cause) for cause in rows["cause"]],
            **{
                name: rows[name].to_numpy()
                for name in ("k", "n", "value", "low", "high", "rest_value", "q", "stands_out")
            },
        }
    )
    order = {session.by[i]: i for i in range(len(session.by))}
    frame = frame.assign(
        _group=[order.get(columns[0], 9) for columns in rows["columns"]],
        _cause=[top.index(cause) for cause in frame["cause"]],
    ).sort_values(["_group", "n", "segment", "_cause"], ascending=[True, False, True, True], kind="stable")
    subtitle = f"Share of settled cases; outlined: more than elsewhere beyond noise, corrected for {count(session.places.looked_at)} comparisons"
    return Series(frame.drop(columns=["_group", "_cause"]).reset_index(drop=True), "Causes by segment", subtitle)


def course(session: Session) -> Series:
    """Return the cases of each cause by week or month; the fifth and later causes are one."""
    table = session.course.table
    top = list(session.ranked.table["cause"])[:_MOST_COURSES]
    named = {cause: session.name(cause) for cause in top}
    frame = table.assign(cause=[named.get(cause, "Other causes") for cause in table["cause"]])
    frame = frame.groupby(["period_start", "cause", "is_complete"], sort=False, as_index=False)[["k", "estimate"]].sum()
    order = {name: i for i, name in enumerate([*named.values(), "Other causes"])}
    frame = frame.sort_values(
        ["period_start", "cause"], key=lambda c: c.map(order) if c.name == "cause" else c, kind="stable"
    )
    points = session.course.points
    told = f"By {session.course.period} in which the case went wrong"
    told += f"; {plural(points, f'whole {session.course.period}')}: too few to speak of a trend" if points < 8 else ""
    return Series(frame.reset_index(drop=True), f"Causes of {problem_words(session)} over time", told)


def bones(session: Session) -> Series:
    """Return the causes on Ishikawa's branches."""
    frame = fishbone(session.ranked, taxonomy=session.log.taxonomy)
    found = [branch for branch in dict.fromkeys(frame.loc[frame["k"] > 0, "branch"]) if branch]
    title = f"Fishbone of {problem_words(session)}"
    return Series(frame, title, f"{plural(session.ranked.tagged, 'settled case')} on {listed(found) or 'no branch'}")


_GRID = ["group", "segment", "cause", "name", "k", "n", "value"]
_LABELS = {
    "decided_vendor": "Decided at",
    "vendor": "Vendor",
    "policy_id": "Policy",
    "market": "Market",
    "queue": "Queue",
    "decided_queue": "Decided in",
    "content_language": "Language",
}
