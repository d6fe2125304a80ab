"""The time axis and what is marked on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, mark, text
from tskit.charts.theme import LIGHT
from tskit.charts.wording import Period, width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["Timeline", "marked_days", "marker_layers", "time_at", "timeline"]

_FEW = 6
_STEPS = {"day": (1, 2, 7, 14, 28, 56, 91, 182, 364), "week": (7, 14, 28, 56, 91, 182, 364)}
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)


class Timeline:
    """The first and the last day of a time axis, in milliseconds of UTC, with its ticks."""

    __slots__ = ("days", "first", "last", "ticks", "years")

    def __init__(self, first: date, last: date, ticks: Sequence[date]) -> None:
        self.days = (first, last)
        self.first = _ms(first)
        self.last = _ms(last)
        self.ticks = [_ms(tick) for tick in ticks]
        # A tick names its year where that is not plain: when the axis crosses into it.
        self.years = [_ms(b) for a, b in zip([None, *ticks], ticks, strict=False) if a and a.year != b.year]
        if self.years and self.ticks:
            self.years.insert(0, self.ticks[0])

    def at(self, value: date) -> float:
        """Return where a day lies between both ends, from 0 to 1."""
        return (_ms(value) - self.first) / (self.last - self.first)


def timeline(days: Sequence[date], *, period: Period, most_ticks: int, pad: bool = False) -> Timeline:
    """Return the axis over the days; `pad` leaves room for the last period's bar, and a single day gets some, too."""
    first, last = min(days), max(days)
    if first == last and not pad:
        first = first - timedelta(days=1)
        last = last + timedelta(days=1)
    if pad:
        last = last + timedelta(days={"day": 1, "week": 7, "month": 31}[period])
    return Timeline(first, last, _ticks(min(days), max(days), period, most_ticks))


def _ticks(first: date, last: date, period: Period, most: int) -> list[date]:
    if period == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        step = next((s for s in _MONTH_STEPS if len(months) / s <= most), _MONTH_STEPS[-1])
        return [date(m // 12, m % 12 + 1, 1) for m in months if (m - months[0]) % step == 0]
    step = next((s for s in _STEPS[period] if ((last - first).days + 1) / s <= most), 364)
    # From a week on, ticks stand on Mondays, so that the same weekday is always read.
    start = first + timedelta(days=(7 - first.weekday()) % 7) if step >= 7 and period == "day" else first
    start = start if start <= last else first
    return [start + timedelta(days=i * step) for i in range(((last - start).days) // step + 1)]


def time_at(field: str, line: Timeline, *, period: Period) -> dict[str, Any]:
    """Return the encoding of a day; it is read and written in UTC, so that no browser's zone can move it."""
    return {
        "field": field,
        "type": "temporal",
        "timeUnit": "utcyearmonthdate",
        "scale": {"type": "utc", "domain": [line.first, line.last], "nice": False},
        "axis": _axis(line, period),
    }


def _axis(line: Timeline, period: Period) -> dict[str, Any]:
    name = "utcFormat(datum.value, '%b')" if period == "month" else "utcFormat(datum.value, '%-d %b')"
    year = f"indexof({line.years}, +datum.value) >= 0"
    label = f"{year} ? [{name}, utcFormat(datum.value, '%Y')] : {name}" if line.years else name
    return {
        "values": line.ticks,
        "labelExpr": label,
        "grid": False,
        "ticks": True,
        "tickSize": 4,
        "labelPadding": 4,
        "title": None,
        "labelOverlap": False,
        "labelFlush": False,
    }


def marked_days(
    holidays: pd.DataFrame | None, events: Mapping[date, str] | None, *, line: Timeline
) -> tuple[dict[date, str], dict[date, str]]:
    """Return the holidays and the events on the axis, by day: "Diwali (MY, SG)"."""
    free: dict[date, dict[str, list[str]]] = {}
    if holidays is not None and len(holidays):
        for day, name, country in zip(holidays["day"], holidays["name"], holidays["country"], strict=True):
            if 0 <= line.at(day) <= 1:
                free.setdefault(day, {}).setdefault(str(name), []).append(str(country))
    named = {
        day: "; ".join(f"{n} ({', '.join(sorted(set(c)))})" for n, c in names.items()) for day, names in free.items()
    }
    return named, {day: str(name) for day, name in (events or {}).items() if 0 <= line.at(day) <= 1}


def marker_layers(
    free: Mapping[date, str], events: Mapping[date, str], *, line: Timeline, period: Period, canvas: Canvas
) -> tuple[list[Layer], dict[str, Rows]]:
    """Return the layers of holidays (a triangle above the plot) and events (a dotted line with its name)."""
    x = {"x": time_at("d", line, period=period)}
    tip = {"tooltip": [{"field": "t", "type": "nominal", "title": "Marked"}]}
    layers = [
        mark("events", "rule", {**x, "y": {"value": -6}, "y2": {"value": canvas.height}}, stroke=LIGHT.soft, strokeDash=[2, 4]),
        mark("few_holidays", "rule", {**x, "y": {"value": 0}, "y2": {"value": canvas.height}}, stroke=LIGHT.line),
        mark(
            "holidays", "point", {**x, "y": {"value": -5}, **tip},
            shape="triangle-down", size=46, filled=True, fill=LIGHT.unsure, opacity=1,
        ),
        _names("event_right", "left", x, canvas),
        _names("event_left", "right", x, canvas),
    ]  # fmt: skip
    data = {
        "events": [{"d": day.isoformat(), "t": name} for day, name in events.items()],
        # Beyond a few, their lines would hide the one that counts; the triangles stay.
        "few_holidays": [{"d": day.isoformat()} for day in free] if len(free) <= _FEW else [],
        "holidays": [{"d": day.isoformat(), "t": name} for day, name in free.items()],
        "event_right": [{"d": d.isoformat(), "t": n} for d, n in events.items() if _fits(d, n, line, canvas)],
        "event_left": [{"d": d.isoformat(), "t": n} for d, n in events.items() if not _fits(d, n, line, canvas)],
    }
    return layers, data


def _names(data: str, align: str, x: Mapping[str, Any], canvas: Canvas) -> Layer:
    settings = {"align": align, "baseline": "bottom", "fontSize": canvas.size, "fill": LIGHT.ink, "fontWeight": 600}
    layer = text(data, {**settings, "dx": 3 if align == "left" else -3})
    layer["encoding"] |= {**x, "y": {"value": -10}}
    return layer


def _fits(day: date, name: str, line: Timeline, canvas: Canvas) -> bool:
    return line.at(day) * canvas.width + width(name, size=canvas.size) <= canvas.width + canvas.right


def _ms(value: date) -> int:
    return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
