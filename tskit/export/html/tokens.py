"""The theme of the charts as variables of the page: one set of colours for both."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from tskit.charts.theme import DARK, LIGHT

if TYPE_CHECKING:
    from tskit.charts.theme import Tokens

__all__ = ["theme_css", "variables"]


def variables(tokens: Tokens) -> dict[str, str]:
    """Return a theme's colours by the names that the page's style uses: `ink`, `accent-soft`, `categorical-1` ...

    >>> variables(LIGHT)["ink"]
    '#1c2126'
    """
    named: dict[str, str] = {}
    for field in fields(tokens):
        name, value = field.name.replace("_", "-"), getattr(tokens, field.name)
        steps = {name: value} if isinstance(value, str) else {f"{name}-{n}": step for n, step in enumerate(value, 1)}
        named |= steps
    return named


def theme_css() -> str:
    """Return the rules that set the colours: light, dark by the system's wish or the reader's, and light on paper."""
    light, dark = _declared(LIGHT), _declared(DARK)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


def _declared(tokens: Tokens) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in variables(tokens).items())
