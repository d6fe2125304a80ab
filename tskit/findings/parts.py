"""The most notable rate taken apart: what more cases, another mix of them, and the rates within groups each add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.cards import capital, counted, subject
from tskit.findings.explained import two_windows
from tskit.findings.mix import STRATA
from tskit.findings.mix_card import column_words
from tskit.findings.moves import LEVEL_OF_ERROR
from tskit.findings.segments import Segment
from tskit.findings.series import Series
from tskit.findings.tracks import Track
from tskit.findings.wording import amount, count, listed, points, signed
from tskit.patterns.drivers import decompose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.look import Look
    from tskit.findings.mix import Adjusted
    from tskit.findings.moves import Move

__all__ = ["notable_rate", "rate_parts"]

_MOST_SEGMENTS = 20
_WORDS = {"volume": "from volume", "mix": "from mix", "rate": "from rates"}
_PARTS = tuple(_WORDS)


def notable_rate(look: Look) -> tuple[Move, Adjusted | None] | None:
    """Return the rate that moved most beyond noise, or that only the mix moved, with the mix held still; None if none."""
    changes = sorted(look.told.changes, key=lambda change: -abs(change.story.driver.verdict.z))
    found = (change for change in (*changes, *look.told.mixes) if change.story.driver.shape == "share")
    change = next(found, None)
    return None if change is None else (change.story.driver, change.adjusted)


def rate_parts(look: Look) -> Series:
    """Return the change in what the most notable rate counts as volume, mix and rate, which add up to it exactly.

    The groups are those by which its card holds the mix still, and the rate's part is told no surer than the card tells
    the change like for like. The frame is empty where no rate moved, raw or in its mix.
    """
    found = notable_rate(look)
    if found is None:
        return Series(_nothing(), "No rate moved beyond noise, so there is none to take apart")
    move, held = found
    if held is None:
        return Series(_nothing(), f"{move.metric.label} moved, and no column tells its cases apart")
    table = _table(look, move, held)
    whole = table.iloc[0]
    groups = listed([column_words(column)[1] for column in held.columns])
    name = capital(look.called(subject(move.metric), move.segment))
    return Series(
        _largest(table, held.columns, look),
        f"{name}: what more or fewer {counted(move.metric)}, their mix, and the rates within {groups} add",
        caption=_said(whole, move, groups),
    )


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=["is_whole", "change", *_PARTS])


def _table(look: Look, move: Move, held: Adjusted) -> pd.DataFrame:
    """Return the decomposition, with the rate's part as unsure as rates have been in earlier periods and on the card."""
    # The same cells as `adjusted` asks for, so that held rows answer from memory and an engine from what it was asked.
    columns = [name for name in STRATA if look.case_set.has(name) and name not in move.segment.columns]
    cells = two_windows(look, move.metric.name, (*move.segment.columns, *columns))
    cells = cells[move.segment.select(cells)].groupby([*held.columns, "window"], as_index=False)[["n", "k"]].sum()
    arrivals = Track("flow", move.segment, move.track.of, move.track.of).spread()
    table = decompose(cells, by=held.columns, noise=max(1.0, arrivals) ** 2).table
    usual = max(1.0, move.track.spread())
    for end in ("rate_low", "rate_high"):
        table[end] = table["rate"] + usual * (table[end] - table["rate"])
    told = ["change", *_PARTS]
    table[told] = table[told].round(9) + 0.0
    whole = table.iloc[0]
    least = max(held.high - held.change, held.change - held.low) * float(whole["n_before"] + whole["n_after"]) / 2
    if not held.p <= LEVEL_OF_ERROR:
        least = max(least, abs(float(whole["rate"])))
    table.loc[0, "rate_low"] = min(whole["rate_low"], whole["rate"] - least)
    table.loc[0, "rate_high"] = max(whole["rate_high"], whole["rate"] + least)
    return table


def _largest(table: pd.DataFrame, columns: Sequence[str], look: Look) -> pd.DataFrame:
    """Return the whole, the groups that changed most, and all others as one, with the names that people use."""
    parts = table[~table["is_whole"]]
    order = parts["change"].abs().sort_values(ascending=False, kind="stable").index
    kept, rest = parts.loc[order[:_MOST_SEGMENTS]], parts.loc[order[_MOST_SEGMENTS:]]
    named = [Segment.of(columns, values) for values in kept[list(columns)].itertuples(index=False, name=None)]
    rows = [table.iloc[[0]].assign(group="all"), kept.assign(group=[look.named(segment) for segment in named])]
    if len(rest):
        others = rest[["change", *_PARTS]].astype("float64").sum()
        rows.append(pd.DataFrame([{"group": f"{count(len(rest))} others", "is_whole": False, **others}]))
    return pd.concat(rows, ignore_index=True).drop(columns=[*columns]).set_index("group").reset_index()


def _said(whole: pd.Series[Any], move: Move, groups: str) -> str:
    """Return the parts in points of the rate, and then in what it counts."""
    middle = (float(whole["n_before"]) + float(whole["n_after"])) / 2
    mix, rate, low, high = (float(whole[name]) / middle for name in ("mix", "rate", "rate_low", "rate_high"))
    verdict = ", which is no more than noise" if low <= 0 <= high else ""
    share = move.metric.unit
    numbers = [f"{signed(float(whole[part]))} {words}" for part, words in _WORDS.items()]
    return (
        f"{amount(float(whole['rate_before']), share)} before, {amount(float(whole['rate_after']), share)} now. Of these "
        f"{points(mix + rate)} points the mix brings {points(mix)}, and the rates within {groups} {points(rate)} "
        f"({points(low)} to {points(high)}){verdict}. In numbers: {signed(float(whole['change']))}, which is "
        f"{listed(numbers)}."
    )
