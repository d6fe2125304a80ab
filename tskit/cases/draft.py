"""A first draft of a profile: suggestions with their reason, and lines to fill in; nothing is applied by itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tskit.cases.dates import order_of
from tskit.cases.profile import DATES
from tskit.cases.synonyms import by_name
from tskit.errors import DataError
from tskit.model import CASES, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tskit.cases.profile import Answers

__all__ = ["Sketch", "draft", "draft_like", "looks_like", "sketch"]

_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T,].*)?$")
_TRUTH = frozenset({"true", "false", "yes", "no", "y", "n", "0", "1", "t", "f"})
_MOST = 0.9
_FEW_WORDS = 30
_LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a file seems to hold: for each column a canonical one or nothing, with the reason; and what must be asked."""

    columns: Mapping[str, tuple[str, str]]
    unused: Mapping[str, str]
    statuses: tuple[str, ...]
    answers: Answers
    proven: str = ""
    """The order of dates that the values show by themselves."""


def looks_like(values: Sequence[str]) -> str:
    """Return what the non-blank values of a column look like, in words; empty where nothing strikes.

    >>> looks_like(["3/14/2025 1:20", "3/9/2025 0:44"])
    'dates, mdy'
    """
    if not values:
        return "always blank"
    if sum(bool(_DATE.match(value)) for value in values) >= _MOST * len(values):
        return f"dates, {_order(values)}"
    distinct = set(values)
    if {v.lower() for v in distinct} <= _TRUTH:
        return "yes or no"
    if all(len(v) == 2 and v.isalpha() and v.isupper() for v in distinct):
        return "country codes"
    if len(distinct) == len(values) > 1:
        return "different on every row: a key or free text"
    return f"{len(distinct)} different values"


def _order(values: Sequence[str]) -> str:
    local = [value for value in values if not re.match(r"^\d{4}", value)]
    if not local:
        return "iso"
    try:
        return order_of("", local)
    except DataError:
        return "day and month cannot be told apart"


def sketch(header: Sequence[str], values: Mapping[str, Sequence[str]], answers: Answers) -> Sketch:
    """Return what the columns of `header` seem to be, by name and by a sample of their non-blank values."""
    named = by_name(header)
    chosen: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    for exact in (True, False):
        for label, (canonical, how) in named.items():
            if canonical not in taken and (how != "nearly its name") is exact:
                chosen[label] = (canonical, how)
                taken.add(canonical)
    if "case_id" not in taken:
        # A number that people know a case by is its key where there is no other.
        chosen = {label: ("case_id" if c == "case_number" else c, how) for label, (c, how) in chosen.items()}
    unused = {label: looks_like(values[label]) for label in header if label not in chosen}
    status = next((label for label, (canonical, _) in chosen.items() if canonical == "status"), "")
    words = Counter(values.get(status, ()))
    is_vocabulary = len(words) <= _FEW_WORDS and max(map(len, words), default=0) <= _LONGEST_WORD
    statuses = tuple(word for word, _ in words.most_common(_FEW_WORDS)) if is_vocabulary else ()
    times = [values[label] for label, (canonical, _) in chosen.items() if CASES[canonical].kind is Kind.TIME]
    shown = {order for order in map(_order, filter(None, times)) if order in DATES}
    return Sketch(chosen, unused, statuses, answers, shown.pop() if len(shown) == 1 else "")


def draft_like(name: str, header: Sequence[str], found: Sketch, *, pattern: str, known: Collection[str]) -> str:
    """Return the text of a profile that answers the open questions of the profile `pattern` and takes the rest from it.

    `known` are the words of status, in small letters, that it maps already.
    """
    unknown = tuple(status for status in found.statuses if status.lower() not in known)
    lines = [
        f"# Everything that this file does not say is taken from the bundled profile {pattern}.",
        f"name = {_quoted(name)}",
        f"like = {_quoted(pattern)}",
        f"recognise = [{', '.join(_quoted(label) for label in header[:6])}]",
        *_clock(found),
        "",
        *(_statuses(replace(found, statuses=unknown)) if unknown else []),
        *_reading(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def draft(name: str, header: Sequence[str], found: Sketch) -> str:
    """Return the text of a profile for the sketch, with every suggestion's reason and every open question as a comment."""
    lines = [
        "# A draft. Read each line: what stands here was suggested by names and values, and nobody has confirmed it.",
        f"name = {_quoted(name)}",
        f"recognise = [{', '.join(_quoted(label) for label in header[:6])}]",
        "partial = false",
        *_clock(found),
        *(
            []
            if "case_id" in _has(found)
            else ['# case_id = "row number"   # no column looks like a key; map one, or number the rows']
        ),
        f"absent = [{', '.join(_quoted(column) for column in _lacking(found))}]",
        "",
        "[columns]",
        *(f"{canonical} = {_quoted(label)}   # {how}" for label, (canonical, how) in found.columns.items()),
        *(f"# ... = {_quoted(label)}   # {what}" for label, what in found.unused.items()),
        "",
        *_statuses(found),
        *_reading(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _clock(found: Sketch) -> list[str]:
    dates = '# dates = "dmy"   # which comes first, day or month? (iso, dmy, mdy, ymd)'
    if found.answers.dates:
        dates = f"dates = {_quoted(found.answers.dates)}"
    elif found.proven:
        dates = f"dates = {_quoted(found.proven)}   # the values show it"
    zone = '# zone = "Asia/Singapore"   # in which zone were the times written?'
    if found.answers.zone:
        zone = f"zone = {_quoted(found.answers.zone)}"
    return [dates, zone]


def _reading(found: Sketch) -> list[str]:
    return ["", "[read]", f"encoding = {_quoted(found.answers.encoding)}"] if found.answers.encoding else []


def _has(found: Sketch) -> set[str]:
    return {canonical for canonical, _ in found.columns.values()}


def _lacking(found: Sketch) -> list[str]:
    has = _has(found)
    lacking = [column for column in CASES.required() if column not in has and column != "case_id"]
    return [column for column in lacking if column != "is_closed" or not has & {"status", "closed_at"}]


def _statuses(found: Sketch) -> list[str]:
    if not found.statuses:
        return []
    words = {word.lower(): word for word in CASES["status"].vocabulary}
    known = {status: words.get(status.lower().replace(" ", "_"), "") for status in found.statuses}
    lines = [f"# What does each mean? One of: {', '.join(CASES['status'].vocabulary)}", "[values.status]"]
    return lines + [
        f"{_quoted(status)} = {_quoted(word)}" if word else f'# {_quoted(status)} = ""'
        for status, word in known.items()
    ]


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string as well, but for the delete character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
