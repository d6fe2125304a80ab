"""What a run left in its folder, read so that no broken, foreign or hostile folder can do harm."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = [
    "MANIFEST",
    "UNFINISHED",
    "Kept",
    "is_run_name",
    "listed",
    "mapped",
    "number",
    "open_run",
    "plain",
    "read_json",
    "utc",
]

MANIFEST = "manifest.json"
UNFINISHED = ".partial"
"""The end of a folder's name while its run goes on, and for good when the run was killed."""
_NAME = re.compile(r"(?P<stamp>\d{8}T\d{6}Z)-(?P<template>.+)-[0-9a-f]{6}(-\d+)?")
_LARGEST = 64 * 1024 * 1024
"""Bytes: no manifest comes near, and a larger file would only fill the memory."""
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Kept:
    """A run as it lies in `folder`: its manifest and its findings, empty where they cannot be read."""

    folder: Path
    manifest: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    findings: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @property
    def id(self) -> str:
        """Return the run's id: the folder's name, whatever the manifest may claim."""
        return self.folder.name.removesuffix(UNFINISHED)

    @property
    def template(self) -> str:
        """Return the template's name; empty when nothing tells it."""
        named = plain(mapped(self.manifest.get("template")).get("name"))
        return named or self._of_name("template")

    @property
    def started(self) -> str:
        """Return when it began, UTC in ISO 8601; empty when nothing tells it."""
        stamp = self._of_name("stamp")
        return utc(self.manifest.get("started")) or (utc(stamp) if stamp else "")

    @property
    def is_sealed(self) -> bool:
        """Return whether a manifest that can be read closes the run."""
        return bool(self.manifest)

    @property
    def claims(self) -> tuple[Mapping[str, Any], ...]:
        """Return the findings that have a claim, in their order."""
        found = [mapped(one) for one in listed(self.findings.get("findings"))]
        return tuple(one for one in found if plain(one.get("claim")))

    @property
    def inputs(self) -> tuple[Mapping[str, Any], ...]:
        """Return what the manifest says of each case set that was read."""
        return tuple(mapped(one) for one in listed(self.manifest.get("inputs")))

    @property
    def places(self) -> tuple[Mapping[str, Any], ...]:
        """Return how far each log was read: `log`, `entries` and `digest` of each, and what else was said of it."""
        states = [mapped(one) for name in ("tags", "logs") for one in listed(self.manifest.get(name))]
        flat = [place for state in states for place in (state, *map(mapped, listed(state.get("places"))))]
        return tuple(place for place in flat if "entries" in place)

    def _of_name(self, part: str) -> str:
        match = _NAME.fullmatch(self.id)
        return match[part] if match else ""


def open_run(folder: Path) -> Kept | None:
    """Return the run in `folder`; None when it is no run's: no name of a run, and no manifest that can be read."""
    manifest = read_json(folder / MANIFEST)
    # Other programs write files of this name, too: a web page has one.
    is_ours = bool(mapped(manifest.get("template"))) and "status" in manifest
    if not is_ours and not is_run_name(folder.name):
        return None
    return Kept(folder, manifest, read_json(folder / "findings.json"))


def is_run_name(name: str) -> bool:
    """Return whether a folder is called as tskit calls those of runs.

    >>> is_run_name("20261101T000000Z-trend_report-ab12cd.partial"), is_run_name("notes")
    (True, False)
    """
    return bool(_NAME.fullmatch(name.removesuffix(UNFINISHED)))


def read_json(path: Path) -> Mapping[str, Any]:
    """Return the object in a JSON file; an empty one when it is missing, broken, a link, no file or far too large."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return {}
        return mapped(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return {}


def mapped(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def listed(value: object) -> Sequence[Any]:
    """Return a JSON list; an empty one for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def plain(value: object) -> str:
    r"""Return text as one line without hidden controls, and not without end; empty for anything but text.

    >>> plain("two\nlines"), plain(3)
    ('two lines', '')
    """
    return neutralise(" ".join(value.split()), limit=_LONGEST) if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return a finite number; None for anything else.

    >>> number(2), number(True), number(float("nan"))
    (2.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def utc(value: object) -> str:
    """Return an instant in UTC and ISO 8601, to the second; empty when it is none or has no zone.

    >>> utc("2026-11-01T08:00:00+08:00"), utc("yesterday")
    ('2026-11-01T00:00:00+00:00', '')
    """
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC).isoformat(timespec="seconds") if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""
