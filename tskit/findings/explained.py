"""What explains the most notable change: which combinations of attributes moved by themselves, over up to eight columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tskit.cases import breaks_between
from tskit.findings.cards import capital, subject
from tskit.findings.measured import window_of
from tskit.findings.mix import STRATA
from tskit.findings.moves import FLOORS
from tskit.findings.segments import Segment
from tskit.findings.tables import Table, table
from tskit.findings.tracks import BLANK
from tskit.findings.wording import amount, count, listed, spread
from tskit.metrics import cells_now_and_before
from tskit.patterns.drivers import explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tskit.findings.look import Look
    from tskit.metrics import Metric
    from tskit.model import Pattern

__all__ = ["drivers_table", "headline", "two_windows"]

_KEY = "drivers"
_HEADERS = [
    ("where", "Combination", ""),
    ("value", "This period", "cases"),
    ("n", "Of", "cases"),
    ("expected", "Expected from all others", "cases"),
    ("times", "Times", ""),
    ("range", "95 % interval", ""),
    ("others", "Cannot be told from", ""),
    ("told", "Told with", ""),
]
_MOST_COLUMNS = 8
_MOST_PLACES = 100_000
"""Cells times combinations of columns that are searched, for a twentieth of a second; the last columns are left out first."""
_MOST_TOLD = 5
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class _Driver:
    """A combination that moved: what it is now and what it would be had it moved as all others did.

    `others` are combinations that the data cannot tell from it, and `told` names the card that is about the same
    cases. `of` is what a rate is out of.
    """

    segment: Segment
    seen: float
    of: float
    expected: float
    times: tuple[float, float, float]
    others: tuple[Segment, ...]
    told: str


def headline(look: Look) -> Metric | None:
    """Return the metric of the most notable change that adds up over segments; None where nothing moved beyond noise.

    Cases opened come first, since a rise of them moves all else; then other counts and rates, the furthest beyond noise
    first; then rates that only the mix moved.
    """
    told = look.told
    if told.volumes:
        return look.measured["cases_opened"].metric
    changes = sorted(told.changes, key=lambda change: -abs(change.story.driver.verdict.z))
    moves = [change.story.driver for change in (*changes, *told.mixes)]
    return next((move.metric for move in moves if move.shape in {"flow", "share"}), None)


def drivers_table(look: Look) -> Table:
    """Return which combinations of attributes explain the most notable change, surest first, each in a sentence.

    What a card is about is named beside it. A combination that the cards compared and found to be within noise is left
    out: they know the past of a segment, and this search only the two periods. So are changes too small to matter.
    """
    metric = headline(look)
    if metric is None:
        title, caption = "What explains the change", "Nothing moved beyond noise, so there is nothing to explain."
        return table(
            pd.DataFrame(columns=[name for name, *_ in _HEADERS]), _HEADERS, key=_KEY, title=title, caption=caption
        )
    drivers, dims = _drivers(look, metric)
    headers = [_shown_as(header, metric) for header in _HEADERS if header[0] != "n" or _is_rate(look, metric)]
    return table(
        pd.DataFrame([_row(driver, metric, look) for driver in drivers], columns=[name for name, *_ in headers]),
        headers,
        key=_KEY,
        title=f"What explains the change in {subject(metric)}",
        caption=_caption(drivers, metric, look, dims),
    )


def _shown_as(header: tuple[str, str, str], metric: Metric) -> tuple[str, str, str]:
    name, label, unit = header
    return name, label, metric.unit if name in {"value", "expected"} else unit


def two_windows(look: Look, metric: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return the cells of a metric's period and of the one before it: the columns, window, n cases and k hits of them."""
    window = window_of(look.case_set, metric)
    now, before = cells_now_and_before(look.case_set, metric, window=window, by=tuple(columns))
    parts = [_plain(frame, columns).assign(window=name) for frame, name in ((before, "before"), (now, "after"))]
    return pd.concat(parts, ignore_index=True)


