"""Where people without a command line begin: all templates to pick from, and the latest reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from tskit.cases import open_casebook
from tskit.errors import TskitError
from tskit.runs import Template, folders, runs, templates
from tskit.ui.form import Form, link
from tskit.ui.told import Told

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model import Casebook

__all__ = ["Start", "start"]

_EARLIER = 5


def start(*, casebook: str | os.PathLike[str] = "") -> Start:
    """Return a picker of all templates, the form of the one that is picked, and links to the latest reports.

    Raises:
        SourceError: there is no such casebook.
    """
    return Start(open_casebook(casebook))


class Start(ipywidgets.VBox):
    """All templates of a casebook to pick from, and the latest reports; `form` is the one that is shown."""

    def __init__(self, book: Casebook) -> None:
        self.book = book
        self.form: Form | None = None
        self._forms: dict[str, Form] = {}
        self._templates, trouble = _readable(templates(folders(book.root)))
        found = self._templates
        options = [("Choose a write-up", ""), *((f"{one.title} ({name})", name) for name, one in found.items())]
        self.picker = ipywidgets.Dropdown(
            options=options, description="Write-up", style={"description_width": "9em"}, layout={"width": "38em"}
        )
        self._place = ipywidgets.VBox([])
        self._earlier = Told()
        self.picker.observe(self._pick, names="value")
        broken = Told()
        broken.say(*trouble, tone="bad" if trouble else "plain")
        super().__init__([self.picker, broken, self._place, self._earlier])
        self._list()

    def __repr__(self) -> str:
        """Return the name of the casebook."""
        return f"Start({self.book.name!r})"

    def _pick(self, change: Any) -> None:  # noqa: ANN401  # traitlets has no types
        name = change["new"]
        # A form stays as it was left: its run may still go on.
        if name and name not in self._forms:
            self._forms[name] = Form(self._templates[name], self.book)
            self._forms[name].finished = self._list
        self.form = self._forms.get(name)
        self._place.children = [self.form] if self.form else []
        self._list()

    def _list(self) -> None:
        root = self.book.root / "runs"
        done = [entry for entry in runs(root) if entry.status == "ok"][:_EARLIER]
        lines = [link(f"{one.template}, {_moment(one.started)}", root / one.id / "report.html") for one in done]
        self._earlier.say(*(["Earlier reports"] if lines else []), *lines)


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
