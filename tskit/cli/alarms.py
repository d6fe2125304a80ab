"""Joins a finished run to the alerts of its casebook: what it may tell, which rules fire, and sending them."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tskit.cli.screen import say
from tskit.errors import ParameterError, TskitError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from tskit.model import Casebook, Said
    from tskit.runs.alerts import Message, Outcome, Way

__all__ = ["alarms", "due", "refuse_without_rules", "ring", "tell", "way_of"]


@contextmanager
def alarms(book: Casebook, template: str, *, root: Path, is_asked: bool) -> Generator[Callable[[Path], None]]:
    """Give what takes note of the folder of a sealed run, and at the end hold the casebook's alerts against it.

    A run that ends before there is a folder, as for want of its source, is a failure to be told, too. Whatever ended
    it is raised again as it was, and whatever becomes of an alert, the run's result stays.

    Args:
        book: the casebook whose alerts these are.
        template: what is run.
        root: the folder for runs, which holds the log of alerts.
        is_asked: False rings nothing.

    Raises:
        ParameterError: alerts are asked for, and the casebook has none.
    """
    sealed: list[Path] = []
    if not is_asked:
        yield sealed.append
        return
    refuse_without_rules(book)
    try:
        yield sealed.append
    except Exception as error:
        ring(book, sealed, root=root, unsealed=() if sealed else (_unbegun(template, error),))
        raise
    except KeyboardInterrupt:
        # Somebody stood by and stopped it; a run that had begun was sealed as failed.
        ring(book, sealed, root=root)
        raise
    ring(book, sealed, root=root)


def refuse_without_rules(book: Casebook) -> None:
    """Refuse to ring where there is nothing to ring.

    Raises:
        ParameterError: the casebook has no alerts.
    """
    if not book.alerts:
        raise ParameterError(
            f"{book.root / 'casebook.toml'} holds no [[alerts]], so nobody would be told. See docs/how-to/alert-on-a-run.md."
        )


def ring(
    book: Casebook, folders: Sequence[Path], *, root: Path, about: str = "", unsealed: Sequence[Said] = ()
) -> None:
    """Hold the alerts of a casebook against sealed runs, send what fires and say what became of it; raise nothing.

    Args:
        book: the casebook whose alerts these are.
        folders: the runs; those of a batch are told together.
        root: the folder for runs, which holds the log of alerts.
        about: the id of the batch; empty for a run of its own.
        unsealed: runs that never came to a folder.
    """
    try:
        messages = due(book, folders, about=about, unsealed=unsealed)
        tell(_delivered(book, messages, way=way_of(book, root)))
    except Exception as error:  # noqa: BLE001  # whatever an alert stumbles over, what the run came to stands
        # The text of an error could quote a path or a value.
        say(f"Alerts could not be held against the run ({type(error).__name__}); its result stands.", err=True)


def due(
    book: Casebook, folders: Sequence[Path], *, about: str = "", unsealed: Sequence[Said] = ()
) -> tuple[Message, ...]:
    """Return the messages that the alerts of a casebook make of these runs.

    Raises:
        OSError: a folder holds no run.
        ValueError: its manifest or notebook cannot be read.
    """
    from tskit.export.alarm import said
    from tskit.runs.alerts import messages

    told = [*(said(folder) for folder in folders), *unsealed]
    return messages(book.alerts, told, about=about, at=datetime.now(UTC))


def tell(outcomes: Sequence[Outcome]) -> None:
    """Say for each message what became of it."""
    for outcome in outcomes:
        name = outcome.message.alert
        if outcome.event == "sent":
            say(f"Alert {name}: {outcome.why or 'sent'}.", err=True)
        elif outcome.event == "dropped":
            say(f"Alert {name}: dropped; {outcome.why}", err=True)
        else:
            say(f"Alert {name} did not arrive: {outcome.why} Send it again with: tskit alert --again", err=True)


def way_of(book: Casebook, root: Path) -> Way:
    """Return how messages of a casebook are sent: by this clock, with this environment, and logged in the folder for runs."""
    from tskit.runs.alerts import FILE, Way
    from tskit.sources.credentials import secret

    return Way(
        log=root / FILE,
        clock=lambda: datetime.now(UTC),
        pause=time.sleep,
        secret=lambda name: secret(f"alert:{name}", variable=f"TSKIT_ALERT_{name.upper().replace('-', '_')}"),
        folder=book.root,
        environ=os.environ,
    )


def _delivered(book: Casebook, messages: Sequence[Message], *, way: Way) -> tuple[Outcome, ...]:
    from tskit.runs.alerts import deliver

    return deliver(messages, book.alerts, book.alerting, way=way)


def _unbegun(template: str, error: Exception) -> Said:
    """Return what may be told of a run that never began: the kind of trouble, not its words, which can name files."""
    from tskit.model import Said

    kind = (type(error).__doc__ or "").strip().splitlines()[0].rstrip(".") if isinstance(error, TskitError) else ""
    why = f"{kind[:1].lower()}{kind[1:]}" if kind else f"tskit itself failed ({type(error).__name__})"
    return Said("", template, "failed", failure=f"did not begin: {why}")
