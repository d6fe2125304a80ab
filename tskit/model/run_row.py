"""A finished run as one row of the catalogue: what a list, a page of all runs and a batch's page are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tskit.model.finding import Certainty, Kind, Tone

__all__ = ["Claim", "Headline", "RowStatus", "RunRow", "Since"]

RowStatus = Literal["ok", "no_data", "failed", "unfinished"]
"""unfinished: nothing sealed the folder. It is still at work, or was killed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One finding of a report in its own words: what kind it is, how sure, and for better or for worse."""

    kind: Kind
    tone: Tone
    certainty: Certainty
    claim: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure that a report leads with, as the report says it.

    `text`, `change`, `verdict` and `target` are words; `unit` is one of the units of metrics (cases, share, hours,
    points, ...). `low` and `high` hold the value in 95 of 100 cases where that is known. `spark` are its weekly values,
    the latest last; None where a week has none.
    """

    metric: str
    label: str
    value: float | None = None
    unit: str = ""
    text: str = ""
    change: str = ""
    tone: Tone = "neutral"
    verdict: str = ""
    target: str = ""
    low: float | None = None
    high: float | None = None
    spark: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """What is another in a run than in the one before it of the same series, in sentences that name no case.

    `run` is the id of that one. `why` says what changed underneath: the data, the parameters, the code.
    """

    run: str
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_quiet(self) -> bool:
        """Return whether both say the same."""
        return not (self.appeared or self.vanished or self.changed)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, told so that a page of many may stand beside it: no case id, no text of a case, no name of a person.

    Times are UTC in ISO 8601 and days are days, empty where nobody knows; `seconds` is how long it took. `asked` are the
    parameters that were set, name and value in words. `told` are up to five claims, in the order of their weight; `findings`
    counts all, those of single cases included. `failure` says in words why there is no report. `folder` is the path from the folder of all runs, with forward slashes; `files` are
    those of its reports and seal that are there. `batch` is the id of the batch that it belongs to. Runs of one `series`
    have the same template and parameters, but for the days that they look at. `is_of_single_cases` says that the report
    itself names cases.
    """

    id: str
    template: str
    kind: str
    status: RowStatus
    title: str = ""
    lead: str = ""
    started: str = ""
    finished: str = ""
    seconds: float | None = None
    asked: tuple[tuple[str, str], ...] = ()
    markets: tuple[str, ...] = ()
    start: str = ""
    last_day: str = ""
    zone: str = ""
    headlines: tuple[Headline, ...] = ()
    findings: int = 0
    told: tuple[Claim, ...] = ()
    failure: str = ""
    folder: str = ""
    files: tuple[str, ...] = ()
    batch: str = ""
    series: str = ""
    since: Since | None = None
    band: str = ""
    is_sample: bool = False
    is_of_single_cases: bool = False
