"""What a zygote imports before it serves."""

from __future__ import annotations

import importlib

from tskit.runs.kernel_process import without_address_parser
from tskit.runs.warm.standing import threads

__all__ = ["imported"]


def imported(preload: tuple[str, ...]) -> str:
    """Import what is asked for; return what went wrong, without the text of the error."""
    without_address_parser()
    for entry in preload:
        module, _, function = entry.partition(":")
        try:
            found = importlib.import_module(module)
            if function:
                getattr(found, function)()
        except Exception as error:  # noqa: BLE001  # a preloaded library may raise whatever it likes
            return f"{entry} cannot be preloaded ({type(error).__name__})."
    count = threads()
    return f"What is preloaded started {count - 1} threads of its own." if count != 1 else ""
