"""Which other cases a case is tied to: by the account, the item, the reporter, the wording, or as its parent or child."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.cases import all_contents
from tskit.patterns.rows import fetched, filled, opened_by
from tskit.text.alike import Alike, alike

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.model import CaseSet

__all__ = ["ALIKE_FROM", "KEYS", "Wordings", "links", "wordings"]

KEYS: Mapping[str, str] = {"account": "subject_account_id", "item": "content_id", "reporter": "source_identity"}
"""What two cases can have in common, and the column that holds it."""
ALIKE_FROM = 0.5
"""Two texts are nearly the same from this share of common runs on."""
_COLUMNS = ("case_id", "linked_id", "why", "similarity", "linked_at")
_MOST = 5_000
"""Cases that one key may tie to a case; a reporter of many thousands ties nothing."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The texts of all cases that may be handled, as an index; the texts themselves never leave it."""

    ids: NDArray[np.object_] = field(repr=False)
    """The cases in the order in which they were opened, so that those of some days are a range."""
    opened: NDArray[np.int64] = field(repr=False)
    """When each case was opened, in microseconds since 1970."""
    index: Alike = field(repr=False)
    places: Mapping[str, int] = field(repr=False)

    def near(self, case_id: str, *, at_least: float = ALIKE_FROM, within: int = 0) -> pd.DataFrame:
        """Return the cases whose text is nearly that of a case: `linked_id` and `similarity`, the most alike first.

        `within` looks only at cases opened at most so many microseconds before or after it. A case without text, or
        whose text may not be handled here, is like none.
        """
        place = self.places.get(case_id)
        if place is None:
            return pd.DataFrame({"linked_id": pd.Series(dtype=object), "similarity": pd.Series(dtype=float)})
        found, shares = self.index.near(
            place, at_least=at_least, between=self._around(place, within) if within else None
        )
        frame = pd.DataFrame({"linked_id": self.ids[found], "similarity": shares})
        return frame.sort_values(["similarity", "linked_id"], ascending=[False, True], ignore_index=True)

    def company(self, case_ids: Sequence[str], *, within: int) -> list[NDArray[np.object_]]:
        """Return for each of some cases the others that `near` finds so many microseconds around it; each has text."""
        places = [self.places[case_id] for case_id in case_ids]
        around = [self._around(place, within) for place in places]
        found = self.index.near_each(places, at_least=ALIKE_FROM, between=around)
        return [self.ids[others] for others, _ in found]

    def _around(self, place: int, within: int) -> tuple[int, int]:
        at = self.opened[place]
        first, last = np.searchsorted(self.opened, at - within), np.searchsorted(self.opened, at + within, "right")
        return int(first), int(last)


def wordings(case_set: CaseSet, *, until: datetime | None = None) -> Wordings:
    """Return the index of the texts of all cases opened up to `until`; withheld content is not in it."""
    texts = all_contents(case_set)
    opened = fetched(opened_by(case_set, until).select("case_id", "created_at"))
    both = opened.merge(texts, on="case_id").sort_values(["created_at", "case_id"], ignore_index=True)
    # A subject is often one of a few standard ones; only where there is no text of its own does it stand alone.
    words = both["description"].where(both["description"].str.strip() != "", both["subject"])
    ids = both["case_id"].to_numpy(dtype=object)
    micros = pd.DatetimeIndex(both["created_at"]).as_unit("us").asi8
    return Wordings(ids, micros, alike(words.tolist()), {case_id: n for n, case_id in enumerate(ids)})


def links(
    case_set: CaseSet, case_ids: Sequence[str], *, texts: Wordings | None = None, until: datetime | None = None
) -> pd.DataFrame:
    """Return what ties cases to others, one row a case, other case and reason.

    Columns: `case_id`, `linked_id`, `why` ("account", "item", "reporter", "case" for parent and child, "wording" where
    `texts` is given), `similarity` (1 but for wording), and `linked_at`, when the other case was opened. Cases opened
    after `until` are not among them. Ids are joined on the engine; no two cases are compared one by one.
    """
    opened = opened_by(case_set, until)
    parts = [_by_key(opened, case_ids, why, column) for why, column in KEYS.items() if case_set.has(column)]
    if case_set.has("parent_case_id"):
        parts.append(_by_parent(opened, case_ids))
    if texts is not None:
        parts.append(_by_wording(opened, case_ids, texts))
    filled = [part for part in parts if len(part)]
    if not filled:
        return _empty()
    frame = pd.concat(filled, ignore_index=True)
    place = {case_id: n for n, case_id in enumerate(case_ids)}
    frame = frame.assign(_place=frame["case_id"].map(place)).sort_values(["_place", "why", "linked_at", "linked_id"])
    return frame[list(_COLUMNS)].reset_index(drop=True)


def _by_key(cases: ir.Table, case_ids: Sequence[str], why: str, column: str) -> pd.DataFrame:
    keyed = filled(cases, column)
    mine = keyed.filter(keyed.case_id.isin(list(case_ids))).select(_mine="case_id", _key=column)
    others = keyed.select(linked_id="case_id", _key=column, linked_at="created_at")
    joined = others.inner_join(mine, "_key")
    found = joined.filter(joined.linked_id != joined["_mine"]).select("_mine", "linked_id", "linked_at")
    frame = fetched(found).rename(columns={"_mine": "case_id"})
    return _named(frame[frame.groupby("case_id")["linked_id"].transform("size") <= _MOST], why)


def _by_parent(cases: ir.Table, case_ids: Sequence[str]) -> pd.DataFrame:
    """Return parents, children, and other children of the same parent."""
    told = filled(cases, "parent_case_id").select("case_id", "parent_case_id")
    ids = list(case_ids)
    pairs = fetched(told.filter(told.case_id.isin(ids) | told.parent_case_id.isin(ids)))
    both = [
        *zip(pairs["case_id"], pairs["parent_case_id"], strict=True),
        *zip(pairs["parent_case_id"], pairs["case_id"], strict=True),
    ]
    frame = pd.DataFrame([pair for pair in both if pair[0] in set(ids)], columns=["case_id", "linked_id"])
    return _named(_dated(frame, cases), "case")


def _by_wording(cases: ir.Table, case_ids: Sequence[str], texts: Wordings) -> pd.DataFrame:
    parts = [texts.near(case_id).assign(case_id=case_id) for case_id in case_ids]
    frame = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["linked_id", "similarity", "case_id"])
    )
    return _named(_dated(frame, cases), "wording")


def _dated(frame: pd.DataFrame, cases: ir.Table) -> pd.DataFrame:
    """Return the pairs with the opening of the linked case; one that is not among the cases goes."""
    if frame.empty:
        return frame.assign(linked_at=pd.Series(dtype="datetime64[us, UTC]"))
    linked = cases.filter(cases.case_id.isin(sorted(set(frame["linked_id"]))))
    opened = fetched(linked.select(linked_id="case_id", linked_at="created_at"))
    return frame.merge(opened, on="linked_id")


def _named(frame: pd.DataFrame, why: str) -> pd.DataFrame:
    return frame.assign(why=why, similarity=frame.get("similarity", 1.0))


def _empty() -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in _COLUMNS})
    return frame.astype({"similarity": "float64", "linked_at": "datetime64[us, UTC]"})
