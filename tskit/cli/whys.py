"""tskit tags why: writes five whys down, and shows them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from tskit.cli.asked import own_name
from tskit.cli.casebook import casebook_of
from tskit.cli.screen import say
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.causes import Chain, Taxonomy, Why
    from tskit.model import Casebook

__all__ = ["app"]

app = typer.Typer(help="Ask why, step by step, down to what can be controlled.", no_args_is_help=True)

_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
_Subject = Annotated[str, typer.Argument(metavar="ABOUT", help="A cause, as in RC2.1, or the id of a case.")]


@app.command()
def add(
    *,
    about: _Subject,
    because: Annotated[list[str] | None, typer.Option("--because", help="An answer; once a step, in order.")] = None,
    evidence: Annotated[list[str] | None, typer.Option("--evidence", help="What shows it; once a step.")] = None,
    cause: Annotated[list[str] | None, typer.Option("--cause", help="The cause it names, or -; once a step.")] = None,
    author: Annotated[
        str, typer.Option("--author", help="Who writes; TSKIT_PERSON or the name of the login otherwise.")
    ] = "",
    casebook: _Casebook = None,
) -> None:
    """Write the whys about a cause or a case, in place of those that stand; asks step by step where none is given."""
    from tskit.causes import open_log, record_whys

    book = casebook_of(casebook)
    log = open_log(book)
    subject = _subject(about, log.taxonomy)
    steps = _given(because, evidence or [], cause or []) if because else _asked(log.taxonomy)
    chain = record_whys(log, subject, steps, author=author or own_name(), at=datetime.now(UTC))
    _say(chain, log.taxonomy, book)


@app.command()
def show(
    *,
    about: Annotated[str, typer.Argument(metavar="ABOUT", help="A cause, or a case; all otherwise.")] = "",
    casebook: _Casebook = None,
) -> None:
    """Show the whys that stand, and where each chain ends."""
    from tskit.causes import open_log, whys

    book = casebook_of(casebook)
    log = open_log(book)
    found = whys(log, subject=_subject(about, log.taxonomy) if about else "")
    for chain in found:
        _say(chain, log.taxonomy, book)
    if not found:
        say(f"Nobody has asked why yet: tskit tags why add {about or 'RC2.1'}")


def _subject(about: str, taxonomy: Taxonomy) -> str:
    from tskit.causes import about_cause

    return about_cause(taxonomy.get(about).id) if about in taxonomy else about.strip()


def _given(because: Sequence[str], evidence: Sequence[str], causes: Sequence[str]) -> list[Why]:
    from tskit.causes import Why

    if len(evidence) != len(because) or (causes and len(causes) != len(because)):
        raise ParameterError(
            "Every --because has one --evidence and, where one names a cause, one --cause; write - for none."
        )
    named = [cause.removeprefix("-") for cause in causes] or [""] * len(because)
    return [Why(*step) for step in zip(because, evidence, named, strict=True)]


def _asked(taxonomy: Taxonomy) -> list[Why]:
    """Return the steps that the person at the terminal types, until an answer is left empty."""
    from tskit.causes import MOST_WHYS, Why

    if not sys.stdin.isatty():
        raise ParameterError("Give each step with --because and --evidence, since nobody is at the terminal to ask.")
    steps: list[Why] = []
    while len(steps) < MOST_WHYS:
        text = _line(f"Why {len(steps) + 1}: because (Enter to end)")
        if not text:
            break
        shown = _line("  What shows it")
        while not shown:
            say("Every why needs its evidence: a case, a figure, a document.", err=True)
            shown = _line("  What shows it")
        steps.append(Why(text, shown, _cause(taxonomy)))
    return steps


def _cause(taxonomy: Taxonomy) -> str:
    while True:
        cause = _line("  Which cause that is, as in RC2.1 (Enter for none)")
        if not cause:
            return ""
        try:
            return taxonomy.get(cause).id
        except ParameterError as error:
            say(str(error), err=True)


def _line(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False)).strip()


def _say(chain: Chain, taxonomy: Taxonomy, book: Casebook) -> None:
    from tskit.causes import root_of

    day = chain.at.astimezone(ZoneInfo(book.zone)).date().isoformat()
    cause = chain.subject.removeprefix("cause:")
    name = f" {taxonomy.name(cause)}" if cause in taxonomy else ""
    say(f"{cause}{name}, {day}, {chain.author}")
    for number, step in enumerate(chain.steps, start=1):
        named = f"  [{step.cause} {taxonomy.name(step.cause)}]" if step.cause else ""
        say(f"  {number}. {step.text}{named}")
        say(f"     shown by: {step.evidence}")
    root = root_of(chain, taxonomy=taxonomy)
    end = (
        f"It ends at {root.cause} {taxonomy.name(root.cause)}."
        if root.is_finished
        else f"Still to ask: {root.left_to_ask}."
    )
    say(f"  {end}")
