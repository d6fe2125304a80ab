"""One answer of the first page, and the words that several of them share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Literal

from tskit.findings.places import country
from tskit.findings.wording import Quote, day, listed, plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tskit.findings.cards import Draft
    from tskit.findings.escalation.look import Escalation
    from tskit.model import Value

__all__ = ["Answer", "answered", "cases_of", "moment", "not_on_record", "places"]

_MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer in one or a few short sentences, with the values that they quote.

    `due` is when it has to be decided, `ref` the table of the write-up that it rests on. `quoting` are the lines in which
    the team's page, and nothing else, also quotes what somebody wrote in the log. What is `of_single_cases` names a case
    or a person, or quotes the log, and a copy to share leaves it out.
    """

    key: str
    question: str
    lines: tuple[str, ...]
    values: Mapping[str, Value] = field(default_factory=dict[str, "Value"])
    due: datetime | None = None
    tone: Literal["worse", "better", ""] = ""
    ref: str = ""
    of_single_cases: bool = False
    quoting: tuple[str, ...] = field(default=(), repr=False)

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the lines that the team's page shows."""
        return self.quoting or self.lines


def answered(key: str, question: str, draft: Draft, *lines: str, ref: str = "") -> Answer:
    """Return an answer of the lines that say something."""
    return Answer(key, question, tuple(line for line in lines if line), draft.values, ref=ref)


def not_on_record(key: str, question: str, why: str) -> Answer:
    """Return the answer that nobody can give from what is on record."""
    return Answer(key, question, (f"Not known: {why}.",))


def cases_of(draft: Draft, name: str, number: int) -> str:
    """Quote a number of cases with its noun."""
    draft.number(name, number)
    return plural(number, "case")


def moment(draft: Draft, name: str, at: datetime, escalation: Escalation, *, after: datetime | None = None) -> str:
    """Quote a moment without its zone, which the table says once: Sunday 1 November, 19:40.

    `after` is the moment that the sentence named before: on its day, the time says enough. The year is that of the
    moment that all is seen from, or stands there.
    """
    zone = escalation.zone
    local = at.astimezone(zone)
    is_same = after is not None and after.astimezone(zone).date() == local.date()
    is_other_year = local.year != escalation.until.astimezone(zone).year
    words = f"{local:%H:%M}" if is_same else f"{day(local.date(), weekday=True, year=is_other_year)}, {local:%H:%M}"
    draft.quotes[name] = Quote(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", words)
    return words


def places(escalation: Escalation, draft: Draft) -> str:
    """Return the markets with their cases, most first, as they stand in a sentence; empty where none is on record."""
    found = escalation.exposure.markets
    shown = found[:_MOST_PLACES]
    named = [f"{country(market)} ({draft.number(f'cases_{market}', number)})" for market, number in shown]
    more = len(found) - len(shown)
    named += [f"{draft.number('more_markets', more)} further {'market' if more == 1 else 'markets'}"] if more else []
    return listed(named)
