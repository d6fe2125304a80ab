"""What the pages about many runs share: one style, one script, one policy, and a file that is whole or not there."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2

from tskit.export.html.policy import content_policy
from tskit.export.html.tokens import theme_css

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["rendered", "write_whole"]

_STYLES = ("report.css", "told.css", "site.css")
_SCRIPTS = ("site.js", "runtime.js")
"""The filters come first: the contents list looks for its places once they stand on the page."""


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """Return a page from one of the package's templates; style, script and the policy that names them are filled in."""
    style, script = _style(), _script()
    policy = content_policy(style=style, script=script)
    return _templates().get_template(template).render({**values, "style": style, "script": script, "policy": policy})


def write_whole(page: str, path: Path) -> Path:
    """Write `page` to `path` and return it; whoever reads meanwhile sees the old page or the new one, never half of it."""
    unready = path.with_name(f".{path.name}.partial")
    unready.write_text(page, encoding="utf-8", newline="\n")
    return unready.replace(path)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


@cache
def _style() -> str:
    return theme_css() + "".join(map(_text, _STYLES))


@cache
def _script() -> str:
    return "".join(map(_text, _SCRIPTS))


@cache
def _text(name: str) -> str:
    # Line ends are part of what the policy's hashes cover, whatever the checkout made of them.
    return files("tskit.export.html").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")
