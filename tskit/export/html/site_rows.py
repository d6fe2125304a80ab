"""Rows of runs as the catalogue shows them: the latest in full, older ones in a few lines, runs of a batch together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.charts.wording import shown
from tskit.export.html.site_words import STATES, Moment, counted, link, listed, moment, period, plural, took
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.export.html.site_course import Course, Courses
    from tskit.model import Headline, RunRow, Since

__all__ = [
    "Batch",
    "Card",
    "Difference",
    "Figure",
    "Group",
    "Listing",
    "cards",
    "figure",
    "grouped",
    "identities",
    "links_of",
]

_TITLE, _LEAD, _WORDS, _LINE = 240, 700, 120, 300
_PLAIN_ID = re.compile(r"[\w.-]{1,120}", re.ASCII)
_FILES = {
    "report.html": "Report",
    "report-to-share.html": "Copy to share",
    "report.pdf": "PDF",
    "manifest.json": "Manifest",
}
_MOST_TOLD = 4
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure: number and unit, the interval of each that is known, and its course over the runs."""

    label: str
    number: str
    unit: str
    range: str
    change: str
    tone: str
    verdict: str
    course: Course | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What is another than in the run before: signed lines, how many more there are, and why."""

    run: str
    target: str
    lines: tuple[tuple[str, str, str], ...]
    more: int
    why: str
    brief: str


@dataclass(frozen=True, slots=True)
class Card:
    """A run as the page shows it; `templates` and `markets` are places in the lists that the filters offer."""

    id: str
    row: RunRow
    state: str
    kind: str
    title: str
    lead: str
    asked: tuple[tuple[str, str], ...]
    period: str
    at: Moment
    took: str
    findings: str
    told: tuple[str, ...]
    figures: tuple[Figure, ...]
    difference: Difference | None
    links: tuple[tuple[str, str], ...]
    template: int
    markets: str
    is_full: bool
    is_latest: bool

    @property
    def report(self) -> str:
        """Return the address of the report; "" where there is none."""
        return next((address for label, address in self.links if label == "Report"), "")

    @property
    def is_changed(self) -> bool:
        """Return whether findings are others than in the run before."""
        return self.row.since is not None and not self.row.since.is_quiet


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs that were made together, folded below one heading."""

    title: str
    said: str
    changed: int
    link: str
    at: Moment
    cards: tuple[Card, ...]
    id: str


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one month."""

    id: str
    title: str
    entries: tuple[Card | Batch, ...]
    runs: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What a card is made with: what is known of all runs together."""

    courses: Courses
    templates: Mapping[str, int]
    markets: Mapping[str, int]
    latest: frozenset[str]
    ids: Mapping[str, str] = field(default_factory=dict[str, str])


def cards(rows: Sequence[RunRow], listing: Listing, *, full: int) -> tuple[Card, ...]:
    """Return the rows as cards, the first `full` of them in full, with lines and leads."""
    return tuple(_card(row, listing, is_full=place < full) for place, row in enumerate(rows))


def grouped(cards: Sequence[Card], batches: Mapping[str, str]) -> tuple[Group, ...]:
    """Return cards by month, in their order; runs of a batch stand where its latest one would.

    Args:
        cards: the latest first.
        batches: the address of each batch's own page, where it has one.
    """
    entries: dict[str, list[Card]] = {}
    for card in cards:
        entries.setdefault(f"b {card.row.batch}" if card.row.batch else f"r {card.id}", []).append(card)
    months: dict[str, list[Card | Batch]] = {}
    for key, held in entries.items():
        entry = _batch(held, batches) if key.startswith("b ") else held[0]
        months.setdefault(held[0].at.day[:7], []).append(entry)
    return tuple(_group(month, held) for month, held in months.items())


def figure(headline: Headline, course: Course | None) -> Figure:
    """Return a headline figure with its number and its unit apart, so that the number is what the eye finds."""
    number, _, unit = re.sub(r"\s", "\u00a0", neutralise(headline.text, limit=_WORDS)).partition("\u00a0")
    return Figure(
        neutralise(headline.label, limit=_WORDS),
        number,
        unit,
        _range(headline),
        neutralise(headline.change, limit=_LINE),
        headline.tone if headline.tone in {"worse", "better"} else "",
        neutralise(headline.verdict, limit=_WORDS),
        course,
    )


