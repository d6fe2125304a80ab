"""Whether the cells of a run's notebook are those of its template, whether that is still the same, and who vouches for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tskit.errors import TskitError
from tskit.runs.kept import plain
from tskit.runs.template import Template
from tskit.runs.verify.sealed import is_signed_by
from tskit.runs.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from tskit.runs.verify.means import Means
    from tskit.runs.verify.sealed import Sealed

__all__ = ["check_template", "template_of", "why_not_run"]

_NAME = "template"
_ELSEWHERE = "file"
_NOBODY = (
    "nobody vouches for its cells: no template of yours has them, and no key of yours or of your casebook signed them. "
    "Read them, and say --trust if they may run here"
)


def template_of(run: Sealed, notebook: Any) -> Template | None:  # noqa: ANN401  # nbformat has no types
    """Return the template that the notebook's own cells build, or None where it is not the one that was run."""
    told = run.template
    try:
        found = Template.from_executed(notebook, Path(f"{plain(told.get('name'))}.ipynb"))
    except TskitError:
        return None
    return found if found.sha256 in (told.get("sha256"), told.get("kept_sha256")) else None


def check_template(run: Sealed, template: Template | None, *, find: Callable[[str], Template | None]) -> Check:
    """Return whether the run's cells and today's template are those that the manifest names; `find` looks by name.

    A template that is not here is no trouble, since the notebook holds it.
    """
    if template is None:
        said = "the notebook's cells are not those of the template that the manifest names."
        return Check(_NAME, is_good=False, said=said)
    mark = plain(run.template.get("sha256"))[:12]
    today = None if run.template.get("place") == _ELSEWHERE else find(template.name)
    if today is None:
        return Check(
            _NAME, is_good=True, said=f"{template.name} {mark} is not here; the notebook's own cells are whole."
        )
    if today.sha256 != run.template.get("sha256"):
        said = f"template changed: {template.name} was {mark} when it was run, and is {today.sha256[:12]} today."
        return Check(_NAME, is_good=False, said=said)
    return Check(_NAME, is_good=True, said=f"{template.name} {mark}, the same today.")


def why_not_run(run: Sealed, template: Template | None, *, means: Means, is_signature_good: bool) -> str:
    """Return why the run's cells are not executed here; empty where they may be.

    A seal can be made by anybody who made the folder, so that it vouches for nothing: a template that is here does, a
    key that is trusted, or the user.
    """
    if template is None:
        return "the cells are not those of the template"
    if not is_signature_good:
        return "the signature does not hold"
    if means.is_trusted or means.has(template) or is_signed_by(run, keys=means.vouching):
        return ""
    return _NOBODY