def _plain(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    known = frame[frame["value"].notna()]
    names = {name: known[name].astype(object).where(known[name].notna(), BLANK) for name in columns}
    n = known["n"].astype("float64")
    return pd.DataFrame({**names, "n": n, "k": known["value"].astype("float64") * n})


def _drivers(look: Look, metric: Metric) -> tuple[list[_Driver], tuple[str, ...]]:
    """Return the combinations worth telling, and the columns that were searched."""
    dims = _columns(look, metric)
    if not dims:
        return [], dims
    is_rate = _is_rate(look, metric)
    # In the order in which rates are asked for with their mix held still, so that it is asked once.
    found = two_windows(look, metric.name, sorted(dims, key=[*STRATA, *dims].index))
    if not is_rate:
        found["n"] = found["k"] = found["n"]
    searched, dims = _within_reach(found, dims)
    pattern = explain(searched, dims=dims, kind="rate" if is_rate else "count")
    made = [_driver(rows, found, look, metric) for rows in _by_cause(pattern)]
    return [driver for driver in made if _is_worth_telling(driver, look, metric)], dims


def _columns(look: Look, metric: Metric) -> tuple[str, ...]:
    """Return the columns to search, without those whose values mean something else in one of the periods."""
    window = window_of(look.case_set, metric.name)
    had = [name for name in dict.fromkeys((*look.by, *STRATA)) if look.case_set.has(name) and name not in look.crowded]
    crossed = {one.column for one in breaks_between(look.case_set, window.before(), window, columns=had)}
    return tuple(name for name in had if name not in crossed)[:_MOST_COLUMNS]


def _is_rate(look: Look, metric: Metric) -> bool:
    return look.measured[metric.name].shape == "share"


def _within_reach(found: pd.DataFrame, dims: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the cells by the columns that can be searched: not those of one value, nor more than time allows."""
    kept = tuple(name for name in dims if len(found[name].unique()) > 1) or dims[:1]
    cells = found
    while True:
        cells = cells.groupby([*kept, "window"], sort=False, as_index=False)[["n", "k"]].sum()
        if len(cells) * 2 ** len(kept) <= _MOST_PLACES or len(kept) == 1:
            return cells, kept
        kept = kept[:-1]


def _by_cause(pattern: Pattern) -> Iterator[pd.DataFrame]:
    for _, rows in pattern.table.groupby("number", sort=True):
        yield rows


def _driver(rows: pd.DataFrame, found: pd.DataFrame, look: Look, metric: Metric) -> _Driver:
    cause: Mapping[Any, Any] = rows.iloc[0].to_dict()
    segment = _segment(cause["segment"])
    others = tuple(_segment(where) for where in rows["segment"].iloc[1:])
    now = found[found["window"] == "after"]
    of = float(now["n"][segment.select(now)].sum()) if _is_rate(look, metric) else 1.0
    seen, expected = (float(cause[name]) / max(of, 1.0) for name in ("seen", "expected"))
    times = (float(cause["factor"]), float(cause["low"]), float(cause["high"]))
    return _Driver(segment, seen, of, expected, times, others, _told(look, metric, segment, now))


def _segment(where: dict[str, object]) -> Segment:
    return Segment.of(list(where), where.values())


def _told(look: Look, metric: Metric, segment: Segment, now: pd.DataFrame) -> str:
    """Return what the card is called that is mostly about the same cases."""
    told = look.told
    cards = [volume.segment for volume in told.volumes] if metric.name == "cases_opened" else []
    drivers = [change.story.driver for change in (*told.changes, *told.mixes)]
    cards += [move.segment for move in drivers if move.metric.name == metric.name]
    mine = segment.select(now)
    # A card may be about a column that was not searched, since its values mean something else in one of the periods.
    for card in (card for card in cards if set(card.fixed) <= set(now.columns)):
        its = card.select(now)
        both, own, cards_own = (float(now["n"][rows].sum()) for rows in (mine & its, mine, its))
        if both > _MOSTLY * min(own, cards_own):
            return look.called(_subject(metric), card)
    return ""


def _is_worth_telling(driver: _Driver, look: Look, metric: Metric) -> bool:
    floor = FLOORS[look.measured[metric.name].shape]
    if abs(driver.seen - driver.expected) < max(floor.absolute, floor.relative * abs(driver.expected)):
        return False
    compared = [move for move in look.of(metric.name) if set(move.segment.items) == set(driver.segment.items)]
    return bool(driver.told) or not any(np.isfinite(move.q) and not move.stands_out for move in compared)


def _subject(metric: Metric) -> str:
    return "cases" if metric.name == "cases_opened" else subject(metric)


def _words(segment: Segment, look: Look, metric: Metric) -> str:
    known = Segment(tuple(item for item in segment.items if item[1] != BLANK))
    blank = [f"without a {column.replace('_id', '').replace('_', ' ')}" for column, v in segment.items if v == BLANK]
    return " ".join([look.called(_subject(metric), known), *blank])


def _row(driver: _Driver, metric: Metric, look: Look) -> dict[str, object]:
    times, low, high = driver.times
    return {
        "where": capital(_words(driver.segment, look, metric)),
        "value": driver.seen,
        "n": driver.of,
        "expected": driver.expected if _is_rate(look, metric) else round(driver.expected),
        "times": amount(times, "times"),
        "range": spread(low, high, "times"),
        "others": "; ".join(_words(other, look, metric) for other in driver.others),
        "told": driver.told or "nothing; only here",
    }


def _caption(drivers: Sequence[_Driver], metric: Metric, look: Look, dims: Sequence[str]) -> str:
    names = listed([name.replace("_id", "").replace("_", " ") for name in dims], most=_MOST_COLUMNS)
    if not drivers:
        return (
            f"No combination of {names} moved beyond noise against all others: what moved, moved in them alike, for too "
            "short a time, or in too few cases or combinations to tell."
        )
    told = " ".join(_sentence(driver, metric, look) for driver in drivers[:_MOST_TOLD])
    more = f" {count(len(drivers) - _MOST_TOLD)} more are in the table." if len(drivers) > _MOST_TOLD else ""
    return f"{told}{more} Looked for in all combinations of {names}, allowing for their number."


def _sentence(driver: _Driver, metric: Metric, look: Look) -> str:
    """Return what moved and what it cannot be told from; without figures where a small count is behind them."""
    times, low, high = driver.times
    told = f"{capital(_words(driver.segment, look, metric))} {'rose' if times > 1 else 'fell'} "
    if _is_small(driver, look, metric):
        told += f"{'above' if times > 1 else 'below'} what all other cases lead to expect"
    else:
        told += (
            f"to {amount(times, 'times')} times ({spread(low, high, 'times')}) what all other cases lead to expect: "
            f"{amount(driver.seen, metric.unit)} for {amount(driver.expected, metric.unit)}"
        )
    if not driver.others:
        return f"{told}."
    others = " or ".join(_words(other, look, metric) for other in driver.others)
    return f"{told}; the data cannot tell these from {others}."


def _is_small(driver: _Driver, look: Look, metric: Metric) -> bool:
    """Return whether a copy to share covers the count: a caption would give it away."""
    counts = [driver.seen * driver.of, driver.of] if _is_rate(look, metric) else [driver.seen]
    return any(0 < round(number) < look.case_set.casebook.smallest_cell for number in counts)
