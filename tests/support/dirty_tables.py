"""A table of cases with everything that is wrong in real ones, as text: the same rows for files and for engines."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa

HEADER = (
    "case_id", "created_at", "closed_at", "decided_at", "first_assigned_at", "content_created_at", "status", "market",
    "queue", "policy_id", "severity", "decision", "reach", "handle_seconds", "sla_met", "qa_sampled", "dsa_keywords",
    "owner_id", "subject", "source_modified_at", "note_of_ours",
)  # fmt: skip
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
WRONG = {
    "case_id": ("", "  ", "\u00a0"),
    "created_at": (
        "",
        "yesterday",
        "2026-02-30 10:00:00Z",
        "1850-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-01",
    ),
    "closed_at": ("soon", "2026-03-05 25:00:00+00", "2101-01-01T00:00:00Z"),
    "status": ("Erledigt", "", "IN PROGRESS", " closed "),
    "severity": ("S9", "s3", "S2 "),
    "decision": ("No Action", "perhaps", "DUPLICATE"),
    "reach": ("1,234", "1,5", "12.0", "12.5", "-3", "many", "1e3x", "99999999999999999999"),
    "handle_seconds": ("1.5e2", ".5", "5.", "nan", "inf", "1,234.5", "abc", "--1"),
    "sla_met": ("TRUE", "No", "1", "0", "maybe", "y"),
    "market": ("SG ", " ID", "'", 'a "b"', "ไทย", "\t"),
    "dsa_keywords": ("", "[KEYWORD_NUDITY; KEYWORD_OTHER]", "KEYWORD_NUDITY;;", '"KEYWORD_OTHER"'),
}


def dirty_cases(number=400, *, seed=7):
    """Return a table of text with rows of every fault, exact copies, older states, and times out of order."""
    chance = random.Random(seed)
    rows = [_row(chance, place) for place in range(number)]
    for column, values in WRONG.items():
        for value in values:
            chance.choice(rows)[column] = value
    copies = [dict(row) for row in chance.sample(rows, 12)]
    older = [{**row, "status": "open", "source_modified_at": _at(FIRST)} for row in chance.sample(rows, 9)]
    whole = [*rows, *copies, *copies[:4], *older]
    chance.shuffle(whole)
    return pa.table({name: pa.array([row[name] for row in whole], pa.string()) for name in HEADER})


def dirty_events(cases, *, seed=8):
    """Return events of most of the cases, some of none of them, some twice, and some that cannot be read."""
    chance = random.Random(seed)
    names = ("event_id", "case_id", "event_type", "occurred_at", "seq", "from_queue", "to_queue", "is_paired_id_row")
    rows = []
    for place, case in enumerate(cases.column("case_id").to_pylist()):
        at = _at(FIRST + timedelta(hours=place))
        kind = chance.choice(["created", "Queue Moved", "closed", "reopened", "nothing known"])
        rows.append(
            (f"e{place}", (case or "").strip(), kind, at, str(place % 3), "a", chance.choice(["a", "b", ""]), "no")
        )
    rows += [
        ("lost", "no such case", "closed", _at(FIRST), "1", "", "", "false"),
        rows[3],
        ("", "", "", "", "", "", "", ""),
    ]
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})


def _row(chance, place):
    opened = FIRST + timedelta(minutes=37 * place)
    closed = opened + timedelta(hours=chance.choice([-3, 0, 2, 30, 200]))
    is_open = chance.random() < 0.2
    return {
        "case_id": f"c{place:05d}",
        "created_at": _at(opened),
        "closed_at": "" if is_open or chance.random() < 0.05 else _at(closed),
        "decided_at": _at(opened + timedelta(hours=chance.choice([-1, 1, 5]))) if chance.random() < 0.8 else "",
        "first_assigned_at": _at(opened + timedelta(minutes=chance.choice([-9, 5, 50]))),
        "content_created_at": _at(opened + timedelta(days=chance.choice([-9, -1, 3]))),
        "status": chance.choice(["open", "Waiting"] if is_open else ["closed", "Resolved", "cancelled", "open"]),
        "market": chance.choice(["SG", "ID", "TH", ""]),
        "queue": chance.choice(["scam", "hate", ""]),
        "policy_id": chance.choice(["p1", "p2", "p3"]),
        "severity": chance.choice(["S0", "S1", "S2", "S3"]),
        "decision": chance.choice(["action", "no_action", ""]),
        "reach": str(chance.randrange(10_000)),
        "handle_seconds": f"{chance.random() * 900:.3f}",
        "sla_met": chance.choice(["true", "false", ""]),
        "qa_sampled": chance.choice(["yes", "no", ""]),
        "dsa_keywords": chance.choice(["KEYWORD_NUDITY", "KEYWORD_OTHER;KEYWORD_NUDITY", ""]),
        "owner_id": chance.choice(["ada", "bo", "cy", ""]),
        "subject": "do not read me",
        "source_modified_at": _at(closed + timedelta(hours=1)),
        "note_of_ours": "x",
    }


def _at(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
