"""What people write about the incident: nearly the same, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from tskit.sources.synthetic.texts import Texts, phrase_rows

if TYPE_CHECKING:
    import numpy as np

    from tskit.sources.synthetic.incident_course import Course

__all__ = ["incident_texts"]

_SPOKEN = 0.3
_BY_HAND = {"wrong_takedown": ("en", "incident news"), "order": ("ms", "incident order")}


def incident_texts(told: Course, rng: np.random.Generator) -> Texts:
    """Return the subject and the description of each case."""
    pairs = [_pair(language, rng) for language in told.language]
    for name, key in _BY_HAND.items():
        subject, *body = phrase_rows()[key]
        pairs[told.named[name]] = (subject, " ".join(body))
    return Texts(*(pa.array(side, pa.string()) for side in zip(*pairs, strict=True)))


def _pair(language: str, rng: np.random.Generator) -> tuple[str, str]:
    subject, *parts = (_one(cell, rng) for cell in phrase_rows()[language, "incident"])
    before, after = (_one(cell, rng) for cell in phrase_rows()[language, "around"])
    words = [before] * (rng.random() < _SPOKEN) + parts + [after] * (rng.random() < _SPOKEN)
    return subject, " ".join(words)


def _one(cell: str, rng: np.random.Generator) -> str:
    choices = cell.split(";")
    return choices[int(rng.integers(len(choices)))]
