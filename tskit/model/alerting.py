"""What a casebook says of alerts: when somebody is told that a run has ended, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from tskit.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["SIGNALS", "SURENESS", "Alert", "Alerting", "Said", "SaidFinding", "Signal", "require_hosts"]

Signal = Literal["failure", "no_data", "spike", "silence", "sla_breach"]
"""failure and no_data: how the run ended; the others: what it found."""
SIGNALS: tuple[Signal, ...] = get_args(Signal)
SURENESS = ("low", "moderate", "high", "very high")
_TO = ("command", "webhook")
_PLACES = ("header", "url")
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_HEADER = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule: on what signals of which templates somebody is told, and by a command or a webhook.

    `on` are signals. `templates` are those that it holds for, empty for all. `certainty` is the least that a finding
    needs; one that there is nothing to be sure of, as a count, always has it. `command` is a program and its arguments.
    `url` is where a webhook goes; `secret` is the name of a secret, `sent_in` its header or as the end of its address.

    Raises:
        ParameterError: a setting cannot be used; the message names the alert and the fix.
    """

    name: str
    on: tuple[Signal, ...]
    to: Literal["command", "webhook"]
    command: tuple[str, ...] = ()
    url: str = ""
    secret: str = ""
    sent_in: Literal["header", "url"] = "header"
    header: str = "Authorization"
    text_only: bool = False
    """The body of the webhook is `{"text": ...}` alone, for a chat that takes nothing else."""
    templates: tuple[str, ...] = ()
    certainty: str = "moderate"

    def __post_init__(self) -> None:
        """Refuse a rule that would never tell anybody, or tell them elsewhere than it seems."""
        if not _is_text(self.name) or not _NAME.fullmatch(self.name):
            raise ParameterError(
                'casebook.toml: each of [[alerts]] needs a name of small letters, digits and -, as in "duty-chat".'
            )
        _check_when(self)
        _check_where(self)

    @property
    def host(self) -> str:
        """Return the host of the webhook, in small letters."""
        return urlsplit(self.url).hostname or ""

    def refused(self, trouble: str) -> ParameterError:
        """Return the error that says what is the matter with this alert, which it names."""
        return ParameterError(f"casebook.toml, the alert {self.name!r}: {trouble}")


@dataclass(frozen=True, slots=True)
class Alerting:
    """What holds for every alert: hosts that a webhook may go to, seconds for one try, and how often it is tried.

    `allowed_hosts` are names; an address or a network (`10.20.0.0/16`) in it allows a name to lead to there, where it
    is private. Public addresses need no such line.

    Raises:
        ParameterError: a setting cannot be used; the message names the fix.
    """

    allowed_hosts: tuple[str, ...] = ()
    timeout_seconds: float = 10.0
    attempts: int = 3

    def __post_init__(self) -> None:
        """Refuse hosts that are no hosts, and numbers that are none."""
        hosts: Any = self.allowed_hosts
        if not isinstance(hosts, tuple) or not all(
            _is_text(host) and host and "/" not in _plain(host) for host in hosts
        ):  # pyright: ignore[reportUnknownVariableType]  # TOML holds anything
            raise ParameterError(
                "casebook.toml, [alerting]: 'allowed_hosts' is a list of names without https://, as in [\"hooks.example\"]."
            )
        object.__setattr__(self, "allowed_hosts", tuple(host.lower() for host in self.allowed_hosts))
        if not _is_number(self.timeout_seconds) or not 0 < self.timeout_seconds <= 300:
            raise ParameterError("casebook.toml, [alerting]: 'timeout_seconds' is a number above 0, and at most 300.")
        if not _is_number(self.attempts) or self.attempts not in range(1, 11):
            raise ParameterError("casebook.toml, [alerting]: 'attempts' is a whole number from 1 to 10.")


