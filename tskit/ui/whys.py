"""A form for five whys: about a cause or a case, each step with its evidence, down to what can be controlled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ipywidgets

from tskit import causes
from tskit.errors import TskitError
from tskit.ui.form_fields import on_click
from tskit.ui.review import person_at_desk
from tskit.ui.told import Told
from tskit.ui.typed import book_of, causes_to_choose, dropdown, line, press, words

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from tskit.causes import TagLog
    from tskit.model import Casebook, CaseSet

__all__ = ["Whys", "whys"]

_FIRST = 3


def whys(cases: CaseSet | Casebook | str | os.PathLike[str] = "", *, person: str = "") -> Whys:
    """Return the form that five whys are written and changed in.

    Args:
        cases: a case set, a casebook, or the folder of one; empty to look for one as `load` does.
        person: who writes; `TSKIT_PERSON` or the name of the login by default.

    Raises:
        SourceError: there is no such casebook, or its records cannot be reached.
    """
    return Whys(causes.open_log(book_of(cases)), person or person_at_desk())


class Whys(ipywidgets.VBox):
    """The whys about one cause or case; `steps` are the rows that hold an answer or evidence."""

    def __init__(self, log: TagLog, person: str) -> None:
        self._log, self._person = log, person
        self._offered = causes_to_choose(log.taxonomy)
        self.cause = dropdown("About", self._offered, first=("(one case)", ""))
        self.case = line("Case id", hint="where it is about one case")
        self.rows: list[tuple[Any, Any, Any]] = []
        self._place = ipywidgets.VBox([])
        self.told = Told()
        self.more = press("One more why", why="Add a step")
        self.save = press("Save", why="Write these whys, in place of those that stand", is_first=True)
        for button, act in ((self.more, self._add), (self.save, self._save)):
            on_click(button, act)
        for control in (self.cause, self.case):
            control.observe(self._read, names="value")
        self._show([])
        buttons = ipywidgets.HBox([self.more, self.save])
        super().__init__([self.cause, self.case, self._place, buttons, self.told])

    def __repr__(self) -> str:
        """Return the name alone: what was typed is not written into a notebook."""
        return "Whys()"

    @property
    def steps(self) -> list[causes.Why]:
        """Return what was typed, from the first row to the last that holds something."""
        found = [causes.Why(text.value.strip(), shown.value.strip(), cause.value) for text, shown, cause in self.rows]
        while found and not (found[-1].text or found[-1].evidence or found[-1].cause):
            found.pop()
        return found

    @property
    def subject(self) -> str:
        """Return what the whys are about; empty where nothing is chosen."""
        return causes.about_cause(self.cause.value) if self.cause.value else self.case.value.strip()

    def _read(self, _: object) -> None:
        """Show the whys that stand about what is chosen now."""
        self.case.disabled = bool(self.cause.value)
        found = causes.whys(self._log, subject=self.subject) if self.subject else []
        if found:
            self._show(found[-1].steps)
            self.told.say(f"Written by {found[-1].author}. Saving puts yours in its place; the log keeps both.")
        elif not self.case.value or self.cause.value:
            if self.steps:  # rows that are empty stay, since somebody may be about to type into them
                self._show([])
            self.told.say()

    def _show(self, steps: Sequence[causes.Why]) -> None:
        self.rows = []
        for step in [*steps, *[causes.Why("", "")] * max(_FIRST - len(steps), 0)]:
            self._row(step)
        self._lay()

    def _row(self, step: causes.Why) -> None:
        number = len(self.rows) + 1
        text, shown = words(f"Why {number}", hint="because ..."), line(f"Shown by {number}", hint="a case, a figure")
        cause = dropdown(f"Cause {number}", self._offered)
        text.value, shown.value = step.text, step.evidence
        cause.value = step.cause if step.cause in {id_ for _, id_ in self._offered} else ""
        self.rows.append((text, shown, cause))

    def _add(self) -> None:
        self._row(causes.Why("", ""))
        self._lay()

    def _lay(self) -> None:
        self._place.children = [ipywidgets.VBox(row, layout={"margin": "0 0 0.8em 0"}) for row in self.rows]
        self.more.disabled = len(self.rows) >= causes.MOST_WHYS

    def _save(self) -> None:
        if not self.subject:
            self.told.say("Choose a cause, or type the id of a case.", tone="bad")
            return
        try:
            chain = causes.record_whys(self._log, self.subject, self.steps, author=self._person, at=datetime.now(UTC))
        except TskitError as error:
            self.told.say(f"NOT SAVED. {error}", tone="bad")
            return
        root = causes.root_of(chain, taxonomy=self._log.taxonomy)
        name = self._log.taxonomy.name(root.cause) if root.cause else ""
        end = f"It ends at {root.cause} {name}." if root.is_finished else f"Still to ask: {root.left_to_ask}."
        self.told.say(f"Saved. {end}", tone="good")
