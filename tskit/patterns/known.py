"""What was known of some cases at a moment: their columns and their log, with nothing from later."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from tskit.cases.copied import require_copy
from tskit.errors import ParameterError
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["Event", "Known", "known", "named_ids"]

_LOG = ("case_id", "event_type", "occurred_at", "seq", "actor_id", "actor_type", "from_queue", "to_queue")
_FROM_THE_START = (
    *("case_id", "case_number", "parent_case_id", "record_type", "channel", "source_type", "source_identity"),
    *("content_id", "entity_type", "component", "subject_account_id", "ingestion_route", "content_duration_s"),
    *(
        "content_type",
        "content_language",
        "content_created_at",
        "market",
        "abuse_type_reported",
        "severity",
        "priority",
    ),
    *("created_at", "sla_target_at", "dq_flags", "_source", "_source_row"),
)
"""What is known of a case when it is opened; severity and priority as the source last had them."""
_FROM: Mapping[str, tuple[str, ...]] = {
    "first_assigned_at": (),
    "first_response_at": (),
    "decided_at": (
        *(
            "decision",
            "decision_initial",
            "decided_by",
            "decided_vendor",
            "decided_queue",
            "policy_id",
            "policy_version",
        ),
        *("decision_ground", "decision_visibility", "decision_monetary", "decision_provision", "decision_account"),
        *("restriction_end_at", "automated_decision", "handle_seconds", "reach"),
    ),
    "closed_at": ("sla_met",),
    "appealed_at": ("appeal_status",),
    "appeal_decided_at": (),
}
"""What is known from the moment in that column on. Whatever stands in neither list may tell of what came later."""
_NOBODY = ("system", "automation")
_SALESFORCE_SHORT = 15
_MOST_HINTS = 2_000


class Event(NamedTuple):
    """One row of a case's log; what is blank is empty."""

    event_type: str
    at: pd.Timestamp
    from_queue: str
    to_queue: str
    is_by_person: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Some cases as they were known at `until`: one row a case in `cases`, one row a change in `events`.

    `events` is empty where the source keeps no log (`has_log` says so). Both are in the order of `case_ids`, the log
    then by time and the order within a case. `later` counts the events that lie after `until`, by case; `is_past` says
    whether `until` lies before the end of the data, so that what the columns say of the end was taken out.
    """

    case_ids: tuple[str, ...]
    cases: pd.DataFrame = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    has_log: bool
    until: datetime
    is_past: bool
    later: Mapping[str, int] = field(default_factory=dict[str, int], repr=False)

    def case(self, case_id: str) -> dict[str, Any]:
        """Return the values of one case by column; what the source lacks, or what is blank, is not among them."""
        row = self.cases.loc[case_id]
        return {str(name): value for name, value in row.items() if not _is_blank(value)}

    def log(self, case_id: str) -> list[Event]:
        """Return the log of one case in its order."""
        rows = self.events[self.events["case_id"] == case_id]
        is_person = rows["actor_id"].notna() & ~rows["actor_type"].isin(_NOBODY)
        columns = (
            rows["event_type"],
            rows["occurred_at"],
            *(rows[name].fillna("") for name in ("from_queue", "to_queue")),
        )
        return [Event(*row) for row in zip(*columns, is_person, strict=True)]


def known(case_set: CaseSet, case_ids: Sequence[str], *, until: datetime | None = None) -> Known:
    """Return what was known of the cases at `until`, or at the end of the data.

    The log is put in order (a source may write it out of order), and second rows of one change are left out. At an
    earlier moment every column that tells of what came later is blank: a decision before it was made, a result of
    quality review, how often the case was to be reopened.

    Raises:
        ParameterError: an id is unknown, or a case did not exist yet.
        SourceError: the source is asked in place, where single cases stay.
    """
    ids = named_ids(case_set, case_ids)
    moment = case_set.as_of if until is None else min(until, case_set.as_of)
    is_past = until is not None and until < case_set.as_of
    cases = fetched(case_set.cases.filter(case_set.cases.case_id.isin(ids))).set_index("case_id", drop=False).loc[ids]
    cases.index.name = None
    _refuse_unborn(cases, moment)
    log = _log(case_set, ids)
    events = log[log["occurred_at"] <= pd.Timestamp(moment)].reset_index(drop=True)
    later = log.loc[log["occurred_at"] > pd.Timestamp(moment), "case_id"].value_counts().to_dict()
    if is_past:
        cases = _without_the_future(cases, events, moment)
    counted = {str(case_id): count for case_id, count in later.items()}
    return Known(tuple(ids), cases, events, case_set.events is not None, moment, is_past, counted)


def named_ids(case_set: CaseSet, given: Sequence[str]) -> list[str]:
    """Return the case ids that were named, each once: by id, by an id of 15 characters, or by case number.

    Raises:
        ParameterError: none was named, or one is unknown; the message names the nearest id.
        SourceError: the source is asked in place, where single cases stay.
    """
    require_copy(case_set)
    asked = list(dict.fromkeys(text for name in given if (text := name.strip())))
    if not asked:
        raise ParameterError("Name at least one case: case_id takes an id or a list of ids, as in -p case_id=ID.")
    cases = case_set.cases
    exact = set(_ids(cases.filter(cases.case_id.isin(asked))))
    left = [name for name in asked if name not in exact]
    found = dict.fromkeys(exact, "") | _by_other_names(cases, left) if left else dict.fromkeys(exact, "")
    for name in asked:
        if name not in found:
            raise ParameterError(f"There is no case {name!r} in this source. {_nearest(cases, name)}")
    return list(dict.fromkeys(found[name] or name for name in asked))


def _by_other_names(cases: ir.Table, names: Sequence[str]) -> dict[str, str]:
    """Return the ids of cases that go by these names, where a name means one case only."""
    short = [name for name in names if len(name) == _SALESFORCE_SHORT]
    found: dict[str, list[str]] = {}
    if short:
        head = cases.case_id.substr(0, _SALESFORCE_SHORT)
        for case_id in _ids(cases.filter(head.isin(short))):
            found.setdefault(case_id[:_SALESFORCE_SHORT], []).append(case_id)
    if "case_number" in cases.columns:
        rows = cases.filter(cases.case_number.isin(list(names))).select("case_number", "case_id")
        for number, case_id in fetched(rows).itertuples(index=False, name=None):
            found.setdefault(str(number), []).append(str(case_id))
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _nearest(cases: ir.Table, name: str) -> str:
    """Return the sentence that leads to the nearest id; only ids of about the same length and beginning are compared."""
    for length in range(len(name) - 1, 0, -1):
        some = _ids(cases.filter(cases.case_id.startswith(name[:length])).limit(_MOST_HINTS))
        if some:
            near = get_close_matches(name, some, n=1)
            return f"Did you mean {near[0]!r}?" if near else "Look it up in the system of record."
    return "Look the id up in the system of record; it may belong to another source."


def _refuse_unborn(cases: pd.DataFrame, moment: datetime) -> None:
    unborn = cases.index[cases["created_at"] > pd.Timestamp(moment)]
    if len(unborn):
        raise ParameterError(
            f"The case {unborn[0]!r} was opened after {moment:%Y-%m-%d %H:%M} UTC; set 'until' to a later time."
        )


def _log(case_set: CaseSet, ids: Sequence[str]) -> pd.DataFrame:
    """Return the log of the cases in the order of the ids, then by time and the order within a case."""
    if case_set.events is None:
        return pd.DataFrame({name: pd.Series(dtype=_DTYPES.get(name, "object")) for name in _LOG})
    events = case_set.events.filter(case_set.events.case_id.isin(ids), ~case_set.events.is_paired_id_row)
    rows = fetched(events.select([name for name in _LOG if name in events.columns])).reindex(columns=list(_LOG))
    # A column that the log lacks comes as numbers, and text would not fit into it.
    rows = rows.astype({name: object for name in _LOG if name not in _DTYPES})
    place = rows["case_id"].map({case_id: n for n, case_id in enumerate(ids)})
    ordered = rows.assign(_place=place).sort_values(["_place", "occurred_at", "seq"], kind="stable")
    return ordered.drop(columns="_place").reset_index(drop=True)


_DTYPES = {"occurred_at": "datetime64[us, UTC]", "seq": "int64"}


def _without_the_future(cases: pd.DataFrame, events: pd.DataFrame, moment: datetime) -> pd.DataFrame:
    """Return the columns as they stood at the moment; what nobody can date is left out."""
    at = pd.Timestamp(moment)
    frame = cases[[name for name in _FROM_THE_START if name in cases]].copy()
    for time, columns in _FROM.items():
        if time in cases:
            has_come = cases[time].notna() & (cases[time] <= at)
            known_then = {name: cases[name].where(has_come) for name in (time, *columns) if name in cases}
            frame = frame.assign(**known_then)
    return _with_state(_with_first_decision(frame), events, columns=cases.columns)


def _with_first_decision(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the cases with the decision and the appeal as they stood while the appeal was still to be answered."""
    if "appeal_decided_at" not in frame:
        return frame
    is_open = frame["appeal_decided_at"].isna()
    if {"decision", "decision_initial"} <= set(frame):
        frame["decision"] = frame["decision"].mask(is_open, frame["decision_initial"])
    if {"appeal_status", "appealed_at"} <= set(frame):
        frame["appeal_status"] = frame["appeal_status"].mask(is_open & frame["appealed_at"].notna(), "pending")
    return frame


def _with_state(frame: pd.DataFrame, events: pd.DataFrame, *, columns: pd.Index) -> pd.DataFrame:
    """Return the cases with the queue that the log last told of, and whether they were open."""
    queues = events[events["to_queue"].notna()].groupby("case_id")["to_queue"].last()
    states = events[events["event_type"].isin(["closed", "reopened"])].groupby("case_id")["event_type"].last()
    state = frame["case_id"].map(states)
    is_closed = state.eq("closed") if len(events) else frame.get("closed_at", pd.Series(index=frame.index)).notna()
    given = {
        "queue": frame["case_id"].map(queues).astype(object),
        "status": is_closed.map({True: "closed", False: "open"}),
        "is_closed": is_closed,
    }
    return frame.assign(**{name: values for name, values in given.items() if name in columns})


def _is_blank(value: Any) -> bool:  # noqa: ANN401  # a cell of any column
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def _ids(cases: ir.Table) -> list[str]:
    return [str(value) for value in cases.select("case_id").to_pyarrow().column("case_id").to_pylist()]
