"""Which runs a casebook keeps, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tskit.errors import ParameterError

__all__ = ["Retention"]


@dataclass(frozen=True, slots=True)
class Retention:
    """Rules by which `tskit runs prune` removes runs; 0 switches a rule off.

    keep_newest: of the finished runs of one template and the same parameters so many of the latest stay; without
    older_than_days all others go. older_than_days: finished runs that are older go, but for those. failed_after_days:
    runs that failed or found no data go when they are older. unfinished_after_days: what a killed run left goes when
    it is older, and no process is at work on it.

    Raises:
        ParameterError: a setting is no whole number from 0.
    """

    keep_newest: int = 0
    older_than_days: int = 0
    failed_after_days: int = 0
    unfinished_after_days: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no number of runs or days."""
        for one in fields(self):
            value = getattr(self, one.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ParameterError(f"casebook.toml: {one.name} in [runs] is a whole number, 0 to switch it off.")

    @property
    def is_empty(self) -> bool:
        """Return whether no rule would remove anything."""
        return not (self.keep_newest or self.older_than_days or self.failed_after_days or self.unfinished_after_days)
