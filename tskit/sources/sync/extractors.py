"""Which module brings the rows of which kind of source. To add a kind: one function, one line in EXTRACTORS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.sources.sync import files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import Protocol

    from tskit.model import Source
    from tskit.sources.store.delivery import Delivery

    class Extractor(Protocol):
        """Bring what is new of a source into a delivery, and finish each table of it; the caller seals."""

        def __call__(
            self,
            source: Source,
            delivery: Delivery,
            *,
            root: Path,
            secret: Callable[[str], str],
            progress: Callable[[str, int], None],
            now: datetime,
        ) -> None: ...


__all__ = ["EXTRACTORS", "extractor_of"]


def _files() -> Extractor:
    return files.extract


def _salesforce() -> Extractor:
    from tskit.sources.salesforce.live import extract  # noqa: PLC0415  # whose libraries are optional

    return extract


def _sql() -> Extractor:
    from tskit.sources.sql import extract  # noqa: PLC0415  # most sources are files

    return extract


EXTRACTORS: Mapping[str, Callable[[], Extractor]] = {"": _files, "salesforce": _salesforce}
"""By scheme; every other one is that of a database, which says itself what it does not know."""


def extractor_of(scheme: str) -> Extractor:
    """Return what brings the rows of sources whose URL begins so; empty for files."""
    return EXTRACTORS.get(scheme, _sql)()
