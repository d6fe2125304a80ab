"""Filters, chart and review in one: pick cases, and review those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from tskit.errors import TskitError
from tskit.ui.filters import filters
from tskit.ui.form_fields import on_click
from tskit.ui.review import review
from tskit.ui.told import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tskit.causes import TagLog
    from tskit.model import CaseSet

__all__ = ["Workbench", "workbench"]


def workbench(
    case_set: CaseSet,
    *,
    log: TagLog | None = None,
    person: str = "",
    suggest: Callable[[str], Sequence[Any] | None] | None = None,
) -> Workbench:
    """Return the panel of filters with the review of what it picks beneath it.

    What is picked is loaded when the person asks for it, so that nobody loses the case that they are at.

    Args:
        case_set: the cases.
        log: where tags are kept; the casebook's own by default.
        person: who tags; as `review` finds out by default.
        suggest: returns suggested causes for a case id; as `review` makes them by default.
    """
    return Workbench(case_set, lambda ids: review(case_set, log=log, person=person, order=ids, suggest=suggest))


class Workbench(ipywidgets.VBox):
    """Filters and the review of what they pick; `filters` is the panel, `review` the widget that is open, or None."""

    def __init__(self, case_set: CaseSet, opened: Callable[[Sequence[str]], Any]) -> None:
        self._opened = opened
        self.filters = filters(case_set)
        self.review: Any = None
        self._load = ipywidgets.Button(button_style="primary", layout={"width": "max-content", "min_width": "16em"})
        self._told = Told()
        self._place = ipywidgets.VBox([])
        on_click(self._load, self.load)
        self.filters.on_change(self._offer)
        super().__init__([self.filters, self._load, self._told, self._place])
        self._offer(self.filters.case_ids)

    def __repr__(self) -> str:
        """Return the name alone."""
        return "Workbench()"

    def load(self) -> None:
        """Open the review at the cases that are picked now."""
        try:
            found = self._opened(self.filters.case_ids)
        except TskitError as error:
            self._told.say(str(error), tone="bad")
            return
        before, self.review = self.review, found
        self._place.children = [found]
        self._told.say()
        if before is not None:
            before.close()

    def _offer(self, case_ids: Sequence[str]) -> None:
        count = len(case_ids)
        self._load.description = "Review this case" if count == 1 else f"Review these {count:,} cases"
        self._load.disabled = not count
