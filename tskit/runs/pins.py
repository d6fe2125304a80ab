"""Runs that stay whatever the rules say: their ids, each with the reason, in `pins.toml` beside them."""

from __future__ import annotations

import json
import os
import tomllib
from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.runs.kept import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["pin", "pins", "unpin"]

_FILE = "pins.toml"
_HEAD = "# Runs that `tskit runs prune` never removes, and why. A file in a run's own folder would break its seal.\n\n[pins]\n"


def pins(root: Path) -> dict[str, str]:
    """Return the reason of each run that is pinned below `root`, by its id.

    Raises:
        ParameterError: the file cannot be read; nobody can tell then what is pinned.
    """
    path = root / _FILE
    try:
        found: object = tomllib.loads(path.read_text(encoding="utf-8")).get("pins", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise ParameterError(
            f"{path} cannot be read as TOML in UTF-8. Correct it there; it says which runs must stay."
        ) from None
    if not isinstance(found, dict) or not all(isinstance(why, str) for why in found.values()):
        raise ParameterError(
            f'{path} must hold lines below [pins], as in "20261101T000000Z-trend_report-ab12cd" = "why".'
        )
    return {str(name): str(why) for name, why in found.items()}


def pin(root: Path, name: str, *, why: str = "") -> None:
    """Pin the run or batch `name` below `root`, for a reason."""
    _write(root, {**pins(root), name: plain(why)})


def unpin(root: Path, name: str) -> None:
    """Take the pin of a run or batch away again.

    Raises:
        ParameterError: it is not pinned.
    """
    found = pins(root)
    if name not in found:
        raise ParameterError(f"{name} is not pinned.")
    _write(root, {key: why for key, why in found.items() if key != name})


def _write(root: Path, found: Mapping[str, str]) -> None:
    # A basic string of TOML is spelled as one of JSON; what differs, no `plain` text holds.
    lines = [
        f"{json.dumps(plain(name))} = {json.dumps(why, ensure_ascii=False)}\n" for name, why in sorted(found.items())
    ]
    draft = root / f".{_FILE}.partial"
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD + "".join(lines))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(root / _FILE)
