"""Closures: the public holiday of a site shortly before a backlog, and how the site and the cases are linked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tskit.calendars import holidays_between
from tskit.model import Window

if TYPE_CHECKING:
    from tskit.findings.look import Look
    from tskit.findings.peaks import Peak
    from tskit.findings.segments import Segment
    from tskit.model import Site

__all__ = ["Closure", "Link", "closure_before", "links_of"]

_DAYS_BEFORE = 3
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class Link:
    """A site that works on a segment, and the words for how we know."""

    site: Site
    words: str


@dataclass(frozen=True, slots=True)
class Closure:
    """A public holiday of the site that works on a segment, shortly before its backlog."""

    site: str
    country: str
    day: date
    name: str
    link: str


def closure_before(peak: Peak, look: Look) -> Closure | None:
    """Return the last public holiday before a backlog's highest day at a site that works on the segment, or None."""
    assert peak.spike is not None
    first = peak.spike.start - timedelta(days=_DAYS_BEFORE)
    window = Window(first, peak.spike.peak + timedelta(days=1), look.case_set.scope.zone)
    found = [closure for link in links_of(peak.segment, look) for closure in _closures(link, window)]
    return max(found, key=lambda closure: closure.day, default=None)


def links_of(segment: Segment, look: Look) -> tuple[Link, ...]:
    """Return the sites that work on a segment, each with how we know; empty where nothing ties one to it.

    What the casebook says under `[sites]` comes first, then the site of a clock. Without either the site in the
    country that most of the cases come from is taken, or the only one there is.
    """
    casebook, values = look.case_set.casebook, segment.fixed
    said = _said(segment, look)
    if said:
        return said
    clocks = [clock for clock in casebook.clocks if clock.site and dict(clock.where).items() <= values.items()]
    clocked = {clock.site for clock in clocks}
    if segment.items and clocked:
        words = "the casebook's clock for these cases runs at that site"
        return tuple(Link(site, words) for site in casebook.sites if site.name in clocked)
    if not look.case_set.has("market") and len(casebook.sites) == 1:
        return (Link(casebook.sites[0], "it is the only site of the casebook"),)
    market = values.get("market") or _main(segment, look, "market")
    words = "the site lies in the market that most of these cases come from"
    return tuple(Link(site, words) for site in casebook.sites if site.country == market)


def _said(segment: Segment, look: Look) -> tuple[Link, ...]:
    """Return the sites that the casebook itself names for the segment's market or queue."""
    sites, values = look.case_set.casebook.sites, segment.fixed
    for column, value in (
        ("queue", values.get("queue")),
        ("market", values.get("market")),
        ("queue", _main(segment, look, "queue")),
    ):
        named = tuple(site for site in sites if value and value in (site.queues if column == "queue" else site.markets))
        if named:
            which = "this" if column in values else "their main"
            return tuple(Link(site, f"the casebook gives {which} {column} to that site") for site in named)
    return ()


def _closures(link: Link, window: Window) -> list[Closure]:
    frame = holidays_between([link.site], window)
    rows = zip(frame["day"], frame["name"], strict=True)
    name = _site_name(link.site.name)
    return [Closure(name, link.site.country, day, str(holiday), link.words) for day, holiday in rows]


def _site_name(name: str) -> str:
    return name.replace("_", " ").title() if name.islower() else name


def _main(segment: Segment, look: Look, column: str) -> str:
    """Return the value of a column that most cases of a segment have, or nothing where none has most."""
    if "cases_opened" not in look.measured or column not in look.by:
        return ""
    cube = look.measured["cases_opened"].cube((column, *segment.columns))
    rows = cube[segment.select(cube)]
    sums = rows.groupby(rows[column].astype(str))["value"].sum().sort_values(ascending=False)
    if sums.empty or sums.iloc[0] < _MOSTLY * sums.sum():
        return ""
    return str(sums.index[0])
