"""tskit alert: holds a finished run against the casebook's alerts, or sends again what did not arrive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.alarms import due, refuse_without_rules, tell, way_of
from tskit.cli.casebook import casebook_of
from tskit.cli.runs_place import Book, RunsFolder, root_of, run_called
from tskit.cli.screen import pour, say
from tskit.errors import AlertError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.model import Casebook
    from tskit.runs.alerts import Message, Outcome

__all__ = ["alert"]


def alert(
    *,
    run: Annotated[
        str, typer.Argument(help="A run's id or a part of it, latest, or its folder; left out with --again.")
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Send whatever did not arrive.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent, as JSON; send and log nothing.")
    ] = False,
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """Hold a finished run against the casebook's rules for alerts and send what fires; fail with 17 where it does not arrive."""
    from tskit.runs.alerts import again as send_again
    from tskit.runs.alerts import deliver

    if bool(run) == again:
        raise ParameterError("Name a run, or give --again to send what did not arrive.")
    book = casebook_of(casebook)
    refuse_without_rules(book)
    root = root_of(casebook, runs)
    if again:
        _end(send_again(book.alerts, book.alerting, way=way_of(book, root)))
        return
    messages = _messages(book, run_called(run, root).folder)
    if dry_run:
        _show(messages)
        return
    if not messages:
        say("No alert fires on this run.", err=True)
    _end(deliver(messages, book.alerts, book.alerting, way=way_of(book, root)))


def _messages(book: Casebook, folder: Path) -> tuple[Message, ...]:
    try:
        return due(book, [folder])
    except (ValueError, KeyError):
        raise ParameterError(f"{folder} holds no run that can be read; its manifest or notebook is damaged.") from None


def _show(messages: Sequence[Message]) -> None:
    if not messages:
        say("No alert fires on this run.", err=True)
    for message in messages:
        pour(json.dumps(message.body, ensure_ascii=False, indent=1) + "\n")


def _end(outcomes: Sequence[Outcome]) -> None:
    tell(outcomes)
    lost = sum(outcome.event == "failed" for outcome in outcomes)
    if lost:
        raise AlertError(f"{lost} {'alert' if lost == 1 else 'alerts'} did not arrive.")
