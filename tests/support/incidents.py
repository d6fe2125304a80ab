"""A small world with an incident in it: cases, their log of events and the decision log, each easy to change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.support.tables import case_set_of
from tskit.duty import CaseEntry, open_duty, write_case
from tskit.findings.escalation import Reader, escalate, told
from tskit.model import Casebook, Deadline

__all__ = ["ASK", "UNTIL", "brief_of", "casebook_in", "changed", "incident", "log_entries", "without"]

ASK = "abuse_type_reported=THREATS; market=SG,MY; since=2026-11-01T08:00"
UNTIL = "2026-11-02T00:00"
_BLANK = dict.fromkeys(
    (
        *("case_id", "created_at", "decided_at", "closed_at", "policy_id", "policy_version", "abuse_type_reported"),
        *("record_type", "entity_type", "severity", "market", "content_language", "reviewer_language"),
        *("ingestion_route", "source_type", "source_identity", "content_id", "subject_account_id", "reach"),
        *("decision", "decision_initial", "decision_ground", "decided_vendor", "decided_queue", "queue", "status"),
        *("appeal_status", "appealed_at", "appeal_decided_at", "automated_detection", "automated_decision"),
        *("sla_target_at", "qa_label_final"),
    ),
    "",
)
_EVENT = dict.fromkeys(("case_id", "event_type", "occurred_at", "from_queue", "to_queue", "actor_id", "actor_type"), "")
_ORDINARY = {
    "policy_id": "THREATS", "policy_version": "2026-03", "abuse_type_reported": "THREATS", "record_type": "report",
    "entity_type": "episode", "severity": "S2", "market": "MY", "content_language": "ms", "ingestion_route": "rss",
    "source_type": "user_report", "decided_queue": "urgent", "queue": "urgent", "appeal_status": "none",
    "automated_detection": "no", "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED", "decision": "action",
    "decision_initial": "action", "decided_vendor": "Lumen", "reviewer_language": "ms", "status": "closed",
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
}  # fmt: skip
_OPEN = {
    "decided_at": "", "closed_at": "", "decision": "", "decision_initial": "", "decided_vendor": "", "decided_queue": "",
    "reviewer_language": "", "status": "open", "automated_decision": "", "decision_ground": "",
}  # fmt: skip
_REVERSED = {
    "decision": "no_action", "appeal_status": "reversed", "appealed_at": "2026-11-01 17:00",
    "appeal_decided_at": "2026-11-01 20:25",
}  # fmt: skip


def incident():
    """Return the rows of the world: a quiet past of one case a week and market, and a Sunday with an incident.

    i1 to i7 come from Malaysia, i8 to i12 from Singapore; i4 is a wrong takedown, i11 a hand-off that nobody took up,
    and i12 a government order with a deadline. i10 to i12 are open.
    """
    past = [_past(week, market) for week in range(1, 20) for market in ("MY", "SG")]
    now = [_now(n) for n in range(1, 13)]
    by_id = {row["case_id"]: row for row in now}
    by_id["i4"] |= {**_REVERSED, "content_id": "item-news", "subject_account_id": "account-press", "reach": "800"}
    by_id["i7"] |= {
        "content_id": "item-copy",
        "subject_account_id": "account-other",
        "reach": "1200",
        "decided_vendor": "Northwind",
    }
    by_id["i12"] |= {"source_type": "government_order", "record_type": "legal", "source_identity": ""}
    by_id["i11"] |= {"sla_target_at": "2026-11-01 21:30"}
    return [*past, *now]


def changed(rows, case_id, **values):
    """Return the rows with some values of one case changed."""
    return [row | values if row["case_id"] == case_id else row for row in rows]


def without(rows, *case_ids):
    """Return the rows without some cases."""
    return [row for row in rows if row["case_id"] not in case_ids]


def casebook_in(folder, *, hours=24.0):
    """Return a casebook in a folder, with a deadline of so many hours for government orders."""
    folder.mkdir(exist_ok=True)
    deadline = Deadline(
        "Malaysia and Singapore: orders", hours=hours, where={"source_type": "government_order"},
        zone="Asia/Singapore", basis="an example; verify with legal", as_of="2026-10-20",
    )  # fmt: skip
    return Casebook(root=folder, name="drawn", deadlines=(deadline,), labels={"THREATS": "threats"})


def log_entries(book, *, due="2026-11-02T09:30:00+08:00"):
    """Write what people wrote about the incident; the texts are nobody's to repeat."""
    at = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    entries = [
        CaseEntry("i1", "opened", "aisyah", at, "k1", "SECRET the concert next week", owner="aisyah"),
        CaseEntry("i1", "decision", "aisyah", at + timedelta(hours=1), "k2", "SECRET restrict it"),
        CaseEntry("i1", "next", "ben", at + timedelta(hours=9), "k3", "SECRET end the accounts", owner="aisyah",
                  due_at=datetime.fromisoformat(due)),
        CaseEntry("i1", "note", "ben", at + timedelta(hours=9.5), "k4", "SECRET a note"),
        CaseEntry("i1", "note", "ben", at + timedelta(hours=10), "k5", "SECRET a better note", supersedes="k4"),
    ]  # fmt: skip
    log = open_duty(book)
    with log.store:
        for entry in entries:
            write_case(log, entry)


