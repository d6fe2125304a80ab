"""What verifying needs from above: where things are today, how they are exported, and how they are run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tskit.runs.execute import Setting
    from tskit.runs.template import Template

__all__ = ["LogNow", "Means", "Records"]


def _has_none(template: Template) -> bool:  # noqa: ARG001  # the signature of those that look
    """Vouch for nothing."""
    return False


def _quiet(section: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class LogNow:
    """A log of records today: how many of its entries a run read, how many came since, and what is wrong with it."""

    log: str
    entries: int
    added: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """The logs of records as a run found them: what a kernel's environment needs so that it reads them so again."""

    logs: tuple[LogNow, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Means:
    """How a run is looked at here.

    Args:
        setting: of the fresh run; its code and facts are those of today.
        given: the parameters of the fresh run: those of the run, with paths as they are here.
        places: paths that the run names, each with what it is here.
        keys: public keys whose signature counts.
        vouching: those of them whose owners may run code here; a casebook that came with a run names none of these.
        is_trusted: whether the user said that the cells of this run may be executed.
        has: returns whether a template of this user's own has the very same cells.
        scratch: an empty folder that only this process uses; nothing is written elsewhere.
        export: writes the reports of an executed notebook into a folder.
        find: returns today's template of a name, or None.
        look: returns name and SHA-256 of each file of a source today.
        records: gives the logs of records as they were at places that a manifest names.
        progress: told of each section of the fresh run.
    """

    setting: Setting
    given: Mapping[str, object] = field(repr=False)
    places: Sequence[tuple[str, str]]
    keys: Collection[str]
    scratch: Path
    export: Callable[[Any, Path], Sequence[Path]]
    find: Callable[[str], Template | None]
    look: Callable[[str], Sequence[tuple[str, str]]]
    records: Callable[[Sequence[Mapping[str, Any]]], AbstractContextManager[Records]]
    has: Callable[[Template], bool] = _has_none
    vouching: Collection[str] = ()
    is_trusted: bool = False
    progress: Callable[[str, int, int], None] = _quiet
