"""What cases that missed their target have in common: where they lay, how they moved, and where they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.flow.journeys import NOBODY
from tskit.patterns.flow.late import due_cases, led_to, visited
from tskit.patterns.flow.noise import LEAST, LEVEL
from tskit.patterns.flow.ratios import risk_ratio
from tskit.patterns.flow.spans import settings_of, spans_of
from tskit.patterns.flow.wording import many, percent, period
from tskit.patterns.rows import fetched
from tskit.stats import day_design_effect, holm, two_proportion_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.model import CaseSet
    from tskit.model.scope import Window
    from tskit.patterns.flow.spans import Spans

    Floats = NDArray[np.float64]

__all__ = ["ATTRIBUTES", "breaches"]

ATTRIBUTES = ("market", "severity", "channel", "content_language")
"""Columns that are known when a case is opened, of those that the source has."""
_TOLD = 5
_BLANK = "no value"


def breaches(case_set: CaseSet, *, window: Window | None = None, by: Sequence[str] = ATTRIBUTES) -> Pattern:
    """Return what is more frequent among cases that missed their target in a window than among those that met it.

    Features: queues that held a case until its target, moves until then, and the columns of `by`. One row each, the
    clearest first: `feature`, `value`, `cases` that have it and `late` ones among them with their `late_share`,
    `other_cases`, `other_late` and `other_share` of the cases without it, `ratio` of the two shares with `low` and `high`
    (at a level that holds for all rows at once), `share_of_late` (of all late cases, so many have it), and `p`, corrected
    for all features looked at (Holm); features of fewer than five cases on a side are not tested. They occur together,
    which is no proof that one made the other. The noise is that of the days before, as in `compared`.
    """
    spans = spans_of(case_set, window)
    due = due_cases(case_set, spans, by=tuple(name for name in by if case_set.has(name)))
    settings = settings_of(spans, by=", ".join(by))
    if due is None:
        return Pattern("breaches", "The source has no targets.", _judged([], _nothing(spans), spans), settings=settings)
    rows = led_to(case_set, due)
    whole = _cubes(fetched(_counted(rows, [])), spans, number=1)[0]
    features = [*_moves(rows, spans), *_queues(visited(case_set, rows), spans), *_values(rows, by, spans)]
    table = _judged(features, whole, spans)
    cases, late = (int(total) for total in whole[:, 1].sum(axis=1))
    return Pattern("breaches", _statement(table, cases, late, spans), table, settings=settings)


_Feature = tuple[str, str, "Floats"]
"""A feature, its value, and the cases (0) and late cases (1) that have it, by period and day."""


def _nothing(spans: Spans) -> Floats:
    return np.zeros((2, 2, spans.days))


def _counted(rows: ir.Table, keys: list[str]) -> ir.Table:
    return rows.group_by([*keys, "period", "day"]).aggregate(cases=rows.count(), late=rows.count(where=rows.is_late))


def _cubes(counts: pd.DataFrame, spans: Spans, *, number: int, place: NDArray[np.int64] | None = None) -> Floats:
    """Return the cases (0) and late cases (1) by period and day, for so many features; `place` names that of each row."""
    feature = np.zeros(len(counts), dtype=np.int64) if place is None else place
    places = np.vstack([feature, counts[["period", "day"]].to_numpy(dtype=np.int64).T])
    parts = [spans.cube(places, counts[name].to_numpy(dtype=np.float64), size=number) for name in ("cases", "late")]
    return np.stack(parts, axis=1)


def _moves(rows: ir.Table, spans: Spans) -> list[_Feature]:
    features = {
        "handed on": rows.moves > 0,
        "handed on twice or more": rows.moves > 1,
        "sent back": rows.returns > 0,
        "came back": (rows.visits > 0) & (rows.moves > 0),
        "reopened": rows.reopenings > 0,
    }
    return [
        ("path", name, _cubes(fetched(_counted(rows.filter(has), [])), spans, number=1)[0])
        for name, has in features.items()
    ]


def _queues(seen: ir.Table, spans: Spans) -> list[_Feature]:
    return _by_value(fetched(_counted(seen, ["queue"])).rename(columns={"queue": "value"}), "queue", NOBODY, spans)


def _values(rows: ir.Table, by: Sequence[str], spans: Spans) -> list[_Feature]:
    return [
        feature
        for name in by
        if name in rows.columns
        for feature in _by_value(fetched(_counted(rows, [name])).rename(columns={name: "value"}), name, _BLANK, spans)
    ]


def _by_value(counts: pd.DataFrame, name: str, blank: str, spans: Spans) -> list[_Feature]:
    place, values = pd.factorize(counts["value"].astype(object).fillna("").replace("", blank), sort=True)
    cubes = _cubes(counts, spans, number=len(values), place=place.astype(np.int64))
    return [(name, str(value), cube) for value, cube in zip(values, cubes, strict=True)]


def _judged(features: Sequence[_Feature], whole: Floats, spans: Spans) -> pd.DataFrame:
    """Return the features with their ratios, each against the cases without it on the same days."""
    cubes = np.array([cube for *_, cube in features]).reshape(len(features), *whole.shape)
    n, k = cubes[:, :, 1].sum(axis=2).T
    m, q = (whole - cubes)[:, :, 1].sum(axis=2).T
    effect = np.array([_effect(cube, whole - cube, spans) for cube in cubes])
    is_tested = (np.minimum(n, m) >= LEAST) & (k + q > 0)
    p = np.where(is_tested, two_proportion_p(k / effect, n / effect, q / effect, m / effect), np.nan)
    level = 1 - LEVEL / max(int(is_tested.sum()), 1)
    ratio, low, high = risk_ratio(k / effect, n / effect, q / effect, m / effect, level=level)
    total = whole[1, 1].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(n > 0, k / n, np.nan), np.where(m > 0, q / m, np.nan)
        of_late = k / total if total else np.full(len(k), np.nan)
    frame = pd.DataFrame(
        {
            "feature": pd.Series([name for name, *_ in features], dtype=object),
            "value": pd.Series([value for _, value, _ in features], dtype=object),
            "cases": n.astype(int),
            "late": k.astype(int),
            "late_share": shares[0],
            "other_cases": m.astype(int),
            "other_late": q.astype(int),
            "other_share": shares[1],
            "ratio": ratio,
            "low": low,
            "high": high,
            "share_of_late": of_late,
            "p": holm(p),
        }
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        # How far from one even the bound lies that is nearest to it: large, certain ratios come first.
        clear = np.fmax(np.log(low), -np.log(high))
    order = frame.assign(_clear=clear).sort_values(
        ["_clear", "cases", "feature", "value"], ascending=[False, False, True, True]
    )
    return order.drop(columns="_clear").reset_index(drop=True)


def _effect(own: Floats, other: Floats, spans: Spans) -> float:
    """Return how much less the cases of a day tell than so many independent ones, by the days of the period before.

    A source that does not reach so far back has only its own days to tell by.
    """
    period = 0 if min(own[0, 0].sum(), other[0, 0].sum()) >= LEAST else 1
    runs = [(side[1, period], side[0, period], spans.weekdays[period]) for side in (own, other)]
    return day_design_effect(runs)


def _statement(table: pd.DataFrame, cases: int, late: int, spans: Spans) -> str:
    if not cases:
        return f"No case's target fell due {period(spans)}."
    text = (
        f"Of {many(cases, 'case')} whose target fell due {period(spans)}, {many(late, 'case')} ({percent(late / cases)}) "
        "missed it."
    )
    looked_at = int(table["p"].notna().sum())
    found = table[(table["p"] < LEVEL) & (table["ratio"] > 1)]
    if found.empty:
        return f"{text} What they have in common is nothing beyond noise ({many(looked_at, 'feature')} looked at)."
    more = f"; {len(found) - _TOLD} more in the table" if len(found) > _TOLD else ""
    told = "; ".join(_told(row) for _, row in found.head(_TOLD).iterrows())
    return f"{text} More frequent among them beyond noise ({many(looked_at, 'feature')} looked at): {told}{more}."


def _told(row: pd.Series) -> str:
    return (
        f"{row['feature']} {row['value']}, {percent(row['late_share'])} late against {percent(row['other_share'])} "
        f"({row['ratio']:.1f} times, {row['low']:.1f} to {row['high']:.1f})"
    )
