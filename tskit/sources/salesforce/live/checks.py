"""What a real organisation has to show before anybody relies on extracts of it; each question only reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tskit.errors import SourceError
from tskit.sources.salesforce.live.bulk import edges
from tskit.sources.salesforce.live.hidden import lacking
from tskit.sources.salesforce.live.ids import WHOLE, halves, in_order
from tskit.sources.salesforce.live.objects import NEEDED, STANDARD
from tskit.sources.salesforce.live.organisation import RefusedError
from tskit.sources.salesforce.live.pages import BrokenPageError, read_page
from tskit.sources.salesforce.live.shape import chosen
from tskit.sources.salesforce.live.soql import select, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tskit.sources.salesforce.live.organisation import Job, Organisation
    from tskit.sources.salesforce.live.pace import Pace

__all__ = ["Check", "checks"]

Outcome: TypeAlias = Literal["pass", "fail", "skip"]
_PROBED = "User"
"""What the query jobs of the checks ask for: every organisation has some, and their ids say nothing of a case."""
_PAGES = 3
_LOST = ("NOT_FOUND", "InvalidJob", "INVALID_ID_FIELD", "InvalidLocator", "INVALID_LOCATOR", "INVALID_QUERY_LOCATOR")


@dataclass(frozen=True, slots=True)
class Check:
    """One question to an organisation, how it came out, and what was seen; no cell of a row is."""

    title: str
    outcome: Outcome
    seen: str


class _SkippedError(Exception):
    """The organisation has nothing that could answer the question."""


@dataclass(slots=True)
class _Probe:
    """The organisation that is asked, and what earlier questions found."""

    organisation: Organisation
    pace: Pace
    shown: dict[str, Any] = field(default_factory=dict[str, Any])

    def job(self, soql: str, *, deleted: bool = False) -> Job:
        """Return a query job once it is over."""
        job = self.organisation.begin_job(soql, deleted=deleted, what="a query job")
        for look in range(200):
            if job.state not in ("UploadComplete", "InProgress", "Open"):
                break
            self.pace.look(look)
            job = self.organisation.job(job.id, what="a query job")
        if job.state != "JobComplete":
            raise SourceError(f"The job ended as {job.state}{f' ({job.code})' if job.code else ''}.")
        if job.rows is None:
            raise SourceError("A finished job does not tell how many rows it found (numberRecordsProcessed).")
        return job

    def pages(self, job: Job, *, rows: int) -> list[tuple[str, bytes, Any]]:
        """Return every page of a job: the locator that it was asked with, its text and its rows."""
        found: list[tuple[str, bytes, Any]] = []
        locator = ""
        while True:
            answer = self.organisation.page(job.id, locator=locator, what="a page", rows=rows)
            try:
                found.append((locator, answer.body, read_page(answer.body, rows=answer.rows)))
            except BrokenPageError as error:
                raise SourceError(f"A page did not come whole: {error}.") from None
            if answer.rows is None:
                raise SourceError("A page does not say how many rows it holds (Sforce-NumberOfRecords).")
            locator = answer.locator
            if not locator:
                return found


def checks(organisation: Organisation, *, pace: Pace) -> Iterator[Check]:
    """Yield the answer to each question, in order; the first one that fails does not keep the others from being asked."""
    probe = _Probe(organisation, pace)
    for title, question in _QUESTIONS.items():
        try:
            yield Check(title, "pass", question(probe))
        except _SkippedError as error:
            yield Check(title, "skip", str(error))
        except SourceError as error:
            yield Check(title, "fail", str(error))


def _found(job: Job) -> int:
    """Return how many rows a job found; one that does not tell was refused before."""
    return job.rows or 0


def _signs_in(probe: _Probe) -> str:
    limits = probe.organisation.limits()
    calls: Mapping[str, Any] = limits.get("DailyApiRequests", {})
    if "Max" not in calls:
        raise SourceError("The limits do not tell of DailyApiRequests.")
    probe.shown["calls"] = int(calls["Max"])
    return f"{calls['Remaining']} of {calls['Max']} API calls are left"


def _counts_calls(probe: _Probe) -> str:
    used, allowed = probe.organisation.used()
    if not allowed:
        raise SourceError(
            "No answer told how many calls were used (Sforce-Limit-Info); an extract cannot stop in time."
        )
    if probe.shown.get("calls", allowed) != allowed:
        raise SourceError("Answers and the limits tell of different allowances.")
    return f"{used} of {allowed} are used, as answers say"


def _shows_cases(probe: _Probe) -> str:
    shape = probe.organisation.describe("Case")
    if shape is None:
        raise SourceError("The user sees no object Case.")
    names, missing = chosen(shape, probe.organisation.settings)
    lost = [name for name in NEEDED["Case"] if name not in shape.fields]
    if lost:
        raise SourceError(lacking(lost, table="Case", organisation=probe.organisation))
    told = lacking(missing, table="Case", organisation=probe.organisation) if missing else "none is missing"
    return f"{len(names)} fields can be read; {told}"


def _shows_the_rest(probe: _Probe) -> str:
    tables = [table for table in STANDARD if table != "Case"]
    seen = [table for table in tables if probe.organisation.describe(table) is not None]
    unseen = [table for table in tables if table not in seen]
    return f"{', '.join(seen) or 'none'}" + (f"; not seen: {', '.join(unseen)}" if unseen else "")


def _knows_fields(probe: _Probe) -> str:
    told = lacking(["Tskit_No_Such_Field__c"], table="Case", organisation=probe.organisation)
    if "not there in this organisation" not in told:
        raise SourceError("The user may not ask which fields there are, so hidden ones look like missing ones.")
    return "a field that does not exist is told from one that is hidden"


def _counts_rows(probe: _Probe) -> str:
    count = probe.organisation.count("Case")
    if not count:
        raise _SkippedError("the organisation tells of no cases")
    return f"about {count} cases"


def _orders_ids(probe: _Probe) -> str:
    soql = f"{select('Case', ['Id'])} ORDER BY Id ASC LIMIT 200"
    found = [str(one["Id"]) for one in probe.organisation.records(soql, what="the ids of cases")]
    if len(found) < 2:
        raise _SkippedError("there are fewer than two cases")
    if not in_order(found):
        raise SourceError("Ids are ordered otherwise than digits, capitals, small letters; set range_rows very high.")
    return f"{len(found)} ids are in the order that ranges need"


def _pages_by_locator(probe: _Probe) -> str:
    job = probe.job(select(_PROBED, ["Id", "SystemModstamp"]))
    if not job.created:
        raise SourceError("The job does not say when it was made, in a way that can be read.")
    pages = probe.pages(job, rows=max(1, _found(job) // _PAGES))
    rows = sum(page.num_rows for _, _, page in pages)
    probe.shown.update(job=job, pages=pages)
    if rows != _found(job):
        raise SourceError(f"The job tells of {_found(job)} rows, its pages hold {rows}.")
    ids = {one for _, _, page in pages for one in page.column("Id").to_pylist()}
    if len(ids) != rows:
        raise SourceError("A row came twice.")
    if any(page.column_names != ["Id", "SystemModstamp"] for _, _, page in pages):
        raise SourceError("The columns are not those that were asked for.")
    return f"{rows} rows in {len(pages)} pages, each of them once"


def _repeats_a_page(probe: _Probe) -> str:
    job, pages = probe.shown.get("job"), probe.shown.get("pages", [])
    if job is None or len(pages) < 2:
        raise _SkippedError("there was no second page")
    locator, body, page = pages[1]
    again = probe.organisation.page(job.id, locator=locator, what="a page", rows=pages[0][2].num_rows)
    if again.body != body:
        raise SourceError("The same locator gave another page; a cut extract cannot go on at one.")
    return f"the second page came again as it was, {page.num_rows} rows"


def _asks_in_ranges(probe: _Probe) -> str:
    first, last = edges(_PROBED, probe.organisation)
    cut = halves(WHOLE, first, last) if first else ()
    if len(cut) < 2:
        raise _SkippedError("there are too few rows for two ranges")
    rows = [_found(probe.job(select(_PROBED, ["Id"], within(part)))) for part in cut]
    whole = _found(probe.shown["job"]) if "job" in probe.shown else sum(rows)
    if sum(rows) != whole:
        raise SourceError(f"Two ranges hold {rows[0]} and {rows[1]} rows, and the whole {whole}.")
    return f"{rows[0]} and {rows[1]} rows are together the {whole} of the whole"


def _finds_deleted(probe: _Probe) -> str:
    job = probe.job(select("Case", ["Id", "IsDeleted"], ["IsDeleted = true"]), deleted=True)
    return f"{_found(job)} deleted cases are in the recycle bin"


def _names_a_lost_job(probe: _Probe) -> str:
    try:
        probe.organisation.job("750000000000000AAA", what="a job that there is not")
    except RefusedError as error:
        if error.code in _LOST:
            return f"a job that there is not is called {error.code}"
        raise SourceError(f"A job that there is not is called {error.code or 'nothing'}, which is not known.") from None
    raise SourceError("There is a job where there is none.")


def _names_a_lost_locator(probe: _Probe) -> str:
    job = probe.shown.get("job")
    if job is None:
        raise _SkippedError("there was no job")
    try:
        probe.organisation.page(job.id, locator="TskitNoSuchLocator", what="a page that there is not")
    except RefusedError as error:
        if error.code in _LOST:
            return f"a locator that there is not is called {error.code}"
        raise SourceError(
            f"A locator that there is not is called {error.code or 'nothing'}, which is not known."
        ) from None
    raise SourceError("There is a page where there is none.")


def _signs_in_again(probe: _Probe) -> str:
    if not probe.organisation.settings.client_id:
        raise _SkippedError("a session id cannot be renewed")
    probe.organisation.spoil_token()
    probe.organisation.limits()
    return "a token that does not hold is noticed, and a new one is given"


_QUESTIONS: Mapping[str, Callable[[_Probe], str]] = {
    "It signs in and tells its limits": _signs_in,
    "Answers tell how many API calls are used": _counts_calls,
    "Cases can be read with the fields that are needed": _shows_cases,
    "The other objects that cases are assembled from": _shows_the_rest,
    "A hidden field is told from a missing one": _knows_fields,
    "It tells about how many rows there are": _counts_rows,
    "Ids are ordered as ranges of them need": _orders_ids,
    "A query job gives every row once, page by page": _pages_by_locator,
    "A page can be asked for again by its locator": _repeats_a_page,
    "Ranges of ids leave no gap": _asks_in_ranges,
    "Deleted rows can be asked for": _finds_deleted,
    "A job that is gone is told as gone": _names_a_lost_job,
    "A locator that is gone is told as gone": _names_a_lost_locator,
    "An expired token is renewed": _signs_in_again,
}
