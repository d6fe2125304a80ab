"""What the runs of a batch rest on, as digests: a batch is taken up again only while all of it is as it was."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tskit.model import Casebook
    from tskit.runs import Template
    from tskit.runs.batch import Plan

__all__ = ["data_marks", "refuse_changed", "still_marks"]

_SETTINGS = ("casebook.toml", "taxonomy.toml", "rules.toml", "profiles/*.toml", "queries/*")


def still_marks(template: Template, grid: Path, book: Casebook) -> dict[str, str]:
    """Return what can be told without reading data: the template, the grid, the casebook's settings, this tskit.

    A grid that is gone is left out: the plan of a batch holds all of its runs.
    """
    from tskit.runs.installed import code_state
    from tskit.sources.survey import digest

    settings = sorted(path for pattern in _SETTINGS for path in book.root.glob(pattern) if path.is_file())
    listed = [(path.relative_to(book.root).as_posix(), digest(path)) for path in settings]
    marks = {
        "the template": template.sha256,
        "the casebook's settings": sha256(repr(listed).encode()).hexdigest(),
        "tskit itself": str(code_state()["digest"]),
    }
    return marks | ({"the grid": digest(grid)} if grid.is_file() else {})


def data_marks(plan: Plan, template: Template, book: Casebook) -> tuple[Sequence[object], dict[str, str]]:
    """Load each source of the runs once, so that all of them read what is kept of it; return the loads and their digests.

    A load stays in the cache for as long as somebody has it.

    Raises:
        SourceError: a source cannot be read.
        DataError: its rows do not hold up as cases.
    """
    default = next((one.default for one in template.parameters if one.name == "source"), None)
    if default is None:
        return (), {}
    from tskit.cases import load
    from tskit.model import Scope

    sources = dict.fromkeys(str(run.given.get("source", default)) for run in plan.runs)
    loads = {source: load(Scope(source=source), casebook=book) for source in sources}
    marks = {f"the data of {source or 'the first source'}": one.fingerprint for source, one in loads.items()}
    return tuple(loads.values()), marks


def refuse_changed(plan: Plan, marks: Mapping[str, str]) -> None:
    """Refuse to go on with a batch whose runs would rest on something else than those that are done.

    Raises:
        ParameterError: something has changed; the message says what.
    """
    changed = [name for name, mark in marks.items() if plan.marks.get(name, mark) != mark]
    if changed:
        verb = "has" if len(changed) == 1 else "have"
        raise ParameterError(
            f"Of what {plan.id} rests on, this {verb} changed since: {', '.join(changed)}. Its runs would not compare "
            "any more. Put it back, or begin a new batch."
        )
