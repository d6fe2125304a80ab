"""Where a cause concentrates: every cause in every segment against the rest, corrected for all that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.causes.outside import in_order, is_undetermined
from tskit.causes.weighing import LEVEL, differ, share
from tskit.stats import holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tskit.causes.weighing import Bools

__all__ = ["FEWEST", "Place", "by_segment", "place_of", "tagged_cases", "test_of"]

FEWEST = 5
"""A segment with fewer tagged cases is not tested, and nor is the rest of one that holds nearly all."""
COLUMNS = (
    *("cause", "segment", "columns", "values", "k", "n", "rest_k", "rest_n", "value", "low", "high"),
    *("rest_value", "p", "q", "stands_out"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A segment: the values that each of its columns may have.

    >>> str(Place((("decided_vendor", ("Lumen",)), ("policy_id", ("A", "B")))))
    'Lumen · A or B'
    """

    parts: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return " · ".join(" or ".join(values) for _, values in self.parts)

    def holds(self, frame: pd.DataFrame) -> Bools:
        """Return which rows lie in it."""
        found = np.ones(len(frame), dtype=bool)
        for column, values in self.parts:
            found &= frame[column].isin(values).to_numpy(dtype=bool)
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that it is made of."""
        return tuple(column for column, _ in self.parts)


def place_of(columns: Sequence[str], values: Sequence[str]) -> Place:
    """Return the segment of one value for each column."""
    return Place(tuple((column, (value,)) for column, value in zip(columns, values, strict=True)))


def by_segment(judged: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Return one row for each cause and segment: its share there and in the rest, p, and q corrected over all rows.

    Segments are the values of the columns. The test is Fisher's, exact however few the cases; the correction is
    Holm's. A segment of fewer than 5 tagged cases is shown without a test. `stands_out` holds where the cause is more
    frequent there, and q is at most a third of 5 %.

    Args:
        judged: what `judged` returned.
        by: columns of it.
    """
    tagged = tagged_cases(judged)
    tests = [test_of(cause, hit, place, tagged) for cause, hit, place in _questions(tagged, by)]
    table = pd.DataFrame(tests, columns=list(COLUMNS))
    table["q"] = holm(table["p"].astype(float)) if len(table) else table["p"]
    more = table["value"].astype(float) > table["rest_value"].astype(float)
    table["stands_out"] = more & (table["q"].astype(float) <= LEVEL)
    return table.sort_values(["p", "cause", "segment"], kind="stable", ignore_index=True)


def tagged_cases(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that shares are taken of: settled on an error, and drawn with a known chance."""
    return judged[(judged["state"] == "settled") & judged["weight"].notna()].reset_index(drop=True)


def test_of(cause: str, hit: Bools, place: Place, tagged: pd.DataFrame) -> dict[str, object]:
    """Return the row of one cause in one segment against the rest of the tagged cases, not corrected yet."""
    weight = tagged["weight"].to_numpy(dtype=np.float64)
    inside = place.holds(tagged)
    here, rest = share(hit[inside], weight[inside]), share(hit[~inside], weight[~inside])
    return {
        "cause": cause,
        "segment": str(place),
        "columns": place.columns,
        "values": tuple(values[0] for _, values in place.parts),
        "k": here.k,
        "n": here.n,
        "rest_k": rest.k,
        "rest_n": rest.n,
        "value": here.value,
        "low": here.low,
        "high": here.high,
        "rest_value": rest.value,
        "p": differ(hit, inside, weight) if min(here.n, rest.n) >= FEWEST else np.nan,
    }


def _questions(tagged: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[str, Bools, Place]]:
    causes = [cause for cause in in_order(set(tagged["cause"])) if not is_undetermined(cause)]
    hits = {cause: (tagged["cause"] == cause).to_numpy(dtype=bool) for cause in causes}
    for column in by:
        for value in sorted(str(value) for value in tagged[column].dropna().unique()):
            for cause in causes:
                yield cause, hits[cause], place_of([column], [value])
