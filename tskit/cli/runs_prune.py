"""How `tskit runs prune` reads its rules and says what goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.cli.casebook import root_nearby
from tskit.cli.screen import say
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tskit.model.retention import Retention
    from tskit.runs import Pruning

__all__ = ["carried_out", "planned", "rules_of"]


def rules_of(casebook: Path | None, given: Mapping[str, int | None]) -> Retention:
    """Return the rules of the casebook, those that were given here in place of its own.

    Raises:
        ParameterError: there is no rule at all.
    """
    from tskit.model import Casebook
    from tskit.model.retention import Retention

    place = root_nearby(casebook)
    kept = Casebook.read(place.resolve()).runs if place is not None else Retention()
    rules = replace(kept, **{name: value for name, value in given.items() if value is not None})
    if rules.is_empty:
        raise ParameterError(
            "Nothing says which runs may go. Say it here, as in --keep-newest 12 --older-than 90, or in [runs] of casebook.toml."
        )
    return rules


def planned(found: Pruning, root: Path, *, every: int) -> Iterator[str]:
    """Yield what would go and why, one line for each folder, and what stays in spite of the rules."""
    for one in found.doomed:
        yield f"{one.folder.relative_to(root)}{_of(one.runs)}, {_bytes(one.bytes)}: {one.why}"
    yield from _kept(found)
    yield f"{found.runs:,} of {every:,} runs may go, {_bytes(found.bytes)}."


def carried_out(found: Pruning, root: Path) -> None:
    """Remove what may go, and say what went."""
    from tskit.runs import remove, sweep

    sweep(root)
    for one in found.doomed:
        remove(one, root)
        say(f"removed {one.folder.relative_to(root)}{_of(one.runs)}: {one.why}")
    for line in _kept(found):
        say(line)
    say(f"{found.runs:,} {'run' if found.runs == 1 else 'runs'} removed, {_bytes(found.bytes)} free.")


def _kept(found: Pruning) -> Iterator[str]:
    if found.pinned:
        yield f"Kept, since pinned: {found.pinned:,}."
    if found.in_batches:
        yield f"Kept, since the page of their batch links to them: {found.in_batches:,}. A batch goes as a whole."
    if found.at_work:
        yield f"Kept, since they are still at work or were a moment ago: {found.at_work:,}."


def _of(runs: int) -> str:
    return f" ({runs:,} runs)" if runs != 1 else ""


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
