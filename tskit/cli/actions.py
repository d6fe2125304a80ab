"""tskit tags action: puts an action on the register, lists the register, and says what is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from tskit.cli.asked import answer, own_name
from tskit.cli.casebook import casebook_of
from tskit.cli.screen import say
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tskit.causes import Action, TagLog
    from tskit.model import Casebook, CaseSet

__all__ = ["app"]

app = typer.Typer(
    help="Keep the register: who does what until when, and which figure is to move.", no_args_is_help=True
)

_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
_Author = Annotated[
    str, typer.Option("--author", help="Who writes it down; TSKIT_PERSON or the name of the login otherwise.")
]
_Id = Annotated[str, typer.Argument(metavar="ID", help="The short name of the action.")]
_What = Annotated[str, typer.Option("--what", help="What is to be done, as an instruction.")]
_Cause = Annotated[str, typer.Option("--cause", help="The cause that it is against, as in RC2.1.")]
_Owner = Annotated[str, typer.Option("--owner", help="Who does it.")]
_Due = Annotated[str, typer.Option("--due", help="By when, as in 2026-11-20.")]
_Metric = Annotated[str, typer.Option("--metric", help="The figure to watch, as in overturn_rate.")]
_Where = Annotated[str, typer.Option("--where", help="Where it is watched: policy_id=DEC-SCAM,DEC-SPAM; market=ID.")]
_Partner = Annotated[str, typer.Option("--partner", help="Whom it is asked of; by its cause otherwise.")]
_Name = Annotated[str, typer.Option("--id", help="A short name; A1, A2 and so on otherwise.")]
_Source = Annotated[str, typer.Option("--source", help="The source of the cases; the casebook's first otherwise.")]
_Start = Annotated[str, typer.Option("--start", help="The first day of the figure before; twelve weeks otherwise.")]
_End = Annotated[str, typer.Option("--end", help="The last day of it, included; the end of the last week otherwise.")]
_WEEKS = 12


@app.command()
def add(
    *,
    what: _What = "",
    cause: _Cause = "",
    owner: _Owner = "",
    due: _Due = "",
    metric: _Metric = "",
    where: _Where = "",
    partner: _Partner = "",
    name: _Name = "",
    source: _Source = "",
    start: _Start = "",
    end: _End = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Put an action on the register, with the figure that it is to move as it is now; asks for what is not given."""
    from tskit.causes import Action, actions, add_action, open_log
    from tskit.findings.session import free_id, planned, read_where
    from tskit.metrics import find

    book = casebook_of(casebook)
    log = open_log(book)
    action = Action(
        id=name or free_id([action.id for action in actions(log)]),
        what=answer(what, "What is to be done", option="--what", read=_some),
        cause=answer(cause, "Against which cause, as in RC2.1", option="--cause", read=lambda id_: log.taxonomy.get(id_).id),
        owner=answer(owner, "Who does it", option="--owner", read=_some),
        due=answer(due, "By when, as in 2026-11-20", option="--due", read=_day),
        metric=answer(metric, "Which figure is to move, as in overturn_rate", option="--metric", read=lambda m: find(m).name),
        where=read_where(where),
        partner=partner,
    )  # fmt: skip
    written = planned(_over(book, source, start=start, end=end), action)
    _say(add_action(log, written, author=author or own_name(), at=datetime.now(UTC)), log, book)
    if written.baseline is None:
        say("The figure has no value yet: there will be nothing to hold its effect against.", err=True)


@app.command("list")
def list_(
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are done or dropped.")] = False,
    casebook: _Casebook = None,
) -> None:
    """List the register, the first due first."""
    from tskit.causes import actions, open_log

    book = casebook_of(casebook)
    log = open_log(book)
    found = [action for action in actions(log) if every or not (action.done_on or action.is_dropped)]
    for action in found:
        _say(action, log, book)
    if not found:
        say(
            "No action is open: tskit tags action add" if not every else "No action is there yet: tskit tags action add"
        )


@app.command()
def done(
    *,
    action_id: _Id,
    on: Annotated[str, typer.Option("--on", help="The day from which it is in effect; today otherwise.")] = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Say that an action is in effect; from then on its figure is measured again in every session."""
    book, now = casebook_of(casebook), datetime.now(UTC)
    today = now.astimezone(ZoneInfo(book.zone)).date()
    day = _day(on) if on else today
    if day > today:
        raise ParameterError(f"{day} is still to come. Say so once the action is in effect.")
    _change(book, action_id, author, lambda action: replace(action, done_on=day, is_dropped=False))


@app.command()
def change(
    *,
    action_id: _Id,
    due: _Due = "",
    owner: _Owner = "",
    drop: Annotated[bool, typer.Option("--drop", help="Give it up; it stays on the register as dropped.")] = False,
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Give an action another day or owner, or give it up; what it was before stays in the log."""
    if not (due or owner or drop):
        raise ParameterError("Say what changes: --due, --owner or --drop.")
    day = _day(due) if due else None
    _change(
        casebook_of(casebook),
        action_id,
        author,
        lambda old: replace(old, due=day or old.due, owner=owner or old.owner, is_dropped=drop),
    )


def _change(book: Casebook, action_id: str, author: str, changed: Callable[[Action], Action]) -> None:
    from tskit.causes import actions, change_action, open_log
    from tskit.errors import nearest

    log = open_log(book)
    known = {action.id: action for action in actions(log)}
    if action_id not in known:
        fix = nearest(action_id, known) if known else "The register is empty: tskit tags action add"
        raise ParameterError(f"There is no action of that name. {fix}")
    who = author or own_name()
    _say(change_action(log, changed(known[action_id]), author=who, at=datetime.now(UTC)), log, book)


def _over(book: Casebook, source: str, *, start: str, end: str) -> CaseSet:
    from tskit.cases import load
    from tskit.findings.session import over_weeks
    from tskit.model import Scope

    case_set = load(Scope.from_parameters(source=source, start=start, end=end), casebook=book)
    return over_weeks(case_set, start=start, weeks=_WEEKS)


def _say(action: Action, log: TagLog, book: Casebook) -> None:
    today = datetime.now(UTC).astimezone(ZoneInfo(book.zone)).date()
    state = "dropped" if action.is_dropped else f"done {action.done_on}" if action.done_on else f"due {action.due}"
    late = ", OVERDUE" if action.is_overdue(on=today) else ""
    say(f"{action.id}  {state}{late}  {action.owner} ({action.partner}): {action.what}")
    where = "; ".join(f"{column}={','.join(values)}" for column, values in action.where)
    say(
        f"    against {action.cause} {log.taxonomy.name(action.cause)}; watched: {action.metric}{f' where {where}' if where else ''}"
    )


def _some(text: str) -> str:
    if not text.strip():
        raise ParameterError("This cannot be left empty.")
    return text.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ParameterError("A day is written as in 2026-11-20.") from None
