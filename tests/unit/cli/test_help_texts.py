"""What help texts must not hold."""

import re

import typer

from tskit.cli.app import app

_TAG = re.compile(r"\[[a-z#/@][^\[]*?\]")


def _texts(command, path):
    yield path, command.help or ""
    for parameter in command.params:
        yield f"{path} {parameter.name}", getattr(parameter, "help", None) or ""
    for name, inner in getattr(command, "commands", {}).items():
        yield from _texts(inner, f"{path} {name}")


def test_no_help_text_holds_brackets_that_the_terminal_takes_for_markup():
    found = [path for path, text in _texts(typer.main.get_command(app), "tskit") if _TAG.search(text)]
    assert found == [], "a word in brackets is not shown"
