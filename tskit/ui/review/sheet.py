"""One case on one sheet: what a person reads before, and often instead of, its content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tskit.text import span
from tskit.ui.review.wording import NOT_KNOWN, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tskit.ui.review.wording import Row, Speaker

__all__ = ["COLUMNS", "sheet"]

COLUMNS = (
    *("case_id", "case_number", "parent_case_id", "record_type", "channel", "source_type", "entity_type", "component"),
    *(
        "reach",
        "content_language",
        "market",
        "abuse_type_reported",
        "policy_id",
        "policy_version",
        "severity",
        "status",
    ),
    *("is_closed", "queue", "decided_vendor", "decided_queue", "decision_initial", "tier", "created_at"),
    *("first_assigned_at", "decided_at", "closed_at", "reopened_count", "sla_target_at", "paused_minutes"),
    *("handle_seconds", "decision", "decision_ground", "decision_visibility", "decision_monetary"),
    *("decision_provision", "decision_account", "automated_decision", "appeal_status", "appealed_at"),
    *("appeal_decided_at", "qa_sampled", "qa_label", "qa_label_final", "qa_error_severity", "error_type", "dq_flags"),
)
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_PLACE = "{case_id}"
_ACTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")


def sheet(row: Row, path: Sequence[str] | None, *, speaker: Speaker, record_url: str) -> dict[str, Any]:
    """Return the facts of a case in words: its name, chips for the head, labelled lines, what is not known, a summary.

    `path` is the queues that it went through, None where the source does not tell.
    """
    lines = [(label, *_toned(say(row, speaker))) for label, say in _LINES]
    lines.insert(5, ("Queues", *_queues(row, path, speaker)))
    known = [(label, text, tone) for label, text, tone in lines if text and text != NOT_KNOWN]
    return {
        "case_id": row["case_id"],
        "number": row.get("case_number") or "",
        "url": _link(record_url, str(row["case_id"])),
        "chips": _chips(row, speaker),
        "facts": [{"label": label, "text": _upper(text), "tone": tone} for label, text, tone in known],
        "unknown": [label.lower() for label, text, _ in lines if text == NOT_KNOWN],
        "summary": listed([chip["text"] for chip in _chips(row, speaker)]),
    }


def _link(record_url: str, case_id: str) -> str:
    """Return where the case lies in the system of record, or nothing when the casebook names no web address."""
    if not _WEB.fullmatch(record_url.replace(_PLACE, "")):
        return ""
    name = quote(case_id, safe="")
    return record_url.replace(_PLACE, name) if _PLACE in record_url else record_url + name


def _toned(said: str | tuple[str, str]) -> tuple[str, str]:
    return said if isinstance(said, tuple) else (said, "")


def _chips(row: Row, speaker: Speaker) -> list[dict[str, str]]:
    severity = row.get("severity")
    due, tone = speaker.due(row)
    chips = [(f"Severity {severity}", "bad" if severity in ("S2", "S3") else "")] if severity else []
    chips += [(_upper(speaker.word(row[name])), "") for name in ("market", "policy_id") if row.get(name)]
    chips += [(_upper(speaker.word(row["status"])), "")] if row.get("status") else []
    chips += [(f"SLA {due}", tone)] if tone == "bad" else []
    return [{"text": text, "tone": tone} for text, tone in chips]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _opened(row: Row, speaker: Speaker) -> str:
    at = row.get("created_at")
    return f"{speaker.moment(at)}, {span(speaker.as_of - at)} before the data ends" if at else NOT_KNOWN


def _raised(row: Row, speaker: Speaker) -> str:
    source, kind = row.get("source_type"), row.get("record_type")
    channel = f"through {speaker.word(row['channel'])}" if row.get("channel") else ""
    reported = f"reported as {speaker.word(row['abuse_type_reported'])}" if row.get("abuse_type_reported") else ""
    by = f"by {speaker.word(source)}" if source and source != kind else ""
    return _upper(listed([by or (speaker.word(kind) if kind else ""), channel, reported])) or NOT_KNOWN


def _item(row: Row, speaker: Speaker) -> str:
    part = speaker.word(row["component"]) if row.get("component") else ""
    thing = speaker.word(row["entity_type"]) if row.get("entity_type") else ""
    language = f"in {str(row['content_language']).upper()}" if row.get("content_language") else ""
    return listed([f"{part} of {_article(thing)}" if part and thing else part or thing, language]) or NOT_KNOWN


def _article(thing: str) -> str:
    return f"{'an' if thing[:1] in 'aeiou' else 'a'} {thing}"


def _policy(row: Row, speaker: Speaker) -> str:
    if not row.get("policy_id"):
        return NOT_KNOWN
    version = f"version {row['policy_version']}" if row.get("policy_version") else "version not known"
    return listed([f"{_upper(speaker.word(row['policy_id']))} ({row['policy_id']})", version])


def _due(row: Row, speaker: Speaker) -> tuple[str, str]:
    return speaker.due(row)


def _queues(row: Row, path: Sequence[str] | None, speaker: Speaker) -> tuple[str, str]:
    last = row.get("queue")
    if not path:
        moves = "moves not known" if path is None else "never moved"
        return (listed([speaker.word(last), moves]) if last else NOT_KNOWN), ""
    hops = len(path) - 1
    if not hops:
        return f"{speaker.word(path[0])}, never moved", ""
    way = " → ".join(speaker.word(queue) for queue in path)
    bounced = any(a == b for a, b in zip(path, path[2:], strict=False))
    counted = "1 move" if hops == 1 else f"{hops} moves"
    return f"{way} ({counted}{', back and forth' if bounced else ''})", "warn" if bounced else ""


def _decision(row: Row, speaker: Speaker) -> str:
    if not row.get("decision"):
        return "none yet" if not row.get("is_closed") else NOT_KNOWN
    first, now = row.get("decision_initial"), row["decision"]
    said = speaker.word(now) if first in (None, now) else f"{speaker.word(now)}, at first {speaker.word(first)}"
    ground = speaker.word(row["decision_ground"]) if row.get("decision_ground") else ""
    at = f"on {speaker.moment(row['decided_at'])}" if row.get("decided_at") else ""
    return listed([_upper(said), ground, at])


def _done(row: Row, speaker: Speaker) -> str:
    values = [row.get(name) for name in _ACTIONS]
    flat = [part for value in values if value for part in (value if isinstance(value, list) else [value])]
    return _upper(listed([speaker.word(part) for part in flat]))


def _decided_by(row: Row, speaker: Speaker) -> str:
    who = row.get("decided_vendor")
    vendor = "in-house reviewer" if who == "internal" else f"reviewer of {speaker.word(who)}" if who else ""
    automation = row.get("automated_decision")
    how = speaker.word(automation) if automation else ""
    if not row.get("decision"):
        return ""
    people = "" if how == "fully automated" else vendor
    queue = f"in {speaker.word(row['decided_queue'])}" if row.get("decided_queue") and people else ""
    return _upper(listed(["" if people and how == "by a person" else how, people, queue])) or NOT_KNOWN


def _quality(row: Row, speaker: Speaker) -> str | tuple[str, str]:
    label = row.get("qa_label_final") or row.get("qa_label")
    if not label:
        return "not in the quality sample" if row.get("qa_sampled") is False else NOT_KNOWN
    if label == "correct":
        return "decision correct", "good"
    kind, severity = row.get("error_type"), row.get("qa_error_severity")
    said = ["decision incorrect", speaker.word(kind) if kind else "", f"{severity} error" if severity else ""]
    return listed(said), "bad"


def _appeal(row: Row, speaker: Speaker) -> str | tuple[str, str]:
    status = row.get("appeal_status")
    if not status:
        return NOT_KNOWN
    at = row.get("appeal_decided_at") or row.get("appealed_at")
    said = listed([speaker.word(status), speaker.moment(at) if at else ""])
    return said, "bad" if status in ("reversed", "partially_reversed") else ""


def _reach(row: Row, _: Speaker) -> str:
    if row.get("reach") is None:
        return NOT_KNOWN
    return f"{row['reach']:,} listeners {'at the decision' if row.get('decision') else 'so far'}"


def _handling(row: Row, speaker: Speaker) -> str:
    again, seconds, tier = row.get("reopened_count"), row.get("handle_seconds"), row.get("tier")
    created, touched = row.get("created_at"), row.get("first_assigned_at")
    return listed(
        [
            f"first touched after {span(touched - created)}" if created and touched and touched >= created else "",
            f"handled for {seconds / 60:.0f} min" if seconds is not None else "",
            f"reached {tier}" if tier and tier != "T1" else "",
            "" if not again else "opened again once" if again == 1 else f"opened again {again} times",
            f"clock stopped for {row['paused_minutes']:.0f} min" if row.get("paused_minutes") else "",
            f"belongs to case {speaker.word(row['parent_case_id'])}" if row.get("parent_case_id") else "",
        ]
    )


def _doubts(row: Row, speaker: Speaker) -> tuple[str, str]:
    return _upper(listed([speaker.doubt(flag) for flag in row.get("dq_flags") or ()], between="; ")), "warn"


_LINES: tuple[tuple[str, Callable[[Row, Speaker], str | tuple[str, str]]], ...] = (
    ("Opened", _opened),
    ("Raised", _raised),
    ("Item", _item),
    ("Policy", _policy),
    ("SLA", _due),
    ("Decision", _decision),
    ("Decided", _decided_by),
    ("Done", _done),
    ("QA", _quality),
    ("Appeal", _appeal),
    ("Reach", _reach),
    ("Handling", _handling),
    ("Doubtful", _doubts),
)
