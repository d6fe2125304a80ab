"""Brings messages to where they belong: each is in the log before it is sent, and what failed stays there to be sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.errors import AlertError
from tskit.runs.alerts import log
from tskit.runs.alerts.command import call
from tskit.runs.alerts.passing import PassingError
from tskit.runs.alerts.places import resolve
from tskit.runs.alerts.webhook import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tskit.model import Alert, Alerting
    from tskit.runs.alerts.log import Event
    from tskit.runs.alerts.message import Message

__all__ = ["Outcome", "Way", "again", "deliver"]

_FIRST_PAUSE = 1.0
_TIMES = 4
_BEFORE = "it was sent before"


@dataclass(frozen=True, slots=True)
class Way:
    """What sending needs of the outside: the clock, waiting, secrets by name, and where a command runs.

    `log` is the file that every message is written to first.
    """

    log: Path
    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    secret: Callable[[str], str]
    folder: Path
    environ: Mapping[str, str]
    resolve: Callable[[str, int], Sequence[str]] = resolve


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message; `why` says in words why it did not arrive."""

    message: Message
    event: Event
    why: str = ""


def deliver(due: Sequence[Message], alerts: Sequence[Alert], alerting: Alerting, *, way: Way) -> tuple[Outcome, ...]:
    """Write every message to the log, send each, and return what became of them.

    What was sent before is not sent again: it has the same id, and counts as sent. Whatever fails is told and kept,
    never raised.

    Raises:
        OSError: the log cannot be written, so that nothing was sent.
    """
    known = log.read(way.log)
    new = [message for message in due if message.id not in known]
    for message in new:
        log.append(way.log, message, "due", at=way.clock())
    waiting = [message for message in due if message.id not in known or known[message.id].is_waiting]
    before = [message for message in due if message not in waiting]
    return (*(Outcome(message, "sent", _BEFORE) for message in before), *_send(waiting, alerts, alerting, way=way))


def again(alerts: Sequence[Alert], alerting: Alerting, *, way: Way) -> tuple[Outcome, ...]:
    """Send everything of the log that has not arrived, the oldest first, and return what became of it.

    A message whose rule is no longer in the casebook is dropped, and the log says so.

    Raises:
        OSError: the log cannot be read or written.
    """
    waiting = [kept.message for kept in log.read(way.log).values() if kept.is_waiting]
    return tuple(_send(waiting, alerts, alerting, way=way))


def _send(waiting: Sequence[Message], alerts: Sequence[Alert], alerting: Alerting, *, way: Way) -> Iterator[Outcome]:
    rules = {alert.name: alert for alert in alerts}
    for message in waiting:
        outcome = _sent(message, rules.get(message.alert), alerting, way=way)
        log.append(way.log, message, outcome.event, at=way.clock(), why=outcome.why)
        yield outcome


def _sent(message: Message, alert: Alert | None, alerting: Alerting, *, way: Way) -> Outcome:
    if alert is None:
        return Outcome(message, "dropped", "its rule is no longer in casebook.toml.")
    why, seconds = "", _FIRST_PAUSE
    for number in range(1, int(alerting.attempts) + 1):
        try:
            _once(message, alert, alerting, way=way)
        except AlertError as error:
            return Outcome(message, "failed", str(error))
        except PassingError as trouble:
            why = f"{trouble.why}, tried {number} {'time' if number == 1 else 'times'}."
            if number < alerting.attempts:
                way.pause(max(seconds, trouble.after))
            seconds *= _TIMES
        else:
            return Outcome(message, "sent")
    return Outcome(message, "failed", why)


def _once(message: Message, alert: Alert, alerting: Alerting, *, way: Way) -> None:
    if alert.to == "command":
        call(message, alert, alerting, folder=way.folder, environ=way.environ)
        return
    secret = way.secret(alert.secret) if alert.secret else ""
    post(message, alert, alerting, secret=secret, resolve=way.resolve)
