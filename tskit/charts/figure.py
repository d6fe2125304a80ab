"""A chart with its words and the table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["FIGURE_MIME", "About", "Figure", "TableColumn"]

FIGURE_MIME = "application/vnd.tskit.vegalite+json"
_LAB_MIME = "application/vnd.vegalite.v5+json"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v{}.json"


@dataclass(frozen=True, slots=True)
class About:
    """What a chart is about: its stable `key`, its title, and the name and unit of what it measures.

    `subtitle` and `caption` are written from the data where they are empty.
    """

    key: str
    title: str
    label: str
    unit: str
    subtitle: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the table behind a chart, and how to read it: "cases", "share", "hours", "points", "date" or text."""

    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A chart: its words, its Vega-Lite specs for a wide and a narrow page, and the table behind it.

    The specs are plain dicts without a title (the page has one) and with colours of the light theme only. They are
    exactly 760 and 340 px wide and draw the same in Vega-Lite 5 and 6.
    """

    key: str
    title: str
    subtitle: str
    caption: str
    alt: str
    spec: dict[str, Any]
    narrow: dict[str, Any]
    table: pd.DataFrame
    columns: tuple[TableColumn, ...]
    of_single_cases: bool = False
    """It draws single cases, which a copy to share leaves out."""
    is_empty: bool = False
    """There was nothing to draw, which the caption says."""

    @property
    def chart(self) -> alt.TopLevelMixin:
        """Return the wide chart as an Altair object, to change it or to lay it beside others."""
        # Altair takes two seconds to import, and drawing needs nothing of it: a report must not pay for that.
        import altair as alt  # noqa: PLC0415  # see above

        return alt.Chart.from_dict(self.spec)

    def as_json(self) -> dict[str, Any]:
        """Return all of the figure as plain JSON values."""
        return {
            "key": self.key,
            "title": self.title,
            "subtitle": self.subtitle,
            "caption": self.caption,
            "alt": self.alt,
            "spec": {"$schema": _SCHEMA.format(6), **self.spec},
            "narrow": {"$schema": _SCHEMA.format(6), **self.narrow},
            "table": {
                "columns": [{"name": c.name, "label": c.label, "unit": c.unit} for c in self.columns],
                "rows": self.table.to_numpy(dtype=object).tolist(),
            },
            **({"of_single_cases": True} if self.of_single_cases else {}),
            **({"is_empty": True} if self.is_empty else {}),
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {FIGURE_MIME: self.as_json(), _LAB_MIME: self._for_lab(), "text/plain": f"[chart] {self.alt}"}

    def _for_lab(self) -> dict[str, Any]:
        # JupyterLab 4 draws Vega-Lite 5 and shows version 6 as text; the specs use nothing that 5 lacks.
        title = {"text": self.title, "subtitle": self.subtitle, "offset": 14}
        # SVG carries the description to screen readers; the menu of vega-embed would send the data to a web page.
        options = {"embedOptions": {"renderer": "svg", "actions": False}}
        layout = {"autosize": "pad", "padding": 12, "title": title, "usermeta": options}
        return {"$schema": _SCHEMA.format(5), **self.spec, **layout}
