"""What a source of the scheme `salesforce` says about its organisation, checked before anybody is asked anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from tskit.errors import ParameterError, nearest
from tskit.sources.salesforce.live.objects import STANDARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import Source

__all__ = ["Settings", "settings_of"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)
_VERSION = re.compile(r"[4-9][0-9]\.0", re.ASCII)
_AUDIENCE = re.compile(r"https://[A-Za-z0-9.:/_-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an organisation is reached and what is asked of it; no field is a secret."""

    source: str
    host: str
    """The organisation's My Domain, as in `acme.my.salesforce.com`, with a port where it has one."""
    client_id: str = ""
    """The consumer key of the connected app; empty for a session id."""
    username: str = ""
    """Whom a JWT speaks for; empty for client credentials."""
    audience: str = ""
    """Who a JWT is meant for; empty for what fits production or sandbox."""
    api_version: str = "62.0"
    objects: tuple[str, ...] = ()
    """Objects by API name; empty for those that cases are assembled from, where the organisation has them."""
    fields: Mapping[str, tuple[str, ...]] | None = None
    """Fields by object; `*` stands for every field that can be read."""
    leave_out: tuple[str, ...] = ()
    """Fields that are not asked for, as in `Case.Description`."""
    share_of_calls: float = 0.8
    """The share of the organisation's daily API calls at which an extract stops, whoever used them."""
    overlap_minutes: int = 15
    """How far an extract looks back behind the last one: a long transaction shows rows late, with an early stamp."""
    recheck_days: int = 10
    """After how many days without an extract all ids are compared, since the recycle bin keeps deleted rows for 15."""
    vanished_share: float = 0.2
    """The share of an object's rows that may be gone at such a comparison before it is taken for a loss of access."""
    page_rows: int = 20_000
    """Rows of one page, which is one chunk of the store."""
    range_rows: int = 250_000
    """Rows of one job; a larger object is asked for by ranges of its ids."""
    job_minutes: int = 120
    """How long a job may take in Salesforce before nobody waits for it any more."""

    @property
    def root(self) -> str:
        """Return where every request goes."""
        return f"https://{self.host}"

    def asked(self, table: str) -> tuple[str, ...]:
        """Return the fields that are wanted of an object; empty for all that it shows."""
        named = (self.fields or {}).get(table)
        if named is None:
            return STANDARD.get(table, ())
        return () if "*" in named else named


def settings_of(source: Source) -> Settings:
    """Return the settings of a source, each of a kind that fits.

    Raises:
        ParameterError: the URL names no host, a setting is unknown, or its value is of another kind.
    """
    where = f"casebook.toml: sources.{source.name}"
    known = {field.name for field in fields(Settings)} - {"source", "host"}
    for name in source.settings:
        if name not in known:
            raise ParameterError(f"{where}.settings has an unknown {name!r}. {nearest(name, known)}")
    given = {name: _fitting(name, value, where) for name, value in source.settings.items()}
    found = Settings(source.name, _host(source.url, where), **given)  # pyright: ignore[reportArgumentType]  # each was checked by name
    _require_sense(found, where)
    return found


def _host(url: str, where: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.path.strip("/") or parts.query:
        raise ParameterError(
            f"{where}.url names the organisation's domain alone, as in salesforce://acme.my.salesforce.com"
        )
    return parts.netloc


def _fitting(name: str, value: object, where: str) -> object:
    if name == "fields":
        return _fields(value, where)
    if name in ("objects", "leave_out"):
        return _names(value, f"{where}.settings.{name}")
    default = next(field.default for field in fields(Settings) if field.name == name)
    kinds = (int, float) if isinstance(default, float) else (type(default),)
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise ParameterError(f"{where}.settings.{name} is of another kind than {default!r}.")
    return value


def _fields(value: object, where: str) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ParameterError(f'{where}.settings.fields is a table, as in: fields = {{ User = ["Id", "Name"] }}')
    tables = cast("dict[str, object]", value)
    return {table: _names(names, f"{where}.settings.fields.{table}", also="*") for table, names in tables.items()}


def _names(value: object, where: str, *, also: str = "") -> tuple[str, ...]:
    listed = cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
    names = [name for name in listed if isinstance(name, str)]
    if not names or len(names) < len(listed):
        raise ParameterError(f"{where} is a list of API names.")
    for name in names:
        if name != also and not all(_NAME.fullmatch(part) for part in name.split(".")):
            raise ParameterError(
                f"{where} holds what is no API name. Those are letters, digits and _, as in Reported_At__c."
            )
    return tuple(dict.fromkeys(names))


def _require_sense(found: Settings, where: str) -> None:
    fixes = {
        "api_version is written as in 62.0, and is 40.0 or later": not _VERSION.fullmatch(found.api_version),
        "vanished_share is between 0 and 1": not 0 <= found.vanished_share <= 1,
        "share_of_calls is above 0 and at most 1": not 0 < found.share_of_calls <= 1,
        "page_rows is at least 1": found.page_rows < 1,
        "range_rows is at least 1": found.range_rows < 1,
        "job_minutes is at least 1": found.job_minutes < 1,
        "overlap_minutes is at least 0": found.overlap_minutes < 0,
        "recheck_days is at least 0": found.recheck_days < 0,
        "audience is an address, as in https://test.salesforce.com": not _is_empty_or(_AUDIENCE, found.audience),
        "username speaks through a connected app: add its consumer key, client_id": bool(found.username)
        and not found.client_id,
        'leave_out names objects and fields, as in ["Case.Description"]': any(
            name.count(".") != 1 for name in found.leave_out
        ),
        'objects names objects alone, as in ["Case", "CaseHistory"]': any("." in name for name in found.objects),
    }
    for fix, is_wrong in fixes.items():
        if is_wrong:
            raise ParameterError(f"{where}.settings.{fix}.")


def _is_empty_or(pattern: re.Pattern[str], text: str) -> bool:
    return not text or pattern.fullmatch(text) is not None
