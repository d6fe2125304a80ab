"""The words of a chart over time, written from what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tskit.charts.wording import Period, day, listed, lowered, sentence, shown, span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tskit.charts.figure import About

__all__ = ["Story", "counted", "describe", "holidays_told", "shape", "when"]

_NAMES = {"day": "day", "week": "week", "month": "month"}


@dataclass(frozen=True, slots=True)
class Story:
    """What stands above, beneath and in place of a chart."""

    subtitle: str
    caption: str
    alt: str


def describe(
    series: Sequence[Mapping[str, Any]],
    *,
    about: About,
    period: Period,
    target: float | None,
    free: Mapping[date, str],
) -> Story:
    """Return the words for a metric over time; each row has its day, its name, and the numbers that are drawn.

    `free` names the holidays that are marked, by day.
    """
    whole = span(series[0]["day"], series[-1]["day"], period)
    marks = [*_marks(series, period), *(["public holidays under triangles"] if free else [])]
    caption = f"{about.label}: {shape(series, about.unit, period)}"
    outside = _outside(series, period)
    sentences = [f"{caption}.", *([f"{outside}."] if outside else []), *_against(series, about.unit, period, target)]
    alt = f"Line chart of {lowered(about.label)} per {_NAMES[period]}, {whole}. {sentence(shape(series, about.unit, period))}"
    return Story(
        subtitle="; ".join([f"Per {_NAMES[period]}, {whole}", *marks]),
        caption=" ".join(sentences),
        alt=" ".join([alt, *sentences[1:], *([sentence("; ".join(marks))] if marks else []), *holidays_told(free)]),
    )


def shape(series: Sequence[Mapping[str, Any]], unit: str, period: Period) -> str:
    """Return the lowest, the highest and the last value of a line, of its complete periods where there are any."""
    known = [row for row in series if row["v"] is not None and row["ok"]] or [r for r in series if r["v"] is not None]
    low, high, last = min(known, key=lambda r: r["v"]), max(known, key=lambda r: r["v"]), known[-1]
    if len(known) == 1:
        return f"{_on(last, unit, period)}, the only {_NAMES[period]} with a value"
    if low["v"] == high["v"]:
        return f"{shown(low['v'], unit)} throughout"
    lowest, highest = f"lowest {_on(low, unit, period)}", f"highest {_on(high, unit, period)}"
    if last["d"] in {low["d"], high["d"]}:
        return f"{lowest} and {highest}" if last["d"] == high["d"] else f"{highest} and {lowest}"
    return f"{lowest}, {highest}, and last {_on(last, unit, period)}"


def holidays_told(free: Mapping[date, str]) -> list[str]:
    """Return the sentence that names the first holidays that are marked; none where there are none."""
    return [f"Holidays: {listed([f'{day(d)} {name}' for d, name in free.items()])}."] if free else []


def _on(row: Mapping[str, Any], unit: str, period: Period) -> str:
    return (
        f"{shown(row['v'], unit)} {'on' if period == 'day' else 'in'} {'the ' if period == 'week' else ''}{row['name']}"
    )


def _outside(series: Sequence[Mapping[str, Any]], period: Period) -> str:
    judged = [row for row in series if row["ok"] and None not in (row["v"], row["xlo"], row["xhi"])]
    if not judged:
        return ""
    above = [row for row in judged if row["v"] > row["xhi"]]
    below = [row for row in judged if row["v"] < row["xlo"]]
    if not above and not below:
        return f"Every complete {_NAMES[period]} stayed inside the expected range"
    parts = [f"{len(rows)} above" for rows in [above] if rows] + [f"{len(rows)} below" for rows in [below] if rows]
    first = min([*above, *below], key=lambda row: row["d"])
    return (
        f"Of {counted(len(judged), period)}, {' and '.join(parts)} the expected range, the first {when(first, period)}"
    )


def when(row: Mapping[str, Any], period: Period) -> str:
    """Return a row's period as it stands in a sentence: "on Tue 6 Oct"."""
    return f"{'on' if period == 'day' else 'in'} {'the ' if period == 'week' else ''}{row['name']}"


def _against(series: Sequence[Mapping[str, Any]], unit: str, period: Period, target: float | None) -> list[str]:
    judged = [row for row in series if row["v"] is not None and row["ok"]]
    if target is None or not judged:
        return []
    under = [row for row in judged if row["v"] < target]
    side = f"{counted(len(under), period)} of {len(judged)} lay below it"
    return [f"The target is {shown(target, unit, trim=True)}; {side}."]


def _marks(series: Sequence[Mapping[str, Any]], period: Period) -> list[str]:
    marks: list[str] = []
    if any(row["xlo"] is not None for row in series):
        marks.append("expected range in the band")
    elif any(row["lo"] is not None for row in series):
        marks.append("95 % interval in the band")
    unfinished = [row for row in series if not row["ok"] and row["v"] is not None]
    if unfinished:
        one = (
            f"the last {_NAMES[period]} is"
            if len(unfinished) == 1
            else f"the last {counted(len(unfinished), period)} are"
        )
        marks.append(f"{one} not complete (dashed)")
    empty = sum(1 for row in series if row["v"] is None)
    if empty:
        marks.append(f"{counted(empty, period)} without a value")
    return marks


def counted(number: int, period: Period) -> str:
    """Return a number of periods in words: "1 day", "3 weeks"."""
    return f"{number} {_NAMES[period]}{'' if number == 1 else 's'}"
