"""The page of the reference that lists templates with their parameters, written from the templates alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tskit.runs.parameters import Parameter
    from tskit.runs.template import Template

__all__ = ["page"]

_HEAD = """# Templates

The write-ups that tskit brings, and the parameters that each takes, made from `templates/`. `tskit run NAME --param
value` runs one; `tskit new NAME` copies it into a notebook; in JupyterLab the launcher and `tskit.ui.start()` have a form.
Where metrics or columns are named, they are those of the [catalogue](metrics.md) and of the [columns](columns.md).

"""


def page(found: Iterable[Template]) -> str:
    """Return the page as Markdown, templates in the order given."""
    return _HEAD + "\n".join(map(_section, found))


def _section(template: Template) -> str:
    rows = "\n".join(map(_row, template.parameters))
    table = f"| parameter | type | default | |\n|---|---|---|---|\n{rows}\n"
    return f"## {template.name}\n\n{template.title}. {template.summary}\n\n{table}"


def _row(parameter: Parameter) -> str:
    default = ", ".join(parameter.default) if isinstance(parameter.default, list) else str(parameter.default)
    cells = (f"`{parameter.name}`", f"`{parameter.kind}`", f"`{default}`" if default else "", parameter.help)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
