"""By when each case is due: the deadlines of the law, of contracts and of the team that fit it, and its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.calendars import calendar_of, deadline_at, due_at, is_in_force, paused_minutes
from tskit.model import CASES, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from tskit.model import Casebook, CaseSet, Clock, Deadline

__all__ = ["TARGET", "deadline_columns", "deadlines_of", "next_due", "unjudged_deadlines"]

TARGET = "resolution target"
"""The name of the row that tells of a case's target."""

_COLUMNS = (
    *("case_id", "name", "kind", "after_at", "due_at", "met_at", "hours_left", "verdict", "basis", "as_of"),
    "due_from",
)
_ALWAYS = ("created_at", "closed_at", "is_closed", "sla_target_at", "paused_minutes")
_SETTLED_BY_CLOSING = ("decided_at", "closed_at")
_HOUR = pd.Timedelta(hours=1)


def deadlines_of(
    cases: pd.DataFrame, *, casebook: Casebook, until: datetime, pauses: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return every deadline that applies to the cases as of `until`: one row a case and deadline, the earliest first.

    `cases` holds canonical columns, one row a case. A column that is missing counts as blank (`deadline_columns` names
    those that are read), and a blank fits no deadline that asks for a value. A deadline applies once its `after` has come
    to pass. `pauses` holds `case_id`, `paused_at` and `resumed_at` (missing: still stopped), as `patterns.pauses` gives
    it; where it tells nothing of a case, its `paused_minutes` move hours, and days stay, since nobody knows on which days
    the clock stood still.

    Columns: `case_id`, `name`, `kind` ("statutory", "contractual", "internal", or "target" for the case's target),
    `after_at`, `due_at`, `met_at` (missing: not yet, or nobody knows), `hours_left` (negative: passed; missing where
    nothing is left to do), `verdict`, `basis` and `as_of` of the deadline, and `due_from` ("source" or "casebook").

    The verdict is "met", "missed" (met too late, or passed), "not due yet", or "unknown": nobody knows the due time, the
    case was closed without a time of what meets the deadline, that time lies before the deadline began, or the case was
    opened again, so that its first closing may have met its target. A target of the source has its stops added already; one of the casebook's clocks is moved here.

    Raises:
        ParameterError: a deadline or a clock names a site or a country that is unknown.
    """
    asked = _Asked(cases.reset_index(drop=True), casebook, pd.Timestamp(until), _stopped(pauses, pd.Timestamp(until)))
    parts = [_of_target(asked), *(_of_deadline(asked, deadline) for deadline in casebook.deadlines)]
    found = pd.concat(parts, ignore_index=True)
    due = found["due_at"].to_numpy(dtype="datetime64[us]")
    return found.iloc[np.lexsort((due, found["row"].to_numpy()))].reset_index(drop=True)[list(_COLUMNS)]


def next_due(deadlines: pd.DataFrame) -> pd.DataFrame:
    """Return the earliest deadline of each case that is still to be met, one row a case, in the order of `deadlines`.

    One that has passed unmet is still to be met; one that was met late is not, and neither is one of unknown verdict.
    """
    left = deadlines[deadlines["met_at"].isna() & deadlines["verdict"].isin(["missed", "not due yet"])]
    return left.drop_duplicates("case_id").reset_index(drop=True)


def deadline_columns(casebook: Casebook) -> tuple[str, ...]:
    """Return the case columns that the deadlines and clocks of a casebook read, in the order of the columns' table."""
    asked = {name for part in (*casebook.deadlines, *casebook.clocks) for name in part.where}
    times = {name for deadline in casebook.deadlines for name in (deadline.after, deadline.met_by)}
    return tuple(name for name in CASES.names if name in asked | times | {"case_id", *_ALWAYS})


def unjudged_deadlines(case_set: CaseSet) -> pd.DataFrame:
    """Return the deadlines of the casebook that nobody can judge in this source, since it lacks a column that they read.

    One row a deadline: `name`, `kind`, `columns` (those that are lacking, in words) and `why`: "fits no case" where a
    condition or the beginning is lacking, or "is never met" where the time is that would meet it.
    """
    rows = [(deadline, *_lacking(deadline, case_set)) for deadline in case_set.casebook.deadlines]
    found = [(deadline.name, deadline.kind, ", ".join(names), why) for deadline, names, why in rows if names]
    return pd.DataFrame(found, columns=["name", "kind", "columns", "why"])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Asked:
    """The cases, and what is known of them at a moment."""

    cases: pd.DataFrame
    casebook: Casebook
    until: pd.Timestamp
    pauses: pd.DataFrame

    def time(self, name: str) -> pd.Series[pd.Timestamp]:
        """Return a column of time; what lies later than the moment is not known yet."""
        given = self.cases[name] if name in self.cases else pd.Series(pd.NaT, index=self.cases.index)
        read = pd.to_datetime(given, utc=True).dt.as_unit("us")
        return read if name == "sla_target_at" else read.where(read <= self.until)

    def is_true(self, name: str) -> pd.Series[bool]:
        """Return where a column of yes and no says yes."""
        return self.cases[name].eq(True).fillna(value=False).astype(bool) if name in self.cases else self.nowhere  # noqa: FBT003  # pandas compares by position

    @property
    def nowhere(self) -> pd.Series[bool]:
        """Return no, for each case."""
        return pd.Series(data=False, index=self.cases.index)

    def fits(self, where: Mapping[str, object]) -> pd.Series[bool]:
        """Return which cases have one of the wanted values in each of the columns."""
        found = ~self.nowhere
        for name, value in where.items():
            wanted = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
            found &= _holds(self.cases[name], name, wanted) if name in self.cases else False
        return found


def _lacking(deadline: Deadline, case_set: CaseSet) -> tuple[list[str], str]:
    begins = case_set.lacks(*deadline.where, deadline.after)
    return [*begins, *case_set.lacks(deadline.met_by)], "fits no case" if begins else "is never met"


def _of_deadline(asked: _Asked, deadline: Deadline) -> pd.DataFrame:
    after, sites = asked.time(deadline.after), asked.casebook.sites
    fits = asked.fits(deadline.where) & is_in_force(after, deadline, sites=sites)
    after = after[fits]
    by_case = after.set_axis(asked.cases.loc[fits, "case_id"])
    counts_minutes = deadline.pauses and deadline.hours is not None
    pauses = _pauses_of(asked, by_case, fits) if counts_minutes else asked.pauses
    due = deadline_at(by_case, deadline, sites=sites, pauses=pauses).set_axis(after.index)
    is_closed = deadline.met_by in _SETTLED_BY_CLOSING
    rows = _judged(
        asked, after, due, asked.time(deadline.met_by)[fits], ended=_closed(asked) if is_closed else asked.nowhere
    )
    said = {"name": deadline.name, "kind": deadline.kind, "basis": deadline.basis, "as_of": deadline.as_of}
    return rows.assign(**said, due_from="casebook")


def _of_target(asked: _Asked) -> pd.DataFrame:
    opened, due = asked.time("created_at"), asked.time("sla_target_at")
    is_from_source = due.notna()
    due = due.fillna(_clocks_due(asked, opened, left=~is_from_source))
    known = due.notna() & opened.notna()
    # A case that is opened again was completed once; when that was, its columns do not say any more.
    again = asked.is_true("is_reopened") & (due < asked.until)
    rows = _judged(asked, opened[known], due[known], asked.time("closed_at")[known], ended=_closed(asked) | again)
    due_from = np.where(is_from_source[known], "source", "casebook")
    return rows.assign(name=TARGET, kind="target", basis="", as_of="", due_from=due_from)


def _clocks_due(asked: _Asked, opened: pd.Series[pd.Timestamp], *, left: pd.Series[bool]) -> pd.Series[pd.Timestamp]:
    """Return by when the first clock of the casebook that fits has each case done, moved by its pauses."""
    due = pd.Series(pd.NaT, index=opened.index, dtype="datetime64[us, UTC]")
    for clock in asked.casebook.clocks:
        fits = asked.fits(clock.where) & left
        left &= ~fits
        if fits.any():
            due = due.mask(fits, _clock_due(asked, opened[fits], clock).reindex(due.index))
    return due


def _clock_due(asked: _Asked, opened: pd.Series[pd.Timestamp], clock: Clock) -> pd.Series[pd.Timestamp]:
    calendar = calendar_of(clock, sites=asked.casebook.sites)
    ids = asked.cases.loc[opened.index, "case_id"]
    told = ids.map(paused_minutes(asked.pauses[asked.pauses["case_id"].isin(ids)], calendar=calendar))
    return due_at(opened, clock.hours, calendar=calendar, paused=told.fillna(_minutes(asked)).fillna(0.0))


def _pauses_of(asked: _Asked, after: pd.Series[pd.Timestamp], fits: pd.Series[bool]) -> pd.DataFrame:
    """Return the pauses of the log, and for cases of which it tells none the minutes of the column, as from the start."""
    minutes = _minutes(asked)[fits].set_axis(after.index)
    untold = minutes.gt(0) & ~minutes.index.isin(asked.pauses["case_id"])
    begins = after[untold]
    spans = pd.to_timedelta(minutes[untold], unit="min")
    counted = pd.DataFrame({"case_id": begins.index, "paused_at": begins.array, "resumed_at": (begins + spans).array})
    return pd.concat([asked.pauses, counted], ignore_index=True) if len(counted) else asked.pauses


def _minutes(asked: _Asked) -> pd.Series[float]:
    given = asked.cases["paused_minutes"] if "paused_minutes" in asked.cases else pd.Series(np.nan, asked.cases.index)
    return pd.to_numeric(given).astype("float64")


def _judged(
    asked: _Asked,
    after: pd.Series[pd.Timestamp],
    due: pd.Series[pd.Timestamp],
    met: pd.Series[pd.Timestamp],
    *,
    ended: pd.Series[bool],
) -> pd.DataFrame:
    """Return one row a case with its verdict; `ended` are cases that wait for nothing any more, met or not."""
    # What meets a deadline before it began has a wrong time, or answers something else.
    in_doubt = (met.isna() & ended[due.index]) | (met < after)
    verdict = _verdicts(due.mask(in_doubt), met, until=asked.until)
    left = (due - asked.until) / _HOUR
    return pd.DataFrame(
        {
            "row": due.index,
            "case_id": asked.cases.loc[due.index, "case_id"],
            "after_at": after,
            "due_at": due,
            "met_at": met,
            "hours_left": left.where(met.isna() & (verdict != "unknown")),
            "verdict": verdict,
        }
    )


def _verdicts(
    due: pd.Series[pd.Timestamp], met: pd.Series[pd.Timestamp], *, until: pd.Timestamp
) -> NDArray[np.object_]:
    is_met = met.notna()
    is_in_time = np.where(is_met, met <= due, until <= due)
    words = np.where(is_in_time, np.where(is_met, "met", "not due yet"), "missed")
    return np.where(due.isna(), "unknown", words).astype(object)


def _closed(asked: _Asked) -> pd.Series[bool]:
    """Return which cases are closed as of the moment; one that will be closed later is open still."""
    later = asked.cases["closed_at"].notna() if "closed_at" in asked.cases else asked.nowhere
    return asked.time("closed_at").notna() | (asked.is_true("is_closed") & ~later)


def _holds(column: pd.Series, name: str, wanted: list[str]) -> pd.Series[bool]:
    """Return where a column has one of the values; a list has it where one of its entries is it."""
    if name in CASES and CASES[name].kind is Kind.LIST:
        return column.explode().isin(wanted).groupby(level=0).any()
    return column.notna() & column.astype(str).isin(wanted)


def _stopped(pauses: pd.DataFrame | None, until: pd.Timestamp) -> pd.DataFrame:
    """Return the pauses as far as they are known; one that lasts still lasts until then."""
    if pauses is None:
        none = pd.Series(dtype="datetime64[us, UTC]")
        return pd.DataFrame({"case_id": pd.Series(dtype=object), "paused_at": none, "resumed_at": none})
    begins, ends = (pd.to_datetime(pauses[name], utc=True) for name in ("paused_at", "resumed_at"))
    ends = ends.where(ends <= until, until)
    told = pd.DataFrame({"case_id": pauses["case_id"], "paused_at": begins, "resumed_at": ends})
    return told[begins < until].reset_index(drop=True)
