"""Tables of counts: a row that stands for so many cases becomes so many cases, alike in all that the row says.

So every metric, interval and test of the catalogue holds for them as it stands: a share of counted cases is the same
share, and noise is still read from the days. What the row does not say is missing in each of its cases.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.errors import DataError

if TYPE_CHECKING:
    from tskit.cases.sql import Database
    from tskit.cases.staging import Staged

__all__ = ["MOST_CASES", "told_apart"]

MOST_CASES = 50_000_000
"""So many cases a table of counts may stand for: each is written out, at a few bytes."""
_COUNT = "_count"


def told_apart(staged: Staged, rows: str, *, connection: Database) -> tuple[Staged, str]:
    """Return the staged rows without their count, and SQL for as many rows as they stand for, each with a key of its own.

    Raises:
        DataError: they stand for more cases than can be written out.
    """
    ((total,),) = connection.execute(f"SELECT coalesce(sum({_COUNT}), 0) FROM ({rows})").fetchall()
    if total > MOST_CASES:
        raise DataError(
            f"{staged.mapping.source} stands for {int(total):,} cases, more than {MOST_CASES:,}. Take fewer days, or one "
            "platform, out of it."
        )
    columns = tuple(column for column in staged.columns if column != _COUNT)
    numbered = "case_id || '#' || CAST(_nth AS VARCHAR) AS case_id"
    each = f"SELECT *, unnest(range(1, {_COUNT} + 1)) AS _nth FROM ({rows})"
    return replace(staged, columns=columns), f"SELECT * EXCLUDE ({_COUNT}, _nth) REPLACE ({numbered}) FROM ({each})"
