"""An organisation of Salesforce as an extract sees it: describe, count, query, and query jobs with their pages."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from requests.exceptions import RequestException, TooManyRedirects
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from tskit.errors import SourceError
from tskit.sources.salesforce.live.answers import Meaning, code_in, code_of, meaning_of
from tskit.sources.salesforce.live.shape import shape_of
from tskit.sources.salesforce.live.sign_in import Keys, sign_in
from tskit.sources.salesforce.live.soql import at_stamp
from tskit.sources.salesforce.live.transport import Transport, reading_session

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from datetime import datetime
    from types import TracebackType

    from tskit.sources.salesforce.live.pace import Pace
    from tskit.sources.salesforce.live.settings import Settings
    from tskit.sources.salesforce.live.shape import Shape

__all__ = ["Answer", "Job", "Organisation", "RefusedError", "organisation_of"]

_LAST = "null"
"""What the locator of the last page reads, literally."""
_FAILURES = ("QUERY_TIMEOUT", "TIMEOUT", "RETRIED MORE THAN", "INVALID_FIELD", "NO SUCH COLUMN", "INVALID_TYPE")


class RefusedError(SourceError):
    """Salesforce says no to a request; `code` is the reason as it names it, such as INVALID_FIELD."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Job:
    """A query job: its state, when it was made as a query writes moments, and the rows that it found if it tells them."""

    id: str
    state: str
    created: str
    rows: int | None
    code: str = ""
    """The reason of a failure, such as QUERY_TIMEOUT."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it came: its text, the rows that it tells of, and the locator of the next one, empty at the end."""

    body: bytes
    rows: int | None
    locator: str


