"""tskit verify-org: asks an organisation of Salesforce whether it behaves as extracts of it rely on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.casebook import casebook_of
from tskit.cli.screen import say
from tskit.errors import ParameterError, VerifyError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import Casebook, Source

__all__ = ["verify_org"]

_WIDTH = 5


def verify_org(
    *,
    source: Annotated[str, typer.Argument(help="A source of the casebook whose url is salesforce://...")],
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
) -> None:
    """Ask an organisation of Salesforce what extracts rely on, and print which of it holds; nothing is written there."""
    from tskit.sources import secret_of
    from tskit.sources.salesforce.live import verify

    book = casebook_of(casebook)
    named = _named(book, source)
    found: list[str] = []
    checks = verify(named, secret=lambda kind: secret_of(named.name, kind, casebook=book.name), now=datetime.now(UTC))
    for check in checks:
        found.append(check.outcome)
        say(f"{check.outcome:<{_WIDTH}} {check.title}: {check.seen}")
    say(_summary(found))
    if "fail" in found:
        raise VerifyError(f"{found.count('fail')} of {len(found)} checks failed; what each of them saw stands above.")


def _named(book: Casebook, name: str) -> Source:
    named = {one.name: one for one in book.sources if one.scheme == "salesforce"}
    if name not in named:
        known = nearest(name, named) if named else "It names none of salesforce://"
        raise ParameterError(f"The casebook names no organisation {name!r}. {known}")
    return named[name]


def _summary(found: Sequence[str]) -> str:
    counts = ", ".join(f"{found.count(outcome)} {outcome}" for outcome in ("pass", "fail", "skip"))
    return f"{len(found)} checks: {counts}"
