"""The one way to Salesforce: it lets nothing through that could write, and asks again where that may help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from tskit.errors import SourceError
from tskit.sources.salesforce.live.answers import Meaning, code_of, is_broken, meaning_of, wait_told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests import PreparedRequest, Response

    from tskit.sources.salesforce.live.pace import Pace

__all__ = ["TOKEN_PATH", "Transport", "reading_session"]

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105  # where it is asked for, not what it is
_QUERY_JOBS = re.compile(r"/services/data/v\d+\.\d+/jobs/query", re.ASCII)
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)", re.ASCII)
_CONNECT, _READ = 20.0, 300.0
_KEPT = "What was received is kept, and the next sync goes on after it."


class Transport(HTTPAdapter):
    """Sends requests that read, with the token of `renew`, and repeats what failed in passing.

    A token is asked for when the first request needs it, and once more when it has expired. `used` counts the API calls
    of the organisation today, as its last answer told them, by whomever they were made.
    """

    def __init__(self, host: str, *, pace: Pace, renew: Callable[[], str], share: float) -> None:
        super().__init__()
        self._host, self._pace, self._renew, self._share = host, pace, renew, share
        self._token = ""
        self.used: tuple[int, int] = (0, 0)

    def __repr__(self) -> str:
        return f"Transport({self._host!r})"

    def spoil(self) -> None:
        """Send what is no token with the next request."""
        self._token = "spoilt"  # noqa: S105  # that it is none is the point

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # likewise
        timeout: object = None,  # noqa: ARG002  # ours hold
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the answer to a request, whole; one that says no is returned like any other.

        Raises:
            SourceError: the request could write, nobody answers, the token is refused, or the calls of the day are used up.
        """
        require_reading(request, host=self._host)
        is_sign_in = urlsplit(request.url or "").path == TOKEN_PATH

        def once() -> Response:
            return super(Transport, self).send(
                request,
                stream=stream,
                timeout=(_CONNECT, _READ),
                verify=verify,
                cert=cert,
                proxies=proxies,  # pyright: ignore[reportArgumentType]  # handed on as it came
            )

        return self._asked(once, request) if is_sign_in else self._signed(once, request)

    def _signed(self, once: Callable[[], Response], request: PreparedRequest) -> Response:
        """Return the answer under a token that holds; it is renewed once, a second refusal is the organisation's last word."""
        self._require_calls()
        code = ""
        for _ in range(2):
            self._token = self._token or self._renew()
            request.headers["Authorization"] = f"Bearer {self._token}"
            response = self._asked(once, request)
            if meaning_of(response) is not Meaning.SIGN_IN:
                return response
            self._token, code = "", code_of(response) or "HTTP 401"
        raise SourceError(
            f"{self._host} refuses the token that it has just given ({code}). "
            f"Let an administrator look at the connected app's policies and the user's API access. {_KEPT}"
        )

    def _asked(self, once: Callable[[], Response], request: PreparedRequest) -> Response:
        reason = ""
        for attempt in range(1, self._pace.attempts + 1):
            told = 0.0
            try:
                response = once()
                _ = response.content  # read here, so that a body that breaks off is asked for again
            except requests.exceptions.SSLError:
                raise SourceError(
                    f"{self._host} shows a certificate that this machine does not trust. Behind a proxy of the company, "
                    f"name its certificates in REQUESTS_CA_BUNDLE."
                ) from None
            except requests.exceptions.RequestException as error:
                reason = f"the connection failed: {type(error).__name__}"
            else:
                self._count(response)
                meaning = meaning_of(response)
                if meaning is Meaning.STOP:
                    raise SourceError(_used_up(self._host, code_of(response)))
                if meaning is not Meaning.LATER and not is_broken(response):
                    return response
                reason = f"it answered {response.status_code} {code_of(response)}".rstrip()
                told = wait_told(response)
            if attempt < self._pace.attempts:
                self._pace.wait(attempt, told=told)
        place = urlsplit(request.url or "").path
        raise SourceError(
            f"{self._host} could not serve {place} in {self._pace.attempts} attempts; at last {reason}. "
            f"Wait and sync again. {_KEPT}"
        )

    def _count(self, response: Response) -> None:
        found = _USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if found:
            self.used = int(found[1]), int(found[2])

    def _require_calls(self) -> None:
        used, allowed = self.used
        if allowed and used >= allowed * self._share:
            raise SourceError(
                f"{self._host} has used {used} of its {allowed} API calls of 24 hours, and this source stops at "
                f"{self._share:.0%} of them (share_of_calls in its settings). Sync again when fewer are used. {_KEPT}"
            )


def require_reading(request: PreparedRequest, *, host: str) -> None:
    """Refuse whatever is not a GET, the making of a query job or a sign-in, at the organisation's own host.

    Raises:
        SourceError: the request is another.
    """
    parts = urlsplit(request.url or "")
    is_reading = request.method == "GET" or (
        request.method == "POST" and (parts.path == TOKEN_PATH or bool(_QUERY_JOBS.fullmatch(parts.path)))
    )
    if parts.scheme != "https" or parts.netloc != host or not is_reading:
        raise SourceError(
            f"tskit only reads from Salesforce, over https and from {host} alone; this request was not sent: "
            f"{request.method} {parts.path}"
        )


def reading_session(transport: Transport) -> requests.Session:
    """Return a session whose every request goes through the transport."""
    session = requests.Session()
    # Without an auth of its own a session takes one from ~/.netrc, and would send it instead of ours.
    session.auth = _as_it_is
    session.max_redirects = 0
    for scheme in ("https://", "http://"):
        session.mount(scheme, transport)
    return session


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request


def _used_up(host: str, code: str) -> str:
    return (
        f"{host} allows no more API calls for now ({code}): its limit of 24 hours is used up. "
        f"Sync again when calls are free; Setup, Company Information shows them. {_KEPT}"
    )
