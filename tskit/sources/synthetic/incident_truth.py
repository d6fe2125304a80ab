"""What is true of the planted incident."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import QUEUES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.incident import Incident

__all__ = ["incident_truth", "named_ids"]


def named_ids(incident: Incident, case_ids: Text) -> dict[str, str]:
    """Return the case ids of the cases that the story turns on, by what they are called."""
    return {name: case_ids[row].as_py() for name, row in incident.course.named.items()}


def incident_truth(incident: Incident, columns: Columns) -> dict[str, Any]:
    """Return what a brief and a handover have to find, as plain JSON values."""
    told, work, ids = incident.course, incident.cases.work, named_ids(incident, columns["case_id"])
    lead, missed = told.named["lead"], told.named["missed_handoff"]
    contents = _first_seen(columns["content_id"])
    reach = {
        name: max(
            int(number.as_py())
            for number, content in zip(columns["reach"], columns["content_id"], strict=True)
            if content.as_py() == name
        )
        for name in contents
    }
    wrong = {"decided_at": "decided", "appealed_at": "appealed", "reversed_at": "answered"}
    return {
        "content_ids": contents,
        "account_ids": _first_seen(columns["subject_account_id"]),
        "main_content_id": columns["content_id"][lead].as_py(),
        "markets": ["SG", "MY"],
        "lead_case_id": ids["lead"],
        "order_case_id": ids["order"],
        "first_report_at": _iso(incident.at("lead", "created")),
        "removed_at": _iso(incident.at("removal", "decided")),
        "wrong_takedown": {
            "case_id": ids["wrong_takedown"],
            "content_id": columns["content_id"][told.named["wrong_takedown"]].as_py(),
            **{name: _iso(incident.at("wrong_takedown", column)) for name, column in wrong.items()},
        },
        "missed_handoff": {
            "case_id": ids["missed_handoff"],
            "at": _iso(incident.at("missed_handoff", "escalated")),
            "from_queue": QUEUES[work.first_queue[missed]],
            "to_queue": QUEUES[work.last_queue[missed]],
            "target_passed_at": _iso(int(work.due[missed])),
        },
        "open_at_end": [columns["case_id"][int(row)].as_py() for row in np.flatnonzero(told.closed == NEVER)],
        "reach": {"by_content": reach, "total": sum(reach.values())},
    }


def _first_seen(column: Text) -> list[str]:
    return list(dict.fromkeys(column.to_pylist()))


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
