"""A change of hits taken apart into volume, mix and rate, by segment: the parts add up to the change exactly.

With N cases per window, w the share of a segment in them and r its rate, it has N * w * r hits. Each part takes the mean
of both windows for what it holds still (Marshall and Edgeworth; Kitagawa 1955), which leaves no remainder:

    volume  (N1 - N0) * (w0 * r0 + w1 * r1) / 2
    mix     (N0 + N1) / 2 * (w1 - w0) * (r0 + r1) / 2
    rate    (N0 + N1) / 2 * (w0 + w1) / 2 * (r1 - r0)

The parts of a segment add up to its own change, and those of all segments to the change of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.drivers.cells import side_by_side
from tskit.stats import wilson, z_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["decompose"]

_PARTS = ("volume", "mix", "rate")


@dataclass(frozen=True, slots=True)
class _Window:
    """Cases per window and rate of each segment; `windows` are the windows that were added up, `noise` var over mean."""

    n: Floats
    r: Floats
    windows: float
    noise: float

    @property
    def total(self) -> float:
        """Return the cases of all segments."""
        return float(self.n.sum())

    @property
    def share(self) -> Floats:
        """Return the share of each segment in all cases."""
        return self.n / max(self.total, 1e-12)

    @property
    def overall(self) -> float:
        """Return the rate of all segments together."""
        return float((self.share * self.r).sum())


def decompose(
    found: pd.DataFrame, *, by: Sequence[str], windows: int = 1, noise: float = 1.0, unit: str = "cases"
) -> Pattern:
    """Return the change of hits per window by segment of `by` as volume, mix and rate, with 95 % intervals.

    `found` has the cells (dimensions, window, n, k), `windows` is how many times as long the window before is. The
    intervals are for the parts of the rates and volumes that the windows are a sample of; `noise` is how many times
    the variance of counts is that of Poisson counts. A segment that one window lacks has no rate there (NA): what it
    brings is mix, and it has no rate part. The first row is the whole; "change" is k after less k before per window.
    `unit` names in the statement what k counts.

    Raises:
        ParameterError: a column is missing, or `by` is empty, doubled or longer than eight.
    """
    wide = side_by_side(found, dims=by)
    before, after = _window(wide, "before", float(windows), noise), _window(wide, "after", 1.0, noise)
    table = _table(wide, by, before, after)
    bounds = (float(table["rate_low"].iloc[0]), float(table["rate_high"].iloc[0]))
    settings = {"by": ", ".join(by), "windows": windows, "noise": noise}
    return Pattern("decomposition", _sentence(table, unit), table, bounds, settings)


def _window(wide: pd.DataFrame, name: str, windows: float, noise: float) -> _Window:
    """Return one window; a segment without a case in it takes the rate of the other, so that all it brings is mix."""
    other = "after" if name == "before" else "before"
    n, k, m, q = (wide[f"{what}_{which}"].to_numpy(dtype=np.float64) for which in (name, other) for what in ("n", "k"))
    beside = np.divide(q, m, out=np.zeros_like(q), where=m > 0)
    rate = np.divide(k, n, out=beside, where=n > 0)
    return _Window(n / windows, rate, windows, noise)


def _parts(arguments: Sequence[Floats]) -> Floats:
    """Return volume, mix and rate (rows) by segment, from cases, rate and all cases of each window."""
    n, r, total, n1, r1, total1 = arguments
    share, share1 = n / total, n1 / total1
    middle = (total + total1) / 2
    volume = (total1 - total) * (share * r + share1 * r1) / 2
    mix = middle * (share1 - share) * (r + r1) / 2
    return np.stack([volume, mix, middle * (share + share1) / 2 * (r1 - r)])


def _arguments(before: _Window, after: _Window) -> list[Floats]:
    made: list[Floats] = []
    for one in (before, after):
        made += [one.n, one.r, np.full(len(one.n), max(one.total, 1e-12))]
    return made


def _slopes(arguments: list[Floats]) -> list[Floats]:
    """Return the slope of the parts along each argument, by central differences: the formulas stand only once."""
    found: list[Floats] = []
    for i, own in enumerate(arguments):
        step = np.maximum(np.abs(own), 1e-3) * 1e-5
        up, down = ([*arguments[:i], own + sign * step, *arguments[i + 1 :]] for sign in (1.0, -1.0))
        found.append((_parts(up) - _parts(down)) / (2 * step))
    return found


def _variances(window: _Window, slopes: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return the variance of the parts from one window's noise: from its cases, and from its rates.

    Rows are parts, columns segments with the whole last. A segment's cases move its own parts, and those of all
    segments through the total.
    """
    by_n, by_r, by_total = slopes
    cases = window.n * window.windows
    drawn = (cases * window.r + 1) / (cases + 2)  # no hit in ten cases does not mean that there are none
    of_r = np.where(cases > 0, drawn * (1 - drawn) / np.maximum(cases, 1), 0.0)
    of_n = np.maximum(window.n, 0.5 / window.windows) * window.noise / window.windows
    whole = float(of_n.sum())
    own = (by_n + by_total) ** 2 * of_n + by_total**2 * np.maximum(whole - of_n, 0.0)
    steps = by_n + by_total.sum(axis=1, keepdims=True)
    of_cases = np.hstack([own, (steps**2 * of_n).sum(axis=1, keepdims=True)])
    rates = by_r**2 * of_r
    return of_cases, np.hstack([rates, rates.sum(axis=1, keepdims=True)])


