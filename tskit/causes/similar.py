"""Cases like a case: by what they say, in any language and disguise, and by rule, market and kind of content."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from tskit.model import CaseSet
    from tskit.text import TextIndex

__all__ = ["METADATA", "TEXT_SHARE", "CaseIndex", "Metadata", "index_cases", "metadata_of", "neighbours", "texts_of"]

METADATA = ("policy_id", "market", "entity_type")
"""What likeness goes by beside text; each that both cases have in common counts the same."""
TEXT_SHARE = 0.7
"""The part of likeness that text has; metadata has the rest."""

_MANY = 1_000
"""Above this number of ids it is quicker to read all of them than to name those wanted."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of all cases, each value as a number; -1 stands for none."""

    places: Mapping[str, int] = field(repr=False)
    codes: NDArray[np.int32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseIndex:
    """Cases to compare with: their texts as weighed pieces and their metadata as numbers. No text is in it."""

    texts: TextIndex
    metadata: Metadata = field(repr=False)
    _codes: NDArray[np.int32] = field(repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the cases in their order."""
        return self.texts.ids

    def likeness(self, case_id: str, *, text: str = "") -> NDArray[np.float32]:
        """Return how alike each case of the index is to a case, 0 to 1; one that is not in it brings its text along."""
        cosine = self.texts.likeness(key=case_id) if case_id in self.texts else self.texts.likeness(text=text)
        return _joined(cosine, self._shared(case_id))

    def likenesses(self, case_ids: Sequence[str]) -> NDArray[np.float32]:
        """Return how alike cases of the index are to all of it: one row for each of `case_ids`."""
        import numpy as np  # noqa: PLC0415  # slow to import, and reading a taxonomy does without

        return _joined(self.texts.likenesses(case_ids), np.stack([self._shared(case_id) for case_id in case_ids]))

    def _shared(self, case_id: str) -> NDArray[np.float32]:
        """Return the share of its metadata that each case of the index has in common with a case."""
        own = self.metadata.codes[self.metadata.places[case_id]]
        count = max(own.size, 1)
        return (((self._codes == own) & (own >= 0)).sum(axis=1) / count).astype("float32")


def neighbours(case_set: CaseSet, case_id: str, *, among: Sequence[str] | None = None, limit: int = 10) -> pd.DataFrame:
    """Return the cases that are most like a case: case_id and similarity (0 to 1), the most similar first.

    Similarity is seven parts text and three parts metadata (`METADATA`). Cases whose content may not be handled here
    are never among them, and such a case has no neighbours.

    Args:
        case_set: the cases; the scope's days make no difference.
        case_id: the case to compare with; it is not among the answers.
        among: compare with these alone; None compares with all, for which an index is made once and kept in memory.
        limit: how many to return at most.

    Raises:
        ParameterError: there is no such case.
    """
    import pandas as pd  # noqa: PLC0415  # as above

    index = _whole(_Held(case_set)) if among is None else index_cases(case_set, texts_of(case_set, [case_id, *among]))
    if case_id not in index.metadata.places:
        raise ParameterError(f"There is no case {case_id!r} among these. Copy the id as the source has it.")
    if case_id not in index.texts:
        return pd.DataFrame({"case_id": pd.Series(dtype="str"), "similarity": pd.Series(dtype="float64")})
    likeness = index.likeness(case_id)
    places = _first(likeness, limit + 1)
    found = pd.DataFrame(
        {"case_id": pd.Series([index.ids[place] for place in places], dtype="str"), "similarity": likeness[places]}
    ).astype({"similarity": "float64"})
    found = found[found["case_id"] != case_id]
    return found.sort_values(["similarity", "case_id"], ascending=[False, True], ignore_index=True).head(limit)


def index_cases(case_set: CaseSet, texts: Mapping[str, str], *, learn_from: Iterable[str] = ()) -> CaseIndex:
    """Return the index of the cases in `texts`; `learn_from` are more texts to learn from how rare a piece is."""
    from tskit.text import index_texts  # noqa: PLC0415  # as above

    metadata = metadata_of(case_set)
    index = index_texts(texts, learn_from=learn_from)
    return CaseIndex(index, metadata, metadata.codes[[metadata.places[case_id] for case_id in index.ids]])


def texts_of(case_set: CaseSet, case_ids: Sequence[str] | None = None) -> dict[str, str]:
    """Return what cases say, subject before description, for all cases of the scope's filters or for those named.

    Cases whose content may not be handled here are left out, and so are ids that are none.
    """
    from tskit.cases import all_contents, contents, withheld_routes  # noqa: PLC0415  # brings the engine

    known = _ids(case_set, case_ids)
    if case_ids is not None:
        found = contents(case_set, known)
        return {key: f"{said.subject}\n{said.description}" for key, said in found.items() if not said.is_withheld}
    frame = all_contents(case_set)
    said = dict(zip(frame["case_id"], frame["subject"] + "\n" + frame["description"], strict=True))
    withheld = withheld_routes(case_set, None)
    return {key: said.get(key, "") for key in known if key not in withheld}


def metadata_of(case_set: CaseSet) -> Metadata:
    """Return the metadata of all cases, for the columns of `METADATA` that the source has."""
    import numpy as np  # noqa: PLC0415  # as above

    columns = [name for name in METADATA if case_set.has(name)]
    table = case_set.cases.select("case_id", *columns).to_pyarrow()
    codes = np.full((table.num_rows, len(columns)), -1, dtype=np.int32)
    for place, name in enumerate(columns):
        numbers = table[name].combine_chunks().dictionary_encode().indices
        codes[:, place] = numbers.fill_null(-1).to_numpy(zero_copy_only=False)
    return Metadata({case_id: place for place, case_id in enumerate(table["case_id"].to_pylist())}, codes)


def _first(likeness: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Return the places of the highest, at least so many of them, with all that equal the last one."""
    import numpy as np  # noqa: PLC0415  # as above

    if count >= likeness.size:
        return np.arange(likeness.size)
    return np.flatnonzero(likeness >= np.partition(likeness, -count)[-count])


def _joined(cosine: NDArray[np.float32], shared: NDArray[np.float32]) -> NDArray[np.float32]:
    return (TEXT_SHARE * cosine + (1 - TEXT_SHARE) * shared).astype("float32")


def _ids(case_set: CaseSet, case_ids: Sequence[str] | None) -> list[str]:
    rows, wanted = case_set.cases, None if case_ids is None else set(case_ids)
    if wanted is not None and len(wanted) <= _MANY:
        rows = rows.filter(rows.case_id.isin(sorted(wanted)))
    found: list[str] = rows.select("case_id").order_by("case_id").to_pyarrow()["case_id"].to_pylist()
    return found if wanted is None else [case_id for case_id in found if case_id in wanted]


@dataclass(frozen=True, slots=True)
class _Held:
    """A case set that is the same as another one of the same content."""

    case_set: CaseSet = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @property
    def _content(self) -> tuple[Any, ...]:
        return (self.case_set.fingerprint, self.case_set.scope.filters, self.case_set.text_path)


@lru_cache(maxsize=1)
def _whole(held: _Held) -> CaseIndex:
    return index_cases(held.case_set, texts_of(held.case_set))
