"""The catalogue: one page of all runs of a folder, to be searched and filtered, that calls nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.export.html.site_course import Courses
from tskit.export.html.site_page import rendered, write_whole
from tskit.export.html.site_rows import Listing, cards, grouped, identities
from tskit.export.html.site_words import STATES, band_of, counted, link, moment, plural
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tskit.export.html.site_rows import Card
    from tskit.model import RunRow

__all__ = ["site"]

_FILE = "index.html"
_FULL = 120
"""So many of the latest runs stand there in full, which keeps the page of thousands below a few megabytes."""
_LARGE = 100
"""From here on a browser lays out what is in sight, and the rest when somebody comes there."""
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a filter offers: a value for the script, words for people, and how many runs have it."""

    value: str
    label: str
    runs: int


def site(rows: Sequence[RunRow], folder: Path, *, band: str = "", made: datetime) -> Path:
    """Write the catalogue of runs as `index.html` into `folder` and return its path.

    Args:
        rows: the runs below `folder`, in any order; they tell no case.
        folder: of all runs, which links are relative to.
        band: the classification band of the casebook; that of the runs where it is empty.
        made: when the page is made.
    """
    # Those of which nobody knows when they ran come last.
    ordered = sorted(rows, key=lambda row: (moment(row.started, "").iso, row.id), reverse=True)
    return write_whole(rendered("site.html.j2", _values(ordered, folder, band, made)), folder / _FILE)


def _values(rows: Sequence[RunRow], folder: Path, band: str, made: datetime) -> dict[str, object]:
    kinds = list(dict.fromkeys(row.template for row in rows))
    markets = sorted({market for row in rows for market in row.markets})
    listing = Listing(
        Courses(rows),
        {name: place for place, name in enumerate(kinds)},
        {name: place for place, name in enumerate(markets)},
        _latest(rows),
        identities(rows),
    )
    shown = cards(rows, listing, full=_FULL)
    groups = grouped(shown, _batch_pages(rows, folder))
    words, is_sample = band_of(rows, band)
    return {
        "band": words,
        "is_sample": is_sample,
        "title": counted(Counter(card.state for card in shown)) if shown else "No run yet",
        "lead": _lead(shown[0]) if shown else "",
        "chips": _chips(shown),
        "latest": groups[0].entries[0] if groups else None,
        "total": len(shown),
        "is_large": len(shown) > _LARGE,
        "groups": groups,
        "kinds": _kinds(rows, kinds),
        "markets": _choices(Counter(market for row in rows for market in row.markets), listing.markets),
        "states": [
            _Choice(name, STATES[name].word, runs) for name, runs in Counter(card.state for card in shown).most_common()
        ],
        "states_words": {name: state.word for name, state in STATES.items()},
        "has_changes": any(row.since and not row.since.is_quiet for row in rows),
        "made": moment(made.isoformat(), rows[0].zone if rows else "").words,
    }


def _latest(rows: Sequence[RunRow]) -> frozenset[str]:
    """Return the latest run of each series, and every run that belongs to none."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.series or f"- {row.id}", row.id)
    return frozenset(found.values())


def _batch_pages(rows: Sequence[RunRow], folder: Path) -> dict[str, str]:
    found = {name: link(name, _FILE) for name in dict.fromkeys(row.batch for row in rows if row.batch)}
    return {name: address for name, address in found.items() if address and (folder / name / _FILE).is_file()}


def _kinds(rows: Sequence[RunRow], kinds: Sequence[str]) -> list[_Choice]:
    counts = Counter(row.template for row in rows)
    words = {row.template: row.kind or row.template for row in reversed(rows)}
    found = [
        _Choice(str(n), neutralise(words[name], limit=_LONGEST) or "Not known", counts[name])
        for n, name in enumerate(kinds)
    ]
    return sorted(found, key=lambda choice: choice.label.casefold())


def _choices(counts: Mapping[str, int], places: Mapping[str, int]) -> list[_Choice]:
    return [_Choice(str(place), neutralise(name, limit=_LONGEST), counts[name]) for name, place in places.items()]


def _chips(shown: Sequence[Card]) -> list[str]:
    templates = len({card.row.template for card in shown})
    days = [card.at.words.partition(",")[0] for card in shown if card.at.day]
    stretch = [f"{days[-1]} to {days[0]}" if days[-1] != days[0] else days[0]] if days else []
    return ["Runs", *stretch, *([plural(templates, "template")] if shown else [])]


def _lead(latest: Card) -> str:
    if latest.state == "failed":
        return "The latest of them failed: "
    return "The latest of them found no data: " if latest.state == "no_data" else "The latest says: "
