"""A named source of a casebook: where its rows live, without a secret, and how they are brought here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from shlex import quote
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from tskit.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Mode", "Source", "require_sources"]

Mode = Literal["extract", "in_place"]
_NAME = re.compile(r"\w(?:[\w .-]{0,98}[\w-])?")
_SECRET = ("password", "passwd", "pwd", "secret", "token", "key")


@dataclass(frozen=True, slots=True)
class Source:
    """A named source: what holds its cases, events and reviews, and the profiles that map them; empty means recognise it.

    Without `url` these are paths relative to the casebook. With one they are tables, views or files of `queries/`.
    """

    name: str
    cases: str = ""
    events: str = ""
    reviews: str = ""
    profile: str = ""
    events_profile: str = ""
    reviews_profile: str = ""
    sheets: tuple[Mapping[str, str], ...] = ()
    """Sheets that join by case id: `path` and `profile` each, for QA results or appeals kept elsewhere."""
    url: str = ""
    """Where a database or an organisation of Salesforce is, as in `postgresql://reader@host/db`; it never holds a secret."""
    mode: Mode = "extract"
    """`extract` copies rows into the casebook with `tskit sync`; `in_place` asks the engine for aggregates alone."""
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    """Values that are bound to the parameters of queries."""
    watermark: str = ""
    """The column that says when a row was last changed, so that an extract asks only for what is new."""
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    """What only this kind of source knows, such as `timeout_seconds`, `row_cap`, or the `objects` of Salesforce."""

    @property
    def scheme(self) -> str:
        """Return what the URL begins with, such as `postgresql`, `spark` or `salesforce`; empty for files."""
        return self.url.partition("://")[0].partition("+")[0].lower()


def require_sources(sources: tuple[Source, ...]) -> None:
    """Refuse sources that cannot be meant so.

    Raises:
        ParameterError: a source has nothing to read, a URL holds a secret or is none, or the mode is unknown.
    """
    _require_names([source.name for source in sources], [source.name for source in sources if source.url])
    for source in sources:
        where = f"casebook.toml: sources.{source.name}"
        if source.mode not in get_args(Mode):
            raise ParameterError(f"{where} has an unknown mode {source.mode!r}. {nearest(source.mode, get_args(Mode))}")
        if not source.cases and source.scheme != "salesforce":
            raise ParameterError(f"{where} names no cases. Add a file, a table or a query, as in: cases = ...")
        if source.url:
            _require_address(source, where)


def _require_names(names: Sequence[str], reached: Sequence[str]) -> None:
    """Refuse a name that could not be the folder that its rows are kept in, and two that one secret would open."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise ParameterError(
                f"casebook.toml: sources.{name!r} is no name of a source. Use letters, digits, blanks, _, - and points."
            )
    variables = [re.sub(r"[^A-Z0-9]", "_", name.upper()) for name in reached]
    for name, variable in zip(reached, variables, strict=True):
        if variables.count(variable) > 1:
            raise ParameterError(
                f"casebook.toml: sources.{name} is called so like another one that TSKIT_SOURCE_{variable}_PASSWORD would "
                "open both. Rename one of them."
            )


def _require_address(source: Source, where: str) -> None:
    try:
        parts = urlsplit(source.url)
        has_secret = bool(parts.password) or any(
            any(word in name.lower() for word in _SECRET) for name, _ in parse_qsl(parts.query)
        )
    except ValueError:
        raise ParameterError(f"{where} has a url that is none. Write it as in postgresql://reader@host/db") from None
    if not parts.scheme or "://" not in source.url:
        raise ParameterError(f"{where} has a url that is none. Write it as in postgresql://reader@host/db")
    if has_secret:
        raise ParameterError(
            f"{where} has a secret in its url. Remove it there, change it, and keep it with: tskit secret set {quote(source.name)}"
        )
