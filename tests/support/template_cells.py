"""The cells of a template, run in this process: what they display is there to be looked at, without a kernel."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["displayed"]


def displayed(template: Path, **parameters: object) -> list[object]:
    """Return what the cells of a template display, with the parameters set after the cell that holds them."""
    space: dict[str, object] = {}
    shown: list[object] = []
    for position, code in enumerate(_code_cells(template.read_text(encoding="utf-8"))):
        tree = ast.parse(code)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(template), "exec"), space)
        if position == 0:
            space |= parameters
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), str(template), "eval"), space))
    return shown


def _code_cells(text: str) -> list[str]:
    parts = re.split(r"(?m)^# %%(.*)$", text)[1:]
    return [body for head, body in zip(parts[::2], parts[1::2], strict=True) if "markdown" not in head]
