"""What an alert says: which rule fires on which runs, as JSON for a program and as lines for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tskit.model import SURENESS
from tskit.text import chat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from tskit.model import Alert, Said, SaidFinding, Signal

__all__ = ["Message", "messages"]

SCHEMA = 1
_MOST_RUNS = 20
_ENDS: Mapping[str, Signal] = {"failed": "failure", "no_data": "no_data"}
_WORDS: Mapping[Signal, str] = {
    "failure": "failure",
    "no_data": "no data",
    "spike": "spike",
    "silence": "silence",
    "sla_breach": "SLA breach",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What one rule has to say of one run or batch. The same news has the same `id`, however often it is sent.

    `body` is plain JSON; its `text` holds lines that any chat takes.
    """

    id: str
    alert: str
    body: Mapping[str, Any]


def messages(alerts: Sequence[Alert], told: Sequence[Said], *, about: str = "", at: datetime) -> tuple[Message, ...]:
    """Return the messages that are due: at most one a rule, however many runs it fires on.

    Args:
        alerts: the rules.
        told: what may be said of each run.
        about: the batch that the runs are of; empty for a run of its own.
        at: when the runs ended.
    """
    due = [(alert, [(said, found) for said in told if (found := _fires(alert, said))]) for alert in alerts]
    return tuple(_message(alert, fired, about=about, of=len(told), at=at) for alert, fired in due if fired)


def _fires(alert: Alert, said: Said) -> tuple[Signal, ...]:
    """Return the signals of one run that the rule asks for."""
    if alert.templates and said.template not in alert.templates:
        return ()
    ended = _ENDS.get(said.status)
    found = {ended} if ended else {signal for finding in said.findings for signal in _heard(alert, finding)}
    return tuple(signal for signal in alert.on if signal in found)


def _heard(alert: Alert, finding: SaidFinding) -> tuple[Signal, ...]:
    # What there is nothing to be sure of, as a list of what is late, is a fact.
    is_sure = finding.certainty not in SURENESS or SURENESS.index(finding.certainty) >= SURENESS.index(alert.certainty)
    return tuple(signal for signal in finding.signals if is_sure and signal in alert.on)


def _message(
    alert: Alert, fired: Sequence[tuple[Said, tuple[Signal, ...]]], *, about: str, of: int, at: datetime
) -> Message:
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    news = [about, *(said.run or f"{said.template} {moment}" for said, _ in fired)]
    name = sha256(json.dumps([alert.name, *news]).encode()).hexdigest()[:16]
    shown = fired[:_MOST_RUNS]
    lines = [line for said, found in shown for line in _lines(alert, said, found)]
    if about:
        lines = [f"{chat(about)}: {len(fired)} of {of} runs", *lines]
    more = len(fired) - len(shown)
    lines += [f"And {more} more."] if more else []
    body = {
        "schema": SCHEMA,
        "id": name,
        "alert": alert.name,
        "at": moment,
        "on": [signal for signal in alert.on if any(signal in found for _, found in fired)],
        "batch": about,
        "runs_in_all": of,
        "runs_that_fire": len(fired),
        "runs": [_run(alert, said, found) for said, found in shown],
        "text": "\n".join(lines),
    }
    return Message(name, alert.name, body)


def _run(alert: Alert, said: Said, found: Sequence[Signal]) -> dict[str, Any]:
    open_ones = [finding for finding in said.findings if _heard(alert, finding) and not finding.is_covered]
    rows = [{name: value for name, value in asdict(one).items() if name != "is_covered"} for one in open_ones]
    return {
        "run": said.run,
        "template": said.template,
        "status": said.status,
        "is_sample": said.is_sample,
        "on": list(found),
        "title": said.title,
        "lead": said.lead,
        "findings": [{**row, "signals": list(row["signals"])} for row in rows],
        "only_in_the_report": len(_covered(alert, said)),
        "failure": said.failure,
    }


def _covered(alert: Alert, said: Said) -> list[SaidFinding]:
    return [finding for finding in said.findings if _heard(alert, finding) and finding.is_covered]


def _lines(alert: Alert, said: Said, found: Sequence[Signal]) -> Iterator[str]:
    sample = "SAMPLE DATA: " if said.is_sample else ""
    yield f"*{sample}{chat(said.template)}, {' and '.join(_WORDS[signal] for signal in found)}: {_answer(said)}*"
    for finding in said.findings:
        if _heard(alert, finding) and not finding.is_covered:
            step = f" Next: {chat(finding.next_step)}" if finding.next_step else ""
            yield f"\u2022 {chat(finding.claim).rstrip('.')}.{step}"
    for finding in _covered(alert, said):
        heard = " and ".join(_WORDS[signal] for signal in _heard(alert, finding))
        yield f"\u2022 {heard}: it tells of single cases, so it stands only in the report."
    if said.run:
        yield f"Run: {chat(said.run)}"


def _answer(said: Said) -> str:
    if said.status == "ok":
        return chat(said.title) or "it has no title."
    return chat(said.failure) if said.status == "failed" else "no case falls into its scope"
