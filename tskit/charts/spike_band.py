"""A series against the range that its own past leads to expect, with its alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, halo, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing
from tskit.charts.segments import singles, unfinished, without_gaps
from tskit.charts.spike_rows import NEEDS, absent, pairs, signs, spoken, watched
from tskit.charts.spike_story import describe_alarms
from tskit.charts.theme import LIGHT
from tskit.charts.timeline import Timeline, marked_days, marker_layers, time_at, timeline
from tskit.charts.wording import Period, shown, width

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

__all__ = ["columns_of_alarms", "spike_band"]

_MOST_DOTS = 60
_SIGNS = {"up": ("triangle-up", LIGHT.worse), "down": ("triangle-down", LIGHT.categorical[3]), "silent": ("square", LIGHT.ink)}  # fmt: skip
"""Shape and colour of an alarm: either tells them apart without the other."""
_MOST_NAMED, _MOST_NAMED_NARROW = 4, 2
_AWAY = 9
"""Pixels between an alarm and the number at it."""


def spike_band(
    frame: pd.DataFrame,
    *,
    about: About,
    period: Period = "day",
    holidays: pd.DataFrame | None = None,
    events: Mapping[date, str] | None = None,
) -> Figure:
    """Draw one series with what its own past leads to expect of it, and the alarms up and down.

    Args:
        frame: the rows of one series in the table of `patterns.spikes`: `period`, `observed`, `expected`, `lower` and
            `upper`; drawn where they are there: `alarm`, `side`, `is_beyond_noise`, `strength`, `over` (2: an alarm
            of a period and the one before together, which may lie in the band), `observed_over`, `expected_over`,
            `why_not`, and `is_complete`. Missing periods may have a row without a value, or none.
        about: the key, the title, and the name and unit of what is counted; with the unit "share" each count is drawn
            over its `out_of`. The caption is the pattern's statement.
        period: what a row stands for.
        holidays: days to mark, as `tskit.calendars.holidays_between` gives them.
        events: other days to mark, by name.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=NEEDS)
    rows = watched(frame, unit=about.unit, period=period)
    known = [row for row in rows if row["v"] is not None]
    if not known:
        return nothing(frame, about, columns=columns_of_alarms(about, period))
    stretches = absent(rows, period=period)
    marked = marked_days(holidays, events, line=timeline([row["day"] for row in known], period=period, most_ticks=1))
    story = describe_alarms(rows, about=about, period=period, stretches=stretches, marked=marked)
    told = replace(about, subtitle=about.subtitle or story.subtitle, caption=about.caption or story.caption)

    def draw(canvas: Canvas) -> dict[str, Any]:
        return _Plot(rows, stretches, about.unit, period, canvas).spec(*marked, alt=story.alt)

    return figure(frame, told, draw=draw, alt=story.alt, columns=columns_of_alarms(about, period))


def columns_of_alarms(about: About, period: Period) -> list[TableColumn]:
    """Return the columns of the table behind a chart of alarms; counts stay counts where shares are drawn."""
    unit = "cases" if about.unit == "share" else about.unit
    return [
        TableColumn("series", "Series"),
        TableColumn("period", period.capitalize(), "date"),
        TableColumn("observed", about.label if about.unit != "share" else "Count", unit),
        TableColumn("out_of", "Out of", "cases"),
        TableColumn("expected", "Expected", unit),
        TableColumn("lower", "Expected from", unit),
        TableColumn("upper", "Expected to", unit),
        TableColumn("alarm", "Alarm"),
        TableColumn("side", "Side"),
        TableColumn("over", f"Judged over so many {period}s", "number"),
        TableColumn("observed_over", "Seen over these", unit),
        TableColumn("expected_over", "Expected over these", unit),
        TableColumn("is_beyond_noise", "Beyond noise"),
        TableColumn("is_complete", "Complete"),
        TableColumn("why_not", "Not judged because"),
    ]


