"""The seal of a run: what was run, with what, on what, and the SHA-256 of everything that came of it."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Any

from tskit.runs.home import names_of, without_home
from tskit.runs.installed import packages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tskit.model import RunStatus
    from tskit.runs.parameters import ParameterValue
    from tskit.runs.template import Template
    from tskit.runs.watch import Failure

__all__ = ["FILE", "HASH_SEED", "SCHEMA", "SIGNATURE", "Account", "digests", "provenance", "seal"]

FILE = "manifest.json"
SCHEMA = 2
_TOLD = ("papermill", "pandas", "numpy", "duckdb", "ibis-framework", "altair")
SIGNATURE = "manifest.sig"
HASH_SEED = "0"
"""The seed of hashes in the kernel of a run, whatever executes it."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a run when it ends; `parameters` are those that it ran with, `given` the ones that were set.

    `place` is the kind of folder that the template lay in. `kernel` is what executed the cells. `code` is the state of
    tskit's own code, and `facts` are what else the manifest is to keep, as settings and the machine.
    """

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
    place: str = ""
    kernel: str = "cold"
    code: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    facts: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)


def seal(
    account: Account,
    folder: Path,
    *,
    home: Path | None = None,
    sign: Callable[[bytes], Mapping[str, str]] | None = None,
) -> dict[str, str]:
    """Write `manifest.json` into `folder`, the last file of a run, and return the digests of the others by name.

    A path below `home` is written from `~`, so that a manifest that is shared does not name a user. What `sign` says of
    the manifest's bytes is written beside it, into `manifest.sig`.
    """
    outputs = digests(folder)
    homes = names_of(home)
    body = _body(account, outputs)
    body["template"] |= _as_kept(account.template, homes)
    content = (without_home(json.dumps(body, ensure_ascii=False, indent=1), homes) + "\n").encode()
    if sign is not None:
        _write(folder / SIGNATURE, (json.dumps(dict(sign(content)), indent=1) + "\n").encode())
    _write(folder / FILE, content)
    return {name: str(entry.get("sha256", "")) for name, entry in outputs.items()}


def digests(folder: Path) -> dict[str, dict[str, str | int]]:
    """Return SHA-256 and size of each file below `folder`, the manifest and its signature aside, by its path with forward slashes.

    Of a link, a pipe or a device there is neither: it is not opened, since it leads elsewhere or never ends.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    ours = {name: path for name, path in named.items() if name not in (FILE, SIGNATURE)}
    # Hidden files and folders are somebody else's: JupyterLab leaves one beside a notebook that is looked at.
    return {name: _digest(path) for name, path in ours.items() if not any(part[0] == "." for part in name.split("/"))}


def provenance(template: Template) -> dict[str, object]:
    """Return what the notebook itself says of its making, for whoever holds it without the manifest."""
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    installed = packages()
    versions = {"tskit": __version__, "python": platform.python_version()}
    versions |= {name: installed[name] for name in _TOLD if name in installed}
    return {"template": template.name, "sha256": template.sha256, "versions": versions}


def _write(path: Path, content: bytes) -> None:
    # Renamed into place: a manifest that is there is whole, whenever the power fails.
    unsealed = path.with_name(f".{path.name}.partial")
    with unsealed.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unsealed.replace(path)


def _as_kept(template: Template, homes: Iterable[Path]) -> dict[str, str]:
    """Return the digest of the template as the notebook keeps it, where that is another: where it names a home folder."""
    kept = without_home(template.notebook, homes)
    return {} if kept == template.notebook else {"kept_sha256": sha256(kept.encode()).hexdigest()}


def _body(account: Account, outputs: Mapping[str, object]) -> dict[str, Any]:
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    failure = account.failure
    return {
        **account.facts,
        "schema": SCHEMA,
        "tskit": __version__,
        "id": account.id,
        "status": account.status,
        "started": account.started.isoformat(timespec="seconds"),
        "finished": account.finished.isoformat(timespec="seconds"),
        "template": {"name": account.template.name, "sha256": account.template.sha256, "place": account.place},
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
        "packages": dict(packages()),
        "code": dict(account.code),
        "kernel": account.kernel,
        "seeds": {"PYTHONHASHSEED": HASH_SEED},
    }


def _findings_digest(outputs: Mapping[str, Any]) -> str:
    return str(outputs.get("findings.json", {"sha256": sha256(b"").hexdigest()})["sha256"])


def _digest(path: Path) -> dict[str, str | int]:
    if path.is_symlink() or not path.is_file():
        return {}
    with path.open("rb") as file:
        return {"sha256": file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def _short_source(given: Mapping[str, Any]) -> dict[str, Any]:
    source = str(given.get("source", ""))
    return {**given, "source": re.split(r"[/\\]", source)[-1] if re.match(r"[/\\~]|[A-Za-z]:", source) else source}
