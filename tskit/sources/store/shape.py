"""What a source asks for, as a hash: a delivery goes on only from one that asked for the same."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model import Source

__all__ = ["Shape", "shape_of"]

_QUERY = ".sql"


@dataclass(frozen=True, slots=True)
class Shape:
    """A hash of all that a source asks for, and what of it may be told: no value of a parameter is."""

    digest: str
    told: Mapping[str, str]


def shape_of(source: Source, *, root: Path) -> Shape:
    """Return the shape of a source of the casebook in `root`; other words in a file of `queries/` make another one."""
    asked = {"url": source.url, "cases": source.cases, "events": source.events, "reviews": source.reviews}
    queries = [_text(root / place) for place in asked.values() if place.endswith(_QUERY)]
    bound = [sorted((name, repr(value)) for name, value in source.parameters.items())]
    settings = [sorted((name, repr(value)) for name, value in source.settings.items() if name in _ASKED)]
    digest = sha256(repr((sorted(asked.items()), queries, bound, settings, source.watermark)).encode()).hexdigest()
    return Shape(digest, {**{name: place for name, place in asked.items() if place}, "watermark": source.watermark})


_ASKED = ("objects", "key", "fields", "where")
"""Settings that change which rows come; a timeout does not."""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""  # whoever opens the query says that it is not there
