"""Everything that the brief says of an escalation, worked out once: all texts and findings quote these values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.escalation.against import Against, against_of
from tskit.findings.escalation.clocks import Step, steps
from tskit.findings.escalation.done import Done, done
from tskit.findings.escalation.precedents import Precedents, precedents_of
from tskit.findings.escalation.spread import Spread, spread_of
from tskit.findings.escalation.wrong import missed_handoffs, wrong_takedowns

if TYPE_CHECKING:
    from datetime import datetime

    from tskit.findings.escalation.look import Escalation

__all__ = ["ORDERS", "Clock", "Told", "Vendor", "told"]

ORDERS = {
    "government_order": "government order",
    "court_order": "court order",
    "law_enforcement": "request of law enforcement",
}
_INTERNAL = "internal"
_ACTED = ("action", "partial")
_OVERTURNED = ("reversed", "partially_reversed")


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline over all cases that it applies to: how many, how many missed it, and when the next case is due.

    `passed` of those that missed it have not met it yet.

    `next_at` is None where no case is left that it is still running for; `missed_at` is when it first passed for a case
    that has not met it yet, or where there is none, for one that met it too late.
    """

    name: str
    kind: str
    basis: str
    as_of: str
    cases: int
    missed: int
    passed: int
    next_at: datetime | None
    missed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Vendor:
    """The part of one vendor: its decisions in these cases, and what became of them.

    `late` are those that missed their target, or None where nobody can tell; `markets` are those of its decisions.
    """

    name: str
    decided: int
    acted: int
    appeals: int
    overturned: int
    reviewed: int
    incorrect: int
    late: int | None
    markets: tuple[str, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """An escalation with everything that is said of it. `takedowns` and `handoffs` are as `wrong` gives them."""

    escalation: Escalation
    done: Done
    takedowns: pd.DataFrame = field(repr=False)
    handoffs: pd.DataFrame = field(repr=False)
    spread: Spread
    precedents: Precedents
    against: Against
    clocks: tuple[Clock, ...]
    vendors: tuple[Vendor, ...]

    def queue(self, name: str) -> str:
        """Return what a queue is called in a sentence: with the word queue, where its name lacks it."""
        words = self.escalation.words(name)
        return words if "queue" in words.casefold() else f"{words} queue"

    @property
    def overturned(self) -> pd.DataFrame:
        """Return the wrong takedowns among the cases themselves."""
        return self.takedowns[~self.takedowns["is_beside"].astype(bool)]

    @property
    def orders(self) -> dict[str, int]:
        """Return how many cases authorities raised, by kind; empty where the source does not tell who raises cases."""
        cases = self.escalation.cases
        if "source_type" not in cases:
            return {}
        return {kind: int(cases["source_type"].eq(kind).sum()) for kind in ORDERS}

    @property
    def orders_due(self) -> datetime | None:
        """Return by when the log has the next step on what an authority asked for; None where it has none."""
        rows, cases = self.escalation.rows, self.escalation.cases
        if "source_type" not in cases or rows.empty:
            return None
        asked = cases.loc[cases["source_type"].isin(list(ORDERS)), "case_id"]
        due = rows.loc[rows["state"].eq("open") & rows["case_id"].isin(asked), "due_at"].dropna()
        return due.min().to_pydatetime() if len(due) else None

    @property
    def left(self) -> pd.DataFrame:
        """Return the hand-offs that nobody has taken up; in the others the target passed before somebody did."""
        return self.handoffs[self.handoffs["touched_at"].isna()]

    @property
    def next(self) -> Step | None:
        """Return what is due next: of the log, of the reader, or by a deadline that is more than a target.

        Targets of single cases come only where nothing else is ahead, and what has passed only where nothing is. None
        where nothing is due.
        """
        every = sorted(steps(self.escalation), key=lambda step: step.due_at)
        ahead = [step for step in every if step.due_at > self.escalation.until]
        weighty = [step for step in ahead if self.escalation.is_one or step.kind != "target"]
        return next(iter(weighty or ahead or every), None)


def told(escalation: Escalation) -> Told:
    """Return everything that the brief says of an escalation."""
    did, takedowns = done(escalation), wrong_takedowns(escalation)
    similar = precedents_of(escalation)
    return Told(
        escalation,
        did,
        takedowns,
        missed_handoffs(escalation),
        spread_of(escalation),
        similar,
        against_of(escalation, did, takedowns, similar),
        _clocks(escalation),
        _vendors(escalation),
    )


def _clocks(escalation: Escalation) -> tuple[Clock, ...]:
    """Return the deadlines that apply, the one that is due next first, then those that passed, then those met."""
    found = [_clock(str(name), part) for name, part in escalation.deadlines.groupby("name", sort=True)]
    never = pd.Timestamp.max.tz_localize("UTC")
    return tuple(sorted(found, key=lambda clock: (clock.next_at or never, clock.missed_at or never, clock.name)))


def _clock(name: str, part: pd.DataFrame) -> Clock:
    said = part.iloc[0]
    running = part.loc[part["verdict"].eq("not due yet") & part["met_at"].isna(), "due_at"]
    missed = part.loc[part["verdict"].eq("missed"), "due_at"]
    passed = part.loc[part["verdict"].eq("missed") & part["met_at"].isna(), "due_at"]
    first = passed if len(passed) else missed
    return Clock(
        name,
        str(said["kind"]),
        str(said["basis"] or ""),
        str(said["as_of"] or ""),
        len(part),
        len(missed),
        len(passed),
        running.min().to_pydatetime() if len(running) else None,
        first.min().to_pydatetime() if len(first) else None,
    )


def _vendors(escalation: Escalation) -> tuple[Vendor, ...]:
    """Return the part of each vendor that decided some of the cases, the largest first; the team's own is none."""
    cases = escalation.cases
    if not {"decided_vendor", "decided_at"} <= set(cases):
        return ()
    decided = cases[cases["decided_at"].notna() & cases["decided_vendor"].notna()]
    verdicts = escalation.deadlines[escalation.deadlines["kind"].eq("target")].set_index("case_id")["verdict"]
    parts = [
        _vendor(str(name), part, verdicts) for name, part in decided.groupby("decided_vendor") if name != _INTERNAL
    ]
    return tuple(sorted(parts, key=lambda vendor: (-vendor.decided, vendor.name)))


def _vendor(name: str, part: pd.DataFrame, verdicts: pd.Series) -> Vendor:
    blank = pd.Series(None, index=part.index, dtype=object)
    first = part.get("decision_initial", blank).fillna(part.get("decision", blank))
    known = verdicts[verdicts.index.isin(part["case_id"]) & verdicts.ne("unknown")]
    appeal, label = part.get("appeal_status", blank), part.get("qa_label_final", blank)
    return Vendor(
        name,
        len(part),
        int(first.isin(_ACTED).sum()),
        int(appeal.notna().sum() - appeal.eq("none").sum()),
        int(appeal.isin(_OVERTURNED).sum()),
        int(label.notna().sum()),
        int(label.eq("incorrect").sum()),
        int(known.eq("missed").sum()) if len(known) else None,
        tuple(sorted(set(part["market"].dropna().astype(str)))) if "market" in part else (),
        part["decided_at"].min().to_pydatetime(),
        part["decided_at"].max().to_pydatetime(),
    )
