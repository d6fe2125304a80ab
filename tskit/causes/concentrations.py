"""What the tests of causes by segment add up to: each concentration told once, in the segment that explains it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.causes.outside import in_order, is_undetermined
from tskit.causes.segments import FEWEST, Place, by_segment, place_of, tagged_cases, test_of
from tskit.causes.weighing import differ, share
from tskit.stats import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.causes.weighing import Bools, Floats, Share

__all__ = ["Concentration", "Concentrations", "concentrations"]

_MOST = 6
_LEVEL = 0.05
"""Of the steps within a segment that stands out already."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Causes that are more frequent in a segment than in the rest: both shares, and the corrected p-value."""

    causes: tuple[str, ...]
    place: Place
    here: Share
    rest: Share
    q: float


@dataclass(frozen=True, slots=True)
class Concentrations:
    """All of them, the surest first, with the table of every test and how many could be made."""

    found: tuple[Concentration, ...]
    table: pd.DataFrame
    looked_at: int


def concentrations(judged: pd.DataFrame, *, by: Sequence[str]) -> Concentrations:
    """Return where causes concentrate, each once.

    Causes stand out in several segments for one reason, and where one is more frequent, others are less: the surest is
    taken with all causes that stand out in it, narrowed to those values of a second column that carry them (tested on
    their own, corrected by Holm); the cases that it explains are set aside, and the rest is looked at again. Segments
    that differ in the values of one column are joined.

    Args:
        judged: what `judged` returned.
        by: columns of it.
    """
    table = by_segment(judged, by=by)
    tagged = tagged_cases(judged)
    standing = table[table["stands_out"]]
    left = np.ones(len(tagged), dtype=bool)
    found: list[Concentration] = []
    for _ in range(_MOST):
        part = tagged[left].reset_index(drop=True)
        best = _surest(standing, part)
        if best is None:
            break
        place, q = best
        place = _narrowed(_standing_in(place, part), place, part, by)
        causes = _standing_in(place, part)
        found.append(_told(causes, place, tagged, q))
        left &= ~(place.holds(tagged) & _hit(tagged, causes))
    return Concentrations(tuple(_joined(found, tagged)), table, int(table["p"].notna().sum()))


def _surest(standing: pd.DataFrame, part: pd.DataFrame) -> tuple[Place, float] | None:
    """Return the segment where a cause stands out most among the cases that are left, and its q, if one still does."""
    tests: list[tuple[float, float, Place, float]] = []
    for row in standing.itertuples():
        cause, place = str(row.cause), place_of(row.columns, row.values)  # type: ignore[arg-type]  # tuples of text
        test = test_of(cause, _hit(part, (cause,)), place, part)
        p, here, rest = (float(test[name]) for name in ("p", "value", "rest_value"))  # type: ignore[arg-type]  # numbers
        if here > rest and p <= _LEVEL:
            # of two causes that mirror each other, the one that is rare elsewhere is the story
            tests.append((round(p, 12), rest / here, place, float(row.q)))  # type: ignore[arg-type]  # a number
    best = min(tests, key=lambda test: (*test[:2], str(test[2])), default=None)
    return best and (best[2], best[3])


def _standing_in(place: Place, part: pd.DataFrame) -> tuple[str, ...]:
    """Return the causes that are more frequent in a segment than in the rest, corrected for how many there are."""
    inside, weight = place.holds(part), part["weight"].to_numpy(dtype=np.float64)
    causes = [cause for cause in in_order(set(part["cause"])) if not is_undetermined(cause)]
    hits = [_hit(part, (cause,)) for cause in causes]
    more = [share(hit[inside], weight[inside]).value > share(hit[~inside], weight[~inside]).value for hit in hits]
    q = holm([differ(hit, inside, weight) if is_more else np.nan for hit, is_more in zip(hits, more, strict=True)])
    kept = tuple(cause for cause, own in zip(causes, q, strict=True) if own <= _LEVEL)
    return kept or (causes[int(np.nanargmin(q))],)


