"""What a batch adds up to: which runs stand out, by their own findings and corrected for how many runs were looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.export.html.site_words import listed, plural
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import Certainty, Claim, RunRow

__all__ = ["Outstanding", "answer", "name_of", "outstanding", "stays"]

_ERROR = 0.05
_BOUNDS = {"very high": 0.0001, "high": 0.01, "moderate": 0.05}
"""The corrected p value that a finding's word for its certainty stands for, at most."""
_TESTED = {"change", "pattern"}
_MOST_NAMED, _LONGEST = 4, 300


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Claims of one run that a reader of the batch should know."""

    row: RunRow
    name: str
    claims: tuple[tuple[str, str], ...]
    """Each with the word for how sure it is, empty where there is nothing to be sure of."""
    tone: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The runs of a batch by what their findings say.

    `beyond` hold a change beyond noise with all runs counted; `alone` by their own report only; `missed` a target;
    `incidents` what is listed whatever a test says. `compared` is the number of runs with a report.
    """

    compared: int
    beyond: tuple[Outstanding, ...]
    incidents: tuple[Outstanding, ...]
    missed: tuple[Outstanding, ...]
    alone: tuple[Outstanding, ...]


def outstanding(rows: Sequence[RunRow], grid: Sequence[str]) -> Findings:
    """Return the runs whose findings stand out; nobody is called best or worst, since ranks are mostly noise."""
    good = [row for row in rows if row.status == "ok"]

    def having(kept: Sequence[Sequence[Claim]]) -> tuple[Outstanding, ...]:
        return tuple(_of(row, claims, grid) for row, claims in zip(good, kept, strict=True) if claims)

    tested = [[claim for claim in row.told if claim.kind in _TESTED] for row in good]
    beyond = [[claim for claim in told if stays(claim.certainty, runs=len(good))] for told in tested]
    return Findings(
        len(good),
        having(beyond),
        having([[claim for claim in row.told if claim.kind == "incident"] for row in good]),
        having([[claim for claim in row.told if claim.kind == "target" and claim.tone == "worse"] for row in good]),
        having([[c for c in told if c not in kept] for told, kept in zip(tested, beyond, strict=True)]),
    )


def stays(certainty: Certainty, *, runs: int) -> bool:
    """Return whether a finding of one run is beyond noise when as many runs are looked at, after Bonferroni.

    >>> stays("high", runs=5), stays("high", runs=40), stays("very high", runs=40)
    (True, False, True)
    """
    return _BOUNDS.get(certainty, 1.0) * runs <= _ERROR


def answer(found: Findings) -> str:
    """Return what stands out as a sentence or two."""
    if not found.compared:
        return "No run has a report to compare."
    runs = plural(found.compared, "run")
    if found.beyond:
        one = len(found.beyond) == 1
        said = f"{_named(found.beyond)} {'stands' if one else 'stand'} out: more than noise also when all {runs} are counted."
    else:
        said = f"None stands out: no change is more than noise once all {runs} are counted, which is a result."
    if found.missed:
        said += f" {plural(len(found.missed), 'run')} missed a target."
    if found.alone:
        whose = "its own report" if len(found.alone) == 1 else "their own reports"
        said += f" {plural(len(found.alone), 'run')} changed by {whose} alone, which among {runs} may be chance."
    return said


def name_of(asked: Sequence[tuple[str, str]], grid: Sequence[str], otherwise: str = "") -> str:
    """Return a run's name within its batch: the values that vary."""
    given = dict(asked)
    values = [given[name] for name in grid if name in given] or list(given.values())
    return neutralise(" · ".join(value or "all" for value in values) or otherwise, limit=120)


def _of(row: RunRow, claims: Sequence[Claim], grid: Sequence[str]) -> Outstanding:
    tones = {claim.tone for claim in claims}
    tone = "worse" if "worse" in tones else "better" if "better" in tones else ""
    said = tuple(
        (neutralise(claim.claim, limit=_LONGEST), claim.certainty if claim.certainty in _BOUNDS else "")
        for claim in claims
    )
    return Outstanding(row, name_of(row.asked, grid, row.id), said, tone)


def _named(found: Sequence[Outstanding]) -> str:
    names = [one.name for one in found[:_MOST_NAMED]]
    more = len(found) - len(names)
    return listed([*names, f"{more:,} more"] if more else names)
