"""The logs of a casebook as a finished run found them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tskit.errors import TskitError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from tskit.model import Casebook
    from tskit.records import Store
    from tskit.runs.verify import LogNow, Records

__all__ = ["records_as_of"]

_COPY = "records.sqlite"
_NOWHERE = "none.sqlite"


@contextmanager
def records_as_of(places: Sequence[Mapping[str, Any]], *, book: Casebook, scratch: Path) -> Generator[Records]:
    """Give the logs at these places: in the casebook where nothing was added since, else in a copy that ends there."""
    from tskit.runs.verify import LogNow, Records

    if not any(place.get("entries") for place in places):
        # What was written since is none of this run's, and neither is that there are records now.
        logs = tuple(LogNow(str(place["log"]), 0) for place in places)
        yield Records(logs, {"TSKIT_RECORDS": str(scratch / _NOWHERE)} if places else {})
        return
    if not book.keeps_records:
        yield Records(tuple(_missing(place) for place in places))
        return
    try:
        with _opened(book) as store:
            logs = tuple(_now(store, place) for place in places)
            yield Records(logs, _cut(store, logs, scratch / _COPY))
    except TskitError as error:
        yield Records((LogNow("records", 0, trouble=str(error)),))


def _opened(book: Casebook) -> Store:
    from tskit.causes import open_log

    return open_log(book).store


def _missing(place: Mapping[str, Any]) -> LogNow:
    from tskit.runs.verify import LogNow

    count = int(place.get("entries", 0))
    told = f"{count:,} entries were read, and the casebook keeps no records here." if count else ""
    return LogNow(str(place["log"]), count, trouble=told)


def _now(store: Store, place: Mapping[str, Any]) -> LogNow:
    from tskit.runs.verify import LogNow

    log, count = str(place["log"]), int(place.get("entries", 0))
    verdict = store.verify(log, expected=(count, str(place.get("digest", ""))))
    return LogNow(log, count, max(0, verdict.entries - count), verdict.reason)


def _cut(store: Store, logs: Sequence[LogNow], copy: Path) -> dict[str, str]:
    from tskit.records import copy_records, open_store

    if not any(log.added for log in logs) or any(log.trouble for log in logs):
        return {}
    with open_store(copy) as target:
        copy_records(store, to=target, ends={log.log: log.entries for log in logs})
    return {"TSKIT_RECORDS": str(copy)}