def _narrowed(causes: Sequence[str], place: Place, part: pd.DataFrame, by: Sequence[str]) -> Place:
    """Return the segment with those values of a second column that carry the causes, where the others do not."""
    inside, hit = place.holds(part), _hit(part, causes)
    weight = part["weight"].to_numpy(dtype=np.float64)
    narrower: list[tuple[float, Place]] = []
    for column in [name for name in by if name not in place.columns]:
        values = _carrying(hit, inside, part[column], weight)
        core = inside & part[column].isin(values).to_numpy(dtype=bool)
        if values and _is_all_of_it(hit, core, inside, weight):
            narrower.append(
                (differ(hit[inside], core[inside], weight[inside]), Place((*place.parts, (column, values))))
            )
    return min(narrower, key=lambda found: (found[0], str(found[1])))[1] if narrower else place


def _is_all_of_it(hit: Bools, core: Bools, inside: Bools, weight: Floats) -> bool:
    """Return whether the cause is more frequent in the core than around it, where it is no more than ordinary."""
    around, outside = inside & ~core, ~inside
    if around.sum() < FEWEST or outside.sum() < FEWEST:
        return False
    here, near, far = (share(hit[part], weight[part]).value for part in (core, around, outside))
    apart = around | outside
    still = near > far and differ(hit[apart], around[apart], weight[apart]) <= _LEVEL
    return here > near and differ(hit[inside], core[inside], weight[inside]) <= _LEVEL and not still


def _carrying(hit: Bools, inside: Bools, column: pd.Series, weight: Floats) -> tuple[str, ...]:
    """Return the values under which the cause is more frequent inside than anywhere outside, by a corrected test."""
    outside, names = ~inside, sorted(str(value) for value in column[inside].dropna().unique())
    base = share(hit[outside], weight[outside]).value
    p: list[float] = []
    for name in names:
        cell = inside & (column == name).to_numpy(dtype=bool)
        more = cell.sum() >= FEWEST and share(hit[cell], weight[cell]).value > base
        both = cell | outside
        p.append(differ(hit[both], cell[both], weight[both]) if more else np.nan)
    return tuple(name for name, q in zip(names, holm(p), strict=True) if q <= _LEVEL)


def _joined(found: Sequence[Concentration], tagged: pd.DataFrame) -> list[Concentration]:
    """Return the concentrations, the surest first, those joined that have a cause in common in segments side by side."""
    kept: list[Concentration] = []
    for one in sorted(found, key=lambda c: (c.q, str(c.place))):
        for i, other in enumerate(kept):
            both = _both(one, other, tagged)
            if both is not None:
                kept[i] = both
                break
        else:
            kept.append(one)
    return kept


def _both(one: Concentration, other: Concentration, tagged: pd.DataFrame) -> Concentration | None:
    """Return the two as one where they differ in the values of one column, and every cause still stands out."""
    place = _union(one.place, other.place)
    if place is None or not set(one.causes) & set(other.causes):
        return None
    inside, weight = place.holds(tagged), tagged["weight"].to_numpy(dtype=np.float64)
    causes = tuple(in_order({*one.causes, *other.causes}))
    if any(not differ(_hit(tagged, (cause,)), inside, weight) <= _LEVEL for cause in causes):
        return None
    return _told(causes, place, tagged, max(one.q, other.q))


def _union(one: Place, other: Place) -> Place | None:
    """Return the segment with the values of both, where they have the same columns and differ in one at most."""
    a, b = dict(one.parts), dict(other.parts)
    if set(a) != set(b):
        return None
    differing = [column for column in a if set(a[column]) != set(b[column])]
    if len(differing) > 1:
        return None
    return Place(tuple((column, tuple(sorted({*values, *b[column]}))) for column, values in a.items()))


def _told(causes: tuple[str, ...], place: Place, tagged: pd.DataFrame, q: float) -> Concentration:
    hit, inside = _hit(tagged, causes), place.holds(tagged)
    weight = tagged["weight"].to_numpy(dtype=np.float64)
    place = replace(place, parts=tuple(sorted(place.parts)))
    return Concentration(causes, place, share(hit[inside], weight[inside]), share(hit[~inside], weight[~inside]), q)


def _hit(tagged: pd.DataFrame, causes: Sequence[str]) -> Bools:
    return tagged["cause"].isin(causes).to_numpy(dtype=bool)
