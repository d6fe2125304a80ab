"""The text that a new template starts from."""

from __future__ import annotations

from importlib import resources

from tskit.errors import ParameterError
from tskit.runs.template import is_name

__all__ = ["starter"]


def starter(name: str) -> str:
    """Return the text of a small template that runs and keeps every rule.

    Raises:
        ParameterError: the name is not made of small letters, digits and underscores.
    """
    if not is_name(name):
        raise ParameterError("A template's name is made of small letters, digits and _, as in queue_health.")
    text = resources.files("tskit.runs").joinpath("skeleton.txt").read_text(encoding="utf-8")
    return text.replace("TITLE", name.replace("_", " ").capitalize(), 1)
