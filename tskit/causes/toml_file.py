"""Reads the files in which a casebook changes what tskit brings: its taxonomy and its rules."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError, SourceError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["read_toml"]


def read_toml(path: Path, *, tables: Sequence[str], fix: str = "") -> dict[str, Any]:
    """Return what a TOML file says, by these tables or keys; `fix` is what to do about another one.

    Raises:
        SourceError: the file cannot be read, or is not TOML in UTF-8.
        ParameterError: it has another table or key.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} is not a TOML file in UTF-8 ({error}). Correct it there.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None
    for name in raw:
        if name not in tables:
            raise ParameterError(f"{path} has an unknown table {name!r}. {fix or nearest(name, tables)}")
    return raw
