"""From cause to action to effect: who does what until when, and which figure is to show that it helped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError, nearest
from tskit.text import check_line, check_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tskit.causes.entries import TagLog
    from tskit.causes.taxonomy import Taxonomy
    from tskit.records import Draft, Entry

__all__ = [
    "LOG",
    "PARTNERS",
    "Action",
    "Baseline",
    "actions",
    "add_action",
    "change_action",
    "draft_of",
    "partner_of",
    "read_action",
]

LOG = "actions"
_KIND = "action"

PARTNERS = ("policy", "vendor", "detection", "tooling", "legal", "operations")
"""Whom an action is asked of."""
_BY_CAUSE: Mapping[str, str] = {
    "RC1": "policy",
    "RC1.3": "legal",
    "RC2": "policy",
    "RC2.2": "vendor",
    "RC2.3": "vendor",
    "RC3": "vendor",
    "RC4": "tooling",
    "RC5": "detection",
    "RC6": "vendor",
    "RC7": "detection",
    "RC8": "operations",
    "RC9": "tooling",
    "RC10": "legal",
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figure that an action is to move, as it was before: its value, interval, `k` of `n`, and the days it is of."""

    value: float
    low: float
    high: float
    k: float
    n: float
    start: date
    end: date
    """The first day after."""


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the register.

    `metric` is a name of the catalogue and `where` the segment that it is watched in; `done_on` is the day from which
    the action is in effect. `id` is a short name that the team chooses.
    """

    id: str
    what: str = field(repr=False)
    cause: str
    owner: str = field(repr=False)
    due: date
    metric: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    partner: str = ""
    """One of `PARTNERS`; empty for the one whom the cause concerns."""
    baseline: Baseline | None = None
    done_on: date | None = None
    is_dropped: bool = False
    author: str = field(default="", repr=False)
    at: datetime | None = None

    def is_overdue(self, *, on: date) -> bool:
        """Return whether it was due before that day and is neither done nor dropped."""
        return self.done_on is None and not self.is_dropped and self.due < on


def partner_of(cause: str) -> str:
    """Return whom a cause concerns.

    >>> partner_of("RC1.3"), partner_of("RC1.4"), partner_of("RC5.1")
    ('legal', 'policy', 'detection')
    """
    return _BY_CAUSE.get(cause) or _BY_CAUSE.get(cause.partition(".")[0], "operations")


def add_action(log: TagLog, action: Action, *, author: str, at: datetime) -> Action:
    """Write a new action, and return it as it stands.

    Raises:
        ParameterError: its id is taken, something is missing, or the cause or the partner is unknown.
    """
    if log.store.entries(LOG, subject=action.id):
        raise ParameterError(f"There is an action {action.id!r} already. Change that one, or choose another id.")
    return _write(log, action, author=author, at=at, version=1)


def change_action(log: TagLog, action: Action, *, author: str, at: datetime) -> Action:
    """Write a later state of an action: done, dropped, another owner or day; what it was before stays in the history.

    Raises:
        ParameterError: there is no action of that id, something is missing, or the cause or the partner is unknown.
    """
    before = log.store.entries(LOG, subject=action.id)
    if not before:
        raise ParameterError(f"There is no action {action.id!r}. {nearest(action.id, [a.id for a in actions(log)])}")
    return _write(log, action, author=author, at=at, version=len(before) + 1)


def actions(log: TagLog, *, until: datetime | None = None) -> list[Action]:
    """Return the actions as they stand, the first due first; `until` as of an earlier moment."""
    found = [_action(entry, log) for entry in log.store.standing(LOG, until=until, kinds=[_KIND])]
    return sorted(found, key=lambda action: (action.due, action.id))


def draft_of(action: Action, *, taxonomy: Taxonomy, author: str, at: datetime, version: int) -> Draft:
    """Return what is to be written for the state of an action, the first one being version 1.

    Raises:
        ParameterError: something is missing, or the cause or the partner is unknown.
    """
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading a taxonomy does not need

    action = replace(action, partner=action.partner or partner_of(action.cause))
    _check(action, taxonomy)
    check_line(author, what="The name of who writes", most=120)
    body = _body(action) | {"taxonomy_version": taxonomy.version}
    earlier = f"{action.id}:{version - 1}" if version > 1 else ""
    return Draft(_KIND, action.id, author, at, f"{action.id}:{version}", earlier, body)


def _write(log: TagLog, action: Action, *, author: str, at: datetime, version: int) -> Action:
    draft = draft_of(action, taxonomy=log.taxonomy, author=author, at=at, version=version)
    return _action(log.store.append(LOG, [draft])[0], log)


def _check(action: Action, taxonomy: Taxonomy) -> None:
    for name in ("id", "what", "owner", "metric"):
        if not str(getattr(action, name)).strip():
            raise ParameterError(f"The action has no {name}; every action needs one.")
    check_words(action.what, what="What is to be done")
    for name, most in (("id", 120), ("owner", 200), ("metric", 120)):
        check_line(getattr(action, name), what=f"The {name} of an action", most=most)
    for part in (part for column, values in action.where for part in (column, *values)):
        check_line(part, what="A column or value of where to watch", most=255)
    if action.partner not in PARTNERS:
        raise ParameterError.unknown(action.partner, PARTNERS, what="partner")
    taxonomy.get(action.cause)


def _body(action: Action) -> dict[str, Any]:
    base = action.baseline
    return {
        "what": action.what,
        "cause": action.cause,
        "owner": action.owner,
        "due": action.due.isoformat(),
        "metric": action.metric,
        "where": [[column, list(values)] for column, values in action.where],
        "partner": action.partner,
        "baseline": None
        if base is None
        else {name: getattr(base, name) for name in ("value", "low", "high", "k", "n")}
        | {"start": base.start.isoformat(), "end": base.end.isoformat()},
        "done_on": action.done_on.isoformat() if action.done_on else "",
        "is_dropped": action.is_dropped,
    }


def _action(entry: Entry, log: TagLog) -> Action:
    cause = log.taxonomy.carry(entry.body["cause"], entry.body.get("taxonomy_version", ""))
    found = read_action({"id": entry.subject, **entry.body, "cause": cause})
    return replace(found, author=entry.author, at=entry.at)


def read_action(body: Mapping[str, Any]) -> Action:
    """Return the action that plain JSON values tell, without its author.

    Raises:
        KeyError, ValueError, TypeError: something is missing, or no day, or not of its kind.
    """
    return Action(
        id=body["id"],
        what=body["what"],
        cause=body["cause"],
        owner=body["owner"],
        due=date.fromisoformat(body["due"]),
        metric=body["metric"],
        where=tuple((column, tuple(values)) for column, values in body["where"]),
        partner=body["partner"],
        baseline=_baseline(body["baseline"]),
        done_on=_day(body["done_on"]) if body["done_on"] else None,
        is_dropped=body["is_dropped"],
    )


def _baseline(base: Mapping[str, Any] | None) -> Baseline | None:
    if base is None:
        return None
    value, low, high, k, n = (float(base[name]) for name in ("value", "low", "high", "k", "n"))
    return Baseline(value, low, high, k, n, _day(base["start"]), _day(base["end"]))


def _day(text: str) -> date:
    return date.fromisoformat(text)