class Organisation:
    """What can be asked of an organisation; close it to let its connections go."""

    def __init__(self, settings: Settings, *, transport: Transport) -> None:
        self.settings, self._transport, self.session = settings, transport, reading_session(transport)
        # The transport puts the token into each request; the library is given none, and so can show none.
        self._api = Salesforce(
            session_id="-",
            instance_url=settings.root,
            version=settings.api_version,
            session=self.session,
            parse_float=str,
            object_pairs_hook=dict,  # pyright: ignore[reportArgumentType]  # the library asks for what json asks for
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def used(self) -> tuple[int, int]:
        """Return how many API calls the organisation has used today and how many it may, as its last answer told them."""
        return self._transport.used

    def spoil_token(self) -> None:
        """Go on with a token that holds nothing, as if it had expired."""
        self._transport.spoil()

    def describe(self, table: str) -> Shape | None:
        """Return the shape of an object; None where this user sees no such object."""
        try:
            return shape_of(table, self.get(f"sobjects/{table}/describe", what=f"the description of {table}"))
        except RefusedError as error:
            if error.code in ("NOT_FOUND", "INVALID_TYPE", "INSUFFICIENT_ACCESS"):
                return None
            raise

    def count(self, table: str) -> int:
        """Return about how many rows an object has; 0 where the organisation does not say."""
        try:
            found = self.get("limits/recordCount", what="the number of rows", params={"sObjects": table})
        except RefusedError:
            return 0
        return next((int(one["count"]) for one in found.get("sObjects", ()) if one.get("name") == table), 0)

    def limits(self) -> Mapping[str, Any]:
        """Return the organisation's limits by name, each with `Max` and `Remaining`."""
        return self.get("limits/", what="the limits")

    def records(self, soql: str, *, what: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a query, page by page; `what` names them in an error."""
        with _in_words(self.settings.host, what):
            page = self._api.query(soql)
        while True:
            yield from page["records"]
            if page["done"]:
                return
            with _in_words(self.settings.host, what):
                page = self._api.query_more(page["nextRecordsUrl"], identifier_is_url=True)

    def begin_job(self, soql: str, *, deleted: bool, what: str) -> Job:
        """Begin a query job; with `deleted` it finds the rows in the recycle bin as well."""
        body = {"operation": "queryAll" if deleted else "query", "query": soql, "contentType": "CSV",
                "columnDelimiter": "COMMA", "lineEnding": "LF"}  # fmt: skip
        with _in_words(self.settings.host, what):
            return _job(self._api.restful("jobs/query", method="POST", json=body) or {})

    def job(self, number: str, *, what: str) -> Job:
        """Return how far a query job is."""
        return _job(self.get(f"jobs/query/{number}", what=what))

    def page(self, number: str, *, locator: str, what: str, rows: int = 0) -> Answer:
        """Return a page of a finished job, the first one without a locator; of `rows` rows where that is asked for."""
        params: dict[str, str | int] = {"maxRecords": rows or self.settings.page_rows}
        if locator:
            params["locator"] = locator
        with _in_words(self.settings.host, what):
            response = self.session.get(
                f"{self._api.bulk2_url}query/{number}/results", params=params, headers={"Accept": "text/csv"}
            )
        if meaning_of(response) is not Meaning.FINE:
            raise _refused(self.settings.host, what, response.status_code, code_of(response))
        told = response.headers.get("Sforce-NumberOfRecords", "")
        after = response.headers.get("Sforce-Locator", "")
        return Answer(response.content, int(told) if told.isdigit() else None, "" if after == _LAST else after)

    def get(self, path: str, *, what: str, params: dict[str, str] | None = None) -> Mapping[str, Any]:
        """Return what a resource below the API's version answers."""
        with _in_words(self.settings.host, what):
            return self._api.restful(path, params=params) or {}


def organisation_of(settings: Settings, *, secret: Callable[[str], str], pace: Pace, now: datetime) -> Organisation:
    """Return the organisation of the settings; nothing is asked of it yet."""
    keys, begun = Keys(settings, secret=secret), pace.elapsed()
    given: list[bool] = []

    def renew() -> str:
        if given and not settings.client_id:
            raise SourceError(
                f"The session id of the source {settings.source} has expired, or never was one of {settings.host}. "
                f"Keep a new one with: tskit secret set {settings.source} --kind token. What was received is kept."
            )
        given.append(True)
        return sign_in(
            settings, keys=keys, session=organisation.session, at=now + timedelta(seconds=pace.elapsed() - begun)
        )

    transport = Transport(settings.host, pace=pace, renew=renew, share=settings.share_of_calls)
    organisation = Organisation(settings, transport=transport)
    return organisation


def _job(told: Mapping[str, Any]) -> Job:
    words = str(told.get("errorMessage") or "")
    return Job(
        str(told.get("id", "")),
        str(told.get("state", "")),
        at_stamp(str(told.get("createdDate", ""))),
        int(told["numberRecordsProcessed"]) if "numberRecordsProcessed" in told else None,
        next((code for code in _FAILURES if code.lower() in words.lower()), ""),
    )


@contextmanager
def _in_words(host: str, what: str) -> Generator[None]:
    """Put the library's errors into ours: theirs quote the answer, which quotes the query."""
    try:
        yield
    except SalesforceError as error:
        raise _refused(host, what, error.status, code_in(error.content)) from None
    except TooManyRedirects:
        raise SourceError(
            f"{host} sends {what} elsewhere. Give the source's url the organisation's My Domain, as Setup, My Domain shows it."
        ) from None
    except (RequestException, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{host} answered to {what} with what cannot be read ({type(error).__name__}).") from None


def _refused(host: str, what: str, status: int, code: str) -> RefusedError:
    fix = _FIXES.get(code, "")
    name = f" {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else ""
    return RefusedError(f"{host} refuses {what}: {code or f'HTTP {status}{name}'}. {fix}".rstrip(), code=code)


_FIXES = {
    "API_DISABLED_FOR_ORG": "Its edition or this user's profile has no API access (permission API Enabled).",
    "INSUFFICIENT_ACCESS": "The user lacks a permission for it.",
    "INSUFFICIENT_ACCESS_OR_READONLY": "The user lacks a permission for it.",
    "INVALID_TYPE": "The user sees no such object, or there is none.",
    "INVALID_FIELD": "A field is hidden from the user, or there is none of that name.",
    "FeatureNotEnabled": "The Bulk API is not on for this organisation.",
    "UNSUPPORTED_API_VERSION": "Set an api_version that the organisation still serves.",
}
