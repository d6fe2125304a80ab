"""The bare fork of engine.py: a module of its own, so that its child imports nothing that the engine's does not."""

import ast
import json
import os

from IPython.core.formatters import DisplayFormatter

__all__ = ["execute"]


def execute(cells, descriptors):
    """Execute cells, and write the formatted value of each last line."""
    formatter, names = DisplayFormatter(), {"__name__": "__main__"}
    for cell in cells:
        tree = ast.parse(cell)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
        if value is not None:
            with os.fdopen(os.dup(descriptors[0]), "wb") as told:
                told.write(json.dumps(formatter.format(value)).encode() + b"\n")
