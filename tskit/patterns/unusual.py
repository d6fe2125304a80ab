"""Spikes and silence: arrivals beyond what chance makes of their own past, told once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from tskit.patterns.arrivals import centre, level, usual, varying
from tskit.stats import count_at_least, count_at_most, count_interval, holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from tskit.patterns.arrivals import Arrivals

    Floats = NDArray[np.float64]

__all__ = ["ALARM_LEVEL", "Unusual", "unusual"]

ALARM_LEVEL = 0.01
"""The chance that anything is reported where nothing is the matter, over all that is looked at."""
_LEAST = 5
"""Fewer cases are no spike, however rare."""
_LATEST = 4
"""Hours: the end of a longer stretch is also looked at by itself, so that what has just begun is seen."""
_STILL = 48
"""Hours: a silence is looked for as far back as that."""
_DIMENSIONS: tuple[tuple[str, ...], ...] = (("market", "reported"), ("reported",), ("market",), ("queue",), ())
_HOUR = timedelta(hours=1)
_COLUMNS = (
    *("kind", "markets", "reported", "queue", "from_at", "until_at", "hours", "cases", "expected", "bound", "p"),
    *("weeks", "rows"),
)


@dataclass(frozen=True, slots=True)
class Unusual:
    """What stands out since a moment, one row each, the least likely first.

    `found` has `kind` ("spike", "fewer" or "silence"), `markets` (a tuple, empty for all), `reported` and `queue` (""
    for all), `from_at`, `until_at`, `hours`, `cases`, `expected`, `bound` (the count that chance passes once in
    1 / `ALARM_LEVEL` times, after the correction), `p` (corrected), `weeks` of the past that it rests on, and `rows`, the
    combinations of the arrivals that it is about. `looked_at` counts the comparisons; none says that the data does not
    reach back far enough to judge.
    """

    found: pd.DataFrame = field(repr=False)
    since: datetime
    until: datetime
    looked_at: int = 0
    weeks: int = 0


class _Segment(NamedTuple):
    market: str
    reported: str
    queue: str
    rows: NDArray[np.int64]

    @property
    def breadth(self) -> int:
        return sum(not part for part in self[:3])


class _Look(NamedTuple):
    segment: _Segment
    kind: str
    hours: int
    cases: float
    expected: float
    variance: float
    p: float


def unusual(arrived: Arrivals, *, since: datetime) -> Unusual:
    """Return the spikes and silences since a moment, held against the same hours of earlier weeks.

    All cases, each market, reported kind and queue, and each kind within a market are looked at: over the whole time,
    over its last hours, and over the hours without a case before `until`. A count is beyond its bound where a negative
    binomial count with the spread of its own past is so large or small with a chance of at most `ALARM_LEVEL` over all of them
    together (Holm). What another explains by half or more is not told again.
    """
    hours = arrived.hours(min(since, arrived.ends_at - _STILL * _HOUR), arrived.ends_at)
    past = usual(arrived, hours)
    if past is None:
        return Unusual(pd.DataFrame(columns=list(_COLUMNS)), since, arrived.ends_at)
    whole = len(arrived.hours(since, arrived.ends_at))
    seen = arrived.seen(hours)
    looks = [look for names in _DIMENSIONS for look in _looks(arrived, names, seen, past, whole)]
    corrected = np.asarray(holm([look.p for look in looks]), dtype=float) if looks else np.zeros(0)
    beyond = [(look, float(p)) for look, p in zip(looks, corrected, strict=True) if p <= ALARM_LEVEL]
    excess = (seen[:, -whole:] - past[:, -whole:].mean(axis=-1)).sum(axis=1)
    told = [*_spikes(beyond, looks, excess), *_silences(beyond)]
    rows = [_row(story, arrived, past, looked_at=len(looks)) for story in told]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).sort_values(["p", "hours"], kind="stable", ignore_index=True)
    return Unusual(frame, since, arrived.ends_at, len(looks), past.shape[-1])


def _segments(arrived: Arrivals, names: tuple[str, ...]) -> Iterator[_Segment]:
    if not names:
        yield _Segment("", "", "", np.arange(len(arrived.combinations)))
        return
    filled = arrived.combinations[(arrived.combinations[list(names)] != "").all(axis=1)]
    for key, rows in filled.groupby(list(names), sort=True):
        named = {name: str(value) for name, value in zip(names, key, strict=True)}
        market, reported, queue = (named.get(name, "") for name in ("market", "reported", "queue"))
        yield _Segment(market, reported, queue, rows.index.to_numpy())


def _looks(arrived: Arrivals, names: tuple[str, ...], seen: Floats, past: Floats, whole: int) -> Iterator[_Look]:
    """Give every look at the segments of a dimension; how much their means vary is taken from all of them together."""
    segments = [segment for segment in _segments(arrived, names) if len(segment.rows)]
    if not segments:
        return
    now = np.stack([seen[segment.rows].sum(axis=0) for segment in segments])
    before = np.stack([past[segment.rows].sum(axis=0) for segment in segments])
    for hours in dict.fromkeys((whole, min(whole, _LATEST))):
        sums = before[:, -hours:].sum(axis=1)
        middle, variance = level(sums, varies=varying(sums))
        count = now[:, -hours:].sum(axis=1)
        rare = np.where(count >= _LEAST, count_at_least(count, mean=middle, variance=variance), 1.0)
        few = count_at_most(count, mean=middle, variance=variance)
        for n, segment in enumerate(segments):
            found = float(count[n]), float(middle[n]), float(variance[n])
            yield _Look(segment, "spike", hours, *found, float(rare[n]))
            if hours == whole:
                yield _Look(segment, "fewer", hours, *found, float(few[n]))
    varies = varying(before[:, -whole:].sum(axis=1))
    for n, segment in enumerate(segments):
        still = now.shape[1] if not now[n].any() else int(np.argmax(now[n][::-1] > 0))
        if still:
            # The time back to the last case is at least as long as this just when these hours hold none: no choice is made.
            middle, variance = level(before[n, -still:].sum(axis=0), varies=varies)
            p = float(count_at_most(0, mean=middle, variance=variance))
            yield _Look(segment, "silence", still, 0.0, float(middle), float(variance), p)


class _Story(NamedTuple):
    looks: tuple[_Look, ...]
    p: float


def _spikes(beyond: Sequence[tuple[_Look, float]], looks: Sequence[_Look], excess: Floats) -> list[_Story]:
    """Return each spike once: kinds within markets first, one story a kind, then what they leave unexplained."""
    ordered = sorted(
        ((look, p) for look, p in beyond if look.kind == "spike"),
        key=lambda pair: (pair[0].segment.breadth, pair[1], -pair[0].hours),
    )
    told: dict[str, _Story] = {}
    explained = np.zeros(len(excess), dtype=bool)
    for look, p in ordered:
        rows = look.segment.rows
        gained = excess[rows].sum()
        if excess[rows[explained[rows]]].sum() * 2 >= gained > 0 or explained[rows].all():
            continue
        explained[rows] = True
        name = look.segment.reported or f"{look.segment.market}/{look.segment.queue}"
        before = told.get(name) if look.segment.market and look.segment.reported else None
        if before is None:
            told[name] = _Story((look,), p)
            continue
        # One story is of one stretch of time, whichever of them the next market is clearest in.
        same = next(
            one
            for one in looks
            if one.kind == "spike" and one.segment is look.segment and one.hours == before.looks[0].hours
        )
        told[name] = _Story((*before.looks, same), min(p, before.p))
    return list(told.values())


def _silences(beyond: Sequence[tuple[_Look, float]]) -> list[_Story]:
    """Return each silence once: the widest first, and nothing that is part of one already told."""
    ordered = sorted(
        ((look, p) for look, p in beyond if look.kind != "spike"),
        key=lambda pair: (-pair[0].segment.breadth, pair[0].kind != "silence", pair[1]),
    )
    told: list[_Story] = []
    for look, p in ordered:
        mine = set(look.segment.rows.tolist())
        if not any(mine <= set(story.looks[0].segment.rows.tolist()) for story in told):
            told.append(_Story((look,), p))
    return told


def _row(story: _Story, arrived: Arrivals, past: Floats, *, looked_at: int) -> dict[str, object]:
    first = story.looks[0]
    hours = max(look.hours for look in story.looks)
    middle, variance = (sum(getattr(look, name) for look in story.looks) for name in ("expected", "variance"))
    low, high = count_interval(mean=middle, variance=variance, level=1 - 2 * ALARM_LEVEL / max(looked_at, 1))
    about = np.concatenate([look.segment.rows for look in story.looks])
    markets = tuple(sorted({look.segment.market for look in story.looks} - {""}))
    return {
        "kind": first.kind,
        "markets": markets,
        "reported": first.segment.reported,
        "queue": first.segment.queue,
        "from_at": arrived.ends_at - hours * _HOUR,
        "until_at": arrived.ends_at,
        "hours": hours,
        "cases": sum(look.cases for look in story.looks),
        "expected": float(centre(past[about, -hours:].sum(axis=(0, 1)))),
        "bound": float(high if first.kind == "spike" else low),
        "p": story.p,
        "weeks": past.shape[-1],
        "rows": about,
    }
