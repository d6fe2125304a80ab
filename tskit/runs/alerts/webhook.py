"""Sends a message as a POST of JSON: to one checked address, over TLS, without following where an answer points."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tskit.errors import AlertError
from tskit.runs.alerts.passing import PassingError
from tskit.runs.alerts.places import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from urllib.parse import SplitResult

    from tskit.model import Alert, Alerting
    from tskit.runs.alerts.message import Message

__all__ = ["post"]

_PORTS = {"https": 443, "http": 80}
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_LONGEST_WAIT = 30.0


def post(
    message: Message,
    alert: Alert,
    alerting: Alerting,
    *,
    secret: str,
    resolve: Callable[[str, int], Sequence[str]],
) -> None:
    """Send a message once, and return when the host has taken it.

    No text of an answer and no address is ever told, since either can hold the secret.

    Raises:
        AlertError: it cannot be sent, however often it is tried.
        PassingError: it was not taken this time.
    """
    url = _whole(alert, secret)
    port = url.port or _PORTS[url.scheme]
    try:
        found = resolve(alert.host, port)
    except (OSError, UnicodeError):  # the latter of a name that no host can have
        raise PassingError(f"{alert.host} is not known") from None
    usable = addresses(alert.host, found, alerting.allowed_hosts)
    connection = http.client.HTTPConnection(alert.host, port)
    try:
        with _connected(usable, url, seconds=alerting.timeout_seconds) as connection.sock:
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", target, _body(message, alert), _headers(message, alert, secret))
            answer = connection.getresponse()
            _judge(answer.status, answer.getheader("Retry-After", ""), alert)
    except ssl.SSLCertVerificationError:
        raise AlertError(f"{alert.host} cannot prove who it is: its certificate does not hold.") from None
    except (OSError, http.client.HTTPException) as error:
        raise PassingError(f"{alert.host} did not answer ({type(error).__name__})") from None


def _whole(alert: Alert, secret: str) -> SplitResult:
    """Return the address to call; a secret that stands in it must not turn it into one of another host."""
    if alert.secret and not secret:
        raise AlertError(f"the secret {alert.secret!r} is neither in the environment nor in the keyring.")
    if not (secret.isascii() and secret.isprintable()) or (alert.sent_in == "url" and " " in secret):
        raise AlertError(f"the secret {alert.secret!r} holds characters that cannot be sent.")
    url = urlsplit(alert.url + secret if alert.sent_in == "url" else alert.url)
    if (url.hostname, url.netloc) != (alert.host, urlsplit(alert.url).netloc):
        raise AlertError(f"the secret {alert.secret!r} does not fit behind the url.")
    return url


@contextmanager
def _connected(usable: Sequence[str], url: SplitResult, *, seconds: float) -> Generator[socket.socket]:
    """Give a connection to the first address that answers, and end it when the whole of it takes too long."""
    port, host = url.port or _PORTS[url.scheme], url.hostname or ""
    raw = _first(usable, port, seconds)
    # One that sends a letter now and then would never run into the time limit of a single read.
    watch = threading.Timer(seconds, _cut, [raw])
    watch.daemon = True
    watch.start()
    try:
        sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if url.scheme == "https" else raw
        with sock:
            yield sock
    finally:
        watch.cancel()
        raw.close()


def _first(usable: Sequence[str], port: int, seconds: float) -> socket.socket:
    for address in usable[:-1]:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError:
            continue
    return socket.create_connection((usable[-1], port), timeout=seconds)


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already


def _body(message: Message, alert: Alert) -> bytes:
    body = {"text": message.body["text"]} if alert.text_only else dict(message.body)
    return json.dumps(body, ensure_ascii=False).encode()


def _headers(message: Message, alert: Alert, secret: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message.id,
        "User-Agent": "tskit",
        "Connection": "close",
    }
    return headers | ({alert.header: secret} if secret and alert.sent_in == "header" else {})


def _judge(status: int, after: str, alert: Alert) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise AlertError(
            f"{alert.host} points elsewhere ({status}), which is not followed; put the final address into 'url'."
        )
    if status in _PASSING:
        seconds = float(after) if after.isdecimal() else 0.0
        raise PassingError(f"{alert.host} answered {status}", min(seconds, _LONGEST_WAIT))
    raise AlertError(f"{alert.host} refused it ({status}); check 'url' and the secret.")
