"""Takes the records of one database to another, as when a team outgrows a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import DataError
from tskit.records.entry import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.records.entry import Entry
    from tskit.records.store import Store

__all__ = ["copy_records"]

_AT_ONCE = 5000


def copy_records(source: Store, *, to: Store, ends: Mapping[str, int] | None = None) -> dict[str, int]:
    """Write every log of `source` to another store, digests and all, and return how many entries each has.

    Of a log that `ends` names only so many of its first entries are written. What is there already is not written
    again, so that a copy that was cut off is finished by the same call.

    Raises:
        DataError: a log of `source` is not whole, or the other store holds something else under its name.
        SourceError: one of them cannot be reached, read or written.
    """
    counts: dict[str, int] = {}
    for log in source.logs():
        head = source.head(log, at=(ends or {}).get(log))
        verdict = source.verify(log)
        if not verdict.is_whole:
            raise DataError(f"The log {log!r} in {source.place} is not whole and was not copied. {verdict.reason}")
        present = to.head(log)
        if not source.verify(log, expected=present).is_whole:
            raise _other(log, to)
        drafts = [_draft(entry) for entry in source.entries(log, until_seq=head[0])]
        for start in range(present[0], len(drafts), _AT_ONCE):
            to.append(log, drafts[start : start + _AT_ONCE])
        if to.head(log) != head:
            raise _other(log, to)
        counts[log] = head[0]
    return counts


def _draft(entry: Entry) -> Draft:
    return Draft(entry.kind, entry.subject, entry.author, entry.at, entry.key, entry.supersedes, entry.body)


def _other(log: str, to: Store) -> DataError:
    return DataError(f"The log {log!r} in {to.place} holds other entries. Copy into a database that has none.")