@dataclass(frozen=True, slots=True)
class _Plot:
    rows: Rows
    stretches: Rows
    unit: str
    period: Period
    canvas: Canvas

    def spec(self, free: Mapping[date, str], events: Mapping[date, str], *, alt: str) -> dict[str, Any]:
        days = [row["day"] for row in self.rows if row["v"] is not None]
        line = timeline(days, period=self.period, most_ticks=4 if self.canvas.is_narrow else 8)
        scale, end = self._scale(), self._end()
        gutter = width(end["t"], size=self.canvas.size) + 18
        canvas = self.canvas.but(
            right=max(self.canvas.right, gutter), top=32 if events else 22, bottom=44 if line.years else 30
        )
        marks, marked = marker_layers(free, events, line=line, period=self.period, canvas=canvas)
        drawn = {**marked, **self._data(), **self._named(line, scale, canvas)}
        drawn["end"] = [{"t": end["t"], "py": (1 - scale.at(end["v"])) * canvas.height}]
        layers = [*marks, *self._lines(time_at("d", line, period=self.period), scale, canvas), *_words(canvas)]
        return sheet(canvas, layers, drawn, alt=alt)

    def _scale(self) -> Scale:
        values = [row[n] for row in self.rows for n in ("v", "x", "xlo", "xhi") if row[n] is not None]
        zero = self.unit != "share" or min(values) < max(values) / 2
        return scale_over(values, unit=self.unit, zero=zero)

    def _end(self) -> dict[str, Any]:
        last = next(row for row in reversed(self.rows) if row["v"] is not None)
        so_far = "" if last["ok"] or self.canvas.is_narrow else " so far"
        return {"v": last["v"], "t": shown(last["v"], self.unit) + so_far}

    def _lines(self, time: dict[str, Any], scale: Scale, canvas: Canvas) -> list[Layer]:
        x, pieces = {"x": time}, {"detail": {"field": "seg", "type": "nominal"}}
        seen, range_ = {**x, "y": at("v", scale)}, {**x, "y": at("xlo", scale), "y2": {"field": "xhi"}}
        foot = {"y": {"value": canvas.height}}
        titles = {"name": self.period.capitalize(), "tv": "Seen", "tx": "Expected", "ti": "Range", "tm": "Alarm"}
        tip = [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]
        return [
            mark("frame", "rule", seen, opacity=0),
            mark("missing", "rect", {**x, "x2": {"field": "d2"}, "y": {"value": 0}, "y2": {"value": canvas.height}}, fill=LIGHT.shade),
            mark("band", "area", {**range_, **pieces}, fill=LIGHT.accent, fillOpacity=0.16),
            mark("open_band", "rule", range_, stroke=LIGHT.accent, strokeOpacity=0.35, strokeWidth=3),
            mark("expected", "line", {**x, "y": at("x", scale), **pieces}, stroke=LIGHT.accent, strokeOpacity=0.55, strokeWidth=1, strokeDash=[5, 3]),
            mark("line", "line", {**seen, **pieces}, stroke=LIGHT.ink, strokeWidth=1.6, strokeJoin="round"),
            mark("pairs", "rule", {**seen, "x2": {"field": "d2"}, "y2": {"field": "v2"}}, stroke=LIGHT.unsure, strokeWidth=5, strokeOpacity=0.55, strokeCap="round"),
            mark("open", "line", seen, stroke=LIGHT.ink, strokeWidth=1.6, strokeDash=[4, 4]),
            mark("dots", "point", seen, shape="circle", filled=True, fill=LIGHT.ink, size=20, opacity=1),
            mark("open_dots", "point", seen, shape="circle", filled=True, fill=LIGHT.card, stroke=LIGHT.ink, strokeWidth=1.6, size=44, opacity=1),
            mark("crosses", "point", {**x, **foot}, shape="cross", angle=45, filled=True, fill=LIGHT.soft, size=50, opacity=1),
            *(layer for kind in _SIGNS for layer in _alarms(kind, seen)),
            mark("hover", "point", {**seen, "tooltip": tip}, size=220, filled=True, opacity=0),
        ]  # fmt: skip

    def _data(self) -> dict[str, Rows]:
        rows = self.rows
        known = [row for row in rows if row["v"] is not None]
        line = without_gaps(rows, ("v",), complete=True)
        open_ = [row for row in known if not row["ok"]]
        alarms = {f"{kind}_{sure}": signs(rows, kind=kind, sure=sure) for kind in _SIGNS for sure in (True, False)}
        return {
            "frame": [{"d": known[0]["d"], "v": 0}],
            "missing": [{"d": s["first"].isoformat(), "d2": s["until"].isoformat()} for s in self.stretches],
            "crosses": [{"d": s["middle"].isoformat()} for s in self.stretches],
            "band": without_gaps(rows, ("xlo", "xhi"), complete=True),
            "open_band": [{"d": r["d"], "xlo": r["xlo"], "xhi": r["xhi"]} for r in open_ if r["xhi"] is not None],
            "expected": without_gaps(rows, ("x",), complete=True),
            "line": line,
            "pairs": pairs(rows),
            "open": [{"d": row["d"], "v": row["v"]} for row in unfinished(known)],
            "dots": line if len(line) <= _MOST_DOTS else singles(line),
            "open_dots": [{"d": row["d"], "v": row["v"]} for row in open_],
            **{name: [{"d": row["d"], "v": row["v"]} for row in found] for name, found in alarms.items()},
            "hover": [{"d": row["d"], "v": row["v"], **spoken(row, self.unit)} for row in known],
        }

    def _named(self, line: Timeline, scale: Scale, canvas: Canvas) -> dict[str, Rows]:
        """Return the numbers at the clearest alarms, as far as there is room for each beside the others."""
        most = _MOST_NAMED_NARROW if canvas.is_narrow else _MOST_NAMED
        sure = sorted((row for row in self.rows if row["mark"] and row["sure"]), key=lambda row: -row["strength"])
        last = [row for row in self.rows if row["v"] is not None][-1]
        kept: Rows = []
        for row in sure:
            words = shown(row["v"], self.unit)
            half = width(words, size=canvas.size) / 2
            px, py = line.at(row["day"]) * canvas.width, (1 - scale.at(row["v"])) * canvas.height
            if row["d"] == last["d"]:  # its number stands at the end of the line
                continue
            if py < 2 * _AWAY:  # above the plot are the holidays and the names of events
                px += (half + _AWAY) * (1 if px + 2 * (half + _AWAY) < canvas.width else -1)
            else:
                px, py = min(max(px, half), canvas.width - half), py - _AWAY - canvas.size / 2
            is_free = all(abs(px - k["px"]) > half + k["half"] + 4 or abs(py - k["py"]) > canvas.size + 2 for k in kept)
            if is_free and len(kept) < most:
                kept.append({"px": px, "py": py, "half": half, "t": words})
        return {"named": [{name: row[name] for name in ("px", "py", "t")} for row in kept]}


def _alarms(kind: str, seen: Mapping[str, Any]) -> list[Layer]:
    shape, colour = _SIGNS[kind]
    hollow = {"fill": LIGHT.card, "stroke": colour, "strokeWidth": 1.8}
    full = {"fill": colour, "stroke": LIGHT.card, "strokeWidth": 1}
    return [
        mark(f"{kind}_{sure}", "point", seen, shape=shape, filled=True, size=95 if sure else 70, opacity=1, **settings)
        for sure, settings in ((False, hollow), (True, full))
    ]


def _words(canvas: Canvas) -> list[Layer]:
    settings = {"baseline": "middle", "fontSize": canvas.size, "fontWeight": 600, "fill": LIGHT.ink}
    named, end = text("named", {**settings, "align": "center"}), text("end", {**settings, "align": "left"})
    named["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    end["encoding"] |= {"x": {"value": canvas.width + 10}, "y": pixels("py")}
    return [halo(named), named, end]
