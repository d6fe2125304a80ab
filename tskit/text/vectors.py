"""How alike many texts are to one: pieces weighed by how rare they are, whatever the language and the disguise."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tskit.text.confusables import skeleton
from tskit.text.scripts import HAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TextIndex", "index_texts"]

_SIZE = 4
_COLUMNS = 1 << 20
_START, _END = "\x02\x02", "\x03\x03"
_HAN = re.compile(f"[{HAN}]+")


@dataclass(frozen=True, slots=True)
class TextIndex:
    """Texts as weighed pieces; the texts themselves are not in it, and its `repr` shows no more than their number."""

    ids: tuple[str, ...] = field(repr=False)
    _places: Mapping[str, int] = field(repr=False, compare=False)
    _rows: Any = field(repr=False, compare=False)
    _weigh: Any = field(repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def among(self, ids: Iterable[str]) -> TextIndex:
        """Return the index of these texts alone, weighed as before; ids that are not in it are left out."""
        kept = tuple(dict.fromkeys(key for key in ids if key in self._places))
        rows = self._rows[[self._places[key] for key in kept]]
        return TextIndex(kept, {key: place for place, key in enumerate(kept)}, rows, self._weigh)

    def likeness(self, *, text: str = "", key: str = "") -> NDArray[np.float32]:
        """Return the cosine of each text of the index, in the order of `ids`, with a text or with one of its own."""
        row = self._rows[self._places[key]] if key else self._weigh(_pieces([text]))
        return (self._rows @ row.T).toarray().ravel()

    def likenesses(self, keys: Iterable[str]) -> NDArray[np.float32]:
        """Return the cosines of some of its texts with all of them, one row for each of `keys`."""
        chosen = self._rows[[self._places[key] for key in keys]]
        return (chosen @ self._rows.T).toarray()


def index_texts(texts: Mapping[str, str], *, learn_from: Iterable[str] = ()) -> TextIndex:
    """Return an index of `texts`; how rare a piece is, is learned from them and from the texts in `learn_from`.

    A piece is four characters in a row of the text's skeleton, blanks among them; a Chinese character counts for two.
    Measured on real Thai and Vietnamese and on synthetic Chinese text, this finds a disguised copy at least as often as
    words do (`benchmarks/similar.py`).
    """
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415  # takes a second to import

    ids = tuple(texts)
    # One text more, an empty one: nothing can be learned from no text at all.
    counts = _pieces([*texts.values(), *learn_from, ""])
    weights = TfidfTransformer(sublinear_tf=True).fit(counts)
    places = {key: place for place, key in enumerate(ids)}
    return TextIndex(ids, places, weights.transform(counts)[: len(ids)], weights.transform)


def _pieces(texts: Iterable[str]) -> Any:  # noqa: ANN401  # a sparse matrix, which has no type of its own
    """Return how often each text has each piece, by a hash of the piece, so that no list of pieces is kept."""
    import numpy as np  # noqa: PLC0415  # as above
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415  # as above

    counting = HashingVectorizer(
        analyzer="char",
        ngram_range=(_SIZE, _SIZE),
        n_features=_COLUMNS,
        preprocessor=_spread,
        norm=None,  # type: ignore[arg-type]  # allowed, and not in the types that are inferred
        alternate_sign=False,
        dtype=np.float32,  # type: ignore[arg-type]  # as above
    )
    return counting.transform(texts)


def _spread(text: str) -> str:
    bare = _HAN.sub(_twice, skeleton(text))
    # Marks around it, which no normalised text has, let one letter be a piece; what says nothing is like nothing.
    return f"{_START}{bare}{_END}" if bare else ""


def _twice(match: re.Match[str]) -> str:
    return "".join(letter * 2 for letter in match[0])
