"""The words of a chart of alarms, written from what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.charts.story import Story, counted, holidays_told, shape, when
from tskit.charts.wording import Period, day, listed, lowered, sentence, shown, span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tskit.charts.canvas import Rows
    from tskit.charts.figure import About

__all__ = ["alarms_told", "describe_alarms"]

_KINDS = {"up": "up", "down": "down", "silent": "silent"}


def describe_alarms(
    rows: Rows,
    *,
    about: About,
    period: Period,
    stretches: Rows,
    marked: tuple[Mapping[date, str], Mapping[date, str]],
) -> Story:
    """Return the words for a series and its alarms; `marked` names the holidays and the other events, by day."""
    free, events = marked
    known = [row for row in rows if row["v"] is not None]
    whole = span(known[0]["day"], known[-1]["day"], period)
    marks = [*_marks(known, period, stretches), *(["public holidays under triangles at the top"] if free else [])]
    told = alarms_told(known, unit=about.unit, period=period)
    named = [f"Marked: {listed([f'{day(d)} {name}' for d, name in events.items()])}."] if events else []
    alt = f"Line chart of {lowered(about.label)} per {period}, {whole}. {sentence(shape(known, about.unit, period))}"
    sentences = [alt, told, sentence("; ".join(marks)), *holidays_told(free), *named, about.caption]
    return Story(
        subtitle="; ".join([f"Per {period}, {whole}", *marks]),
        caption=f"{about.label}: {told[:1].lower()}{told[1:]}",
        alt=" ".join(part for part in sentences if part),
    )


def alarms_told(rows: Sequence[Mapping[str, Any]], *, unit: str, period: Period) -> str:
    """Return how many periods were judged, how many alarms there are on either side, and the clearest of them."""
    judged = [row for row in rows if row["xhi"] is not None]
    if not judged:
        return "No period could be held against an expected range."
    found = [row for row in judged if row["mark"]]
    basis = f"{counted(len(judged), period)} held against the expected range"
    if not found:
        return f"Of {basis}, none raises an alarm."
    kinds = {name: sum(row["mark"] == kind for row in found) for kind, name in _KINDS.items()}
    sides = " and ".join(f"{count} {name}" for name, count in kinds.items() if count)
    sure = sum(row["sure"] for row in found)
    first = max(found, key=lambda row: (row["sure"], row["strength"]))
    beyond = f"{sure} of them beyond noise" if sure else "none of them beyond noise"
    told = (
        f"Of {basis}, {len(found)} {'raises an alarm' if len(found) == 1 else 'raise an alarm'} ({sides}), {beyond}; "
    )
    return f"{told}the clearest {when(first, period)}: {_clearest(first, unit=unit, period=period)}{_joined(found, period)}."


def _clearest(row: Mapping[str, Any], *, unit: str, period: Period) -> str:
    if row["pair"] and unit != "share" and row["vo"] is not None and row["xo"] is not None:
        both = f"{shown(row['vo'], unit)} with the {period} before"
        return f"{both}, where about {shown(round(row['xo']), unit)} were to be expected of the two"
    return f"{shown(row['v'], unit)} where {shown(row['xlo'], unit)} to {shown(row['xhi'], unit)} were to be expected"


def _joined(found: Sequence[Mapping[str, Any]], period: Period) -> str:
    """Return how many alarms are of a period and the one before together: such a one lies inside the range."""
    pairs = sum(row["pair"] for row in found)
    if not pairs:
        return ""
    verb, lie = ("is", "lies") if pairs == 1 else ("are", "lie")
    return f"; {pairs} of them {verb} unusual only together with the {period} before, and {lie} in the range"


def _marks(known: Rows, period: Period, stretches: Rows) -> list[str]:
    marks: list[str] = []
    if any(row["xlo"] is not None for row in known):
        marks.append("expected range in the band")
    found = {row["mark"] for row in known} - {""}
    if found:
        shapes = [name for name, kinds in (("triangles", {"up", "down"}), ("squares", {"silent"})) if kinds & found]
        marks.append(f"{' and '.join(shapes)} are alarms, filled where beyond noise")
    if any(row["pair"] for row in known):
        marks.append(f"a broad line joins two {period}s that are unusual only together")
    unfinished = sum(not row["ok"] for row in known)
    if unfinished:
        verb = "is" if unfinished == 1 else "are"
        last = f"the last {period}" if unfinished == 1 else f"{counted(unfinished, period)}"
        marks.append(f"{last} {verb} not complete (dashed)")
    missing = sum(stretch["count"] for stretch in stretches)
    if missing:
        marks.append(f"{counted(missing, period)} without data (crosses)")
    return marks
