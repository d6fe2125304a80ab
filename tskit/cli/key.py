"""tskit key: makes and shows the key that manifests are signed with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.casebook import casebook_of
from tskit.cli.screen import say
from tskit.cli.sealing import SIGNING_VARIABLE, key_name, private_key
from tskit.errors import ParameterError, SourceError

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["app"]

app = typer.Typer(help="Make and show the key that manifests are signed with.", no_args_is_help=True)

_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]


@app.command()
def new(
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the private key into this file, where there is no keyring.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of the key that is there.")] = False,
    casebook: _Casebook = None,
) -> None:
    """Make a pair of keys: the private one goes into the system's keyring, the public one into casebook.toml."""
    from tskit.runs.signing import new_key

    book = casebook_of(casebook)
    if private_key(key_name(book)) and not (replace or to):
        raise ParameterError("You have a signing key for this casebook already. See it with: tskit key show")
    private, public = new_key()
    _keep(private, to, book)
    say(public)
    say(f"To have signatures of this key count, write into {book.root / 'casebook.toml'}:", err=True)
    say(f"    signing_keys = {_listed([*book.signing_keys, public])}", err=True)


@app.command()
def show(*, casebook: _Casebook = None) -> None:
    """Show the public key that your runs are signed with, and the keys that the casebook trusts."""
    from tskit.runs.signing import public_key_of

    book = casebook_of(casebook)
    private = private_key(key_name(book))
    mine = public_key_of(private) if private else ""
    say(f"{mine}  yours" if mine else "You have no signing key for this casebook; make one with: tskit key new")
    for key in book.signing_keys:
        say(f"{key}  trusted by the casebook{', yours' if key == mine else ''}")


def _keep(private: str, to: Path | None, book: Casebook) -> None:
    if to is not None:
        _write(private, to, book)
        say(
            f"The private key is in {to}. Whoever has it can sign as you. Runs find it in {SIGNING_VARIABLE}.", err=True
        )
        return
    from tskit.sources import keep_secret

    try:
        keep_secret(key_name(book), private)
    except SourceError as error:
        raise SourceError(
            f"{error} Write the key into a file outside the casebook with: tskit key new --to FILE"
        ) from None
    say("The private key is in your keyring.", err=True)


def _write(private: str, to: Path, book: Casebook) -> None:
    if to.resolve().is_relative_to(book.root.resolve()):
        raise ParameterError("A casebook is shared, and whoever has the private key can sign. Name a file elsewhere.")
    try:
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{private}\n")
    except OSError as error:
        raise ParameterError(f"{to} cannot be written ({error.strerror}); name a new file.") from None


def _listed(keys: list[str]) -> str:
    return f"[{', '.join(f'{key!r}' for key in keys)}]".replace("'", '"')
