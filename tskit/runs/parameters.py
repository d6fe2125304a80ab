"""Reads a template's parameters cell, and checks what is given for it before any kernel starts."""

from __future__ import annotations

import ast
import io
import json
import keyword
import math
import re
import tokenize
import tomllib
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

__all__ = ["KINDS", "Parameter", "ParameterValue", "check", "is_secret_name", "read", "read_file", "read_pairs"]

Kind = Literal["str", "int", "float", "bool", "list[str]"]
KINDS: tuple[str, ...] = get_args(Kind)

ParameterValue = str | int | float | bool | list[str]
"""What a parameter may hold: plain literals, so that a notebook, a manifest and a shell can all carry them."""

_DATES = ("start", "end")
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|(^|_)pwd($|_)|secret|token|api_?key|access_?key|private_?key|credential|(^|_)auth($|_)"
)
_SECRET_VALUE = re.compile(
    r"://[^/\s:@]+:[^/\s@]+@"  # a URL that carries a password
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abprs]-\w{8,}|\bsk-[\w-]{16,}|\beyJ[\w-]{8,}\.[\w-]{8,}\."
    r"|(?i:\b(password|passwd|pwd|secret|token|api[_-]?key)\s*[=:]\s*\S)"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a parameters cell: `name: kind = default  # help`."""

    name: str
    kind: Kind
    default: ParameterValue
    help: str


def read(source: str) -> tuple[Parameter, ...]:
    """Return the parameters that the cell `source` declares.

    Raises:
        ParameterError: a line is not of the form `name: type = literal  # help`; the message names the line.

    >>> read('market: str = ""  # one market; empty for all')
    (Parameter(name='market', kind='str', default='', help='one market; empty for all'),)
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(f"The parameters cell is not Python (line {error.lineno}).") from None
    comments = _comments(source)
    return tuple(_parameter(node, comments) for node in body)


def check(
    given: Mapping[str, object],
    known: Sequence[Parameter],
    *,
    choices: Mapping[str, Collection[str]] | None = None,
) -> dict[str, ParameterValue]:
    """Return the given values as the types that the template declares.

    Args:
        given: values by name; text is converted as on a command line, so `"5"` is good for an int.
        known: what the template declares.
        choices: allowed values by parameter name; an empty value is always allowed and means the default, or all.

    Raises:
        ParameterError: a name is unknown, unsafe or asks for a secret, or a value does not fit. The value is not shown.
    """
    declared = {parameter.name: parameter for parameter in known}
    for name in given:
        _refuse_name(name, declared)
    values = {name: _convert(declared[name], value) for name, value in given.items()}
    for name, value in values.items():
        _refuse_text(name, value)
        _refuse_choice(name, value, (choices or {}).get(name))
    _refuse_period(values)
    return values


