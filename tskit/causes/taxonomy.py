"""The root causes in two levels: what a tag may name, and what older names became."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BRANCHES", "Cause", "Taxonomy", "level1_of"]

BRANCHES = ("Method", "People", "Machine", "Material", "Measurement", "Environment")
"""Ishikawa's 6M, the branches of a fishbone."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of the taxonomy.

    A retired cause is refused for new tags and stays readable. A trigger is outside our control: it is tagged beside
    the cause, never as one. A cause that needs a why is only half an answer: what let it happen has to be said, too.
    """

    id: str
    level: Literal[1, 2]
    parent: str
    """The cause of level 1; empty for those of level 1."""
    name: str
    definition: str
    example: str = ""
    branch: str = ""
    """One of `BRANCHES`; empty for what no branch of a fishbone holds."""
    is_retired: bool = False
    is_trigger: bool = False
    needs_why: bool = False


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All causes in the order in which they are offered, level 2 after its parent.

    `version` is a digest of the content: the same causes have the same version however their file is laid out.
    `renames` leads from an id that was given up to the one that took its place; it may take several steps.
    """

    version: str
    causes: tuple[Cause, ...] = field(repr=False)
    renames: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    _by_id: Mapping[str, Cause] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the causes by id beside their list."""
        object.__setattr__(self, "_by_id", MappingProxyType({cause.id: cause for cause in self.causes}))

    def __contains__(self, cause: object) -> bool:
        """Return whether there is a cause of that id, be it retired or renamed."""
        return cause in self._by_id or cause in self.renames

    def get(self, cause: str) -> Cause:
        """Return the entry of that id, or of the id that took its place.

        Raises:
            ParameterError: there is none; the message names the nearest.
        """
        found = self._by_id.get(cause) or self._by_id.get(self.carry(cause))
        if found is None:
            raise ParameterError.unknown(cause, self.ids(), what="cause")
        return found

    def name(self, cause: str) -> str:
        """Return what a cause is called; an id that only another taxonomy knows stands for itself."""
        return self.get(cause).name if cause in self else cause

    def level1(self, cause: str) -> str:
        """Return the id of level 1 that a cause belongs to.

        >>> Taxonomy("0", ()).level1("RC2.1")
        'RC2'
        """
        carried = self.carry(cause)
        found = self._by_id.get(carried)
        return level1_of(carried) if found is None else found.parent or found.id

    def carry(self, cause: str, version: str = "") -> str:
        """Return the present id of a cause that was tagged under the taxonomy of that `version`.

        >>> Taxonomy("b", (), {"RC2.8": "RC2.9", "RC2.9": "RC2.1"}).carry("RC2.8", "a")
        'RC2.1'
        """
        if version == self.version:
            return cause
        while cause in self.renames:
            cause = self.renames[cause]
        return cause

    def ids(self, level: Literal[1, 2] | None = None) -> tuple[str, ...]:
        """Return the ids that new tags may name, of one level or of both."""
        return tuple(cause.id for cause in self.causes if not cause.is_retired and level in (None, cause.level))


def level1_of(cause: str) -> str:
    """Return the part of an id that names its level 1, whether a taxonomy knows it or not."""
    return cause.partition(".")[0]
