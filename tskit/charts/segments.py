"""Where a line breaks, and where it is not finished yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.charts.canvas import Rows

__all__ = ["pieces", "singles", "unfinished", "without_gaps"]


def pieces(rows: Rows, field: str = "v") -> Rows:
    """Return the rows with `seg`, which counts up wherever `field` is missing or the row is not complete.

    A line drawn per `seg` does not run across a gap.
    """
    seg = 0
    numbered: Rows = []
    for row in rows:
        seg += row[field] is None or not row["ok"]
        numbered.append({**row, "seg": seg})
    return numbered


def without_gaps(rows: Rows, fields: Sequence[str], *, complete: bool) -> Rows:
    """Return the rows with all `fields`, and of each only its day and these; `seg` counts up at each gap."""
    kept: Rows = []
    seg = 0
    for row in rows:
        if (complete and not row["ok"]) or any(row[field] is None for field in fields):
            seg += 1
            continue
        kept.append({"d": row["d"], "seg": seg, **{field: row[field] for field in fields}})
    return kept


def singles(rows: Rows) -> Rows:
    """Return the rows that stand alone between two gaps: a line would not show them."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[row["seg"]] = counts.get(row["seg"], 0) + 1
    return [row for row in rows if counts[row["seg"]] == 1]


def unfinished(known: Rows) -> Rows:
    """Return the part to be dashed: from the last complete value to the end; nothing where all are complete."""
    first = next((i for i, row in enumerate(known) if not row["ok"]), None)
    return [] if first is None else known[max(first - 1, 0) :]
