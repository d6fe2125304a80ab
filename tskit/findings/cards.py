"""Cards: each story as a finding, every number in its sentences a value of the finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.wording import Quote, amount, day, instant, limit, listed, points, quoted, relative, spread
from tskit.model import Certainty, Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, tzinfo

    from tskit.findings.look import Look
    from tskit.findings.moves import Move
    from tskit.findings.noise import Verdict, Yardstick
    from tskit.metrics import Metric
    from tskit.model import Tone, Value

__all__ = [
    "Card",
    "Draft",
    "capital",
    "certainty_of",
    "counted",
    "evidence_of",
    "followed_words",
    "sentences",
    "subject",
    "sure_of",
    "tone_of",
]


@dataclass(frozen=True, slots=True)
class Card:
    """A finding, the few words that a title has room for, and its weight among the others."""

    finding: Finding
    short: str
    weight: float


@dataclass(slots=True)
class Draft:
    """Sentences in the making: whatever number they quote is kept as a value under a name of its own."""

    quotes: dict[str, Quote] = field(default_factory=dict[str, Quote])

    def number(self, name: str, value: float, unit: str = "cases") -> str:
        """Quote a number with its unit."""
        return self._keep(name, Quote(_plain(value), amount(value, unit)))

    def limit(self, name: str, value: float, unit: str = "cases") -> str:
        """Quote a value that somebody has set, without decimals that it does not need."""
        return self._keep(name, Quote(_plain(value), limit(value, unit)))

    def range(self, name: str, low: float, high: float, unit: str = "cases") -> str:
        """Quote a range; its ends are kept as two values."""
        self._keep(f"{name}_low", Quote(_plain(low), ""))
        self._keep(f"{name}_high", Quote(_plain(high), ""))
        return spread(low, high, unit)

    def change(self, name: str, share: float) -> str:
        """Quote a relative change with its sign."""
        return self._keep(name, Quote(_plain(share), relative(share)))

    def points(self, name: str, value: float) -> str:
        """Quote a difference of shares with its sign, without the unit."""
        return self._keep(name, Quote(_plain(value), points(value)))

    def day(self, name: str, value: date, *, weekday: bool = True, year: bool = False) -> str:
        """Quote a day."""
        return self._keep(name, Quote(value.isoformat(), day(value, weekday=weekday, year=year)))

    def instant(self, name: str, at: datetime, zone: tzinfo) -> str:
        """Quote a moment in the reader's zone; the value is in UTC, so that the same moment is always the same value."""
        return self._keep(name, Quote(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", instant(at, zone)))

    def text(self, name: str, value: str) -> str:
        """Quote a name of the data; digits in it are no figures of ours."""
        return self._keep(name, Quote(value, value))

    @property
    def values(self) -> dict[str, Value]:
        """Return everything quoted so far."""
        return dict(quoted(self.quotes))

    def _keep(self, name: str, quote: Quote) -> str:
        self.quotes[name] = quote
        return quote.text


_WHOLE_FROM = 10
_YARDSTICKS: Mapping[Yardstick, str] = {
    "periods": "judged by {} earlier periods",
    "weeks": "judged by {} earlier weeks, since there are too few whole periods",
    "days": "judged by how much the {} days of both periods vary, since the data begins too late for more",
}


def certainty_of(q: float, *, cases: float, points: int) -> Certainty:
    """Return the word for how sure a finding is: from the corrected test, the cases, and the earlier periods.

    >>> certainty_of(1e-6, cases=989, points=25), certainty_of(0.03, cases=989, points=25)
    ('very high', 'moderate')
    """
    steps = (0.0001, "very high"), (0.01, "high"), (0.05, "moderate")
    word = next((name for limit, name in steps if q <= limit), "low")
    if cases < 100 or points < 12:
        return "low" if word in {"low", "moderate"} else "moderate"
    return word  # type: ignore[return-value]  # one of the four words above


def sure_of(draft: Draft, verdict: Verdict, *, looked_at: int, rests_on: float) -> str:
    """Return the sentence that says why a finding is as sure as it is."""
    far = abs(verdict.z)
    times = draft.number("times_usual_noise", far if far < _WHOLE_FROM else round(far), "times")
    by = _YARDSTICKS[verdict.yardstick].replace("{}", draft.number("earlier_changes", verdict.points))
    cases = draft.number("rests_on_cases", rests_on)
    others = draft.number("looked_at", looked_at)
    return (
        f"ordinary ups and downs do not explain it: {times.removesuffix('.0')} times the usual change, {by}. "
        f"{cases} cases; corrected for {others} comparisons."
    )


def tone_of(move: Move) -> Tone:
    """Return whether a move is for the worse; more work than usual is, though volume has no good direction."""
    direction = move.metric.direction or (-1 if move.metric.name == "cases_opened" else 0)
    if direction == 0:
        return "neutral"
    return "better" if (direction > 0) == move.is_up else "worse"


def evidence_of(look: Look, metric: str) -> tuple[Evidence, ...]:
    """Return where to look: the table of changes, and the metric of the catalogue."""
    found = next((m.metric for m in look.measured.values() if m.metric.name == metric), None)
    metrics = (Evidence("metric", found.id, found.label),) if found else ()
    return (Evidence("table", "changes", "What moved and where"), *metrics)


def subject(metric: Metric) -> str:
    """Return what a metric is called within a sentence, as in `median time to close`."""
    name, _, middle = metric.label.partition(", ")
    words = f"{middle} {name[:1].lower()}{name[1:]}" if middle in {"median", "mean"} else metric.label
    return words if words[:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def counted(metric: Metric) -> str:
    """Return what a rate is taken over, in the plural."""
    return _COUNTED.get(metric.name) or _COUNTED.get(metric.at, "cases")


_COUNTED: Mapping[str, str] = {
    "overturn_rate": "appeals",
    "accuracy": "reviewed decisions",
    "sla_attainment": "cases that fell due",
    "decided_at": "decisions",
    "closed_at": "closed cases",
    "appeal_decided_at": "appeals",
}


def sentences(*parts: str) -> str:
    """Return the parts that say something as one paragraph."""
    return " ".join(part for part in parts if part)


def capital(text: str) -> str:
    """Return the text with a capital first letter; codes keep theirs."""
    return text[:1].upper() + text[1:]


def followed_words(draft: Draft, moves: tuple[Move, ...], look: Look) -> str:
    """Return the sentence about what moved along, one value a metric: that of the largest segment."""
    best: dict[str, Move] = {}
    for move in moves:
        if move.metric.name not in best or move.of_now > best[move.metric.name].of_now:
            best[move.metric.name] = move
    volume = [m for m in best.values() if m.shape == "flow"]
    rates = [_rate_words(draft, move, look) for move in best.values() if move.shape != "flow"]
    named = {is_up: [m.metric.label.lower() for m in volume if m.is_up == is_up] for is_up in (True, False)}
    along = [f"{capital(listed(names))} {'rose' if up else 'fell'} as well." for up, names in named.items() if names]
    return sentences(*along, *rates)


def _rate_words(draft: Draft, move: Move, look: Look) -> str:
    name, unit = move.metric.name, move.metric.unit
    verb = "rose" if move.is_up else "fell"
    to, before = draft.number(f"{name}_there", move.now, unit), draft.number(f"{name}_before", move.before, unit)
    return f"{capital(look.called(subject(move.metric), move.segment))} {verb} to {to} from {before}."


def _plain(value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else round(float(value), 6)
