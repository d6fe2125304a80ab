"""The seal of a run: what was run, with what, on what, and the SHA-256 of everything that came of it."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tskit.runs.home import names_of, without_home

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tskit.model import RunStatus
    from tskit.runs.parameters import ParameterValue
    from tskit.runs.template import Template
    from tskit.runs.watch import Failure

__all__ = ["FILE", "SCHEMA", "Account", "digests", "packages", "provenance", "seal"]

FILE = "manifest.json"
SCHEMA = 1
_DISTRIBUTION = "ts-investigation-kit"
_TOLD = ("papermill", "pandas", "numpy", "duckdb", "ibis-framework", "altair")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)(?:\[[^]]*\])?[^;]*(;.*)?")


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a run when it ends; `parameters` are those that it ran with, `given` the ones that were set."""

    id: str
    template: Template
    status: RunStatus
    started: datetime
    finished: datetime
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict[str, "ParameterValue"], repr=False)
    given: tuple[str, ...] = ()
    inputs: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    tags: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    logs: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    failure: Failure | None = None
    zone: str = ""


def seal(account: Account, folder: Path, *, home: Path | None = None) -> dict[str, str]:
    """Write `manifest.json` into `folder`, the last file of a run, and return the digests of the others by name.

    A path below `home` is written from `~`, so that a manifest that is shared does not name a user.
    """
    outputs = digests(folder)
    text = without_home(json.dumps(_body(account, outputs), ensure_ascii=False, indent=1), names_of(home)) + "\n"
    # Renamed into place: a manifest that is there is whole, whenever the power fails.
    unsealed = folder / f".{FILE}.partial"
    with unsealed.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unsealed.replace(folder / FILE)
    return {name: str(entry["sha256"]) for name, entry in outputs.items()}


def digests(folder: Path) -> dict[str, dict[str, str | int]]:
    """Return SHA-256 and size of each file below `folder`, the manifest aside, by its path with forward slashes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): _digest(path) for path in paths if path.name != FILE}


def packages(distribution: str = _DISTRIBUTION) -> dict[str, str]:
    """Return the version of every package that `distribution` needs; of all that are installed when it is not."""
    found: dict[str, str] = {}
    waiting = [distribution]
    while waiting:
        name = waiting.pop()
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # needed on another system only
        if _key(name) not in found:
            found[_key(name)] = installed.version
            waiting += _needs(installed)
    everything = found or {_key(d.name): d.version for d in metadata.distributions()}
    return dict(sorted(everything.items()))


def provenance(template: Template) -> dict[str, object]:
    """Return what the notebook itself says of its making, for whoever holds it without the manifest."""
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    installed = packages()
    versions = {"tskit": __version__, "python": platform.python_version()}
    versions |= {name: installed[name] for name in _TOLD if name in installed}
    return {"template": template.name, "sha256": template.sha256, "versions": versions}


def _body(account: Account, outputs: Mapping[str, object]) -> dict[str, object]:
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    failure = account.failure
    return {
        "schema": SCHEMA,
        "tskit": __version__,
        "id": account.id,
        "status": account.status,
        "started": account.started.isoformat(timespec="seconds"),
        "finished": account.finished.isoformat(timespec="seconds"),
        "template": {"name": account.template.name, "sha256": account.template.sha256},
        "parameters": dict(account.parameters),
        "given": list(account.given),
        "zone": next((str(given["zone"]) for given in account.inputs if given.get("zone")), account.zone),
        "inputs": [_short_source(given) for given in account.inputs],
        "tags": [dict(state) for state in account.tags],
        "logs": [dict(state) for state in account.logs],
        "failure": {"section": failure.section, "cell": failure.cell, "kind": failure.kind} if failure else None,
        "findings_sha256": _findings_digest(outputs),
        "outputs": dict(outputs),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages(),
    }


def _findings_digest(outputs: Mapping[str, Any]) -> str:
    return str(outputs.get("findings.json", {"sha256": sha256(b"").hexdigest()})["sha256"])


def _digest(path: Path) -> dict[str, str | int]:
    with path.open("rb") as file:
        return {"sha256": file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def _needs(installed: metadata.Distribution) -> list[str]:
    matches = [_REQUIREMENT.fullmatch(line) for line in installed.requires or []]
    return [match[1] for match in matches if match and "extra" not in (match[2] or "")]


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _short_source(given: Mapping[str, Any]) -> dict[str, Any]:
    source = str(given.get("source", ""))
    return {**given, "source": re.split(r"[/\\]", source)[-1] if re.match(r"[/\\~]|[A-Za-z]:", source) else source}