def _bounds(before: _Window, after: _Window, parts: Floats) -> tuple[Floats, Floats]:
    """Return the 95 % bounds of the parts: normal ones, but for rates, which follow Wilson's bounds (Newcombe 1998).

    Those of the whole square and add how far the segments' bounds lie off (Zou and Donner 2008).
    """
    slopes, z = _slopes(_arguments(before, after)), float(z_value(0.95))
    n0, r0 = _variances(before, slopes[:3])
    n1, r1 = _variances(after, slopes[3:])
    half = z * np.sqrt(n0 + r0 + n1 + r1)
    low, high = parts - half, parts + half
    weight = (before.total + after.total) / 2 * (before.share + after.share) / 2
    (low0, high0), (low1, high1) = (wilson(one.n * one.windows * one.r, one.n * one.windows) for one in (before, after))
    down = np.nan_to_num(weight**2 * ((after.r - low1) ** 2 + (high0 - before.r) ** 2))
    up = np.nan_to_num(weight**2 * ((high1 - after.r) ** 2 + (before.r - low0) ** 2))
    of_cases = z**2 * (n0 + n1)[2]
    low[2] = parts[2] - np.sqrt(np.append(down, down.sum()) + of_cases)
    high[2] = parts[2] + np.sqrt(np.append(up, up.sum()) + of_cases)
    return low, high


def _table(wide: pd.DataFrame, by: Sequence[str], before: _Window, after: _Window) -> pd.DataFrame:
    segments = _parts(_arguments(before, after))
    parts = np.hstack([segments, segments.sum(axis=1, keepdims=True)])
    low, high = _bounds(before, after, parts)
    names = pd.concat([wide[list(by)], pd.DataFrame({name: [pd.NA] for name in by})], ignore_index=True)
    table = names.astype(object).assign(is_whole=np.arange(len(names)) == len(wide), change=parts.sum(axis=0))
    for i, part in enumerate(_PARTS):
        table[part], table[f"{part}_low"], table[f"{part}_high"] = parts[i], low[i], high[i]
    for name, one in (("before", before), ("after", after)):
        table[f"n_{name}"] = np.append(one.n, one.total)
        rate = np.append(one.r, one.overall)
        table[f"rate_{name}"] = np.where(table[f"n_{name}"] > 0, rate, np.nan)
    has_none = table["rate_before"].isna() | table["rate_after"].isna()
    table.loc[has_none, ["rate", "rate_low", "rate_high"]] = np.nan
    return pd.concat([table[table["is_whole"]], table[~table["is_whole"]]], ignore_index=True)


def _sentence(table: pd.DataFrame, unit: str) -> str:
    whole = table.iloc[0]
    told = [
        f"{part} {whole[part]:+,.1f} (95 % {whole[f'{part}_low']:+,.1f} to {whole[f'{part}_high']:+,.1f})"
        for part in _PARTS
        if not np.isnan(whole[part])
    ]
    return f"{unit[:1].upper()}{unit[1:]} per window changed by {whole['change']:+,.1f}: {', '.join(told)}."
