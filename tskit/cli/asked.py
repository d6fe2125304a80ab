"""What a verb still needs to know: asked for on a terminal, named as missing elsewhere."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING, TypeVar

import typer

from tskit.cli.screen import say
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["answer", "own_name"]

_T = TypeVar("_T")


def answer(given: str, question: str, *, option: str, read: Callable[[str], _T]) -> _T:
    """Return what an option says, or what the person at the terminal answers; asked again until it can be read.

    Raises:
        ParameterError: the option cannot be read, or nobody is there to ask.
    """
    if given:
        return read(given)
    if not sys.stdin.isatty():
        raise ParameterError(f"{question}: give it with {option}, since nobody is at the terminal to ask.")
    while True:
        try:
            return read(str(typer.prompt(question, default="", show_default=False)).strip())
        except ParameterError as error:
            say(str(error), err=True)


def own_name() -> str:
    """Return who sits here: the one named in `TSKIT_PERSON`, as the review widget has it, else the name of the login."""
    named = os.environ.get("TSKIT_PERSON", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return "somebody without a name"
