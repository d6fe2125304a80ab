"""The cases of one batch as rows of an export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.chance import lognormal
from tskit.sources.synthetic.enforcement import enforcement
from tskit.sources.synthetic.intake import AUTOMATION, CHANNELS, ORDERS, SOURCES
from tskit.sources.synthetic.outcome import APPEALS, DECISIONS, INVALID
from tskit.sources.synthetic.quality import CAUSES, ERRORS, HARMS
from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import AUTOMATED, ENTITIES, LANGUAGES, MARKETS, POLICIES, QUEUE_SITE, QUEUES, SITES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.outcome import Outcome
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.quality import Quality
    from tskit.sources.synthetic.staff import Staff
    from tskit.sources.synthetic.texts import Texts
    from tskit.sources.synthetic.work import Work
    from tskit.sources.synthetic.world import Bools, Ints

__all__ = ["STATES", "Cases", "case_columns", "states"]

STATES = ("open", "in_progress", "waiting", "escalated", "resolved", "closed", "reopened", "cancelled")
_RAW_STATES = (
    "New",
    "In review",
    "On hold - waiting for partner",
    "Escalated",
    "Decided - to be closed",
    "Closed",
    "Reopened",
    "Closed - withdrawn",
)
_PRIORITIES = ("Low", "Medium", "High", "Critical")
_VENDORS: tuple[str | None, ...] = tuple(
    None if number == AUTOMATED else SITES[site].vendor for number, site in enumerate(QUEUE_SITE)
)
_RECORDS = ("report", "legal", "proactive")


@dataclass(frozen=True, slots=True)
class Cases:
    """Everything that was drawn for one batch."""

    intake: Intake
    work: Work
    outcome: Outcome
    quality: Quality
    texts: Texts


def states(cases: Cases, end: int) -> Ints:
    """Return the state of each case at `end`, as a position in `STATES`."""
    work = cases.work
    state = np.where(work.accepted < end, 1, 0)
    state = np.where((work.paused < end) & (work.resumed >= end), 2, state)
    state = np.where((work.escalated < end) & (work.returned >= end), 3, state)
    state = np.where(work.decided < end, 4, state)
    state = np.where(work.closed_first < end, 5, state)
    withdrawn = (work.closed_first < end) & (cases.outcome.first == INVALID) & (cases.intake.number % 3 == 0)
    state = np.where(withdrawn, 7, state)
    return np.where((work.reopened < end) & (work.closed >= end), 6, state)


def case_columns(cases: Cases, *, plan: Plan, staff: Staff, rng: np.random.Generator) -> Columns:
    """Return the columns of the export for a batch of cases."""
    return {
        **_intake_columns(cases.intake, cases.outcome, rng),
        "subject": cases.texts.subject,
        "description": cases.texts.description,
        **_work_columns(cases, plan=plan, staff=staff),
        **_decision_columns(cases, plan=plan),
        **_appeal_columns(cases.outcome, plan.end),
        **_quality_columns(cases),
        **_detection(cases.intake, plan, rng),
    }


def _intake_columns(intake: Intake, outcome: Outcome, rng: np.random.Generator) -> Columns:
    n = len(intake)
    by_person = intake.source == 0
    reporter = (rng.random(n) ** 3 * (3000 + n * 4)).astype(np.int64)
    cluster = intake.origin == 2
    uploader = (rng.random(n) ** 2.2 * (9000 + 12 * n)).astype(np.int64)
    content = (uploader * 8191 + (rng.random(n) * 9).astype(np.int64)) % 9_999_991
    # The cluster's accounts are many, but all of them lead to the same few items.
    uploader = np.where(cluster, 9_000_000 + (intake.number * 31) % 9973, uploader)
    content = np.where(cluster, 99_999_000 + (intake.number * 7) % 6, content)
    record = np.where(np.isin(intake.source, ORDERS), 1, np.where(intake.source >= 6, 2, 0))
    reported = np.where(rng.random(n) < 0.86, intake.policy, rng.integers(0, len(POLICIES) - 1, n))
    return {
        # The last three characters are what Salesforce adds for the capitals among the first fifteen.
        "case_id": arrow.ids(intake.number + 1, "5005g00", 8, suffix="AAA"),
        "case_number": arrow.ids(intake.number + 1, "", 9),
        "record_type": arrow.labels(record, _RECORDS),
        "channel": arrow.labels(intake.channel, CHANNELS),
        "source_type": arrow.labels(intake.source, SOURCES),
        "source_identity": arrow.ids(reporter, "reporter-", 7, where=by_person & (rng.random(n) < 0.75)),
        "content_id": arrow.ids(content, "item-", 8),
        "entity_type": arrow.labels(intake.entity, ENTITIES),
        "component": _component(intake, rng),
        "subject_account_id": arrow.ids(uploader, "account-", 8),
        "ingestion_route": _route(intake, outcome, rng),
        "reach": arrow.whole(intake.reach, where=rng.random(n) < 0.97),
        "content_duration_s": _duration(intake, rng),
        "content_type": arrow.labels(_form(intake), ("CONTENT_TYPE_AUDIO", "CONTENT_TYPE_TEXT", "CONTENT_TYPE_IMAGE")),
        "content_language": arrow.labels(intake.language, LANGUAGES),
        "content_created_at": arrow.times(intake.uploaded, end=NEVER),
        "market": arrow.labels(intake.market, [market.code for market in MARKETS]),
        "abuse_type_reported": arrow.labels(reported, [p.code for p in POLICIES], where=intake.source < 6),
        "policy_id": arrow.labels(intake.policy, [p.code for p in POLICIES]),
        "severity": arrow.labels(intake.severity, ("S0", "S1", "S2", "S3")),
        "priority": arrow.labels(np.minimum(intake.severity + (intake.reach > 20_000), 3), _PRIORITIES),
        "created_at": arrow.times(intake.created, end=NEVER),
        "tags": arrow.labels(_tags(intake), ("high-reach", "press-interest", "high-reach;press-interest")),
    }


def _tags(intake: Intake) -> Ints:
    seen_widely = intake.reach > 50_000
    press = (intake.number * 2_654_435_761) % 1_000 < 4
    return np.where(seen_widely & press, 2, np.where(press, 1, np.where(seen_widely, 0, -1)))


def _component(intake: Intake, rng: np.random.Generator) -> Text:
    names = ("audio", "title", "description", "art", "transcript", "comment")
    drawn = rng.choice(len(names), size=len(intake), p=(0.46, 0.16, 0.17, 0.09, 0.04, 0.08))
    return arrow.labels(np.where(intake.entity == 4, np.where(drawn == 0, 2, drawn), drawn), names)


def _route(intake: Intake, outcome: Outcome, rng: np.random.Generator) -> Text:
    names = ("distributor", "rss", "own_tool", "other")
    drawn = rng.random(len(intake))
    podcast = np.isin(intake.entity, (1, 2))
    route = np.where(podcast, np.where(drawn < 0.62, 1, 2), np.where(drawn < 0.71, 0, 2))
    route = np.where(np.isin(intake.entity, (3, 4, 6)), 2, np.where(drawn > 0.985, 3, route))
    return arrow.labels(np.where(outcome.is_late, 0, route), names)


def _duration(intake: Intake, rng: np.random.Generator) -> Text:
    usual = np.array([198.0, 2350.0, 2350.0, 5400.0, 0.0, 24_000.0, 0.0, 60.0])[intake.entity]
    seconds = lognormal(rng, usual, 0.45, len(intake)).round(1)
    return arrow.with_decimals(seconds, where=usual > 0)


def _form(intake: Intake) -> Ints:
    return np.where(np.isin(intake.entity, (4, 6)), 1, 0)


def _work_columns(cases: Cases, *, plan: Plan, staff: Staff) -> Columns:
    intake, work, end = cases.intake, cases.work, plan.end
    state = states(cases, end)
    accepted, decided = work.accepted < end, work.decided < end
    closed = np.where(work.closed < end, work.closed, NEVER)
    answered = np.where(intake.source < 2, work.decided + 90, NEVER)
    owner = np.where(decided, work.decided_by, work.accepted_by)
    modified = np.maximum.reduce([_past(t, end) for t in (intake.created, work.accepted, work.decided, work.closed)])
    escalated = work.escalated < end
    return {
        "status": arrow.labels(state, STATES),
        "status_raw": arrow.labels(state, _RAW_STATES),
        "is_closed": arrow.truth(work.closed < end),
        "queue": arrow.labels(work.last_queue, QUEUES),
        "decided_by": arrow.labels(work.decided_by, staff.names, where=decided),
        "decided_vendor": arrow.labels(work.decided_queue, _VENDORS, where=decided),
        "decided_queue": arrow.labels(work.decided_queue, QUEUES, where=decided),
        "owner_id": arrow.labels(owner, staff.names, where=accepted),
        "vendor": arrow.labels(work.last_queue, _VENDORS),
        "reviewer_language": arrow.labels(intake.language, LANGUAGES, where=accepted),
        "tier": arrow.labels(_tiers(intake, escalated), ("T1", "T2", "T3", "legal")),
        "is_escalated": arrow.truth(escalated),
        "first_assigned_at": arrow.times(work.accepted, end=end),
        "first_response_at": arrow.times(answered, end=end),
        "decided_at": arrow.times(work.decided, end=end),
        "closed_at": arrow.times(closed, end=end),
        "reopened_count": arrow.whole((work.reopened < end).astype(np.int64)),
        "sla_target_at": arrow.times(work.due, end=NEVER),
        "sla_met": arrow.truth(closed <= work.due, where=(closed < end) | (work.due < end)),
        "paused_minutes": arrow.with_decimals(
            np.round(work.paused_s / 60, 1), where=np.ones(len(intake), dtype=np.bool_)
        ),
        "handle_seconds": arrow.with_decimals(np.nan_to_num(work.handle_s), where=decided & ~intake.is_automated),
        "source_modified_at": arrow.times(modified + 5, end=NEVER),
    }


def _past(seconds: Ints, end: int) -> Ints:
    return np.where(seconds < end, seconds, 0)


def _tiers(intake: Intake, escalated: Bools) -> Ints:
    tier = np.where(escalated, np.where(intake.severity >= 2, 2, 1), 0)
    return np.where(np.isin(intake.source, ORDERS), 3, tier)


def _decision_columns(cases: Cases, *, plan: Plan) -> Columns:
    intake, outcome, end = cases.intake, cases.outcome, plan.end
    decided = cases.work.decided < end
    return {
        "decision_initial": arrow.labels(outcome.first, DECISIONS, where=decided),
        "decision": arrow.labels(outcome.current(end), DECISIONS, where=decided),
        "automated_decision": arrow.labels(intake.automation, AUTOMATION, where=decided),
        **enforcement(intake, cases.work, outcome.current(end), plan=plan),
    }


def _appeal_columns(outcome: Outcome, end: int) -> Columns:
    state = np.where(outcome.answered < end, 2 + outcome.result, np.where(outcome.appealed < end, 1, 0))
    return {
        "appeal_status": arrow.labels(state, ("none", "pending", *APPEALS)),
        "appealed_at": arrow.times(outcome.appealed, end=end),
        "appeal_decided_at": arrow.times(outcome.answered, end=end),
    }


def _quality_columns(cases: Cases) -> Columns:
    quality = cases.quality
    seen = quality.at < NEVER
    wrong = seen & quality.is_wrong_final
    level_one = [cause.partition(".")[0] for cause in CAUSES]
    return {
        "qa_sampled": arrow.truth(seen),
        "qa_sample_weight": arrow.with_decimals(quality.weight, where=seen),
        "qa_label": arrow.labels(quality.is_wrong.astype(np.int64), ("correct", "incorrect"), where=seen),
        "qa_label_final": arrow.labels(quality.is_wrong_final.astype(np.int64), ("correct", "incorrect"), where=seen),
        "qa_error_severity": arrow.labels(quality.harm, HARMS, where=wrong),
        "error_type": arrow.labels(quality.error, ERRORS, where=wrong),
        "root_cause_l1": arrow.labels(quality.cause, level_one, where=wrong),
        "root_cause_l2": arrow.labels(quality.cause, CAUSES, where=wrong),
        "rc_confidence": arrow.labels(quality.confidence, ("low", "medium", "high"), where=wrong),
    }


def _detection(intake: Intake, plan: Plan, rng: np.random.Generator) -> Columns:
    found = (intake.source == 6) | (rng.random(len(intake)) < 0.06)
    story = plan.story_seconds("inverted_field")
    inverted = False if story is None else (intake.created >= story[0]) & (intake.created < story[1])
    return {"automated_detection": arrow.truth(found ^ inverted)}
