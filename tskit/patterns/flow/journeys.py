"""One row a case: which queues it went through, as whole numbers that the engine can group by, and how often it moved."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log
from typing import TYPE_CHECKING, Any

import ibis

from tskit.cases.instants import micros
from tskit.patterns.flow.codes import queue_codes
from tskit.patterns.flow.kept import kept
from tskit.patterns.flow.steps import steps
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["LONGEST", "NOBODY", "Journeys", "journeys"]

LONGEST = 12
"""Stays of a path that are told; what comes after is folded."""
NOBODY = "no queue"
"""How a stay is called of which nobody knows the queue."""
_BITS = 62


@dataclass(frozen=True, slots=True)
class Journeys:
    """The cases with their paths: `table` on the engine, and the `names` of the queues in the order of their codes.

    `table` has a row a case: `case_id`, `closed` (microseconds, as the case itself has its last closing; else as the log
    has it), `moves`, `returns` (moves straight back), `is_back` (it came back to a queue that had held it before, straight
    or not), `stays`, and the path in the columns of `words`.
    """

    table: ir.Table
    names: tuple[str, ...]

    @property
    def per_word(self) -> int:
        """Return how many stays one whole number holds."""
        return floor(_BITS * log(2) / log(2 * len(self.names) + 1))

    @property
    def words(self) -> tuple[str, ...]:
        """Return the columns that hold the path."""
        return tuple(f"word_{place}" for place in range(-(-LONGEST // self.per_word)))

    def path(self, words: Sequence[int], stays: int) -> str:
        """Return a path in words: "spam > music > reopened: music", and how many stays more where there are."""
        base, found = 2 * len(self.names) + 1, list[str]()
        for word in words:
            rest = int(word)
            for _ in range(self.per_word):
                rest, code = divmod(rest, base)
                if code:
                    again, place = divmod(code - 1, len(self.names))
                    found.append(("reopened: " if again else "") + (self.names[place] or NOBODY))
        more = f" > {stays - LONGEST} more" if stays > LONGEST else ""
        return " > ".join(found[:LONGEST]) + more


def journeys(case_set: CaseSet) -> Journeys:
    """Return the cases of a case set with their paths; it is read once, where the engine may keep it."""
    key = ("flow journeys", id(case_set.events), id(case_set.cases), case_set.as_of)
    if key not in case_set.held:
        case_set.held[key] = _journeys(case_set), case_set.events, case_set.cases
    found: Any = case_set.held[key]
    return found[0]


def _journeys(case_set: CaseSet) -> Journeys:
    told = steps(case_set)
    coded = queue_codes(case_set)
    names = tuple(str(name) for name in fetched(coded).sort_values("_code")["_name"])
    bare = Journeys(told, names)
    begun = told.left_join(coded, told.queue == coded["_name"])
    per_case = _single(begun.filter(begun.is_single, begun.kind == "opened"), bare)
    per_case = per_case.union(_several(begun.filter(~begun.is_single), bare).select(*per_case.columns))
    return Journeys(kept(_with_closing(case_set, per_case)), names)


def _single(begun: ir.Table, bare: Journeys) -> ir.Table:
    """Return the cases that lay in one queue: nothing has to be counted for these."""
    none = ibis.literal(0, "int64")
    first, *further = bare.words
    return begun.select(
        "case_id",
        _last_closed=begun.next_at,
        moves=none,
        returns=none,
        is_back=ibis.literal(value=False),
        stays=ibis.literal(1, "int64"),
        **{first: begun["_code"].cast("int64"), **dict.fromkeys(further, none)},
    )


def _several(begun: ir.Table, bare: Journeys) -> ir.Table:
    again = ibis.ifelse(begun.kind == "reopened", len(bare.names), 0)
    begun = begun.mutate(_code=ibis.ifelse(begun.is_open, begun["_code"] + again, 0), _stay=begun.stay.fill_null(-1))
    is_move = begun.kind == "moved"
    return begun.group_by("case_id").aggregate(
        _last_closed=begun["at"].max(where=begun.kind == "closed"),
        moves=begun.count(where=is_move),
        returns=begun.count(where=is_move & begun.is_return),
        is_back=begun.visit.max(where=is_move).fill_null(0) > 0,
        stays=(begun.stay.max().fill_null(-1) + 1).cast("int64"),
        **_in_words(begun, bare),
    )


def _in_words(begun: ir.Table, bare: Journeys) -> dict[str, ir.Value]:
    """Return the path as digits of whole numbers: grouping by these costs what grouping by a number does."""
    base = 2 * len(bare.names) + 1
    words: dict[str, ir.Value] = {}
    for place, name in enumerate(bare.words):
        first = place * bare.per_word
        powers = [
            (begun["_stay"] == first + digit, base**digit) for digit in range(min(bare.per_word, LONGEST - first))
        ]
        worth = ibis.cases(*powers, else_=0)
        words[name] = (begun["_code"] * worth).sum().cast("int64")
    return words


def _with_closing(case_set: CaseSet, per_case: ir.Table) -> ir.Table:
    if "closed_at" not in case_set.cases.columns:
        return per_case.rename(closed="_last_closed")
    closings = case_set.cases.select("case_id", closed=micros(case_set.cases.closed_at).cast("int64"))
    joined = per_case.left_join(closings, "case_id")
    return joined.drop(*(name for name in ("case_id_right", "_last_closed") if name in joined.columns))
