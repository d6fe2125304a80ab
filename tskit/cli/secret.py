"""tskit secret: puts what a source's database asks for into the system's keyring, and takes it out again."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.casebook import casebook_of
from tskit.cli.screen import say
from tskit.errors import ParameterError, SourceError, nearest

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["app"]

app = typer.Typer(help="Keep the passwords and keys of sources in the system's keyring.", no_args_is_help=True)

_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
_Name = Annotated[str, typer.Argument(help="A source that the casebook names.")]
_Kind = Annotated[
    str, typer.Option("--kind", help="What it is: password, private_key, client_secret, token; as the source needs it.")
]
_KIND = re.compile(r"[a-z][a-z_]{0,40}")
_LONGEST = 20_000


@app.command("set")
def set_secret(*, name: _Name, kind: _Kind = "password", casebook: _Casebook = None) -> None:
    """Ask for a secret, unseen, or read it from a pipe or a file (`< key.pem`), and keep it in the keyring."""
    from tskit.sources.credentials import keep_secret, secret_name, secret_variable

    book = casebook_of(casebook)
    _require(book, name, kind)
    value = _asked(name, kind)
    try:
        keep_secret(secret_name(name, kind, casebook=book.name), value)
    except SourceError as error:
        raise SourceError(f"{error} Set {secret_variable(name, kind)} in the environment instead.") from None
    say(f"The {kind} of {name} is in your keyring, for the casebook {book.name}.", err=True)


@app.command()
def remove(*, name: _Name, kind: _Kind = "password", casebook: _Casebook = None) -> None:
    """Take a secret out of the keyring."""
    from tskit.sources.credentials import forget_secret, secret_name

    book = casebook_of(casebook)
    if not _KIND.fullmatch(kind):
        raise ParameterError("--kind is a word such as password or private_key.")
    was_there = forget_secret(secret_name(name, kind, casebook=book.name))
    say(f"The {kind} of {name} {'is no longer' if was_there else 'was not'} in your keyring.", err=True)


def _require(book: Casebook, name: str, kind: str) -> None:
    if not _KIND.fullmatch(kind):  # somebody may have written the secret itself there
        raise ParameterError("--kind is a word such as password or private_key. The secret itself is asked for.")
    names = [source.name for source in book.sources]
    if name not in names:
        raise ParameterError(
            f"The casebook names no such source. {nearest(name, names) if names else 'It names none.'}"
        )


def _asked(name: str, kind: str) -> str:
    """Return the secret; it is no argument, since those are seen by whoever lists processes, and kept by the shell."""
    if sys.stdin.isatty():
        value = str(typer.prompt(f"The {kind} of {name}", hide_input=True))
    else:
        value = sys.stdin.read(_LONGEST + 1)
    value = value.rstrip("\r\n")
    if not value or len(value) > _LONGEST or "\0" in value:
        raise ParameterError(f"Nothing was kept: a secret has between 1 and {_LONGEST:,} signs.")
    return value
