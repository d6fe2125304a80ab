"""The trouble that may be over in a moment."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PassingError"]


@dataclass(slots=True)
class PassingError(Exception):
    """A message was not taken, and trying again may help. `after` are the seconds that the host asks to be left alone."""

    why: str
    after: float = 0.0
