"""What was done about the cases and when, counted over all of them at once, however many there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.findings.dive.facts import OVERTURNED
from tskit.findings.escalation.columns import column, is_open
from tskit.findings.escalation.exposed import ACTED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pandas as pd

    from tskit.findings.escalation.look import Escalation
    from tskit.patterns import Known

__all__ = ["AUTOMATED", "Done", "done"]

_NOBODY = ("system", "automation")
AUTOMATED = {
    "AUTOMATED_DECISION_FULLY": "fully",
    "AUTOMATED_DECISION_PARTIALLY": "partly",
    "AUTOMATED_DECISION_NOT_AUTOMATED": "no",
}
_ACTIONS: Mapping[str, str] = {
    "DECISION_VISIBILITY_CONTENT_REMOVED": "content removed",
    "DECISION_VISIBILITY_CONTENT_DISABLED": "content blocked",
    "DECISION_VISIBILITY_CONTENT_DEMOTED": "content shown less",
    "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED": "content restricted by age",
    "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED": "interaction restricted",
    "DECISION_VISIBILITY_CONTENT_LABELLED": "content labelled",
    "DECISION_ACCOUNT_SUSPENDED": "account suspended",
    "DECISION_ACCOUNT_TERMINATED": "account closed",
    "DECISION_PROVISION_PARTIAL_SUSPENSION": "service suspended in part",
    "DECISION_PROVISION_TOTAL_SUSPENSION": "service suspended",
    "DECISION_PROVISION_PARTIAL_TERMINATION": "service ended in part",
    "DECISION_PROVISION_TOTAL_TERMINATION": "service ended",
    "DECISION_MONETARY_SUSPENSION": "payments suspended",
    "DECISION_MONETARY_TERMINATION": "payments ended",
}
_KINDS = ("decision_visibility", "decision_account", "decision_provision", "decision_monetary")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about some cases as of a moment.

    Moments are None where nothing of the kind happened, or the source does not tell. `untouched_cases` are open and
    nobody has worked on them. `acted_cases` are those whose standing decision is an action, in full or in part, and
    `by_action` says what was done to how many of them, `by_decision` what stands in all decided ones. `told_cases` are
    decided cases whose parties were told, `told_hours` is the median time from the decision until then. `automated` and
    `detected` count the cases of which the source says whether a machine decided or found them. What the source does not
    have is None, or an empty mapping.
    """

    cases: int
    first_report_at: datetime
    last_report_at: datetime
    first_touch_at: datetime | None
    first_decision_at: datetime | None
    first_action_at: datetime | None
    first_escalated_at: datetime | None
    last_decision_at: datetime | None
    open_cases: int
    untouched_cases: int | None
    decided_cases: int | None
    acted_cases: int | None
    told_cases: int | None
    told_hours: float
    last_told_at: datetime | None
    appeals: int | None
    appeals_pending: int
    overturned: int
    upheld: int
    first_appeal_at: datetime | None
    first_reversed_at: datetime | None
    late_cases: int | None
    worst: str
    by_decision: Mapping[str, int] = field(default_factory=dict[str, int])
    by_action: Mapping[str, int] = field(default_factory=dict[str, int])
    by_severity: Mapping[str, int] = field(default_factory=dict[str, int])
    automated: Mapping[str, int] = field(default_factory=dict[str, int])
    detected: Mapping[bool, int] = field(default_factory=dict[bool, int])


def done(escalation: Escalation) -> Done:
    """Return what was done about the cases of an escalation until the moment that it is seen from."""
    now, cases = escalation.known, escalation.cases
    decided = _decided(cases)
    told = _told(now, decided)
    touched = _touched(now)
    waiting = is_open(cases)
    appeal = column(cases, "appeal_status").fillna("none")
    acted = decided[decided["decision"].isin(ACTED)] if "decision" in decided else decided.head(0)
    severity = _counted(cases, "severity")
    return Done(
        cases=len(cases),
        first_report_at=cases["created_at"].min(),
        last_report_at=cases["created_at"].max(),
        first_touch_at=_first(touched),
        first_decision_at=_first(column(decided, "decided_at")),
        first_action_at=_first(_first_actions(decided)),
        first_escalated_at=_first(now.events.loc[now.events["event_type"].eq("escalated"), "occurred_at"]),
        last_decision_at=_last(column(decided, "decided_at")),
        open_cases=int(waiting.sum()),
        untouched_cases=_untouched(now, waiting, touched),
        decided_cases=len(decided) if "decided_at" in cases else None,
        acted_cases=len(acted) if "decision" in cases else None,
        told_cases=len(told) if now.has_log else None,
        told_hours=_median_hours(decided, told),
        last_told_at=_last(told),
        appeals=int(appeal.ne("none").sum()) if "appeal_status" in cases else None,
        appeals_pending=int(appeal.eq("pending").sum()),
        overturned=int(appeal.isin(OVERTURNED).sum()),
        upheld=int(appeal.eq("upheld").sum()),
        first_appeal_at=_first(column(cases, "appealed_at")),
        first_reversed_at=_first(column(cases, "appeal_decided_at")[appeal.isin(OVERTURNED)]),
        late_cases=_late(escalation),
        worst=max(severity, default=""),
        by_decision=_counted(decided, "decision"),
        by_action=_actions(acted),
        by_severity=severity,
        automated=_automated(decided),
        detected=_detected(cases),
    )


