"""The course of the planted incident: what was reported when, and when somebody did something about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.chance import lognormal, stream
from tskit.sources.synthetic.outcome import ACTION, DUPLICATE, PARTIAL
from tskit.sources.synthetic.work import NEVER

if TYPE_CHECKING:
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.world import Bools, Ints

__all__ = ["FEWEST", "HOURS_TO_CLOSE", "MOMENTS", "NAMED", "REACH", "Content", "Course", "Named", "course", "reach_at"]

HOURS_TO_CLOSE = 8
FEWEST, _MOST, _ONE_IN = 24, 4000, 2500
_HOUR, _MINUTE = 3600, 60
_FIRST_HOUR = 11
_CLIMB = np.array([1, 1, 2, 3, 4, 6, 8, 10, 12, 12, 10, 9, 8], dtype=np.float64)
"""How reports spread over the hours from 11:00 to midnight."""
_STEPS = (0.6180339887, 0.7548776662, 0.5698402910, 0.4142135624)
_SG = 0.42
_MALAY = {True: 0.2, False: 0.72}
"""Of the reports from Singapore and from Malaysia, those in Malay."""
_LOOKED_AT = 0.55
_DAY = 24 * _HOUR


def _at(clock: str) -> int:
    """Return a time of the day as seconds since its midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * _HOUR + int(minutes) * _MINUTE


@dataclass(frozen=True, slots=True)
class Content:
    """One item of the incident: its keys, when it was uploaded, and how its reach grows towards `most`.

    It grows as things spread: e-fold in every `pace` seconds at first, half of it at `middle`, and more slowly then.
    Nobody is added from `gone` on. `seconds` is how long it plays.
    """

    item: int
    account: int
    uploaded: int
    most: int
    middle: int
    pace: int
    gone: int = NEVER
    seconds: float = 0.0


MAIN, HELD, SECOND, LAST, NEWS = range(5)
MOMENTS = {"restricted": _at("13:38"), "second gone": _at("19:25"), "hand-off": _at("20:54"), "removed": _at("22:40")}
REACH = (
    Content(31_740_586, 7_310_442, _at("08:41"), 190_000, _at("18:12"), 4140, MOMENTS["removed"], 1893.4),
    Content(31_802_119, 7_655_018, _at("12:58"), 260_000, _at("21:30"), 4680, NEVER, 611.0),
    Content(31_815_730, 7_655_903, _at("17:12"), 30_000, _at("18:48"), 1440, MOMENTS["second gone"], 604.2),
    Content(31_833_264, 7_702_377, _at("20:51"), 20_000, _at("22:48"), 1800, NEVER, 611.0),
    Content(31_779_905, 4_102_286, _at("14:05"), 40_000, _at("16:30"), 4320, _at("16:31"), 1260.7),
)
"""The episode, three uploads of it by others, and a news episode that speaks against it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A case whose course is told by hand, in seconds since midnight; `NEVER` for what does not happen."""

    content: int
    market: str
    language: str
    created: int
    accepted: int = NEVER
    escalated: int = NEVER
    taken_up: int = NEVER
    decided: int = NEVER
    decision: int = ACTION
    appealed: int = NEVER
    answered: int = NEVER
    source: str = "user_report"


NAMED = {
    "lead": Named(
        MAIN, "MY", "ms", _at("11:06"), _at("11:29"), _at("12:04"), _at("12:11"), MOMENTS["restricted"], PARTIAL
    ),
    "missed_handoff": Named(HELD, "SG", "en", _at("13:22"), _at("14:02"), MOMENTS["hand-off"]),
    "wrong_takedown": Named(
        NEWS, "SG", "en", _at("15:12"), _at("15:40"), decided=_at("16:31"), appealed=_at("17:20"), answered=_at("20:26")
    ),
    "second": Named(SECOND, "MY", "ms", _at("17:58"), _at("18:31"), decided=MOMENTS["second gone"]),
    "removal": Named(MAIN, "MY", "ms", _at("18:47"), _at("19:20"), _at("21:35"), _at("21:46"), MOMENTS["removed"]),
    "last": Named(LAST, "SG", "en", _at("21:36"), _at("22:20")),
    "order": Named(HELD, "MY", "ms", _at("22:05"), source="government_order"),
}
"""The cases that the story turns on."""


@dataclass(frozen=True, slots=True)
class Course:
    """All cases of the incident by time of arrival, in seconds since midnight; `named` are positions."""

    content: Ints
    is_sg: Bools
    created: Ints
    accepted: Ints
    escalated: Ints
    taken_up: Ints
    decided: Ints
    closed: Ints
    decision: Ints
    appealed: Ints
    answered: Ints
    language: tuple[str, ...]
    source: tuple[str, ...]
    named: dict[str, int]


