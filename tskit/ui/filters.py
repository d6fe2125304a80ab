"""A panel that picks cases: by market, queue, policy, day and words, with a chart of days to pick from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets

from tskit.cases import load, require_copy
from tskit.model import CASES
from tskit.ui.filter_chart import DayChart
from tskit.ui.filter_query import Picked, Picker, jumps
from tskit.ui.form_fields import label_of, on_click
from tskit.ui.form_offers import titles_of, values_of
from tskit.ui.told import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from tskit.findings.spikes import Spike
    from tskit.model import CaseSet

__all__ = ["Filters", "filters"]

_COLUMNS = ("market", "queue", "policy_id")
_JUMPS = 8


def filters(case_set: CaseSet) -> Filters:
    """Return the panel; it begins with the cases that were opened in the scope's period.

    `case_ids` are those it picks, the oldest first; `on_change(call)` calls whenever they may have become others. Only
    counts reach the page. Words are searched in the content of cases, which is never shown.

    Raises:
        SourceError: the source is asked in place, where single cases stay.
    """
    require_copy(case_set)
    # JupyterLab hands what a control says to a thread beside the one that runs cells, and a connection serves one.
    return Filters(load(case_set.scope, casebook=case_set.casebook))


class Filters(ipywidgets.VBox):
    """The panel; `picked` is what is asked for, `case_ids` are the cases."""

    def __init__(self, case_set: CaseSet) -> None:
        self._picker = Picker(case_set)
        self._calls: list[Callable[[Sequence[str]], None]] = []
        self._ids: list[str] | None = None
        self._is_quiet = False
        self._spikes: dict[str, Spike] = {}
        self._total = int(case_set.cases.count().to_pyarrow().as_py())
        titles, window = titles_of(case_set.casebook), case_set.scope.window
        present = [name for name in _COLUMNS if case_set.has(name)]
        self.columns = {name: _choice(name, values_of(case_set, name), titles) for name in present}
        self.words = _text("Words", placeholder="in the content")
        self.first = ipywidgets.DatePicker(description="First day", value=window.start, style=_STYLE)
        self.last = ipywidgets.DatePicker(description="Last day", value=case_set.scope.last_day, style=_STYLE)
        self.jump = ipywidgets.Dropdown(description="Jump to", style=_STYLE, layout=_WIDE)
        self.chart, self.told = DayChart(), Told()
        everything = ipywidgets.Button(description="All days", tooltip="Choose all days of the data")
        clear = ipywidgets.Button(description="Clear filters", tooltip="Choose no market, queue, policy or words")
        on_click(everything, lambda: self.pick(first=None, last=None))
        on_click(clear, self._clear)
        self._watch()
        rows = (list(self.columns.values()), [self.words, clear], [self.first, self.last, everything])
        boxes = [ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}) for row in rows]
        super().__init__([*boxes, self.jump, self.chart, self.told])
        self._count()
        self._show()

    def __repr__(self) -> str:
        """Return the name alone: what was typed is not written into a notebook."""
        return "Filters()"

    @property
    def picked(self) -> Picked:
        """Return what is asked for."""
        values = {name: tuple(control.value) for name, control in self.columns.items()}
        return Picked(values, self.words.value.strip(), self.first.value, self.last.value)

    @property
    def case_ids(self) -> list[str]:
        """Return the ids of the cases that are picked, the oldest first."""
        if self._ids is None:
            self._ids = self._picker.ids(self.picked)
        return list(self._ids)

    def on_change(self, call: Callable[[Sequence[str]], None]) -> None:
        """Call with the ids of the cases, in order, whenever what is asked for changes."""
        self._calls.append(call)

    def pick(self, *, first: date | None, last: date | None) -> None:
        """Choose whole local days, both included; None for the edge of the data."""
        self._is_quiet = True
        try:
            self.first.value, self.last.value = first, last
        finally:
            self._is_quiet = False
        self._changed()

    def _watch(self) -> None:
        for control in (*self.columns.values(), self.words):
            control.observe(self._recount, names="value")
        for control in (self.first, self.last):
            control.observe(self._dated, names="value")
        self.jump.observe(self._jumped, names="value")
        self.chart.observe(self._brushed, names="chosen")

    def _clear(self) -> None:
        self._is_quiet = True
        try:
            for control in self.columns.values():
                control.value = ()
            self.words.value = ""
        finally:
            self._is_quiet = False
        self._recount(None)

    def _recount(self, _: object) -> None:
        if not self._is_quiet:
            self._count()
            self._changed()

    def _dated(self, _: object) -> None:
        if not self._is_quiet:
            self._changed()

    def _jumped(self, change: Any) -> None:  # noqa: ANN401  # traitlets has no types
        found = self._spikes.get(change["new"])
        if found is not None and not self._is_quiet:
            self.pick(first=found.start, last=found.end or self._last_day())

    def _brushed(self, change: Any) -> None:  # noqa: ANN401  # as above
        if not self._is_quiet:
            first, last = change["new"] or ("", "")
            self.pick(
                first=date.fromisoformat(first) if first else None, last=date.fromisoformat(last) if last else None
            )

    def _count(self) -> None:
        """Count the days anew, and look for those that stand out."""
        days: pd.Series[int] = self._picker.days(self.picked)
        found = jumps(days)[:_JUMPS]
        self._spikes = {f"{one.start}": one for one in found}
        marked = sorted({str(one.peak) for one in found})
        options = [(_heading(len(found)), ""), *((_wording(one), key) for key, one in self._spikes.items())]
        self._is_quiet = True
        try:
            self.jump.options, self.jump.value = options, ""
            self.jump.disabled = not found
            with self.chart.hold_sync():
                self.chart.days = [[f"{day:%Y-%m-%d}", int(n)] for day, n in zip(days.index, days, strict=True)]
                self.chart.marked = marked
        finally:
            self._is_quiet = False

    def _changed(self) -> None:
        self._ids = None
        self._show()
        for call in self._calls:
            call(self.case_ids)

    def _show(self) -> None:
        picked = self.picked
        if picked.first and picked.last and picked.last < picked.first:
            self._ids = []
            self.told.say("The last day lies before the first; swap them.", tone="bad")
            return
        is_all = picked.first is None and picked.last is None
        chosen = (
            [] if is_all else [str(picked.first or self._picker.window.start), str(picked.last or self._last_day())]
        )
        self._is_quiet = True
        try:
            self.chart.chosen = chosen
        finally:
            self._is_quiet = False
        self.told.say(*self._account(picked))

    def _account(self, picked: Picked) -> list[str]:
        lines = [f"{len(self.case_ids):,} of {self._total:,} cases."]
        if picked.words and (withheld := self._picker.withheld()):
            lines.append(f"The content of {withheld:,} cases may not be handled here; it was not searched.")
        return lines

    def _last_day(self) -> date:
        return self._picker.window.end - timedelta(days=1)


_STYLE = {"description_width": "5em"}
_WIDE = {"width": "38em", "max_width": "98%"}


def _text(description: str, *, placeholder: str) -> Any:  # noqa: ANN401  # ipywidgets has no types
    given = {"description": description, "placeholder": placeholder, "style": _STYLE}
    return ipywidgets.Text(continuous_update=False, layout={"width": "30em", "max_width": "98%"}, **given)


def _choice(name: str, values: Sequence[str], titles: Mapping[str, str]) -> Any:  # noqa: ANN401  # ipywidgets has no types
    return ipywidgets.SelectMultiple(
        options=[(titles.get(value, value), value) for value in values],
        description=label_of(name),
        tooltip=CASES[name].meaning,
        rows=min(max(len(values), 2), 6),
        style=_STYLE,
        layout={"width": "32%", "min_width": "20em"},
    )


def _heading(count: int) -> str:
    return "(days that stand out, the largest first)" if count else "(no day stands out)"


def _wording(found: Spike) -> str:
    end = found.end or found.peak
    days = f"{found.start:%d %b %Y}" if end == found.start else f"{found.start:%d %b} to {end:%d %b %Y}"
    if found.end is None:
        days = f"since {found.start:%d %b %Y}"
    return f"{days}: {found.total:,.0f} cases, usually {found.expected:,.0f}"
