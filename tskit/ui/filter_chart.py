"""Cases by day, to choose days from: by mouse, by keyboard, by screen reader."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["DayChart"]

_HERE = Path(__file__).parent


class DayChart(anywidget.AnyWidget):
    """One bar a day. What it keeps in step with the page is counts by day, and no case.

    `days` are pairs of a day, as text in ISO 8601, and a count. `chosen` is the first and the last day of the choice,
    or empty for none. `marked` are days that stand out. A day is text on both sides: an instant would shift with the
    zone of the browser.
    """

    _esm = _HERE / "filter_chart.js"
    _css = _HERE / "filter_chart.css"
    days = traitlets.List().tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    marked = traitlets.List(traitlets.Unicode()).tag(sync=True)
    label = traitlets.Unicode("Cases opened by day").tag(sync=True)

    def __repr__(self) -> str:
        """Return the name alone: what a widget shows is not written into a notebook."""
        return "DayChart()"
