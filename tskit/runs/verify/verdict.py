"""What verifying a run found, step by step."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Check", "Verdict"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, whether it holds, and what was found, as a line to print."""

    name: str
    is_good: bool
    said: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that was looked at of the run with that id, in order."""

    run: str
    checks: tuple[Check, ...]

    @property
    def is_good(self) -> bool:
        """Return whether everything that was looked at holds."""
        return all(check.is_good for check in self.checks)

    @property
    def broken(self) -> tuple[Check, ...]:
        """Return what does not hold."""
        return tuple(check for check in self.checks if not check.is_good)
