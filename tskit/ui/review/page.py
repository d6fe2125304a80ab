"""The page's script and style, put together from their files: no build step, no network."""

from __future__ import annotations

from importlib import resources

__all__ = ["script", "style"]

_FOLDER = "page"


def script() -> str:
    """Return the script: one module, its parts in the order of their names."""
    return "\n".join(_parts(".js"))


def style() -> str:
    """Return the style sheet."""
    return "\n".join(_parts(".css"))


def _parts(ending: str) -> list[str]:
    folder = resources.files("tskit.ui.review") / _FOLDER
    found = sorted((part for part in folder.iterdir() if part.name.endswith(ending)), key=lambda part: part.name)
    return [part.read_text(encoding="utf-8") for part in found]
