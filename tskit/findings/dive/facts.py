"""What is on record of the cases: the figures that come first, and the facts side by side. Never case text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["OVERTURNED", "case_facts", "cases_side_by_side", "glance", "outcome"]

OVERTURNED = ("reversed", "partially_reversed")
_MOST_BESIDE = 4
_LATE = "missed"
_GROUPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Report": (
        ("case_number", "Case number"),
        ("record_type", "Kind of case"),
        ("source_type", "Raised by"),
        ("channel", "Channel"),
        ("created_at", "Opened"),
        ("market", "Market"),
        ("abuse_type_reported", "Reported as"),
        ("severity", "Severity"),
        ("priority", "Priority"),
    ),
    "Content": (
        ("entity_type", "What was reported"),
        ("component", "Which part of it"),
        ("content_id", "Item"),
        ("content_language", "Language"),
        ("ingestion_route", "Came in through"),
        ("content_created_at", "Uploaded"),
        ("reach", "Reach"),
        ("subject_account_id", "Account, as a pseudonym"),
    ),
    "Handling": (
        ("queue", "Last queue"),
        ("tier", "Tier"),
        ("status", "State"),
        ("closed_at", "Closed"),
        ("reopened_count", "Opened again"),
    ),
    "Decision": (
        ("decided_at", "Decided"),
        ("decision", "Decision"),
        ("policy_id", "Policy applied"),
        ("policy_version", "Version of it"),
        ("automated_decision", "Automation"),
        ("decided_queue", "Decided in the queue"),
        ("decided_vendor", "Decided at"),
        ("appeal_status", "Appeal"),
        ("qa_label_final", "Quality review"),
    ),
}
_AUTOMATION = {
    "AUTOMATED_DECISION_FULLY": "fully automated",
    "AUTOMATED_DECISION_PARTIALLY": "partly automated",
    "AUTOMATED_DECISION_NOT_AUTOMATED": "by people",
}


def glance(dive: Dive) -> Table:
    """Return the figures that come first, as tiles: time to close, the clock, moves, standstill, company, cause."""
    rows = _of_one(dive) if dive.is_one else _of_several(dive)
    frame = pd.DataFrame(rows, columns=["label", "value", "unit", "text", "change", "tone", "verdict", "target"])
    frame = frame.assign(spark=[[] for _ in rows], range="", key=[f"tile_{n}" for n in range(len(rows))])
    headers = [(name, name) for name in frame.columns]
    made = table(frame, headers, key="glance", title="At a glance", role="headlines")
    return replace(made, of_single_cases=True)


def case_facts(dive: Dive) -> Table:
    """Return what is on record, a fact a row; beside each other for up to four cases, and for more one case a row.

    Case text is not among them: it is in the review widget alone. Facts that no case has are left out.
    """
    if len(dive.case_ids) > _MOST_BESIDE:
        return cases_side_by_side(dive)
    cases = {case_id: dive.known.case(case_id) for case_id in dive.case_ids}
    rows = [
        (group, label, *(_fact(dive, name, case) for case in cases.values()))
        for group, facts in _GROUPS.items()
        for name, label in facts
        if any(name in case for case in cases.values())
    ]
    names = [f"case_{n}" for n in range(len(cases))]
    frame = pd.DataFrame(rows, columns=["group", "fact", *names])
    frame["group"] = frame["group"].mask(frame["group"].duplicated(), "")
    labels = ["On record"] if dive.is_one else list(dive.case_ids)
    headers = [("group", "About"), ("fact", "Fact"), *zip(names, labels, strict=True)]
    title = f"Case {dive.case_ids[0]}" if dive.is_one else f"{plural(len(cases), 'case')} side by side"
    made = table(frame, headers, key="facts", title=title, caption=_caption(dive))
    return replace(made, of_single_cases=True)


def cases_side_by_side(dive: Dive) -> Table:
    """Return one row a case: where, what, how long, how often it moved, its clock, its outcome and its company."""
    rows = [_row(dive, case_id) for case_id in dive.case_ids]
    headers = [
        ("case_id", "Case"),
        ("opened", "Opened"),
        ("market", "Market"),
        ("policy", "Policy"),
        ("severity", "Severity"),
        ("hours", "Hours open", "hours"),
        ("moves", "Moves (back)"),
        ("clock", "Target"),
        ("outcome", "Outcome"),
        ("company", "Tied to", "cases"),
        ("cause", "Cause"),
    ]
    frame = pd.DataFrame(rows, columns=[header[0] for header in headers])
    kept = [header for header in headers if frame[header[0]].notna().any()]
    return table(frame, kept, key="cases", title="The cases side by side", caption=_caption(dive), role="cases")


def outcome(dive: Dive, case: Mapping[str, Any]) -> str:
    """Return what became of a case in a few words."""
    first, now = case.get("decision_initial", case.get("decision")), case.get("decision", case.get("decision_initial"))
    parts = [f"{_words(first)}, now {_words(now)}" if first != now else _words(now) if now else "not decided"]
    appeal = case.get("appeal_status", "none")
    if appeal != "none":
        parts.append(f"appeal {_words(appeal)}")
    if "qa_label_final" in case:
        parts.append(f"review: {dive.words(case['qa_label_final'])}")
    return "; ".join(parts)


def _of_one(dive: Dive) -> list[tuple[object, ...]]:
    case_id, told = dive.case_ids[0], dive.course
    clock = told.clock.iloc[0]
    is_closed = pd.notna(clock["completed_at"])
    opened = float(told.stays["hours"].sum())
    longest = float(told.gaps["hours"].max()) if len(told.gaps) else 0.0
    back = int(told.moves["is_return"].sum())
    return [
        _tile("Closed after" if is_closed else "Open for", opened, "hours", verdict=_reopened(dive)),
        _clock_tile(clock),
        _tile(
            "Moves between queues",
            len(told.moves),
            "moves",
            verdict=f"{back} straight back" if back else "none back" if len(told.moves) else "stayed where it was",
            tone="worse" if back else "neutral",
        )
        if dive.known.has_log
        else _tile("Moves between queues", float("nan"), "moves", verdict="the source keeps no log"),
        _tile("Longest standstill", longest, "hours", verdict=_longest(dive)),
        _company_tile(dive, case_id),
    ]


def _of_several(dive: Dive) -> list[tuple[object, ...]]:
    clock, told = dive.course.clock, dive.course
    late = int(clock["verdict"].eq(_LATE).sum())
    due = int(clock["verdict"].isin(["met", _LATE]).sum())
    overturned = sum(dive.known.case(c).get("appeal_status") in OVERTURNED for c in dive.case_ids)
    company = dive.tied.loc[~dive.tied["linked_id"].isin(dive.case_ids), "linked_id"].nunique()
    return [
        _tile("Cases", len(dive.case_ids), "cases", verdict=_markets(dive)),
        _tile(
            "Missed their target",
            late,
            "cases",
            verdict=f"of {count(due)} that fell due",
            tone="worse" if late else "neutral",
        ),
        _tile(
            "Sent straight back",
            int(told.moves.loc[told.moves["is_return"], "case_id"].nunique()),
            "cases",
            verdict=f"{plural(len(told.moves), 'move')} in all",
        ),
        _tile("Overturned on appeal", overturned, "cases"),
        _tile("Further cases tied to them", company, "cases", verdict="see Linked cases"),
    ]


def _tile(label: str, value: float, unit: str, *, verdict: str = "", tone: str = "neutral") -> tuple[object, ...]:
    said = amount(value, unit if unit != "moves" else "")
    return label, value, unit, said, "", tone, verdict, ""


def _clock_tile(clock: pd.Series[Any]) -> tuple[object, ...]:
    verdict, over = str(clock["verdict"]), float(clock["over_hours"])
    tone = "worse" if verdict == _LATE else "better" if verdict == "met" else "neutral"
    if pd.isna(over):
        return _tile(
            "Target",
            float("nan"),
            "hours",
            verdict="no target is known" if verdict == "unknown" else f"{verdict}, as the source says",
            tone=tone,
        )
    label = "Past its target" if verdict == _LATE else "Before its target"
    return _tile(label, abs(over), "hours", verdict=f"target {verdict}", tone=tone)


def _company_tile(dive: Dive, case_id: str) -> tuple[object, ...]:
    linked = dive.tied.loc[dive.tied["case_id"].eq(case_id), "linked_id"].nunique()
    crowds = [crowd for crowd in dive.crowds if crowd.case_id == case_id and crowd.stands_out]
    verdict = "more than chance gives" if crowds else "no more than chance gives" if linked else "none found"
    return _tile("Linked cases", linked, "cases", verdict=verdict, tone="worse" if crowds else "neutral")


def _reopened(dive: Dive) -> str:
    again = len(dive.course.reopenings)
    return (
        f"opened again {plural(again, 'time')}" if again else "in all its stays" if len(dive.course.stays) > 1 else ""
    )


def _longest(dive: Dive) -> str:
    if dive.course.gaps.empty:
        return "never stood still for 4 h"
    row = dive.course.gaps.sort_values("hours").iloc[-1]
    return f"{row['kind']}, in {dive.words(row['queue'])}" if row["queue"] else str(row["kind"])


def _markets(dive: Dive) -> str:
    if "market" not in dive.known.cases:
        return ""
    return listed([country(str(market)) for market in dive.known.cases["market"].dropna().unique()])


def _row(dive: Dive, case_id: str) -> dict[str, object]:
    case, told = dive.known.case(case_id), dive.course.of(case_id)
    clock = told.clock.iloc[0]
    settled = dive.judged.settled.set_index("case_id")["cause"]
    back = int(told.moves["is_return"].sum())
    return {
        "case_id": case_id,
        "opened": dive.local(case["created_at"]),
        "market": country(str(case["market"])) if "market" in case else None,
        "policy": dive.words(case["policy_id"]) if "policy_id" in case else None,
        "severity": case.get("severity"),
        "hours": float(told.stays["hours"].sum()),
        "moves": f"{len(told.moves)} ({back})" if dive.known.has_log else None,
        "clock": clock["verdict"] if clock["verdict"] != "unknown" else None,
        "outcome": outcome(dive, case),
        "company": int(dive.tied.loc[dive.tied["case_id"].eq(case_id), "linked_id"].nunique()),
        "cause": _cause(dive, settled.get(case_id)),
    }


def _cause(dive: Dive, cause: object) -> str | None:
    return f"{cause} {dive.judged.taxonomy.name(cause)}" if isinstance(cause, str) and cause else None


def _fact(dive: Dive, name: str, case: Mapping[str, Any]) -> str | None:
    if name not in case:
        return None
    return _SAID.get(name, _as_words)(dive, case[name])


def _as_words(dive: Dive, value: object) -> str:
    return dive.words(value)


def _as_time(dive: Dive, value: Any) -> str:  # noqa: ANN401  # an instant
    return str(dive.local(value))


_SAID: Mapping[str, Callable[[Dive, Any], str]] = {
    **dict.fromkeys(("created_at", "content_created_at", "closed_at", "decided_at"), _as_time),
    **dict.fromkeys(("content_id", "subject_account_id", "policy_version", "case_number"), lambda _, value: str(value)),
    "market": lambda _, value: country(str(value)),
    "reach": lambda _, value: f"{count(float(value))} listeners",
    "reopened_count": lambda _, value: plural(int(value), "time") if value else "never",
    "automated_decision": lambda _, value: _AUTOMATION.get(str(value), str(value)),
}


def _words(value: object) -> str:
    return str(value).replace("_", " ")


def _caption(dive: Dive) -> str:
    said = f"As known on {dive.spoken(dive.known.until)}, {dive.zone.key}."
    past = " What came later is left out, and what nobody can date." if dive.known.is_past else ""
    return f"{said}{past} What was said stands in no table: open the case in the review widget to read it."