@dataclass(frozen=True, slots=True)
class SaidFinding:
    """A finding as it may leave the team, with what it signals."""

    signals: tuple[Signal, ...]
    claim: str
    detail: str = ""
    next_step: str = ""
    certainty: str = ""
    is_covered: bool = False
    """It tells of single cases, so nothing of it is said but that it is there."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an alert may tell of one run: aggregates as in the copy to share, and how it ended.

    `failure` says in words where and by what kind of error it stopped. `run` is empty for one that never began.
    """

    run: str
    template: str
    status: str
    title: str = ""
    lead: str = ""
    findings: tuple[SaidFinding, ...] = ()
    failure: str = ""
    is_sample: bool = False


def require_hosts(alerts: Collection[Alert], alerting: Alerting) -> None:
    """Refuse alerts of one name, and a webhook to a host that is not allowed.

    Raises:
        ParameterError: the message names the alert and the fix.
    """
    names = [alert.name for alert in alerts]
    for alert in alerts:
        if names.count(alert.name) > 1:
            raise alert.refused("two have this name; the log of alerts could not tell them apart.")
        if alert.to == "webhook" and alert.host not in alerting.allowed_hosts:
            raise alert.refused(f"add {alert.host!r} to 'allowed_hosts' of [alerting], or nothing is sent there.")


def _check_when(alert: Alert) -> None:
    for name in ("on", "templates", "command"):
        value: Any = getattr(alert, name)
        if not isinstance(value, tuple) or not all(_is_text(item) and item for item in value):  # pyright: ignore[reportUnknownVariableType]  # TOML holds anything
            raise alert.refused(f"{name!r} is a list of words in quotes.")
    if not alert.on:
        raise alert.refused(f'say on what, as in on = ["failure"]. There are: {", ".join(SIGNALS)}.')
    for signal in alert.on:
        if signal not in SIGNALS:
            raise alert.refused(f"there is no signal {signal!r}. {nearest(signal, SIGNALS)}")
    if alert.certainty not in SURENESS:
        raise alert.refused(f"'certainty' is one of: {', '.join(SURENESS)}.")


def _check_where(alert: Alert) -> None:
    if alert.to not in _TO:
        raise alert.refused(f"'to' is one of: {', '.join(_TO)}.")
    for name in ("url", "secret", "header"):
        if not _is_text(getattr(alert, name)):
            raise alert.refused(f"{name!r} is a text in quotes.")
    if alert.to == "command":
        if not alert.command or alert.url:
            raise alert.refused('a command needs \'command\', a list as in ["/opt/page", "--team", "ts"], and no url.')
        return
    if alert.command:
        raise alert.refused("a webhook has a 'url' and no command.")
    _check_address(alert)
    _check_secret(alert)


def _check_address(alert: Alert) -> None:
    try:
        parts = urlsplit(alert.url)
        is_usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise alert.refused("'url' is no address.") from None
    if not is_usable or parts.scheme not in {"https", "http"} or not alert.url.isascii() or not alert.url.isprintable():
        raise alert.refused("'url' is an address that begins with https://.")
    if parts.scheme == "http" and not _is_loopback(alert.host):
        raise alert.refused("'url' begins with https://: what it says must not be read on the way.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise alert.refused(
            '\'url\' holds no name, password or ?key=...; keep that as a secret, with secret = "NAME" and sent_in = "url".'
        )


def _check_secret(alert: Alert) -> None:
    if alert.sent_in not in _PLACES:
        raise alert.refused(f"'sent_in' is one of: {', '.join(_PLACES)}.")
    if alert.secret and not _NAME.fullmatch(alert.secret):
        raise alert.refused(
            "'secret' is the name of a secret, of small letters, digits and -; the secret itself never stands in a file."
        )
    if alert.secret and alert.sent_in == "url" and not alert.url.endswith("/"):
        raise alert.refused("'url' ends with / where a secret follows it.")
    if not _HEADER.fullmatch(alert.header):
        raise alert.refused("'header' is the name of a header, as in \"Authorization\".")
    if type(alert.text_only) is not bool:
        raise alert.refused("'text_only' is true or false, without quotes.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _plain(host: str) -> str:
    """Return a host; nothing for a network, whose mask may stand behind a stroke."""
    try:
        ip_network(host)
    except ValueError:
        return host
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
