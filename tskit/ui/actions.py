"""A form for the register of actions: who does what until when, which figure is to move, and what is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ipywidgets

from tskit import causes
from tskit.cases import load
from tskit.errors import ParameterError, TskitError
from tskit.findings import session
from tskit.metrics import REGISTRY
from tskit.model import CaseSet, Scope
from tskit.ui.form_fields import on_click
from tskit.ui.form_offers import titles_of, values_of
from tskit.ui.review import person_at_desk
from tskit.ui.told import Told
from tskit.ui.typed import book_of, causes_to_choose, choice, day, dropdown, line, press, words

if TYPE_CHECKING:
    import os

    from tskit.causes import Action
    from tskit.model import Casebook

__all__ = ["Actions", "actions"]

_WEEKS = 12
_WHERE = {"policy_id": "Policies", "market": "Markets", "queue": "Queues", "decided_vendor": "Decided at"}


def actions(cases: CaseSet | Casebook | str | os.PathLike[str] = "", *, person: str = "") -> Actions:
    """Return the form that actions are put on the register in, and marked as done.

    The figure that an action is to move is taken over the period of the case set, or over the last twelve weeks.

    Args:
        cases: a case set, a casebook, or the folder of one; empty to look for one as `load` does.
        person: who writes; `TSKIT_PERSON` or the name of the login by default.

    Raises:
        SourceError: there is no such casebook, or its data or records cannot be read.
    """
    book = book_of(cases)
    # JupyterLab hands what a control says to a thread beside the one that runs cells, and a connection serves one.
    own = load(cases.scope if isinstance(cases, CaseSet) else Scope(), casebook=book)
    if not isinstance(cases, CaseSet):
        own = session.over_weeks(own, start="", weeks=_WEEKS)
    return Actions(own, person or person_at_desk())


class Actions(ipywidgets.VBox):
    """The register and a new action; `fields` are its controls by name, `where` those of where it is watched."""

    def __init__(self, case_set: CaseSet, person: str) -> None:
        self._cases, self._person = case_set, person
        self._log = causes.open_log(case_set.casebook)
        self.fields = self._controls()
        titles = titles_of(case_set.casebook)
        self.where = {
            name: choice(label, [(titles.get(value, value), value) for value in values_of(case_set, name)])
            for name, label in _WHERE.items()
            if case_set.has(name)
        }
        self.chosen = dropdown("In effect", [], first=("Choose an action", ""))
        self.since = day("Since")
        self.add = press("Put on the register", why="Write the new action down", is_first=True)
        self.done = press("Mark as done", why="Say that the chosen action is in effect since that day")
        self.drop = press("Give it up", why="Mark the chosen action as dropped; it stays on the register")
        self.listed, self.told = Told(), Told()
        for button, act in ((self.add, self._add), (self.done, self._done), (self.drop, self._drop)):
            on_click(button, act)
        last = [self.chosen, self.since, ipywidgets.HBox([self.done, self.drop])]
        super().__init__([self.listed, *last, *self.fields.values(), *self.where.values(), self.add, self.told])
        self._list()

    def __repr__(self) -> str:
        """Return the name alone: what was typed is not written into a notebook."""
        return "Actions()"

    def _controls(self) -> dict[str, Any]:
        partners = [(name.capitalize(), name) for name in causes.PARTNERS]
        return {
            "what": words("What to do", hint="an instruction"),
            "cause": dropdown("Against", causes_to_choose(self._log.taxonomy), first=("Choose a cause", "")),
            "owner": line("Who does it"),
            "due": day("By when"),
            "metric": dropdown("Figure to move", [(m.label, n) for n, m in REGISTRY.items()], first=("Choose one", "")),
            "partner": dropdown("Asked of", partners, first=("whom the cause concerns", "")),
        }

    def _add(self) -> None:
        try:
            action = session.planned(self._cases, self._typed())
            causes.add_action(self._log, action, author=self._person, at=datetime.now(UTC))
        except TskitError as error:
            self.told.say(f"NOT SAVED. {error}", tone="bad")
            return
        for control in (self.fields["what"], self.fields["owner"]):
            control.value = ""
        lost = "" if action.baseline else " Its figure has no value yet, so its effect cannot be judged."
        self._list()
        self.told.say(f"{action.id} is on the register.{lost}", tone="good")

    def _typed(self) -> Action:
        given = {name: control.value for name, control in self.fields.items()}
        for name, asked in (("cause", "Choose the cause that it is against."), ("due", "Choose a day by when."), ("metric", "Choose the figure to move.")):  # fmt: skip
            if not given[name]:
                raise ParameterError(asked)
        return causes.Action(
            id=session.free_id([action.id for action in causes.actions(self._log)]),
            what=given["what"].strip(),
            cause=given["cause"],
            owner=given["owner"].strip(),
            due=given["due"],
            metric=given["metric"],
            where=tuple((name, tuple(control.value)) for name, control in self.where.items() if control.value),
            partner=given["partner"],
        )

    def _done(self) -> None:
        today = self._today()
        since = self.since.value or today
        if since > today:
            self.told.say("That day is still to come. Say so once the action is in effect.", tone="bad")
            return
        self._change("is marked as done", done_on=since)

    def _drop(self) -> None:
        self._change("is given up", done_on=None)

    def _change(self, said: str, *, done_on: date | None) -> None:
        known = {action.id: action for action in causes.actions(self._log)}
        if self.chosen.value not in known:
            self.told.say("Choose the action first.", tone="bad")
            return
        action = replace(known[self.chosen.value], done_on=done_on, is_dropped=done_on is None)
        try:
            causes.change_action(self._log, action, author=self._person, at=datetime.now(UTC))
        except TskitError as error:
            self.told.say(f"NOT SAVED. {error}", tone="bad")
            return
        self._list()
        self.told.say(f"{action.id} {said}.", tone="good")

    def _list(self) -> None:
        """Show what is on the register now."""
        found, today = causes.actions(self._log), self._today()
        self.listed.say(*([_said(action, today) for action in found] or ["No action is on the register yet."]))
        left = [(f"{a.id} {a.what}", a.id) for a in found if a.done_on is None and not a.is_dropped]
        self.chosen.options = [("Choose an action", ""), *left]

    def _today(self) -> date:
        return datetime.now(UTC).astimezone(ZoneInfo(self._cases.casebook.zone)).date()


def _said(action: Action, today: date) -> str:
    late = ", OVERDUE" if action.is_overdue(on=today) else ""
    state = (
        "given up" if action.is_dropped else f"done {action.done_on}" if action.done_on else f"due {action.due}{late}"
    )
    return f"{action.id}, {state}: {action.what} ({action.owner})"