def brief_of(rows, book, *, audience="executive", until=UNTIL, ask=ASK):
    """Return everything that the brief of the incident says."""
    events = [event for row in rows for event in _events(row)]
    case_set = case_set_of({"cases": rows, "events": events}, as_of="2026-11-02", casebook=book)
    where = ask if "=" in ask else ""
    named = "" if where else ask
    return told(escalate(case_set, named, where=where, reader=Reader(audience=audience), until=until))


def _past(week, market):
    at = datetime(2026, 11, 1, 13, 0) - timedelta(weeks=week, hours=week % 5)  # noqa: DTZ001  # a local time, as drawn
    acts = week % 3 != 0
    decision = "action" if acts else "no_action"
    appeal = {
        "appeal_status": "upheld",
        "appealed_at": _text(at + timedelta(days=1)),
        "appeal_decided_at": _text(at + timedelta(days=2)),
    }
    return {
        **_BLANK, **_ORDINARY, "case_id": f"p{week}{market}", "created_at": _text(at), "market": market,
        "decided_at": _text(at + timedelta(hours=3)), "closed_at": _text(at + timedelta(hours=4)),
        "content_id": f"old{week}{market}", "subject_account_id": f"acc{week}{market}", "reach": "50",
        "source_identity": f"r{week % 4}{market}", "decision": decision, "decision_initial": decision,
        "content_language": "ms" if market == "MY" else "en", "reviewer_language": "ms" if market == "MY" else "en",
        "policy_version": "2026-03" if week < 12 else "2025-11", **(appeal if week % 4 == 0 else {}),
    }  # fmt: skip


def _now(n):
    at = datetime(2026, 11, 1, 11, 6) + timedelta(minutes=50 * (n - 1))  # noqa: DTZ001  # a local time, as drawn
    is_malay = n <= 7  # as the docstring of `incident` says
    row = {
        **_BLANK, **_ORDINARY, "case_id": f"i{n}", "created_at": _text(at), "market": "MY" if is_malay else "SG",
        "decided_at": _text(at + timedelta(hours=2)), "closed_at": _text(at + timedelta(hours=2, minutes=5)),
        "content_id": "item-main", "subject_account_id": "account-actor", "reach": "5000", "source_identity": f"reporter-{n}",
        "content_language": "ms" if is_malay else "en", "reviewer_language": "ms" if is_malay else "en",
    }  # fmt: skip
    return row | _OPEN if n >= 10 else row  # as above


def _events(row):
    case_id = row["case_id"]
    yield _event(case_id, "created", row["created_at"], to="urgent")
    if row["decided_at"]:
        yield _event(case_id, "decided", row["decided_at"], actor="u1")
        yield _event(case_id, "notified", row["decided_at"])
        yield _event(case_id, "closed", row["closed_at"], actor="u1")
    if case_id == "i11":
        yield _event(case_id, "escalated", "2026-11-01 20:54", to="escalations", came="urgent", actor="u2")


def _event(case_id, kind, at, *, to="", came="", actor=""):
    said = {"case_id": case_id, "event_type": kind, "occurred_at": at, "from_queue": came, "to_queue": to}
    return _EVENT | said | {"actor_id": actor, "actor_type": "user" if actor else "system"}


def _text(at):
    return f"{at:%Y-%m-%d %H:%M}"