def links_of(row: RunRow, below: str = "") -> tuple[tuple[str, str], ...]:
    """Return the name and the address of each file of a run that a reader opens; `below` is cut from its folder."""
    folder = row.folder.removeprefix(f"{below}/") if below else row.folder
    found = [(label, link(folder, name)) for name, label in _FILES.items() if name in row.files]
    return tuple((label, address) for label, address in found if address)


def _range(headline: Headline) -> str:
    if headline.low is None or headline.high is None:
        return ""
    # A unit may be any word of a source, so it is text like all other.
    return neutralise(f"{shown(headline.low, headline.unit)} to {shown(headline.high, headline.unit)}", limit=_WORDS)


def _card(row: RunRow, listing: Listing, *, is_full: bool) -> Card:
    state = row.status if row.status in STATES else "unfinished"
    return Card(
        id=listing.ids[row.id],
        row=row,
        state=state,
        kind=neutralise(row.kind or row.template or "Not known what", limit=_WORDS),
        title=neutralise(row.title or row.kind or row.template or row.id, limit=_TITLE),
        lead=neutralise(row.failure or (row.lead if is_full else ""), limit=_LEAD),
        asked=tuple((neutralise(name, limit=_WORDS), neutralise(value, limit=_WORDS)) for name, value in row.asked),
        period=period(row),
        at=moment(row.started, row.zone),
        took=took(row.seconds),
        findings=plural(row.findings, "finding") if row.status == "ok" else "",
        told=tuple(neutralise(claim.claim, limit=_LINE) for claim in row.told)
        if is_full and row.status == "ok"
        else (),
        figures=tuple(figure(h, listing.courses.of(row, h) if is_full else None) for h in row.headlines[:5]),
        difference=_difference(row.since, listing) if row.since else None,
        links=links_of(row),
        template=listing.templates[row.template],
        markets=" ".join(str(listing.markets[market]) for market in row.markets),
        is_full=is_full,
        is_latest=row.id in listing.latest,
    )


def _difference(since: Since, listing: Listing) -> Difference:
    told = (("+", "appeared", since.appeared), ("−", "vanished", since.vanished), ("~", "changed", since.changed))
    lines = [(sign, word, neutralise(line, limit=_LINE)) for sign, word, lines in told for line in lines]
    counts = [f"{len(lines):,} {word}" for _, word, lines in told if lines]
    return Difference(
        neutralise(since.run, limit=_WORDS),
        listing.ids.get(since.run, ""),
        tuple(lines[:_MOST_TOLD]),
        len(lines) - _MOST_TOLD if len(lines) > _MOST_TOLD else 0,
        neutralise(since.why, limit=_LINE),
        listed(counts) if counts else "nothing new",
    )


def _batch(held: Sequence[Card], batches: Mapping[str, str]) -> Batch:
    first = held[0]
    name = first.row.batch
    kinds = listed(list(dict.fromkeys(card.kind for card in held))[:3])
    counts = Counter(card.state for card in held)
    return Batch(
        f"Batch: {kinds}, {plural(len(held), 'run')}" if kinds else f"Batch of {plural(len(held), 'run')}",
        counted(counts),
        sum(card.is_changed for card in held),
        batches.get(name, ""),
        first.at,
        tuple(held),
        neutralise(name, limit=_WORDS),
    )


def _group(month: str, held: Sequence[Card | Batch]) -> Group:
    runs = sum(len(entry.cards) if isinstance(entry, Batch) else 1 for entry in held)
    title = f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}" if month else "Not known when"
    return Group(f"m-{month}" if month else "m-none", title, tuple(held), runs)


def identities(rows: Sequence[RunRow]) -> dict[str, str]:
    """Return the place of each run on the page: its own id where that is plain, else a number."""
    return {
        row.id: f"run-{row.id}" if _PLAIN_ID.fullmatch(row.id) else f"run-no-{number}"
        for number, row in enumerate(rows)
    }
