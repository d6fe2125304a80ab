"""Where people without a command line begin: write-ups to run, cases to review, and the latest reports."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import ipywidgets

from tskit.cases import open_casebook
from tskit.errors import TskitError
from tskit.runs import Template, folders, newest, templates
from tskit.ui.form import Form, link
from tskit.ui.review import person_at_desk
from tskit.ui.start_desks import desks
from tskit.ui.told import Told

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model import Casebook
    from tskit.ui.start_desks import Desk

__all__ = ["Start", "start"]

_EARLIER = 5
_READING = "The cases are being read. The first time, and after the data changed, that takes up to a minute."


def start(*, casebook: str | os.PathLike[str] = "") -> Start:
    """Return pickers of all templates and of cases to review, what is picked, and links to the latest reports.

    Raises:
        SourceError: there is no such casebook.
    """
    return Start(open_casebook(casebook))


class Start(ipywidgets.VBox):
    """What can be run and what can be reviewed; `form` or `desk` is the one that is shown, the other None."""

    def __init__(self, book: Casebook) -> None:
        self.book = book
        self.form: Form | None = None
        self.desk: Any = None
        self._forms: dict[str, Form] = {}
        self._templates, trouble = _readable(templates(folders(book.root)))
        found = self._templates
        self.picker = _dropdown(
            "Write-up",
            [("Choose a write-up", ""), *((f"{one.title} ({name})", name) for name, one in found.items())],
        )
        self._desks = self._offered(trouble)
        self.reviews = _dropdown("Review", [("Choose what to review", ""), *((title, title) for title in self._desks)])
        self._place = ipywidgets.VBox([])
        self._told, self._earlier = Told(), Told()
        self.picker.observe(self._pick, names="value")
        self.reviews.observe(self._sit_down, names="value")
        broken = Told()
        broken.say(*trouble, tone="bad" if trouble else "plain")
        super().__init__([self.picker, self.reviews, broken, self._told, self._place, self._earlier])
        self._list()

    def __repr__(self) -> str:
        """Return the name of the casebook."""
        return f"Start({self.book.name!r})"

    def _offered(self, trouble: list[str]) -> dict[str, Desk]:
        """Return what can be reviewed; a casebook whose tags cannot be read still runs its write-ups."""
        try:
            return {desk.title: desk for desk in desks(self.book, person=person_at_desk())}
        except TskitError as error:
            trouble.append(f"Cases cannot be reviewed: {error}")
            return {}

    def _pick(self, change: Any) -> None:  # noqa: ANN401  # traitlets has no types
        name = change["new"]
        if name:
            self.reviews.value = ""
            self._told.say(_READING)
        # A form stays as it was left: its run may still go on.
        if name and name not in self._forms:
            self._forms[name] = Form(self._templates[name], self.book)
            self._forms[name].finished = self._list
        self.form = self._forms.get(name)
        self._show(self.form)
        self._list()

    def _sit_down(self, change: Any) -> None:  # noqa: ANN401  # as above
        found = self._desks.get(change["new"])
        before, self.desk = self.desk, None
        if found is not None:
            self.picker.value = ""
            self._told.say(_READING)
            try:
                self.desk = found.sit()
            except TskitError as error:
                self._show(None, str(error))
                return
        self._show(self.desk or self.form)
        if before is not None:
            before.close()

    def _show(self, shown: Any, *trouble: str) -> None:  # noqa: ANN401  # ipywidgets has no types
        self._place.children = [shown] if shown is not None else []
        self._told.say(*trouble, tone="bad" if trouble else "plain")

    def _list(self) -> None:
        root = self.book.root / "runs"
        done = islice((row for row in newest(root) if row.status == "ok"), _EARLIER)
        lines = [link(f"{one.template}, {_moment(one.started)}", root / one.folder / "report.html") for one in done]
        self._earlier.say(*(["Earlier reports"] if lines else []), *lines)


def _dropdown(description: str, options: list[tuple[str, str]]) -> ipywidgets.Dropdown:
    style, layout = {"description_width": "9em"}, {"width": "38em", "max_width": "98%"}
    return ipywidgets.Dropdown(options=options, description=description, style=style, layout=layout)


def _readable(paths: Mapping[str, Path]) -> tuple[dict[str, Template], list[str]]:
    """Return the templates that can be read, and a sentence for each of the others."""
    found: dict[str, Template] = {}
    trouble: list[str] = []
    for name, path in paths.items():
        try:
            found[name] = Template.from_file(path)
        except TskitError as error:
            trouble.append(f"The template {name} is left out: {error}")
    return found, trouble


def _moment(started: str) -> str:
    return f"{started[:16].replace('T', ' ')} UTC"
