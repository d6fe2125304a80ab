"""The planted incident as cases: reports of threats that climb within hours in two markets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.arrivals import INCIDENT
from tskit.sources.synthetic.chance import lognormal, stream
from tskit.sources.synthetic.clock import epoch
from tskit.sources.synthetic.events import DECIDER, Step
from tskit.sources.synthetic.incident_course import HOURS_TO_CLOSE, REACH, Course, course, reach_at
from tskit.sources.synthetic.incident_texts import incident_texts
from tskit.sources.synthetic.intake import SOURCES, Intake
from tskit.sources.synthetic.outcome import APPEALS, PARTIAL, Outcome
from tskit.sources.synthetic.quality import Quality
from tskit.sources.synthetic.rows import Cases
from tskit.sources.synthetic.work import NEVER, Work
from tskit.sources.synthetic.world import ENTITIES, ESCALATIONS, LANGUAGES, MARKETS, POLICIES, URGENT

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.staff import Staff
    from tskit.sources.synthetic.world import Ints

__all__ = ["Incident", "dressed", "further_steps", "happen"]

_POLICY = [policy.code for policy in POLICIES].index("DAN-THREATS")
_S2 = 2
_KNOWN_OF_NINE = 5
_EIGHT_HOURS = HOURS_TO_CLOSE * 3600


@dataclass(frozen=True, slots=True)
class Incident:
    """The incident's cases as every batch has them, and its course; `start` is midnight before it."""

    cases: Cases
    course: Course
    start: int

    def at(self, name: str, column: str) -> int:
        """Return when something happened to a named case, in seconds since 1970."""
        return self.start + int(getattr(self.course, column)[self.course.named[name]])


def happen(plan: Plan, staff: Staff) -> Incident | None:
    """Return the incident, or None where it is not told; its cases are numbered after all others."""
    if "incident" not in plan.stories:
        return None
    rng, told, start = stream(plan.seed, 31), course(plan), epoch(plan.until)
    intake = _intake(told, plan=plan, start=start, rng=rng)
    work = _work(told, start, staff=staff, rng=rng)
    outcome = Outcome(
        told.decision,
        _since(start, told.appealed),
        _since(start, told.answered),
        np.full(len(intake), APPEALS.index("reversed")),
        np.zeros(len(intake), dtype=np.bool_),
    )
    texts = incident_texts(told, rng)
    return Incident(Cases(intake, work, outcome, _unseen(len(intake)), texts), told, start)


def dressed(columns: Columns, incident: Incident) -> Columns:
    """Return the columns of the export with what reports on one content share."""
    told, n = incident.course, len(incident.course.created)
    acted = columns["decision_visibility"].is_valid()
    visibility = pa.array(np.where(told.decision == PARTIAL, "INTERACTION_RESTRICTED", "REMOVED"))
    by_person = np.array([source == "user_report" for source in told.source])
    return {
        **columns,
        "content_id": arrow.ids(_of(told.content, "item"), "item-", 8),
        "subject_account_id": arrow.ids(_of(told.content, "account"), "account-", 8),
        "source_identity": arrow.ids(_reporters(n), "reporter-", 7, where=by_person),
        "reach": arrow.whole(incident.cases.intake.reach),
        "component": pa.repeat(pa.scalar("audio"), n),
        "ingestion_route": arrow.labels((told.content == 0).astype(np.int64), ("own_tool", "rss")),
        "content_duration_s": arrow.with_decimals(
            np.array([one.seconds for one in REACH])[told.content], where=np.ones(n, dtype=np.bool_)
        ),
        "abuse_type_reported": arrow.labels(np.full(n, _POLICY), [p.code for p in POLICIES], where=by_person),
        "decision_visibility": arrow.pc.if_else(
            acted, arrow.pc.binary_join_element_wise("DECISION_VISIBILITY_CONTENT", visibility, "_"), None
        ),
        # What becomes of the accounts is the decision that is left for Monday.
        "decision_account": pa.nulls(n, pa.string()),
        "restriction_end_at": pa.nulls(n, pa.string()),
        "automated_detection": arrow.truth(np.zeros(n, dtype=np.bool_)),
    }


def further_steps(incident: Incident) -> tuple[Step, ...]:
    """Return what the log of the incident holds beside the usual: who took up what was escalated, and the last notice."""
    told, start = incident.course, incident.start
    reversed_ = np.where(told.answered < NEVER, told.answered + 60, NEVER)
    return (
        Step("accepted", _since(start, told.taken_up), DECIDER),
        Step("notified", _since(start, reversed_)),
    )


def _reporters(n: int) -> Ints:
    """Return as many people as cases: some who report now and then, and some who never did."""
    known, new = (np.arange(n) * 101) % 4001, 5_000_000 + (np.arange(n) * 7919) % 999_983
    return np.where(np.arange(n) % 9 < _KNOWN_OF_NINE, known, new)


def _intake(told: Course, *, plan: Plan, start: int, rng: np.random.Generator) -> Intake:
    n = len(told.created)
    source = np.array([SOURCES.index(name) for name in told.source])
    by_person = source == 0
    known = np.where(told.decided < NEVER, told.decided, 24 * 3600)
    automation = np.zeros(n, dtype=np.int64)
    automation[told.named["wrong_takedown"]] = 1
    codes = [market.code for market in MARKETS]
    return Intake(
        number=plan.cases + np.arange(n, dtype=np.int64),
        created=start + told.created,
        market=np.where(told.is_sg, codes.index("SG"), codes.index("MY")),
        policy=np.full(n, _POLICY),
        origin=np.full(n, INCIDENT),
        language=np.array([LANGUAGES.index(name) for name in told.language]),
        severity=np.full(n, _S2),
        source=source,
        channel=np.where(by_person, (rng.random(n) > 0.7).astype(np.int64), 5),
        entity=np.full(n, ENTITIES.index("episode")),
        automation=automation,
        queue=np.full(n, URGENT),
        path=np.zeros(n, dtype=np.int64),
        uploaded=start + _of(told.content, "uploaded"),
        reach=reach_at(told.content, known),
    )


def _work(told: Course, start: int, *, staff: Staff, rng: np.random.Generator) -> Work:
    n = len(told.created)
    never = np.full(n, NEVER)
    rises = told.escalated < NEVER
    here = np.zeros(n, dtype=np.int64)
    acceptor, expert = staff.draw(rng, here), staff.draw(rng, here)
    queue = np.where(rises, ESCALATIONS, URGENT)
    closed = _since(start, told.closed)
    return Work(
        first_queue=np.full(n, URGENT),
        last_queue=queue,
        decided_queue=queue,
        accepted_by=acceptor,
        decided_by=np.where(rises, expert, acceptor),
        accepted=_since(start, told.accepted),
        moved=never,
        moved_back=never,
        escalated=_since(start, told.escalated),
        returned=never,
        paused=never,
        resumed=never,
        decided=_since(start, told.decided),
        closed_first=closed,
        reopened=never,
        closed=closed,
        due=start + told.created + _EIGHT_HOURS,
        paused_s=np.zeros(n, dtype=np.int64),
        handle_s=np.round(lognormal(rng, 495.0, 0.4, n)),
    )


def _unseen(n: int) -> Quality:
    """Return what quality review found: nothing, since it looks at decisions days after they were made."""
    nothing, no = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    return Quality(np.full(n, NEVER), np.ones(n), no, no, nothing, nothing, nothing, nothing)


def _of(content: Ints, name: str) -> Ints:
    return np.array([getattr(one, name) for one in REACH])[content]


def _since(start: int, seconds: Ints) -> Ints:
    return np.where(seconds < NEVER, start + seconds, NEVER)
