"""Reads the taxonomy: the one that tskit brings, extended or replaced by a casebook's own file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tskit.causes.taxonomy import BRANCHES, Cause, Taxonomy, level1_of
from tskit.causes.toml_file import read_toml
from tskit.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tskit.model import Casebook

__all__ = ["FILE", "TaxonomyFile", "bundled", "read_file", "taxonomy_of"]

FILE = "taxonomy.toml"
_BUNDLED = Path(__file__).parent / FILE
_ID = re.compile(r"[A-Z][A-Z0-9]{0,9}(\.[1-9][0-9]?)?")
_TEXTS = ("name", "definition", "example", "branch")
_MARKS = ("is_retired", "is_trigger", "needs_why")
_INHERITED = ("branch", "is_trigger", "needs_why")
_TABLES = ("mode", "causes", "renamed", "data_loader")
_MODES = ("extend", "replace")
_MOST_LETTERS = {"name": 80, "definition": 400, "example": 400, "branch": 20}
_VERSION_LETTERS = 12


@dataclass(frozen=True, slots=True)
class TaxonomyFile:
    """What one file says: fields by cause, renames, and the fields of a Salesforce import."""

    path: Path
    mode: str
    causes: Mapping[str, Mapping[str, Any]]
    renamed: Mapping[str, str]
    data_loader: Mapping[str, str]


def bundled() -> Taxonomy:
    """Return the causes that tskit brings."""
    found = read_file(_BUNDLED)
    return _taxonomy(found.causes, found.renamed, path=_BUNDLED)


def taxonomy_of(casebook: Casebook) -> Taxonomy:
    """Return the causes that tags of a casebook may name: tskit's own, with what `taxonomy.toml` in its folder changes.

    Raises:
        SourceError: the file is not TOML.
        ParameterError: an entry does not hold up; the message names the file and the entry.
    """
    path = casebook.root / FILE
    if not path.is_file():
        return bundled()
    own, ours = read_file(path), read_file(_BUNDLED)
    if own.mode == "replace":
        return _taxonomy(own.causes, own.renamed, path=path)
    merged = {key: {**ours.causes.get(key, {}), **own.causes.get(key, {})} for key in [*ours.causes, *own.causes]}
    return _taxonomy(merged, {**ours.renamed, **own.renamed}, path=path)


def read_file(path: Path) -> TaxonomyFile:
    """Return what a taxonomy file says, each entry checked by itself.

    Raises:
        SourceError: it is not TOML.
        ParameterError: a table, an id or a field is unknown or has the wrong type.
    """
    raw = read_toml(path, tables=_TABLES)
    mode = raw.get("mode", "extend")
    if mode not in _MODES:
        raise ParameterError(f'{path}: mode is "extend" (tskit\'s causes and these) or "replace" (only these).')
    causes = _table(raw, "causes", path)
    for key, fields in causes.items():
        _check_entry(key, fields, path)
    renamed, data_loader = (_texts(_table(raw, name, path), name, path) for name in ("renamed", "data_loader"))
    for old in renamed:
        if old in causes:
            raise ParameterError(f"{path}: {old} is both listed and renamed. A renamed id is never used again.")
    return TaxonomyFile(path, mode, causes, renamed, data_loader)


def _table(raw: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        raise ParameterError(f"{path}: {name} is a table, written as [{name}].")
    return cast("dict[str, Any]", found)


def _texts(table: Mapping[str, Any], name: str, path: Path) -> dict[str, str]:
    for key, value in table.items():
        # A field of Salesforce is left out by an empty name; an empty cause is none.
        if not isinstance(value, str) or not (value.strip() or name == "data_loader"):
            raise ParameterError(f"{path}: {key!r} in [{name}] needs a text.")
    return dict(table)


def _check_entry(key: str, fields: object, path: Path) -> None:
    where = f"{path}, cause {key!r}"
    if not _ID.fullmatch(key):
        raise ParameterError(
            f'{where}: an id is written as RC2, or as "RC2.1" in quotation marks, in [causes."RC2.1"].'
        )
    if not isinstance(fields, dict):
        raise ParameterError(f'{where}: write it as a table, [causes."{key}"].')
    for name, value in cast("dict[str, Any]", fields).items():
        if name not in (*_TEXTS, *_MARKS):
            # TOML reads [causes.RC2.1] as a field "1" of RC2.
            fix = f'Write [causes."{key}.{name}"].' if name.isdigit() else nearest(name, (*_TEXTS, *_MARKS))
            raise ParameterError(f"{where} has an unknown field {name!r}. {fix}")
        if name in _MARKS and not isinstance(value, bool):
            raise ParameterError(f"{where}: {name} is true or false.")
        if name in _TEXTS and not _is_text(value, _MOST_LETTERS[name]):
            raise ParameterError(f"{where}: {name} is a text of one line with at most {_MOST_LETTERS[name]} letters.")
        if name == "branch" and value not in ("", *BRANCHES):
            raise ParameterError(f"{where}: branch is one of {', '.join(BRANCHES)}.")


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and not any(ord(letter) < 32 for letter in value)


def _taxonomy(entries: Mapping[str, Mapping[str, Any]], renamed: Mapping[str, str], *, path: Path) -> Taxonomy:
    _check_renames(entries, renamed, path)
    parents = {key: _cause(key, entries, renamed, path=path) for key in entries if "." not in key}
    found: list[Cause] = []
    for parent in parents.values():
        children = [key for key in entries if "." in key and level1_of(key) == parent.id]
        found += [parent, *(_cause(key, entries, renamed, parent=parent, path=path) for key in children)]
    for key in entries:
        if level1_of(key) not in parents:
            raise ParameterError(
                f"{path}, cause {key!r}: there is no {level1_of(key)} that it would belong to; add it."
            )
    _check_targets(found, renamed, path)
    return Taxonomy(_version(found, renamed), tuple(found), dict(renamed))


def _cause(
    key: str,
    entries: Mapping[str, Mapping[str, Any]],
    renamed: Mapping[str, str],
    *,
    path: Path,
    parent: Cause | None = None,
) -> Cause:
    fields = entries[key]
    for name in ("name", "definition"):
        if not str(fields.get(name, "")).strip():
            raise ParameterError(f'{path}, cause {key!r} has no {name}; say it in [causes."{key}"].')
    inherited = {name: getattr(parent, name) for name in _INHERITED} if parent else {}
    place: dict[str, Any] = {"id": key, "level": 2 if parent else 1, "parent": parent.id if parent else ""}
    cause = Cause(**{**place, **inherited, **fields})
    # What belongs to a retired cause cannot be chosen without it.
    gone = key in renamed or (parent is not None and parent.is_retired)
    return replace(cause, is_retired=True) if gone else cause


def _check_renames(entries: Mapping[str, object], renamed: Mapping[str, str], path: Path) -> None:
    for old in renamed:
        seen = [old]
        while seen[-1] in renamed:
            new = renamed[seen[-1]]
            if new in seen:
                raise ParameterError(f"{path}, [renamed]: {' -> '.join([*seen, new])} goes round in a circle.")
            seen.append(new)
        if not _ID.fullmatch(old) or seen[-1] not in entries:
            raise ParameterError(f"{path}, [renamed]: {old!r} leads to {seen[-1]!r}. {nearest(seen[-1], entries)}")


def _check_targets(causes: Iterable[Cause], renamed: Mapping[str, str], path: Path) -> None:
    known = {cause.id: cause for cause in causes}
    for old, new in renamed.items():
        target = known.get(new)
        if target is not None and target.is_retired and new not in renamed:
            raise ParameterError(
                f"{path}, [renamed]: {old!r} leads to {new}, which is retired. Name one that is in use."
            )
        if target is not None and old in known and known[old].is_trigger != target.is_trigger:
            raise ParameterError(
                f"{path}, [renamed]: {old!r} and {new} play different roles (one is a trigger), so tags of the one "
                "cannot become tags of the other. Retire the old one instead."
            )
    if all(cause.is_retired or cause.is_trigger for cause in known.values()):
        raise ParameterError(f"{path} leaves no cause to tag; every one is retired or a trigger.")


def _version(causes: Iterable[Cause], renamed: Mapping[str, str]) -> str:
    """Return the digest of what the causes say; neither their order nor spaces in a text change it."""
    rows = sorted(
        [cause.id, *(_plain(getattr(cause, name)) for name in _TEXTS), *(getattr(cause, name) for name in _MARKS)]
        for cause in causes
    )
    content = dumps([rows, sorted(renamed.items())], ensure_ascii=False, separators=(",", ":"))
    return sha256(content.encode()).hexdigest()[:_VERSION_LETTERS]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