def course(plan: Plan) -> Course:
    """Return what happened, in size relative to the sample."""
    rng = stream(plan.seed, 30)
    usual = _usual(min(max(FEWEST, plan.cases // _ONE_IN), _MOST) - len(NAMED), rng)
    rows = [*usual, *NAMED.values()]
    order = sorted(range(len(rows)), key=lambda row: rows[row].created)
    placed = {name: order.index(len(usual) + n) for n, name in enumerate(NAMED)}
    rows = [rows[row] for row in order]
    decided = np.array([row.decided for row in rows])
    shut = decided + lognormal(rng, 180.0, 0.5, len(rows)).clip(20, 600).astype(np.int64)
    columns = {
        name: np.array([getattr(row, name) for row in rows])
        for name in ("content", "created", "accepted", "escalated", "taken_up", "decision", "appealed", "answered")
    }
    return Course(
        **columns,
        is_sg=np.array([row.market == "SG" for row in rows]),
        decided=decided,
        closed=np.where(decided < NEVER, shut, NEVER),
        language=tuple(row.language for row in rows),
        source=tuple(row.source for row in rows),
        named=placed,
    )


def reach_at(content: Ints, seconds: Ints) -> Ints:
    """Return how many had heard each content at that time of the day."""
    parts = np.array([(one.most, one.middle, one.pace, one.gone) for one in REACH], dtype=np.float64)
    most, middle, pace, gone = parts[content].T
    until = np.minimum(seconds, gone)
    return (most / (1 + np.exp((middle - until) / pace))).astype(np.int64)


def _usual(n: int, rng: np.random.Generator) -> list[Named]:
    """Return the other reports: more from hour to hour, each on something that was online then."""
    climbed = np.concatenate([[0.0], np.cumsum(_CLIMB)])
    ranks = (np.arange(n) + 0.2 + 0.6 * rng.random(n)) / n * climbed[-1]
    created = np.interp(ranks, climbed, _HOUR * (_FIRST_HOUR + np.arange(len(climbed)))).astype(np.int64)
    created = created.clip(NAMED["lead"].created + 4 * _MINUTE, None)
    lots = np.stack([(rng.random() + step * np.arange(n)) % 1.0 for step in _STEPS], axis=1)
    return [_report(int(at), lot.tolist(), rng) for at, lot in zip(created, lots, strict=True)]


def _report(at: int, lots: list[float], rng: np.random.Generator) -> Named:
    what, where, tongue, course_ = lots
    is_sg = where < _SG
    language = "ms" if tongue < _MALAY[is_sg] else "en"
    row = Named(_content(at, what), "SG" if is_sg else "MY", language, at)
    accepted = at + int(lognormal(rng, 34.0 * _MINUTE, 0.5, 1).clip(8 * _MINUTE, 80 * _MINUTE)[0])
    decided, decision = _decided(row, course_, rng)
    looked_at = decided < NEVER or (rng.random() < _LOOKED_AT and accepted < _DAY)
    return replace(row, accepted=accepted if looked_at else NEVER, decided=decided, decision=decision)


def _content(at: int, lot: float) -> int:
    """Return what a report at that time is about; whoever uploads it again comes hours after the first."""
    if at >= MOMENTS["removed"]:
        return HELD if lot < 0.5 else LAST
    if at >= _at("21:15") and lot > 0.82:
        return LAST
    if _at("17:40") <= at < MOMENTS["second gone"] and lot > 0.78:
        return SECOND
    return HELD if at >= _at("16:30") and lot < 0.16 else MAIN


def _decided(row: Named, lot: float, rng: np.random.Generator) -> tuple[int, int]:
    """Return when a report was decided and how; a report of what nobody has judged yet waits."""
    at, hurry = row.created, rng.random()
    if row.content == SECOND:
        return MOMENTS["second gone"] + int(hurry * 110 * _MINUTE), ACTION
    if row.content != MAIN or at >= _at("22:00") or (at >= _at("19:30") and lot > 0.3):
        return NEVER, ACTION
    if at >= _at("19:30") or (at >= _at("16:00") and lot > 0.5):
        return MOMENTS["removed"] + int((2 + hurry * 66) * _MINUTE), ACTION
    decided = max(at + int((85 + hurry * 110) * _MINUTE), MOMENTS["restricted"] + 5 * _MINUTE)
    return decided, DUPLICATE if lot < 0.1 else PARTIAL
