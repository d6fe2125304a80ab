"""The page of the reference that lists every cause, written from the taxonomy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.causes.taxonomy_file import bundled

if TYPE_CHECKING:
    from tskit.causes.taxonomy import Cause, Taxonomy

__all__ = ["page"]

_HEAD = """# Root causes

The taxonomy that tskit brings, in two levels, made from `tskit/causes/taxonomy.toml`. A casebook's own `taxonomy.toml`
extends or replaces it: see [how](../how-to/tag-cases.md#your-own-causes).

The cause of a case is the earliest one that can be controlled. Up to two others may have contributed. What is outside
our control is tagged as the *trigger*, a role of its own. *Undetermined* is allowed, and reported. A tag says why a
case went wrong, never who is to blame.

"""


def page() -> str:
    """Return the page as Markdown."""
    taxonomy = bundled()
    found = [cause for cause in taxonomy.causes if cause.level == 1]
    return f"{_HEAD}Version `{taxonomy.version}`.\n" + "".join(_section(cause, taxonomy) for cause in found)


def _section(parent: Cause, taxonomy: Taxonomy) -> str:
    rows = [cause for cause in taxonomy.causes if cause.parent == parent.id]
    table = "\n".join(_row(cause) for cause in rows)
    head = "| id | cause | definition | example | branch of a fishbone |\n|---|---|---|---|---|"
    return f"\n## {parent.id} {parent.name}\n\n{parent.definition}{_role(parent)}\n\n{head}\n{table}\n"


def _role(cause: Cause) -> str:
    if cause.is_trigger:
        return " *Tagged as the trigger only.*"
    return " *As the cause of a case it needs a further why: what let it happen.*" if cause.needs_why else ""


def _row(cause: Cause) -> str:
    cells = (f"`{cause.id}`", cause.name, cause.definition, cause.example, cause.branch or "none")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