def read_pairs(pairs: Sequence[str]) -> dict[str, object]:
    """Return the values of `name=value` arguments; a name that comes twice makes a list."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ParameterError("A parameter is written as name=value, as in -p market=ID; one has no equals sign.")
        before = found.get(name.strip())
        values = [*before, value] if isinstance(before, list) else [before, value]
        found[name.strip()] = value if before is None else values
    return found


def read_file(path: Path) -> dict[str, object]:
    """Return the values in a TOML, YAML or JSON file; dates become text as in `2026-03-31`.

    Raises:
        ParameterError: the file is missing, is none of the three, or does not hold names with values.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ParameterError(f"{path.name} cannot hold parameters; name it .toml, .yaml or .json.")
    try:
        found: object = reader(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise ParameterError(f"There is no readable file {path}.") from None
    except ValueError:
        kind = path.suffix.lstrip(".").upper()
        raise ParameterError(f"{path.name} is not {kind} in UTF-8; correct it in an editor.") from None
    if not isinstance(found, dict):
        raise ParameterError(f"{path.name} must hold names with values, as in: market = 'ID'.")
    return {str(name): _text_of_dates(value) for name, value in cast("dict[object, object]", found).items()}


def is_secret_name(name: str) -> bool:
    """Return whether a name asks for something that must never be written into a notebook.

    >>> is_secret_name("api_key"), is_secret_name("author"), is_secret_name("market")
    (True, False, False)
    """
    return bool(_SECRET_NAME.search(name.lower()))


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _parameter(node: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
        raise ParameterError(f"Line {node.lineno} of the parameters cell is not `name: type = literal  # help`.")
    name, kind = node.target.id, ast.unparse(node.annotation).strip("'")
    if kind not in KINDS:
        raise ParameterError(f"The parameter {name!r} has the type {kind}; use one of: {', '.join(KINDS)}.")
    try:
        default: object = ast.literal_eval(node.value)
    except ValueError:
        raise ParameterError(f"The default of the parameter {name!r} is not a literal.") from None
    if not _fits(default, cast("Kind", kind)):
        raise ParameterError(f"The default of the parameter {name!r} is not of its type, {kind}.")
    comment = comments.get(node.end_lineno or node.lineno, "")
    return Parameter(name, cast("Kind", kind), cast("ParameterValue", default), comment)


def _fits(value: object, kind: Kind) -> bool:
    match kind:
        case "list[str]":
            return isinstance(value, list) and all(isinstance(v, str) for v in cast("list[object]", value))
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, str if kind == "str" else bool)


def _refuse_name(name: str, declared: Mapping[str, Parameter]) -> None:
    if is_secret_name(name):
        raise ParameterError(_KEYRING.format(name=_shown(name)))
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ParameterError(f"A parameter's name is one word; the template takes: {', '.join(declared) or 'none'}.")
    if name not in declared:
        raise ParameterError.unknown(name, declared)


def _shown(name: str) -> str:
    # The name itself may be the secret, as in a pair that was typed the wrong way round.
    return repr(name) if name.isidentifier() and len(name) <= 30 else "that is given"


_KEYRING = (
    "The parameter {name} looks like a secret. Parameters are written into the notebook and the manifest, so no secret "
    "may be one. Keep it in the system keyring or the environment, by the name of its source."
)


def _convert(parameter: Parameter, value: object) -> ParameterValue:
    if parameter.kind == "list[str]":
        return _listed(parameter, value)
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str) and parameter.kind != "str":
        value = _from_text(parameter, value.strip())
    if not _fits(value, parameter.kind) or (isinstance(value, float) and not math.isfinite(value)):
        raise ParameterError(f"The parameter {parameter.name!r} takes {_TAKES[parameter.kind]}.")
    return cast("ParameterValue", value)


_TAKES: dict[str, str] = {
    "str": "one text; give it once",
    "int": "a whole number, as in 5",
    "float": "a number, as in 0.5",
    "bool": "true or false",
    "list[str]": "a list of texts, as in a,b",
}


def _listed(parameter: Parameter, value: object) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if not _fits(value, "list[str]"):
        raise ParameterError(f"The parameter {parameter.name!r} takes {_TAKES['list[str]']}.")
    return list(cast("list[str]", value))


def _from_text(parameter: Parameter, text: str) -> object:
    try:
        match parameter.kind:
            case "int":
                return int(text)
            case "float":
                return float(text)
            case _:
                return {word: word in _TRUE for word in (*_TRUE, *_FALSE)}.get(text.lower())
    except ValueError:
        return None  # refused by the caller, which names the parameter and not the value


def _refuse_text(name: str, value: ParameterValue) -> None:
    texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    for text in texts:
        if _SECRET_VALUE.search(text):
            raise ParameterError(_KEYRING.format(name=repr(name)))
        if not text.isprintable():
            raise ParameterError(f"The parameter {name!r} holds a line break or an invisible character; take it out.")
        if name in _DATES and text and not _is_date(text):
            raise ParameterError(f"The parameter {name!r} is not a date; write it as 2026-03-31.")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _refuse_choice(name: str, value: ParameterValue, allowed: Collection[str] | None) -> None:
    if allowed is None:
        return
    for text in value if isinstance(value, list) else [str(value)]:
        if text and text not in allowed:
            near = get_close_matches(text, sorted(allowed), n=1)
            fix = f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(sorted(allowed))}."
            raise ParameterError(f"The parameter {name!r} has a value that is not known. {fix}")


def _refuse_period(values: Mapping[str, ParameterValue]) -> None:
    start, end = (str(values.get(name, "")) for name in _DATES)
    if start and end and end < start:
        raise ParameterError("The parameter 'end' lies before 'start'; swap them.")


def _text_of_dates(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _yaml(text: str) -> Any:  # noqa: ANN401  # whatever the file holds; the caller checks it
    import yaml  # noqa: PLC0415  # only who brings a YAML file waits for it

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
}
