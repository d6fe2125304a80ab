"""Rows as real exports hold them: broken in a known number of known ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.arrow import pc

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.world import Ints

__all__ = ["FAULTS", "Fault", "Soil", "choose", "soil"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of dirt: the column that it hits, what stands there, and what a loader should say of the row.

    A row is either rejected with `reason`, or kept with `flag`; rows with a doubled key are both, the older one
    rejected and the newer one flagged.
    """

    name: str
    column: str
    texts: tuple[str | None, ...]
    reason: str
    flag: str
    share: float


FAULTS = (
    Fault("unparsable_date", "created_at", ("31/02/2026", "2026-13-07", "yesterday", "45 Oct"), "not_a_time", "", 2e-4),
    Fault("missing_case_id", "case_id", (None,), "missing_key", "", 2e-4),
    Fault("unparsable_close_date", "closed_at", ("00/00/0000", "soon"), "not_a_time", "bad_value:closed_at", 1e-4),
    Fault("unknown_severity", "severity", ("S9", "severe", "P1"), "not_in_vocabulary", "bad_value:severity", 2e-4),
    Fault("bad_number", "reach", ("12k", "1.2.3", "many"), "not_a_number", "bad_value:reach", 2e-4),
    Fault("closed_before_created", "closed_at", (), "", "closed_before_created", 2e-4),
    Fault("exact_duplicate", "", (), "exact_duplicate", "", 3e-4),
    Fault("same_key", "", (), "superseded", "duplicate_key", 2e-4),
)
"""All kinds; `texts` is empty where the fault lies in the relation of columns or rows."""

_NAMES = tuple(fault.name for fault in FAULTS)
_BEFORE = _NAMES.index("closed_before_created")
_EXACT, _SAME_KEY = _NAMES.index("exact_duplicate"), _NAMES.index("same_key")


@dataclass(frozen=True, slots=True)
class Soil:
    """Which cases are dirty (by number, ascending) and how (positions in `FAULTS`)."""

    case: Ints
    fault: Ints

    def within(self, first: int, last: int) -> Soil:
        """Return the part of the cases from `first` on and before `last`, counted from `first`."""
        start, stop = np.searchsorted(self.case, [first, last])
        return Soil(self.case[start:stop] - first, self.fault[start:stop])

    def rejected(self) -> Ints:
        """Return the cases of which no row can be kept."""
        lost = [i for i, fault in enumerate(FAULTS) if fault.column and not fault.flag]
        return self.case[np.isin(self.fault, lost)]

    def counts(self) -> dict[str, int]:
        """Return the number of dirty cases by kind."""
        found = np.bincount(self.fault, minlength=len(FAULTS))
        return {fault.name: int(n) for fault, n in zip(FAULTS, found, strict=True)}


def choose(cases: int, rng: np.random.Generator) -> Soil:
    """Return which cases get dirty; each at most once, and at least three of every kind where there are so many."""
    sizes = [max(3, round(cases * fault.share)) for fault in FAULTS]
    # The last days are left out: a case must be closed before its close date can be wrong.
    room = max(int(cases * 0.985), 1)
    chosen = rng.choice(room, size=min(sum(sizes), room), replace=False)
    faults = np.repeat(np.arange(len(FAULTS)), sizes)[: len(chosen)]
    order = np.argsort(chosen)
    return Soil(chosen[order].astype(np.int64), faults[order].astype(np.int64))


def soil(columns: Columns, dirt: Soil, created: Ints) -> Columns:
    """Return the columns of a batch with its dirt, further rows at the end."""
    out = dict(columns)
    for number, fault in enumerate(FAULTS):
        rows = dirt.case[dirt.fault == number]
        if not len(rows) or not fault.column:
            continue
        texts = [fault.texts[int(row) % len(fault.texts)] for row in rows] if fault.texts else None
        values = pa.array(texts, pa.string()) if texts else arrow.times(created[rows] - 7200, end=1 << 40)
        out[fault.column] = _put(out[fault.column], rows, values)
    return _doubled(out, dirt)


def _doubled(columns: Columns, dirt: Soil) -> Columns:
    exact, older = dirt.case[dirt.fault == _EXACT], dirt.case[dirt.fault == _SAME_KEY]
    rows = pa.array(np.concatenate([exact, older]))
    extra = {name: values.take(rows) for name, values in columns.items()}
    mask = pa.array(np.arange(len(exact) + len(older)) >= len(exact))
    # An older state of the same case: not yet looked at, changed last when it was opened.
    was = {"status": "open", "status_raw": "New", "is_closed": "false"}
    blank = ("closed_at", "decided_at", "decision", "decision_initial", "first_assigned_at", "first_response_at")
    for name in (*was, *blank, "sla_met"):
        extra[name] = pc.if_else(mask, pa.scalar(was.get(name), pa.string()), extra[name])
    extra["source_modified_at"] = pc.if_else(mask, extra["created_at"], extra["source_modified_at"])
    return {name: pa.concat_arrays([_flat(columns[name]), _flat(extra[name])]) for name in columns}


def _put(column: Text, rows: Ints, values: Text) -> Text:
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(_flat(column), pa.array(mask), values)


def _flat(values: Text) -> Text:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
