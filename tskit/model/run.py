"""A template that was executed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Run", "RunStatus"]

RunStatus = Literal["ok", "no_data", "failed"]


@dataclass(frozen=True, slots=True)
class Run:
    """What was run, with what, how it ended, and where it lies.

    `hashes` are SHA-256 by file name, of the template and of each file in `folder`.
    """

    id: str
    template: str
    status: RunStatus
    folder: Path
    parameters: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    hashes: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
