"""Who vouches for the cells of a finished run, so that they may be executed here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cli.casebook import root_nearby
from tskit.errors import TskitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import Casebook
    from tskit.runs import Template
    from tskit.runs.verify import Means

__all__ = ["vouched"]


def vouched(means: Means, book: Casebook, *, asked: Path | None, key: Path | None, is_trusted: bool) -> Means:
    """Return the means with the templates and keys that vouch for a run.

    A casebook that was only found around the run, or that the run names, came with it: neither its templates nor its
    keys vouch for anything. The one that was `asked` for, of the environment or of the working folder does, and so does
    a `key` that was named.
    """
    from tskit.runs import folders

    near = root_nearby(asked)
    is_own = near is not None and near.resolve() == book.root.resolve()
    has = partial(_has, places=folders(book.root if is_own else None))
    return replace(means, has=has, vouching=means.keys if is_own or key else (), is_trusted=is_trusted)


def _has(template: Template, *, places: Sequence[Path]) -> bool:
    """Return whether one of these folders has a template of that name with the same cells."""
    from tskit.runs import find, templates
    from tskit.runs.home import names_of, without_home

    homes = names_of(Path.home())
    for place in places:
        # By its name in the folder: whatever else a run calls its template, no path of it is opened.
        if template.name not in templates((place,)):
            continue
        try:
            today = find(template.name, (place,))
        except TskitError:
            continue
        if template.notebook in (today.notebook, without_home(today.notebook, homes)):
            return True
    return False
