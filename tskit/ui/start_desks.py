"""The desks that a person can sit down at without code: cases to pick, the open queue, rounds, whys, actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tskit import causes
from tskit.cases import load
from tskit.causes.rounds import rounds
from tskit.model import Scope
from tskit.ui.actions import actions
from tskit.ui.review import review
from tskit.ui.whys import whys
from tskit.ui.workbench import workbench

if TYPE_CHECKING:
    from collections.abc import Callable

    from tskit.model import Casebook

__all__ = ["Desk", "desks"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What it is called, and what opens it."""

    title: str
    sit: Callable[[], Any]


def desks(book: Casebook, *, person: str) -> list[Desk]:
    """Return the desks of a casebook for a person: rounds that they judge in, and those that two people were asked in.

    Raises:
        SourceError: the tags cannot be read.
    """
    found = [Desk("Pick cases, and review those", lambda: workbench(load(Scope(), casebook=book), person=person))]
    found.append(Desk("Work the open queue by urgency", lambda: _queue(book, person)))
    for row in rounds(causes.open_log(book)).itertuples():
        name = str(row.name)
        if person in str(row.people).split(", "):
            found.append(Desk(f"My part of {name}", _opened(book, person, name, is_adjudication=False)))
        found.append(
            Desk(f"Settle what people disagree on in {name}", _opened(book, person, name, is_adjudication=True))
        )
    found.append(Desk("Ask why, step by step", lambda: whys(book, person=person)))
    found.append(Desk("Actions, and what became of them", lambda: actions(book, person=person)))
    return found


def _queue(book: Casebook, person: str) -> Any:  # noqa: ANN401  # a widget; their classes have no types
    return review(load(Scope(), casebook=book), person=person, order="triage")


def _opened(book: Casebook, person: str, name: str, *, is_adjudication: bool) -> Callable[[], Any]:
    def opened() -> Any:  # noqa: ANN401  # a widget; their classes have no types
        return review(load(Scope(), casebook=book), person=person, round=name, adjudicate=is_adjudication)

    return opened