def _decided(cases: pd.DataFrame) -> pd.DataFrame:
    return cases[cases["decided_at"].notna()] if "decided_at" in cases else cases.head(0)


def _first_actions(decided: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Return when something was done about content, whatever became of it afterwards."""
    first = column(decided, "decision_initial").fillna(column(decided, "decision"))
    return column(decided, "decided_at")[first.isin(ACTED)]


def _told(now: Known, decided: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Return when the parties of each decided case were first told after its decision, by case."""
    events = now.events
    notices = events.loc[events["event_type"].eq("notified"), ["case_id", "occurred_at"]]
    if decided.empty:
        return notices.head(0).set_index("case_id")["occurred_at"]
    both = notices.merge(decided[["case_id", "decided_at"]], on="case_id")
    return both[both["occurred_at"] >= both["decided_at"]].groupby("case_id")["occurred_at"].min()


def _median_hours(decided: pd.DataFrame, told: pd.Series[pd.Timestamp]) -> float:
    if told.empty:
        return float("nan")
    took = told - decided.loc[told.index, "decided_at"]
    return float(took.dt.total_seconds().median() / 3600)


def _touched(now: Known) -> pd.Series[pd.Timestamp]:
    """Return when a person first worked on each case, by case: as the log says it, or the case where there is none."""
    if not now.has_log:
        return column(now.cases, "first_assigned_at").dropna()
    events = now.events
    is_person = events["actor_id"].notna() & ~events["actor_type"].isin(_NOBODY)
    return events[is_person].groupby("case_id")["occurred_at"].min()


def _untouched(now: Known, waiting: pd.Series[bool], touched: pd.Series[pd.Timestamp]) -> int | None:
    if not now.has_log and "first_assigned_at" not in now.cases:
        return None
    return int((waiting & ~now.cases["case_id"].isin(touched.index)).sum())


def _late(escalation: Escalation) -> int | None:
    targets = escalation.deadlines
    targets = targets[targets["kind"].eq("target") & targets["verdict"].ne("unknown")]
    return int(targets["verdict"].eq("missed").sum()) if len(targets) else None


def _actions(acted: pd.DataFrame) -> dict[str, int]:
    """Return what was done to how many cases, most first; a case can count under several."""
    counts: Counter[str] = Counter()
    for name in _KINDS:
        told = column(acted, name).explode().dropna().astype(str)
        counts.update(_ACTIONS.get(value, value.replace("_", " ").casefold()) for value in told.tolist())
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _automated(decided: pd.DataFrame) -> dict[str, int]:
    told = column(decided, "automated_decision").map(AUTOMATED).dropna()
    return {name: int(told.eq(name).sum()) for name in ("fully", "partly", "no")} if len(told) else {}


def _detected(cases: pd.DataFrame) -> dict[bool, int]:
    told = column(cases, "automated_detection").dropna().astype(bool)
    return {is_found: int(told.eq(is_found).sum()) for is_found in (True, False)} if len(told) else {}


def _counted(cases: pd.DataFrame, name: str) -> dict[str, int]:
    counts = column(cases, name).dropna().astype(str).value_counts()
    pairs = [(str(value), int(number)) for value, number in counts.items()]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _first(times: pd.Series[pd.Timestamp]) -> datetime | None:
    told = times.dropna()
    return told.min() if len(told) else None


def _last(times: pd.Series[pd.Timestamp]) -> datetime | None:
    told = times.dropna()
    return told.max() if len(told) else None
