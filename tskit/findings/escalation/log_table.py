"""The decision log: what was written, by whom and when, with what was replaced or taken back since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.tables import table
from tskit.findings.wording import count, plural

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from tskit.findings.escalation.look import Escalation
    from tskit.findings.tables import Table

__all__ = ["log_table"]

_KINDS: Mapping[str, str] = {
    "opened": "opened",
    "note": "note",
    "decision": "decision",
    "next": "to be decided next",
    "owner": "now with",
    "handoff": "handed over",
    "reply": "told or asked",
    "closed": "closed",
    "undo": "taken back",
}
_MOST = 200


def log_table(escalation: Escalation) -> Table:
    """Return every entry of the log about these cases as of the moment, in the order in which they were written.

    Nothing is ever changed or removed: an entry that was replaced or taken back stays, and says by which one. The table
    quotes what people wrote and names them, so that a copy to share leaves its rows out.
    """
    log = escalation.log.sort_values("seq", kind="stable")
    shown = log.tail(_MOST)
    rows = [_row(escalation, entry) for entry in shown.to_dict("records")]
    names = ["what", "text", "author", "at", "whom", "due", "state", "case_id", "seq"]
    frame = pd.DataFrame(rows, columns=names)
    headers = [
        ("what", "Entry"), ("text", "What was written"), ("author", "By"), ("at", "When", "moment"), ("whom", "To"),
        ("due", "Due", "moment"), ("state", "State"), ("case_id", "Case"), ("seq", "No."),
    ]  # fmt: skip
    kept = [
        header
        for header in headers
        if (header[0] != "case_id" or not escalation.is_one)
        and (header[0] in {"what", "text", "author", "at"} or frame[header[0]].notna().any())
    ]
    made = table(
        frame, kept, key="decision_log", title="Decision log", caption=_caption(escalation, log), role="people"
    )
    return replace(made, of_single_cases=True)


def _row(escalation: Escalation, entry: Mapping[Hashable, object]) -> tuple[object, ...]:
    whom = entry["to"] or entry["owner"] or None
    return (
        _KINDS.get(str(entry["kind"]), str(entry["kind"])),
        entry["text"] or None,
        entry["author"],
        _instant(escalation, entry["at"]),
        whom,
        _instant(escalation, entry["due_at"]),
        _state(entry),
        entry["case_id"],
        f"#{entry['seq']}",
    )


def _instant(escalation: Escalation, at: object) -> str | None:
    if not isinstance(at, pd.Timestamp) or pd.isna(at):
        return None
    return at.astimezone(escalation.zone).isoformat(timespec="seconds")


def _state(entry: Mapping[Hashable, object]) -> str | None:
    state = str(entry.get("state", "stands"))
    return f"{state} by #{entry['ended_by']}" if state in {"replaced", "taken back"} else None


def _read(escalation: Escalation) -> str:
    """Return how far the log was read: without a moment to its end, which people write after that of the data."""
    logs = escalation.logs
    return f"as of {escalation.spoken(logs.until)}" if logs.until else f"up to #{logs.places[0].entries} of the log"


def _caption(escalation: Escalation, log: pd.DataFrame) -> str:
    if log.empty:
        return "Nothing was written about these cases yet; tskit log CASE adds an entry."
    ended = int(log["state"].isin(["replaced", "taken back"]).sum()) if "state" in log else 0
    more = len(log) - _MOST
    parts = [
        f"{plural(len(log), 'entry', 'entries')} {_read(escalation)}"
        + (f", {count(ended)} of them replaced or taken back since" if ended else "")
        + ". Entries are only ever added.",
        f"The last {count(_MOST)} are shown." if more > 0 else "",
    ]
    return " ".join(part for part in parts if part)
