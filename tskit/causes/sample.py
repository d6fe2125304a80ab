"""Brings the judgements of a synthetic casebook's own raters into its log, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tskit.causes.entries import LOG
from tskit.causes.exchange import drafts_of, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.causes.entries import TagLog

__all__ = ["bring_along"]


def bring_along(log: TagLog, folder: Path) -> None:
    """Write the tags and rounds in `folder` to logs that have no entry yet; of several processes, one does.

    Raises:
        DataError: a line does not hold up.
        SourceError: the database cannot be written.
    """
    from tskit.causes.rounds import LOG as ROUNDS  # noqa: PLC0415  # brings what only rounds need
    from tskit.causes.rounds import draft_of as round_of  # noqa: PLC0415  # as above

    rounds, tags = folder / "rounds.jsonl", folder / "tags.jsonl"
    if rounds.is_file() and not log.store.head(ROUNDS)[0]:
        lines = rounds.read_text(encoding="utf-8").splitlines()
        log.store.append(ROUNDS, [round_of(json.loads(line)) for line in lines], when_empty=True)
    if tags.is_file() and not log.store.head(LOG)[0]:
        drafts, _ = drafts_of(log, read_file(log, tags))
        log.store.append(LOG, drafts, when_empty=True)
