"""Files as deliveries: what was dropped into a folder since the last sync, known by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.places import find
from tskit.sources.registry import READERS
from tskit.sources.store.stored import sheet_table
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from tskit.model import Source
    from tskit.sources.store.delivery import Delivery

__all__ = ["extract", "locations"]

_MORE = "by content"
"""The watermark of a folder or pattern: the next delivery brings what is new in it. A single file is replaced whole."""


def extract(
    source: Source,
    delivery: Delivery,
    *,
    root: Path,
    secret: Callable[[str], str],  # noqa: ARG001  # every extractor is called alike
    progress: Callable[[str, int], None],
    now: datetime,  # noqa: ARG001  # as above
) -> None:
    """Keep the files of a source that the store does not hold yet, each as it was found.

    Of a folder or a pattern all files that were ever there count, whatever became of them since; a single file stands
    for all of its table, so that a new content of it replaces the one before. `progress` is told a table and its files.

    Raises:
        SourceError: a file is not there, cannot be read, or changes while it is read.
    """
    for table, location in locations(source).items():
        if not delivery.is_finished(table):
            _bring(table, location, delivery, root=root, progress=progress)


def locations(source: Source) -> Mapping[str, str]:
    """Return where the files of each table of a source lie; of a database only its joining sheets are files."""
    roles = {} if source.url else {"cases": source.cases, "events": source.events, "reviews": source.reviews}
    sheets = {sheet_table(place): sheet.get("path", "") for place, sheet in enumerate(source.sheets)}
    return {table: location for table, location in {**roles, **sheets}.items() if location}


def _bring(table: str, location: str, delivery: Delivery, *, root: Path, progress: Callable[[str, int], None]) -> None:
    files = _content(location, root=root)
    held, here = (delivery.digests(table, is_held=is_held) for is_held in (True, False))
    # What is asked for whole comes whole or, where every file of it is held already, not at all.
    is_whole = not delivery.since(table)
    known = here if is_whole and held != frozenset(files) else here | held
    fresh = {sha256: path for sha256, path in files.items() if sha256 not in known}
    if not fresh and not here:
        return
    for number, (sha256, path) in enumerate(fresh.items(), 1):
        delivery.put_file(table, path, sha256=sha256)
        progress(table, number)
    delivery.finish(table, watermark="" if (root / location).is_file() else _MORE)


def _content(location: str, *, root: Path) -> Mapping[str, Path]:
    """Return the files of a location by SHA-256; two of the same content are one."""
    found: dict[str, Path] = {}
    for path in find(location, root=root, kinds=(*READERS, ".zip")):
        try:
            found.setdefault(digest(path), path)
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror or 'it is damaged'}.") from None
    return found
