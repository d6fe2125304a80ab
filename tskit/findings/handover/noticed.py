"""What is behind a spike: the content that the cases are about, their severity, and how they came hour by hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.places import country
from tskit.findings.wording import listed
from tskit.patterns import cases_behind

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import datetime

    from tskit.model import CaseSet
    from tskit.patterns import Unusual

__all__ = ["Notice", "notices"]

_LEAST_ALIKE = 3
_MOST_OF = 0.5
_WORST = ("S3", "S2", "S1", "S0")


@dataclass(frozen=True, slots=True)
class Notice:
    """A spike or a silence in words: what of, where, and over which content.

    `cases` are those behind a spike; `content` is the item that at least half of them are about, "" where none is, and
    `about_it` how many are. `gravest` is the worst severity among them.
    """

    kind: str
    what: str
    markets: tuple[str, ...]
    queue: str
    hours: int
    count: float
    expected: float
    bound: float
    weeks: int
    from_at: datetime
    cases: pd.DataFrame = field(repr=False)
    content: str = field(default="", repr=False)
    entity: str = ""
    about_it: int = 0
    gravest: str = ""

    @property
    def is_spike(self) -> bool:
        """Say whether there are more than usual; otherwise there are fewer, or none."""
        return self.kind == "spike"

    @property
    def subject(self) -> str:
        """Return what it is about: threats over one episode."""
        over = f" over one {self.entity}" if self.content else ""
        return f"{self.what or 'cases'}{over}"

    @property
    def place(self) -> str:
        """Return where, as it stands in a sentence; "" for everywhere."""
        if self.markets:
            return f" in {listed([country(market) for market in self.markets])}"
        return f" in the {self.queue.removesuffix(' queue')} queue" if self.queue else ""

    @property
    def short(self) -> str:
        """Return the few words that a title has room for."""
        where = f" in {listed(list(self.markets))}" if self.markets else self.place
        is_one = bool(self.what) and not self.what.endswith("s")
        does = {"spike": "climbs" if is_one else "climb", "silence": f"{'is' if is_one else 'are'} silent"}
        return f"{self.subject} {does.get(self.kind, 'came less than usual')}{where}"


def notices(case_set: CaseSet, found: Unusual, *, queues: Sequence[str], until: datetime) -> tuple[Notice, ...]:
    """Return what stands out in words, spikes of grave cases first."""
    told = [_notice(case_set, row, queues, until=until) for row in found.found.to_dict("records")]
    return tuple(sorted(told, key=lambda one: (not one.is_spike, _rank(one.gravest), -one.count)))


def _notice(case_set: CaseSet, row: Mapping[Hashable, Any], queues: Sequence[str], *, until: datetime) -> Notice:
    words = case_set.casebook.labels
    cases = _behind(case_set, row, queues, until=until) if row["kind"] == "spike" else pd.DataFrame()
    content, entity, about_it = _content(cases)
    reported, queue = str(row["reported"]), str(row["queue"])
    severities = set(cases["severity"].dropna()) if "severity" in cases else set[str]()
    return Notice(
        kind=str(row["kind"]),
        what=words.get(reported, reported.replace("_", " ")),
        markets=_by_share(row["markets"], cases),
        queue=words.get(queue, queue),
        hours=int(row["hours"]),
        count=float(row["cases"]),
        expected=float(row["expected"]),
        bound=float(row["bound"]),
        weeks=int(row["weeks"]),
        from_at=row["from_at"],
        cases=cases,
        content=content,
        entity=entity,
        about_it=about_it,
        gravest=next((name for name in _WORST if name in severities), ""),
    )


def _behind(case_set: CaseSet, row: Mapping[Hashable, Any], queues: Sequence[str], *, until: datetime) -> pd.DataFrame:
    """Return the cases of a spike, as they were counted."""
    where = {
        "market": list(row["markets"]),
        "reported": [row["reported"]] if row["reported"] else [],
        "queue": [row["queue"]] if row["queue"] else [],
    }
    return cases_behind(case_set, queues, since=row["from_at"], until=min(until, row["until_at"]), where=where)


def _by_share(markets: tuple[str, ...], cases: pd.DataFrame) -> tuple[str, ...]:
    """Return the markets, the one with most of the cases first."""
    counts = cases["market"].value_counts() if "market" in cases else pd.Series(dtype=int)
    names = list(markets)
    return tuple(sorted(names, key=lambda name: (-int(counts.get(name, 0)), name)))


def _content(cases: pd.DataFrame) -> tuple[str, str, int]:
    """Return the item that most of the cases are about, what it is, and how many are about it."""
    if "content_id" not in cases or not len(cases):
        return "", "", 0
    counts = cases["content_id"].value_counts()
    if not len(counts) or counts.iloc[0] < max(_LEAST_ALIKE, _MOST_OF * len(cases)):
        return "", "", 0
    content = str(counts.index[0])
    kinds = (
        cases.loc[cases["content_id"].eq(content), "entity_type"].dropna() if "entity_type" in cases else pd.Series()
    )
    entity = str(kinds.iloc[0]).replace("_", " ") if len(kinds) else "item"
    return content, "item" if entity == "other" else entity, int(counts.iloc[0])


def _rank(severity: str) -> int:
    return _WORST.index(severity) if severity in _WORST else len(_WORST)
