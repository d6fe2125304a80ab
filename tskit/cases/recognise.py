"""Which profile fits a header."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cases.profile import Profile, read_profile
from tskit.errors import DataError, ParameterError
from tskit.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CANONICAL", "bundled", "canonical", "choose", "find_profile", "fitting", "own"]

CANONICAL = "canonical"
"""The profile of files whose header already uses the canonical names."""


def bundled() -> tuple[Profile, ...]:
    """Return the profiles that come with tskit, by name."""
    return _folder(Path(str(files("tskit.cases") / "profiles")))


def own(root: Path) -> tuple[Profile, ...]:
    """Return the profiles of the casebook in the folder `root`, by name."""
    return _folder(root / "profiles")


def find_profile(name: str, *, root: Path) -> Profile:
    """Return the profile called `name`: the casebook's, else a bundled one, else the TOML file at that path.

    Raises:
        ParameterError: there is none; the message names the nearest.
    """
    if name.endswith(".toml"):
        return read_profile(root / name)
    known = {profile.name: profile for profile in (*bundled(), *own(root))}
    if name == CANONICAL or name not in known:
        raise ParameterError.unknown(name, known, what="profile")
    return known[name]


def choose(header: Sequence[str], *, table: str, root: Path, source: str) -> Profile:
    """Return the one profile that recognises the header of `source`; the casebook's own come first.

    Raises:
        DataError: none fits, or more than one does.
    """
    found = fitting(header, table=table, root=root, source=source)
    if found is None:
        raise DataError(
            f"No profile recognises the columns of {source}. Let tskit draft one: tskit check {source} --draft-profile"
        )
    return found


def fitting(header: Sequence[str], *, table: str, root: Path, source: str) -> Profile | None:
    """Return the one profile that recognises the header, or None where none does.

    Raises:
        DataError: more than one fits.
    """
    for shelf in (own(root), bundled()):
        known = [profile for profile in shelf if profile.table == table and profile.fits(header)]
        if len(known) > 1:
            names = ", ".join(profile.name for profile in known)
            raise DataError(f"{source} fits more than one profile ({names}). Name one: --profile NAME.")
        if known:
            return known[0]
    return canonical(header, table=table) if set(_TELLING[table]) <= set(header) else None


_TELLING = {
    "cases": ("case_id", "created_at"),
    "events": ("case_id", "event_type", "occurred_at"),
    "reviews": ("item_id", "rater_id", "label"),
    "milestones": ("milestone_id", "case_id", "target_at"),
}
"""The canonical names that mark a file as ours."""


def canonical(header: Sequence[str], *, table: str) -> Profile:
    """Return the profile that maps each canonical column to itself."""
    known = TABLES[table]
    return Profile(
        CANONICAL,
        table=table,
        columns={name: (name,) for name in header if name in known},
        absent=tuple(name for name in known.required() if name not in header),
        dates="iso",
    )


def _folder(folder: Path) -> tuple[Profile, ...]:
    return tuple(read_profile(path) for path in sorted(folder.glob("*.toml"))) if folder.is_dir() else ()
