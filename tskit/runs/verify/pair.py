"""A file of a run beside the one that its notebook gives, and where the two first differ."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from tskit.runs.differing import first_unequal, names_a_case, values_at, way_to
from tskit.runs.kept import mapped
from tskit.text import neutralise

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Pair"]

_HEADING = re.compile(r"<h[12][^>]*>(.*?)</h[12]>", re.DOTALL)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL)
_BLANK = re.compile(r"\s+")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """A file by its name in the folder: as the notebook gives it, and as it lies there; either may be missing."""

    name: str
    given: Path
    found: Path

    def says_another_thing(self) -> bool:
        """Return whether what a person reads differs, whatever else does; of a file of data, every value is read."""
        if not (self.given.is_file() and self.found.is_file()):
            return True
        if self.name.endswith(".json"):
            return _values(self.given) != _values(self.found)
        return not self.name.endswith(".html") or _read(self.given) != _read(self.found)

    def in_words(self) -> str:
        """Return where the two first differ; values are shown of findings and of aggregates alone."""
        if not self.given.is_file():
            return f"{neutralise(self.name)} does not follow from the notebook"
        if not self.found.is_file():
            return f"{neutralise(self.name)} follows from the notebook, and is missing"
        given, found = (path.read_text(encoding="utf-8", errors="replace") for path in (self.given, self.found))
        if self.name.endswith(".json"):
            place = _in_json(given, found)
        else:
            place = _in_csv(given, found) if self.name.endswith(".csv") else _in_lines(given, found)
        return neutralise(f"{self.name} is not what the notebook gives: {place}")


def _values(path: Path) -> object:
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _read(path: Path) -> str:
    """Return what a person reads on a page, without its tags, its looks and its programs."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return _BLANK.sub(" ", html.unescape(_UNSEEN.sub(" ", text)))


def _in_json(given: str, found: str) -> str:
    try:
        a, b = mapped(json.loads(given)), mapped(json.loads(found))
    except (ValueError, RecursionError):
        return _in_lines(given, found)
    way = first_unequal(a, b, tolerance=0.0)
    if way is None:
        return _in_lines(given, found)
    if names_a_case(a, way) or names_a_case(b, way):
        return ", ".join(way_to(a, way))
    said, other = values_at(a, b, way)
    return f"{', '.join(way_to(a, way))}: {other}, where the notebook gives {said}"


def _in_csv(given: str, found: str) -> str:
    rows = [list(csv.reader(io.StringIO(text))) for text in (given, found)]
    for number, (mine, other) in enumerate(zip_longest(*rows, fillvalue=[])):
        for place, (said, shown) in enumerate(zip_longest(mine, other, fillvalue="nothing")):
            if said != shown:
                column = rows[0][0][place] if place < len(rows[0][0]) else str(place + 1)
                return f"row {number}, {column}: {shown[:_LONGEST]}, where the notebook gives {said[:_LONGEST]}"
    return _in_lines(given, found)


def _in_lines(given: str, found: str) -> str:
    """Return the first line that differs, below which heading; a page can list cases, so nothing of it is shown."""
    lines = given.split("\n"), found.split("\n")
    pairs = enumerate(zip_longest(*lines), 1)
    number = next((number for number, (mine, other) in pairs if mine != other), 1)
    headings = _HEADING.findall("\n".join(lines[0][:number]))
    below = _BLANK.sub(" ", _UNSEEN.sub("", headings[-1])).strip() if headings else ""
    return f"line {number:,}{f', below {html.unescape(below)!r}' if below else ''}"
