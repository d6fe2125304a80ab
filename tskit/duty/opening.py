"""Opens the logs of a casebook's duty; a synthetic casebook's bring along what its own team wrote, once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tskit.duty.case_entry import CaseEntry, case_draft
from tskit.duty.entries import ESCALATIONS, SHIFTS, DutyLog
from tskit.duty.shift_entry import ShiftEntry, shift_draft
from tskit.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tskit.model import Casebook
    from tskit.records import Draft

__all__ = ["open_duty"]

_FILE = "duty.jsonl"


def open_duty(casebook: Casebook) -> DutyLog:
    """Return the logs of a casebook's escalations and shifts; a synthetic casebook's bring their own along, once.

    Raises:
        SourceError: the database cannot be reached or written.
        DataError: what the synthetic casebook brings does not hold up.
    """
    from tskit.records import open_store  # noqa: PLC0415  # brings SQLAlchemy, which reading the settings does not need

    log = DutyLog(open_store(casebook.store), tuple(site.name for site in casebook.sites), casebook.zone)
    if casebook.is_sample:
        _bring_along(log, casebook.root / "data" / _FILE)
    return log


def _bring_along(log: DutyLog, path: Path) -> None:
    empty = [name for name in (ESCALATIONS, SHIFTS) if not log.store.head(name)[0]]
    if not empty or not path.is_file():
        return
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        drafts = _drafts(rows)
    except (AttributeError, KeyError, TypeError, ValueError, ParameterError):
        # Neither the line nor what is wrong with it is quoted: it may hold words of a case.
        raise DataError(f"{path.name} does not hold up. Write the sample anew with `tskit init`.") from None
    for name in empty:
        # Of several processes one does it; the others find the log filled.
        log.store.append(name, drafts[name], when_empty=True)


def _drafts(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Draft]]:
    drafts: dict[str, list[Draft]] = {ESCALATIONS: [], SHIFTS: []}
    for row in rows:
        drafts[row["log"]].append(_case(row) if row["log"] == ESCALATIONS else _shift(row))
    return drafts


def _case(row: Mapping[str, Any]) -> Draft:
    return case_draft(CaseEntry(case_id=row["subject"], **_given(row)))


def _shift(row: Mapping[str, Any]) -> Draft:
    return shift_draft(ShiftEntry(site=row["subject"], **_given(row)))


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    body = dict(row["body"])
    if body.get("due_at"):
        body["due_at"] = datetime.fromisoformat(body["due_at"])
    at = datetime.fromisoformat(row["at"])
    return {
        **body,
        **{name: row[name] for name in ("kind", "author", "key")},
        "at": at,
        "supersedes": row.get("supersedes", ""),
    }
