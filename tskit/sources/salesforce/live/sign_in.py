"""How an extract proves who it is: a JWT, the credentials of a connected app, or a session id that somebody has."""

from __future__ import annotations

import base64
import binascii
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING

import jwt
from requests.exceptions import RequestException
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import token_login

from tskit.errors import SourceError
from tskit.sources.credentials import secret_variable
from tskit.sources.salesforce.live.transport import TOKEN_PATH

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from requests import Session

    from tskit.sources.salesforce.live.settings import Settings

__all__ = ["Keys", "sign_in"]

_JWT_LIFE = timedelta(minutes=3)
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Keys:
    """The secrets of a source by kind; it shows none of them."""

    def __init__(self, settings: Settings, *, secret: Callable[[str], str]) -> None:
        self._source, self._secret = settings.source, secret

    def __repr__(self) -> str:
        return f"Keys({self._source!r})"

    def need(self, kind: str, *, what: str) -> str:
        """Return a secret that is there.

        Raises:
            SourceError: nobody has given it.
        """
        found = self._secret(kind).strip()
        if not found:
            raise SourceError(
                f"The source {self._source} needs {what}. Keep it with: tskit secret set {self._source} --kind {kind} "
                f"(or set {secret_variable(self._source, kind)})."
            )
        return found


def sign_in(settings: Settings, *, keys: Keys, session: Session, at: datetime) -> str:
    """Return a token of the organisation.

    Which way is taken follows from the settings: a user name asks for a JWT, a consumer key alone for the app's own
    credentials, neither for a session id.

    Raises:
        SourceError: a secret is missing or no key, or the organisation refuses it.
    """
    if not settings.client_id:
        return keys.need("token", what="a session id, or the consumer key of a connected app (client_id)")
    if settings.username:
        grant, headers = _jwt(settings, key=keys.need("private_key", what="the private key of its JWT"), at=at), {}
    else:
        grant = {"grant_type": "client_credentials"}
        headers = _basic(settings.client_id, keys.need("client_secret", what="the consumer secret of its app"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's advice shows the consumer key
            token, _ = token_login(
                f"{settings.root}{TOKEN_PATH}", grant, settings.host, settings.client_id, headers, {}, session
            )
    except SalesforceAuthenticationFailed as error:
        raise SourceError(_refused(settings, str(error.code))) from None
    except (RequestException, AttributeError, ValueError, TypeError):
        # The library expects an instance_url in every answer that is fine, and breaks on one without.
        raise SourceError(f"{settings.host} answered the sign-in with what is no token. {_HELP}") from None
    if not isinstance(token, str) or not token:
        raise SourceError(f"{settings.host} answered the sign-in with what is no token. {_HELP}")
    return token


_HELP = "Is the domain the organisation's My Domain, as Setup, My Domain shows it?"


def _jwt(settings: Settings, *, key: str, at: datetime) -> dict[str, str]:
    claims = {
        "iss": settings.client_id,
        "sub": settings.username,
        "aud": settings.audience or _audience(settings.host),
        "exp": int((at + _JWT_LIFE).timestamp()),
    }
    try:
        assertion = jwt.encode(claims, _pem(key), algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        raise SourceError(
            f"The private key of the source {settings.source} is none that can be read. "
            "It is an RSA key in PEM form without a passphrase."
        ) from None
    return {"grant_type": _JWT_GRANT, "assertion": assertion}


def _pem(key: str) -> str:
    """Return a key in PEM form; in an environment variable its line ends are often in writing, or it is in Base64."""
    if "-----BEGIN" in key:
        return key.replace("\\n", "\n")
    try:
        return base64.b64decode(key, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError from None


def _audience(host: str) -> str:
    is_sandbox = "--" in host.partition(".")[0] or ".sandbox." in host
    return "https://test.salesforce.com" if is_sandbox else "https://login.salesforce.com"


def _basic(name: str, word: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{word}'.encode()).decode('ascii')}"}


def _refused(settings: Settings, code: str) -> str:
    reasons = {
        "invalid_grant": "the user is not approved for the app, the key does not fit its certificate, or the clock is wrong",
        "invalid_client": "the consumer secret does not fit the consumer key",
        "invalid_client_id": "it knows no such consumer key",
        "invalid_app_access": "the user is not approved for the app",
        "inactive_user": "the user is not active",
        "inactive_org": "the organisation is locked",
    }
    shown = code if code in reasons else "no reason that is known"
    return f"{settings.host} refuses the sign-in of the source {settings.source} ({shown}): {reasons.get(code, _HELP)}."
