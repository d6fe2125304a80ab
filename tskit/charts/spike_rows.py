"""Rows of the pattern of spikes as a chart draws them: values, bounds, signs, and the stretches without data."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tskit.charts.frames import day_of, is_true, number
from tskit.charts.wording import Period, period_name, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.charts.canvas import Rows

__all__ = ["NEEDS", "SIDES", "absent", "pairs", "signs", "spoken", "watched"]

NEEDS = ("period", "observed", "expected", "lower", "upper")
SIDES = {"more": "up", "fewer": "down", "silent": "silent"}
"""The sign of an alarm by its side; whatever else stands there is drawn as the side on which it lies."""
_UNFINISHED = "unfinished"
"""How the pattern begins to say why a period is judged for a rise only."""
_NUMBERS = {"observed": "v", "expected": "x", "lower": "xlo", "upper": "xhi"}
_PAIR = 2
_STEPS: dict[Period, int] = {"day": 1, "week": 7, "month": 31}


def watched(frame: pd.DataFrame, *, unit: str, period: Period) -> Rows:
    """Return one row a period, in their order, with an empty one wherever periods are missing from the frame.

    Of a rate (`unit` "share"), counts are drawn over what each is out of.
    """
    complete, alarm = is_true(frame, "is_complete", default=True), is_true(frame, "alarm", default=False)
    sure = is_true(frame, "is_beyond_noise", default=False)
    rows: Rows = []
    for i, start in enumerate(frame["period"]):
        first = day_of(start)
        why = _word(frame, "why_not", i)
        row: dict[str, Any] = {"d": first.isoformat(), "day": first, "name": period_name(first, period), "why": why}
        row |= {"ok": complete[i] and not why.startswith(_UNFINISHED), **_numbers(frame, i, is_share=unit == "share")}
        row["mark"] = _sign(row, _word(frame, "side", i)) if alarm[i] and row["v"] is not None else ""
        rows.append(row | {"sure": sure[i], "strength": _strength(frame, i), **_together(frame, i, row)})
    return _with_breaks(sorted(rows, key=lambda row: row["d"]), period)


def _word(frame: pd.DataFrame, column: str, row: int) -> str:
    value = frame[column].iloc[row] if column in frame.columns else ""
    return value if isinstance(value, str) else ""


def _strength(frame: pd.DataFrame, row: int) -> float:
    return (number(frame["strength"].iloc[row]) if "strength" in frame.columns else None) or 0.0


def _together(frame: pd.DataFrame, place: int, row: dict[str, Any]) -> dict[str, Any]:
    """Return whether an alarm lies in the band and is one of two periods together, with what both had and should have had."""
    found = {
        name: number(frame[name].iloc[place]) if name in frame.columns else None
        for name in ("over", "observed_over", "expected_over")
    }
    is_inside = (
        row["xlo"] is not None and row["xhi"] is not None and bool(row["mark"]) and row["xlo"] <= row["v"] <= row["xhi"]
    )
    is_pair = is_inside and found["over"] == _PAIR
    return {"pair": is_pair, "vo": found["observed_over"], "xo": found["expected_over"]}


def _numbers(frame: pd.DataFrame, row: int, *, is_share: bool) -> dict[str, float | None]:
    found = {name: number(frame[column].iloc[row]) for column, name in _NUMBERS.items()}
    if not is_share or "out_of" not in frame.columns:
        return found
    whole = number(frame["out_of"].iloc[row])
    return {name: value / whole if value is not None and whole else None for name, value in found.items()}


def _sign(row: dict[str, Any], side: str) -> str:
    is_above = row["xhi"] is not None and row["v"] > row["xhi"]
    return SIDES.get(side, "up" if is_above else "down")


def _with_breaks(rows: Rows, period: Period) -> Rows:
    """Return the rows with an empty one between two that are further apart than a period, so that no line joins them."""
    kept: Rows = []
    for row in rows:
        if kept and (row["day"] - kept[-1]["day"]).days > _STEPS[period]:
            day = kept[-1]["day"] + timedelta(days=_STEPS[period])
            empty: dict[str, Any] = {"d": day.isoformat(), "day": day, "ok": True, "why": "", "name": "", "mark": ""}
            kept.append(empty | dict.fromkeys(_NUMBERS.values()) | {"sure": False, "strength": 0.0, "pair": False})
        kept.append(row)
    return kept


def absent(rows: Rows, *, period: Period) -> Rows:
    """Return the stretches without data between two values: the first and the last day of each, and how many periods."""
    stretches: Rows = []
    before = None
    for row in rows:
        if row["v"] is None:
            continue
        if before is not None:
            first, days = before + timedelta(days=_STEPS[period]), (row["day"] - before).days
            if days > _STEPS[period]:
                count = -(-days // _STEPS[period]) - 1
                middle = first + timedelta(days=(days // _STEPS[period] - 2) * _STEPS[period] // 2)
                stretches.append({"first": first, "middle": middle, "until": row["day"], "count": count})
        before = row["day"]
    return stretches


def pairs(rows: Rows) -> Rows:
    """Return a line from the period before to each alarm that is only one of both together."""
    joined = [(before, row) for before, row in pairwise(rows) if row["pair"] and before["v"] is not None]
    return [{"d": before["d"], "v": before["v"], "d2": row["d"], "v2": row["v"]} for before, row in joined]


def signs(rows: Sequence[dict[str, Any]], *, kind: str, sure: bool) -> Rows:
    """Return the alarms of a kind that are beyond noise over all that was looked at, or those that are not."""
    return [row for row in rows if row["mark"] == kind and row["sure"] is sure]


def spoken(row: dict[str, Any], unit: str) -> dict[str, str]:
    """Return what a pointer is told of a period."""
    low, high = row["xlo"], row["xhi"]
    judged = {"up": "more than expected", "down": "fewer than expected", "silent": "fell silent"}.get(row["mark"], "")
    sure = ", with the one before" if row["pair"] else ""
    sure += ", beyond noise" if row["sure"] else ", as chance alone does at times"
    return {
        "name": row["name"] + ("" if row["ok"] else " (not complete)"),
        "tv": shown(row["v"], unit),
        "tx": "–" if row["x"] is None else shown(row["x"], unit),
        "ti": "–" if low is None or high is None else f"{shown(low, unit)} to {shown(high, unit)}",
        "tm": judged + sure if judged else row["why"] or "–",
    }
