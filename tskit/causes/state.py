"""The tags that a write-up rests on, as of one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tskit.calendars import moment_of
from tskit.causes.entries import LOG
from tskit.causes.judgements import judgements
from tskit.causes.register import LOG as ACTIONS
from tskit.causes.rounds import LOG as ROUNDS
from tskit.causes.settled import HOW, is_rule, settled_of
from tskit.causes.tags import open_log
from tskit.causes.whys import LOG as WHYS
from tskit.model import TAGS_MIME, LogPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
    from tskit.causes.taxonomy import Taxonomy
    from tskit.model import CaseSet

__all__ = ["TagState", "tag_state"]


@dataclass(frozen=True, slots=True)
class TagState:
    """Every judgement that stood at a moment, what they settle, and the place in the log that they can be read from again.

    `entries` and `digest` name that place: where no moment was asked for, the same state comes back with
    `until=f"#{entries}"`, and a digest that is another then says that the log was changed. No note is part of it.
    """

    log: TagLog
    settled: pd.DataFrame = field(repr=False)
    judgements: pd.DataFrame = field(repr=False)
    until: Moment
    """What to ask other functions with for the same state."""
    entries: int
    digest: str
    others: tuple[LogPlace, ...] = ()
    """How far the logs beside the tags were written then: of rounds, actions and whys."""

    @property
    def taxonomy(self) -> Taxonomy:
        """Return the taxonomy that the causes are named by."""
        return self.log.taxonomy

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many cases were settled in which way, and how many judgements, people and foreign causes there are."""
        how = self.settled["how"].value_counts()
        tags = self.judgements[self.judgements["kind"] == "tag"]
        people = tags.loc[~is_rule(tags["tagger"]), "tagger"]
        foreign = [cause for cause in tags["cause"] if cause not in self.taxonomy]
        return {
            "cases": len(self.settled),
            **{name: int(how.get(name, 0)) for name in HOW},
            "judgements": len(self.judgements),
            "people": people.nunique(),
            "foreign": len(foreign),
        }

    def as_json(self) -> dict[str, object]:
        """Return what a manifest keeps: counts and places, nothing of a single case."""
        return {
            **LogPlace(LOG, self.entries, self.digest).as_json(),
            "until": self.until.isoformat() if isinstance(self.until, datetime) else f"#{self.until}",
            "taxonomy": self.taxonomy.version,
            "counts": dict(self.counts),
            "places": [place.as_json() for place in self.others],
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {TAGS_MIME: self.as_json(), "text/plain": self._in_words()}

    def _in_words(self) -> str:
        counts = self.counts
        if not counts["cases"]:
            return "No case has been tagged."
        ways = ", ".join(f"{counts[name]:,} {name}" for name in HOW if counts[name])
        foreign = f" {counts['foreign']:,} tags name a cause of another taxonomy." if counts["foreign"] else ""
        return (
            f"{counts['cases']:,} cases tagged by {counts['people']:,} people ({ways}); taxonomy "
            f"{self.taxonomy.version}, {self.entries:,} entries of the log, the last {self.digest[:12]}.{foreign}"
        )


def tag_state(case_set: CaseSet, *, until: str = "") -> TagState:
    """Return the tags of a case set's casebook as of a moment.

    Args:
        case_set: the cases that are looked at; its casebook names the log.
        until: empty for now, a day to its end, a time, or "#412" for the first 412 entries of the log.

    Raises:
        ParameterError: `until` is none of these, or the log has fewer entries.
        SourceError: the log cannot be read.
    """
    log = open_log(case_set.casebook)
    moment = moment_of(until, zone=case_set.casebook.zone)
    # A number is a place in the log; a moment is not, since clocks differ.
    count, digest = log.store.head(LOG, at=moment if isinstance(moment, int) else None)
    others = tuple(LogPlace(name, *log.store.head(name)) for name in (ROUNDS, ACTIONS, WHYS))
    # Without a moment it is the log up to here: what others add meanwhile waits for the next run.
    asked = count if moment is None else moment
    found = judgements(log, until=asked)
    return TagState(log, settled_of(found), found, asked, count, digest, others)
