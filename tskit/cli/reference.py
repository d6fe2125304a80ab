"""The page docs/reference/cli.md, written from the verbs themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from tskit.errors import TskitError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["page"]

_HEAD = """\
# Command line

Written by `make docs` from the verbs themselves; edit their help texts instead. `tskit VERB --help` shows the same.

Every verb takes `--debug`, which shows where an error comes from. What it shows can quote a case: do not pass it on.
"""


def page() -> str:
    """Return the page as Markdown: each verb with what it takes, then the exit codes."""
    from tskit.cli.app import app

    verbs = "\n".join(_verbs(typer.main.get_command(app), "tskit"))
    return f"{_HEAD}\n{verbs}\n{_codes()}"


def _verbs(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401  # the parser's class differs by version of Typer
    children = getattr(command, "commands", None)
    if children is None:
        yield _verb(command, name)
        return
    for key, child in children.items():
        yield from _verbs(child, f"{name} {key}")


def _verb(command: Any, name: str) -> str:  # noqa: ANN401  # as above
    taken = [parameter for parameter in command.params if parameter.name != "help"]
    positional = [_metavar(parameter) for parameter in taken if parameter.param_type_name == "argument"]
    lines = [f"## `{' '.join([name, *positional, '[OPTIONS]'])}`", "", _one_line(command.help), ""]
    lines += ["| takes | what it is |", "|---|---|"]
    lines += [f"| {_spelling(parameter)} | {_help(parameter)} |" for parameter in taken]
    return "\n".join([*lines, ""])


def _metavar(parameter: Any) -> str:  # noqa: ANN401  # as above
    return str(parameter.metavar or parameter.name).upper()


def _spelling(parameter: Any) -> str:  # noqa: ANN401  # as above
    if parameter.param_type_name == "argument":
        return f"`{_metavar(parameter)}`"
    return ", ".join(f"`{option}`" for option in parameter.opts)


def _help(parameter: Any) -> str:  # noqa: ANN401  # as above
    default = parameter.default
    known = isinstance(default, str | int) and not isinstance(default, bool) and not parameter.required
    return _one_line(parameter.help) + (f" Default: `{default}`." if known and default != "" else "")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def _codes() -> str:
    lines = ["## Exit codes", "", "| code | meaning |", "|---|---|", "| 0 | It worked. |"]
    lines += ["| 1 | tskit itself failed; the message says where. |", "| 2 | The command was not understood. |"]
    kinds = sorted(_kinds(TskitError), key=lambda kind: kind.exit_code)
    lines += [f"| {kind.exit_code} | {_one_line(kind.__doc__)} |" for kind in kinds]
    return "\n".join([*lines, "| 130 | Ctrl-C. |", ""])


def _kinds(kind: type[TskitError]) -> Iterator[type[TskitError]]:
    for child in kind.__subclasses__():
        if child.__module__ == TskitError.__module__:
            yield child
            yield from _kinds(child)
