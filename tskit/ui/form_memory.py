"""What somebody asked last, kept in the casebook's cache, so that a weekly question is not typed again."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError
from tskit.runs import check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.runs import ParameterValue, Template

__all__ = ["recall", "remember"]


def remember(template: Template, values: Mapping[str, ParameterValue], *, root: Path) -> None:
    """Keep these values for the casebook in `root`; where nobody may write, nothing is kept."""
    path = _path(template, root)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # what was asked names cases
        path.write_text(json.dumps(dict(values), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def recall(template: Template, *, root: Path) -> dict[str, ParameterValue]:
    """Return the values that were kept last and that the template still takes."""
    try:
        kept: Any = json.loads(_path(template, root).read_text(encoding="utf-8"))
        items = list(kept.items())
    except (OSError, ValueError, AttributeError):
        return {}
    found: dict[str, ParameterValue] = {}
    for name, value in items:
        with suppress(ParameterError):
            found |= check({name: value}, template.parameters)
    return found


def _path(template: Template, root: Path) -> Path:
    return root / ".cache" / "forms" / f"{template.name}.json"
