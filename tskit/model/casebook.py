"""The folder that a team works in, as `casebook.toml` describes it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tskit.errors import ParameterError, SourceError, nearest
from tskit.model.alerting import Alert, Alerting, require_hosts
from tskit.model.deadline import Deadline, require_places
from tskit.model.oncall import Shift, Triage
from tskit.model.retention import Retention
from tskit.model.source import Source, require_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Casebook", "Clock", "Site", "Target", "Withheld"]

_FILE = "casebook.toml"
_RECORDS = "records.sqlite"
_SNAPSHOT = re.compile(r"(?P<name>.+)@(?P<when>\d{1,9}|\d{4}-\d\d-\d\d)")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Site:
    """A place where reviewers work: its country, and subdivision where holidays differ, by ISO 3166, and its zone.

    `workdays` are ISO weekdays, 1 is Monday; `opens` and `closes` are local times. `markets` and `queues` are those
    that the site works on, so that a backlog can be held against the site's holidays.
    """

    name: str
    country: str
    zone: str
    subdivision: str = ""
    workdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: str = "09:00"
    closes: str = "18:00"
    markets: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A value that a metric is to reach; the first target whose conditions fit a segment holds for it."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    where: Mapping[str, str] = field(default_factory=dict[str, str])

    def is_met(self, value: float) -> bool:
        """Return whether the exact value reaches the target."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Clock:
    """When a case is due: so many hours after it was opened, around the clock or in a site's business hours."""

    hours: float
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    site: str = ""
    """Empty: the clock runs 24 hours on 7 days."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Cases whose content may not be handled here: it is not kept, shown, indexed or used; `route` says where it is."""

    where: Mapping[str, str]
    route: str


@dataclass(frozen=True, slots=True)
class Casebook:
    """A casebook's settings; `root` is its folder."""

    root: Path
    name: str
    zone: str = "Asia/Singapore"
    band: str = "INTERNAL · CONTAINS CASE AGGREGATES"
    is_sample: bool = False
    smallest_cell: int = 5
    record_url: str = ""
    records: str = field(default="", repr=False)
    """Where tags and logs are kept: empty for `records.sqlite` in the folder, or the URL of a PostgreSQL database.

    No `repr` shows it, since somebody may have left a password in it.
    """
    markets: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    sources: tuple[Source, ...] = ()
    targets: tuple[Target, ...] = ()
    clocks: tuple[Clock, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    shifts: tuple[Shift, ...] = ()
    triage: Triage = field(default_factory=Triage)
    alerts: tuple[Alert, ...] = ()
    alerting: Alerting = field(default_factory=Alerting)
    runs: Retention = field(default_factory=Retention)
    signing_keys: tuple[str, ...] = ()
    """Public keys of those whose signature under a manifest counts, as `tskit key new` prints them."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the team calls a value of the data, as in `"DEC-SCAM" = "scam"`; findings use these words."""
    snapshots: Mapping[str, int] = field(default_factory=dict[str, int])
    """The snapshot of a synced source that is read in place of its newest one, by the source's name."""

    @property
    def store(self) -> str | Path:
        """Return where tags and logs are kept: the URL of a database, or a file in the folder."""
        return self.records if "://" in self.records else self.root / (self.records or _RECORDS)

    @property
    def keeps_records(self) -> bool:
        """Say whether anybody has written records yet; a sample brings its own. Reading must not make any."""
        return self.is_sample or not isinstance(self.store, Path) or self.store.exists()

    @classmethod
    def read(cls, root: Path) -> Self:
        """Return the casebook in the folder `root`.

        Raises:
            SourceError: there is no `casebook.toml`, or it is not a TOML file.
            ParameterError: a setting is unknown or has the wrong type.
        """
        path = root / _FILE
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SourceError(f"{root} holds no {_FILE}. Make a casebook with: tskit init {root}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SourceError(f"{path} is not a TOML file in UTF-8 ({error}). Correct it there.") from None
        sections = {"sites": Site, "sources": Source}
        lists = {"targets": Target, "clocks": Clock, "withheld": Withheld, "deadlines": Deadline, "shifts": Shift}
        lists |= {"alerts": Alert}
        parts = {name: _named(raw.pop(name, {}), kind, name) for name, kind in sections.items()}
        parts |= {name: tuple(_make(kind, row, name) for row in raw.pop(name, [])) for name, kind in lists.items()}
        parts |= {
            name: _make(kind, raw.pop(name, {}), name)
            for name, kind in {"triage": Triage, "alerting": Alerting, "runs": Retention}.items()
        }
        settings = {**raw, **parts, "root": root, "name": raw.get("name", root.name)}
        casebook = _make(cls, settings, "casebook")
        require_places(casebook.deadlines, [site.name for site in casebook.sites])
        require_hosts(casebook.alerts, casebook.alerting)
        require_sources(casebook.sources)
        return casebook

    def source(self, name: str) -> Source | None:
        """Return the named source, the first one for an empty name, or None for a name that is none of ours."""
        if not name:
            return self.sources[0] if self.sources else None
        return next((source for source in self.sources if source.name == name), None)

    def asked(self, source: str) -> tuple[Source | None, str]:
        """Return the named source that was asked for and which snapshot of it, as in `dw@3` or `dw@2026-11-01`.

        None stands for a location that is no name of ours, an empty text for no certain snapshot.
        """
        named, found = self.source(source), _SNAPSHOT.fullmatch(source)
        if named is not None or found is None:
            return named, ""
        named = self.source(found["name"])
        return (named, found["when"]) if named else (None, "")


def _named(rows: Mapping[str, Mapping[str, Any]], kind: type[_T], section: str) -> tuple[_T, ...]:
    return tuple(_make(kind, {"name": name, **row}, f"{section}.{name}") for name, row in rows.items())


def _make(kind: type[_T], row: Mapping[str, Any], section: str) -> _T:
    if not isinstance(row, dict):
        raise ParameterError(f"{_FILE}: {section} is no section; write its settings as lines below [{section}].")
    known = [f.name for f in fields(kind)]  # type: ignore[arg-type]  # all kinds here are dataclasses
    for key in row:
        if key not in known:
            raise ParameterError(f"{_FILE} has an unknown setting {key!r} in {section}. {nearest(key, known)}")
    try:
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
    except TypeError as error:
        raise ParameterError(f"{_FILE}: the section {section} is not complete ({error}).") from None
