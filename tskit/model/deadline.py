"""When something has to be done: a deadline of the law, of a contract or of the team, as `casebook.toml` writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tskit.errors import ParameterError, nearest
from tskit.model.columns import CASES, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Deadline", "require_places"]

_KINDS = ("statutory", "contractual", "internal")
_SPANS = ("hours", "days", "working_days")
_DATES = ("as_of", "valid_from", "valid_until")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_COMPARED = (Kind.TEXT, Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN, Kind.LIST)
_READABLE = (Sensitivity.OPEN, Sensitivity.RECORD)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the law, a contract or the team itself wants something done: a preset that a team edits, verified with legal.

    Exactly one of `hours`, `days` and `working_days` is given. Hours run around the clock. The day after the event is
    day 1, and a day ends at its midnight in `zone`; working days are those of `calendar`, a site of the casebook or a
    country by ISO 3166 ("SG", "AU-NSW"). `after` is the column from which it runs and `met_by` the one that ends it.
    `where` says which cases it is for: a column with a value or a list of values. `pauses` says whether a stopped clock
    moves it, which no law does by itself. `as_of` is the day on which somebody last held it against `basis`; it holds
    for cases whose `after` lies on `valid_from` to `valid_until` in `zone`, both included.

    Raises:
        ParameterError: a setting cannot be used; the message names the deadline and the fix.
    """

    name: str
    hours: float | None = None
    days: int | None = None
    working_days: int | None = None
    kind: str = "statutory"
    where: Mapping[str, object] = field(default_factory=dict[str, object])
    after: str = "created_at"
    met_by: str = "decided_at"
    zone: str = ""
    calendar: str = ""
    pauses: bool = False
    basis: str = ""
    as_of: str = ""
    valid_from: str = ""
    valid_until: str = ""

    def __post_init__(self) -> None:
        for name in _DATES:
            value: object = getattr(self, name)
            # TOML has dates of its own; whoever leaves the quotes out means the same.
            if type(value) is date:
                object.__setattr__(self, name, value.isoformat())
        _check_words(self)
        _check_span(self)
        _check_columns(self)
        _check_place(self)
        _check_dates(self)

    def refused(self, trouble: str) -> ParameterError:
        """Return the error that says what is the matter with this deadline, which it names."""
        return ParameterError(f"casebook.toml, the deadline {self.name!r}: {trouble}")


def require_places(deadlines: Iterable[Deadline], sites: Iterable[str]) -> None:
    """Refuse a deadline whose `calendar` is neither one of the `sites` nor a country, and one without any zone.

    Raises:
        ParameterError: the message names the deadline and the fix.
    """
    known = tuple(sites)
    for deadline in deadlines:
        calendar = deadline.calendar
        if calendar and calendar not in known and not _COUNTRY.fullmatch(calendar):
            near = nearest(calendar, known) if known else "There are no [sites] in this casebook."
            raise deadline.refused(
                f"'calendar' is {calendar!r}, which is no site. {near} For a country write two letters, as in SG or AU-NSW."
            )
        if calendar not in known and not deadline.zone and _needs_zone(deadline):
            raise deadline.refused('its days need a place at whose midnight they end: add zone, as in "Asia/Jakarta".')


def _needs_zone(deadline: Deadline) -> bool:
    return deadline.hours is None or bool(deadline.valid_from or deadline.valid_until)


def _check_words(deadline: Deadline) -> None:
    if not isinstance(deadline.name, str) or not deadline.name.strip():  # pyright: ignore[reportUnnecessaryIsInstance]  # TOML holds anything
        raise ParameterError("casebook.toml: a deadline needs a name that people can read, in quotes.")
    texts = ("kind", "after", "met_by", "zone", "calendar", "basis", *_DATES)
    for name in texts:
        if not isinstance(getattr(deadline, name), str):
            raise deadline.refused(f"{name!r} is text: write it in quotes.")
    if deadline.kind not in _KINDS:
        raise deadline.refused(f"'kind' is {deadline.kind!r}. {nearest(deadline.kind, _KINDS)}")
    if not isinstance(deadline.pauses, bool):  # pyright: ignore[reportUnnecessaryIsInstance]  # TOML holds anything
        raise deadline.refused("'pauses' is true or false, without quotes.")


def _check_span(deadline: Deadline) -> None:
    given = [name for name in _SPANS if getattr(deadline, name) is not None]
    if len(given) != 1:
        said = " and ".join(given) if given else "none of them"
        raise deadline.refused(f"it has {said}; give exactly one of hours, days and working_days.")
    value: object = getattr(deadline, given[0])
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or value <= 0:
        raise deadline.refused(f"{given[0]!r} is a number above 0, without quotes.")
    if given[0] != "hours" and not isinstance(value, int):
        raise deadline.refused(f"{given[0]!r} is a whole number; for parts of a day use hours.")
    if given[0] == "working_days" and not deadline.calendar:
        raise deadline.refused('working days are those of a place: add calendar, a site or a country, as in "SG".')
    if deadline.calendar and given[0] != "working_days":
        raise deadline.refused(f"'calendar' leaves no day out of {given[0]!r}; write working_days, or take it away.")


def _check_columns(deadline: Deadline) -> None:
    for setting in ("after", "met_by"):
        name: str = getattr(deadline, setting)
        times = [column.name for column in CASES.columns if column.kind is Kind.TIME]
        if name not in times:
            raise deadline.refused(f"{setting!r} is {name!r}, which is no column of time. {nearest(name, times)}")
    if not hasattr(deadline.where, "items"):
        raise deadline.refused("'where' is a table, as in where = { market = \"ID\" }.")
    for name, wanted in deadline.where.items():
        _check_condition(deadline, name, list(wanted) if isinstance(wanted, (list, tuple)) else [wanted])  # pyright: ignore[reportUnknownArgumentType]  # TOML holds anything


def _check_condition(deadline: Deadline, name: str, values: list[object]) -> None:
    usable = [c.name for c in CASES.columns if c.kind in _COMPARED and c.sensitivity in _READABLE]
    if name not in usable:
        raise deadline.refused(f"'where' names {name!r}, which is no column to compare by. {nearest(name, usable)}")
    column = CASES[name]
    wanted = bool if column.kind is Kind.BOOLEAN else str
    if not values or not all(isinstance(value, wanted) for value in values):
        form = "true or false" if wanted is bool else "text in quotes, or a list of texts"
        raise deadline.refused(f"'where' compares {name!r} with {form}.")
    strange = [str(value) for value in values if column.vocabulary and value not in column.vocabulary]
    if strange:
        raise deadline.refused(f"'where' asks for {name} {strange[0]!r}. {nearest(strange[0], column.vocabulary)}")


def _check_place(deadline: Deadline) -> None:
    if not deadline.zone:
        return
    try:
        ZoneInfo(deadline.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise deadline.refused(
            f"'zone' is {deadline.zone!r}, which is no time zone; write it as in Asia/Singapore."
        ) from None


def _check_dates(deadline: Deadline) -> None:
    for name in _DATES:
        if getattr(deadline, name) and not _is_day(getattr(deadline, name)):
            raise deadline.refused(f"{name!r} is not a date; write it as in 2026-11-01.")
    if deadline.valid_from and deadline.valid_until and deadline.valid_from > deadline.valid_until:
        raise deadline.refused("'valid_until' lies before 'valid_from', so that it would hold for no case.")


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
