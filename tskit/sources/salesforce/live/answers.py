"""What an answer of Salesforce means: fine, come back later, sign in again, stop for today, or no."""

from __future__ import annotations

import re
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from requests import Response

__all__ = ["Meaning", "code_in", "code_of", "is_broken", "meaning_of", "wait_told"]

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,60}", re.ASCII)
_LATER_CODES = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG", "UNKNOWN_EXCEPTION"})
_LATER_STATUS = frozenset({429, 500, 502, 503, 504})
_STOP_CODES = frozenset({"REQUEST_LIMIT_EXCEEDED", "ExceededQuota"})


class Meaning(Enum):
    """What to do about an answer."""

    FINE = "fine"
    LATER = "later"
    SIGN_IN = "sign in"
    STOP = "stop"
    NO = "no"


def meaning_of(response: Response) -> Meaning:
    """Return what to do about an answer whose body was read."""
    if response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return Meaning.FINE
    code = code_of(response)
    if code in _STOP_CODES:
        return Meaning.STOP
    if response.status_code == HTTPStatus.UNAUTHORIZED or code in ("INVALID_SESSION_ID", "InvalidSessionId"):
        return Meaning.SIGN_IN
    if code in _LATER_CODES or response.status_code in _LATER_STATUS:
        return Meaning.LATER
    return Meaning.NO


def code_of(response: Response) -> str:
    """Return the error's code, such as `INVALID_FIELD`; empty where the body tells none.

    The words beside it are never taken over: they quote queries and, now and then, values.
    """
    return code_in(_body(response))


def code_in(body: object) -> str:
    """Return the code in the decoded body of an error."""
    first = cast("list[object]", body)[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return ""
    told = cast("dict[str, object]", first)
    code = told.get("errorCode") or told.get("error") or ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def is_broken(response: Response) -> bool:
    """Return whether an answer says that it is JSON and is none: it was cut on its way."""
    is_json = "json" in response.headers.get("Content-Type", "") and response.status_code != HTTPStatus.NO_CONTENT
    return is_json and _body(response) is None


def wait_told(response: Response) -> float:
    """Return the seconds that the answer asks to wait for; 0 where it asks for nothing that can be read."""
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdigit() else 0.0


def _body(response: Response) -> Any:  # noqa: ANN401  # whatever JSON there is
    try:
        return response.json()
    except ValueError:
        return None
