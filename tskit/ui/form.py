"""A form for a template, for people who do not use a command line: fill in, run, open the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from tskit.cases import open_casebook
from tskit.errors import ParameterError
from tskit.runs import check, find, folders
from tskit.ui.form_fields import Field, on_click
from tskit.ui.form_memory import recall, remember
from tskit.ui.form_offers import offers
from tskit.ui.form_run import Asked, Followed, begin
from tskit.ui.told import Told, address

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from tskit.model import Casebook
    from tskit.runs import Parameter, ParameterValue, Template
    from tskit.ui.form_run import Running

__all__ = ["Form", "form", "link"]

_HIDDEN = ("casebook",)


def form(template: str, *, casebook: str | os.PathLike[str] = "") -> Form:
    """Return the form of a template: a control a parameter, with the values that the data holds to choose from.

    It runs the template in a process of its own, shows how far it is, can stop it, and links the report. The values of
    the last run are filled in.

    Args:
        template: a template's name, or its file.
        casebook: the folder that holds `casebook.toml`; empty to look for one as `load` does.

    Raises:
        ParameterError: there is no such template.
        SourceError: there is no such casebook.
    """
    book = open_casebook(casebook)
    return Form(find(template, folders(book.root)), book)


class Form(ipywidgets.VBox):
    """The form of one template; `values` is what it holds now."""

    def __init__(self, template: Template, book: Casebook) -> None:
        self.template, self.book = template, book
        self.finished: Callable[[], None] = _nothing
        self._running: Running | None = None
        shown = [parameter for parameter in template.parameters if parameter.name not in _HIDDEN]
        self._offers = offers([parameter.name for parameter in shown], casebook=book)
        self.fields = {p.name: self._field(p) for p in shown}
        self._run = ipywidgets.Button(description="Run", button_style="primary", tooltip="Run the write-up")
        self._stop = ipywidgets.Button(description="Stop", disabled=True, tooltip="Stop the run")
        self._usual = ipywidgets.Button(description="Usual values", tooltip="Fill in the template's own values")
        self._bar = ipywidgets.IntProgress(min=0, max=1, layout=ipywidgets.Layout(visibility="hidden", width="38em"))
        self.told = Told()
        self._about = Told()
        self._about.say(template.title, template.summary, self._offers.note)
        on_click(self._run, self.run)
        on_click(self._stop, self.stop)
        on_click(self._usual, lambda: self.fill(self._defaults()))
        buttons = ipywidgets.HBox([self._run, self._stop, self._usual])
        super().__init__([self._about, *(field.box for field in self.fields.values()), buttons, self._bar, self.told])
        self.fill(recall(template, root=book.root))
        if "source" in self.fields:
            self.fields["source"].control.observe(self._read_again, names="value")

    def __repr__(self) -> str:
        """Return the template's name: what was typed is not written into a notebook."""
        return f"Form({self.template.name!r})"

    @property
    def values(self) -> dict[str, ParameterValue]:
        """Return the values of all fields by parameter."""
        return {name: field.value for name, field in self.fields.items()}

    @property
    def running(self) -> Running | None:
        """Return the run that goes on, if one does."""
        return self._running

    def fill(self, values: dict[str, ParameterValue]) -> None:
        """Show these values; names that the form does not have are passed over."""
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].set(value)
        self._check()

    def run(self) -> None:
        """Begin the run, unless one goes on or a value does not fit."""
        if self._running is not None or self._trouble():
            self._check()
            return
        given = {name: value for name, value in self.values.items() if value != self._defaults()[name]}
        remember(self.template, self.values, root=self.book.root)
        self._set_busy(is_busy=True)
        self.told.say("The run begins; its kernel is started.")
        asked = Asked(self.template.path, given, self.book.root, self.book.root / "runs")
        self._running = begin(asked, Followed(self._on_section, self._on_done, self._on_failed))

    def stop(self) -> None:
        """Stop the run that goes on."""
        if self._running is not None:
            self._stop.disabled = True
            self.told.say("The run is being stopped.")
            self._running.stop()

    def _field(self, parameter: Parameter) -> Field:
        offered, titles = self._offers.of(parameter.name), self._offers.titles
        return Field(parameter, offered=offered, titles=titles, changed=self._check)

    def _defaults(self) -> dict[str, ParameterValue]:
        return {name: field.parameter.default for name, field in self.fields.items()}

    def _trouble(self) -> str:
        try:
            check(self.values, self.template.parameters, choices=self._offers.words)
        except ParameterError as error:
            return str(error)
        return ""

    def _check(self) -> None:
        trouble = self._trouble()
        self._run.disabled = bool(trouble) or self._running is not None
        if self._running is None:
            self.told.say(*([trouble] if trouble else []), tone="bad" if trouble else "plain")

    def _read_again(self, _: object) -> None:
        """Offer what another source of the casebook holds; what is chosen and still there stays chosen."""
        source = str(self.fields["source"].value)
        if source and source not in {named.name for named in self.book.sources}:
            return
        self._offers = offers(list(self.fields), casebook=self.book, source=source)
        self._about.say(self.template.title, self.template.summary, self._offers.note)
        for name, field in self.fields.items():
            field.offer(self._offers.of(name))

    def _on_section(self, section: str, done: int, total: int) -> None:
        self._bar.max, self._bar.value = total, done
        self.told.say(f"Section {done + 1} of {total}: {section}")

    def _on_done(self, folder: Path) -> None:
        self._end()
        report, share = folder / "report.html", folder / "report-to-share.html"
        lines: list[str | dict[str, str]] = ["The report is ready.", link("Open the report", report)]
        if share.is_file():
            lines.append(link("Open the copy to share, without cases and small counts", share))
        self.told.say(*lines, tone="good")
        self.finished()

    def _on_failed(self, message: str, is_stopped: bool) -> None:  # noqa: FBT001  # called by position alone
        self._end()
        self.told.say(message, tone="plain" if is_stopped else "bad")

    def _end(self) -> None:
        self._running = None
        self._set_busy(is_busy=False)

    def _set_busy(self, *, is_busy: bool) -> None:
        for field in self.fields.values():
            field.lock(is_locked=is_busy)
        self._run.disabled = self._usual.disabled = is_busy
        self._stop.disabled = not is_busy
        self._bar.value = 0
        self._bar.layout.visibility = "visible" if is_busy else "hidden"


def link(text: str, path: Path) -> dict[str, str]:
    """Return a line that opens a file, or names it where the server of this notebook does not serve it."""
    place = address(path)
    return {"text": text, "path": place} if place else {"text": f"{text}: {path}"}


def _nothing() -> None:
    """Take no note."""
