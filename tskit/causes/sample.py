"""Brings what a synthetic casebook's own team tagged and wrote down into its logs, once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tskit.causes.entries import LOG
from tskit.causes.exchange import drafts_of, read_file
from tskit.causes.register import LOG as ACTIONS
from tskit.causes.register import draft_of as action_draft
from tskit.causes.register import read_action
from tskit.causes.whys import LOG as WHYS
from tskit.causes.whys import Chain, Why
from tskit.causes.whys import draft_of as chain_draft
from tskit.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tskit.causes.entries import TagLog
    from tskit.causes.taxonomy import Taxonomy
    from tskit.records import Draft

    _Reader = Callable[[Iterable[Mapping[str, Any]], Taxonomy], list[Draft]]

__all__ = ["bring_along"]


def bring_along(log: TagLog, folder: Path) -> None:
    """Write the tags, rounds, whys and actions in `folder` to logs that have no entry yet; of several processes, one does.

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
    for name, read in ((WHYS, _chains), (ACTIONS, _actions)):
        path = folder / f"{name}.jsonl"
        if path.is_file() and not log.store.head(name)[0]:
            log.store.append(name, _read(path, read, log.taxonomy), when_empty=True)


def _chains(rows: Iterable[Mapping[str, Any]], taxonomy: Taxonomy) -> list[Draft]:
    """Return the first chain about each subject."""
    return [chain_draft(_chain(row), taxonomy=taxonomy) for row in rows]


def _chain(row: Mapping[str, Any]) -> Chain:
    steps = tuple(Why(step["why"], step["evidence"], step["cause"]) for step in row["steps"])
    return Chain(row["subject"], steps, row["author"], _at(row), f"{row['subject']}:1")


def _actions(rows: Iterable[Mapping[str, Any]], taxonomy: Taxonomy) -> list[Draft]:
    """Return every state of each action, in order."""
    versions: Counter[str] = Counter()
    drafts: list[Draft] = []
    for row in rows:
        action = read_action(row)
        versions[action.id] += 1
        version = versions[action.id]
        draft = action_draft(action, taxonomy=taxonomy, author=row["author"], at=_at(row), version=version)
        drafts.append(draft)
    return drafts


def _read(path: Path, reader: _Reader, taxonomy: Taxonomy) -> list[Draft]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return reader(rows, taxonomy)
    except (AttributeError, KeyError, TypeError, ValueError, ParameterError):
        # Neither the line nor what is wrong with it is quoted: it may hold words of a case.
        raise DataError(f"{path.name} does not hold up. Write the sample anew with `tskit init`.") from None


def _at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])
