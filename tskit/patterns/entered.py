"""When cases arrive: counted by the engine, hour by hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from tskit.cases.instants import SECOND, micros
from tskit.patterns.rows import fetched, filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir
    import pandas as pd

    from tskit.model import CaseSet

__all__ = ["COMBINED", "cases_behind", "cases_by_hour"]

_BEFORE = timedelta(weeks=18)
COMBINED = ("market", "reported", "queue")
"""What arrivals are counted by; `reported` is what was reported, or the policy where the source does not say."""


def cases_by_hour(
    case_set: CaseSet, queues: Sequence[str], *, since: datetime, until: datetime, ends_at: datetime
) -> pd.DataFrame:
    """Return how many cases arrived after `since` and up to `until`: the columns of `COMBINED`, `back`, and `cases`.

    `back` is the hour: it ends so many hours before `ends_at`. A value that nobody says is "".
    """
    entered = _entered(case_set, queues, since=since, until=until)
    frame = None if entered is None else _by_hour(entered, ends_at)
    if frame is None or frame.empty:
        frame = _by_hour(_opened(case_set, queues, since=since, until=until), ends_at)
    return frame


def cases_behind(
    case_set: CaseSet, queues: Sequence[str], *, since: datetime, until: datetime, where: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return the cases that arrived after `since` and up to `until`, as they are counted, with what they are about.

    `where` keeps values of `market`, `reported` and `queue`; an empty list keeps all. Columns: `case_id`, `at`, `market`,
    and those of `content_id`, `entity_type` and `severity` that the source has.
    """
    # What came before and is moved on within these hours has arrived already.
    before = since - _BEFORE
    entered = _entered(case_set, queues, since=before, until=until)
    rows = _opened(case_set, queues, since=before, until=until) if entered is None else entered
    rows = rows.filter(rows["at"] > since)
    for name, values in where.items():
        rows = rows.filter(rows[name].isin(list(values))) if values else rows
    about = [name for name in ("content_id", "entity_type", "severity") if case_set.has(name)]
    known = case_set.cases.select("case_id", *about)
    return fetched(rows.select("case_id", "at", "market").inner_join(known, "case_id"))


def _entered(case_set: CaseSet, queues: Sequence[str], *, since: datetime, until: datetime) -> ir.Table | None:
    """Return when each case first entered one of the queues after `since`; None where no log tells of queues."""
    events = case_set.events
    if events is None or "to_queue" not in events.columns:
        return None
    moved = filled(events.filter(events.occurred_at > since, events.occurred_at <= until), "to_queue")
    moved = moved.filter(moved.to_queue.isin(list(queues))) if queues else moved
    first = moved.group_by("case_id").aggregate(
        at=moved.occurred_at.min(), queue=moved.to_queue.argmin(moved.occurred_at)
    )
    cases = case_set.cases
    known = cases.select("case_id", **_known(cases))
    return _with_blanks(first.inner_join(known, "case_id"))


def _opened(case_set: CaseSet, queues: Sequence[str], *, since: datetime, until: datetime) -> ir.Table:
    """Return when each case was opened after `since`, in the queue that it has."""
    cases = filled(case_set.cases, "created_at")
    cases = cases.filter(cases.created_at > since, cases.created_at <= until)
    cases = cases.filter(cases.queue.isin(list(queues))) if queues and "queue" in cases.columns else cases
    held = {"queue": cases.queue} if "queue" in cases.columns else {}
    return _with_blanks(cases.select(case_id=cases.case_id, at=cases.created_at, **_known(cases), **held))


def _known(cases: ir.Table) -> dict[str, ir.Value]:
    kind = "abuse_type_reported" if "abuse_type_reported" in cases.columns else "policy_id"
    told = {"market": "market", "reported": kind}
    return {name: cases[column] for name, column in told.items() if column in cases.columns}


def _with_blanks(rows: ir.Table) -> ir.Table:
    """Return `case_id`, `at`, `market`, `reported` and `queue`, empty where nobody says."""
    given = {name: rows[name].cast("string").fill_null("") for name in COMBINED if name in rows.columns}
    return rows.mutate(**{name: given.get(name, ibis.literal("")) for name in COMBINED}).select(
        "case_id", "at", *COMBINED
    )


def _by_hour(rows: ir.Table, ends_at: datetime) -> pd.DataFrame:
    """Return the cases of each combination by hours before the end."""
    # An hour holds its last instant, not its first: what arrived at the end itself was known then.
    back = (int(ends_at.timestamp()) * SECOND - micros(rows["at"])) // (3600 * SECOND)
    told = rows.mutate(back=back.cast("int64"))
    frame = fetched(told.group_by([*COMBINED, "back"]).aggregate(cases=told.count()))
    return frame.astype(dict.fromkeys(COMBINED, str))
