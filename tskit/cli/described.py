"""Drafts the profile of an organisation of Salesforce from what it says about its fields."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

from tskit.cli.screen import say
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["save_description"]


def save_description(name: str, book: Casebook) -> bool:
    """Write the draft for an organisation into the casebook's `profiles`; return whether the source is one.

    Raises:
        ParameterError: a profile of that name is there already.
        SourceError: the organisation cannot be asked.
    """
    named = next((one for one in book.sources if one.name == name and one.scheme == "salesforce"), None)
    if named is None:
        return False
    path = book.root / "profiles" / f"{named.profile or named.name}.toml"
    if path.exists():
        raise ParameterError(f"{path} is there already. Edit it, or delete it to draft it anew.")
    from tskit.cases.described import draft_described
    from tskit.sources import secret_of
    from tskit.sources.salesforce.live import describe

    secret = partial(secret_of, named.name, casebook=book.name)
    shape = describe(named, "Case", secret=secret, now=datetime.now(UTC))
    path.parent.mkdir(exist_ok=True)
    path.write_text(draft_described(path.stem, list(shape.fields.values())), encoding="utf-8", newline="\n")
    say(f"The draft of a profile is {path}; read it before you rely on it.", err=True)
    say(f"Then: tskit sync {quote(named.name)}, and: tskit check {quote(named.name)}", err=True)
    return True
