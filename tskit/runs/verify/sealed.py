"""Whether a run's folder is as it was sealed: its manifest, every file that it names, and its signature."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tskit.errors import VerifyError
from tskit.runs.kept import listed, mapped, plain, read_json, utc
from tskit.runs.manifest import FILE, SCHEMA, SIGNATURE, digests
from tskit.runs.signing import signature_of
from tskit.runs.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["Sealed", "check_files", "check_signature", "is_signed_by", "open_sealed"]

_LARGEST = 64 * 1024 * 1024
_NEEDED = ("schema", "id", "status", "template", "parameters", "outputs")
_ID = re.compile(r"\w[\w.-]*")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sealed:
    """A run's folder with its manifest, as bytes and as what they say."""

    folder: Path
    content: bytes = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        """Return the run's id as the manifest says it; the folder may have been renamed."""
        return plain(self.manifest["id"])

    @property
    def status(self) -> str:
        """Return how the run ended: ok, no_data or failed."""
        return plain(self.manifest["status"])

    @property
    def template(self) -> Mapping[str, Any]:
        """Return name, digest and place of the template."""
        return mapped(self.manifest["template"])

    @property
    def inputs(self) -> tuple[Mapping[str, Any], ...]:
        """Return what the run said of each case set that it read."""
        return tuple(mapped(one) for one in listed(self.manifest.get("inputs")))

    @property
    def places(self) -> tuple[Mapping[str, Any], ...]:
        """Return how far each log of records was read: `log`, `entries`, `digest`."""
        tags = [mapped(one) for one in listed(self.manifest.get("tags"))]
        logs = [mapped(one) for one in listed(self.manifest.get("logs"))]
        said = [*tags, *(mapped(place) for one in (*tags, *logs) for place in listed(one.get("places")))]
        return tuple({str(place["log"]): place for place in said if place.get("log")}.values())

    @property
    def given(self) -> dict[str, Any]:
        """Return the parameters that were set, with their values."""
        values = mapped(self.manifest["parameters"])
        names = self.manifest.get("given", list(values))
        return {name: values[name] for name in listed(names) if name in values}


def open_sealed(folder: Path) -> Sealed:
    """Return the run in `folder`.

    Raises:
        VerifyError: there is no manifest, or it is not whole; nothing else can be looked at then.
    """
    path = folder / FILE
    try:
        # A pipe would be waited for, and a link leads to what another folder holds.
        is_plain = path.is_file() and not path.is_symlink() and path.stat().st_size <= _LARGEST
        content = path.read_bytes() if is_plain or not path.exists() else b""
    except OSError:
        raise VerifyError(f"{folder} holds no {FILE}: the run was never finished, or it is not a run.") from None
    try:
        manifest = mapped(json.loads(content))
    except (ValueError, RecursionError):
        manifest = {}
    missing = [name for name in _NEEDED if name not in manifest]
    if missing:
        raise VerifyError(f"{path} is not whole: it lacks {', '.join(missing)}. Nothing of this run can be relied on.")
    if not _ID.fullmatch(plain(manifest["id"])):
        raise VerifyError(f"{path} names no run: its id is no name of a folder. Nothing of it can be relied on.")
    if not isinstance(manifest["schema"], int) or manifest["schema"] > SCHEMA:
        raise VerifyError(f"{path} was written by a newer tskit. Verify the run with that one.")
    return Sealed(folder, content, manifest)


def check_files(run: Sealed) -> Check:
    """Return whether every file is there, unchanged, and no other."""
    known, found = mapped(run.manifest["outputs"]), digests(run.folder)
    changed = [name for name in known if name in found and (not found[name] or mapped(known[name]) != found[name])]
    missing, added = [name for name in known if name not in found], [name for name in found if name not in known]
    parts = {"changed since the run": changed, "missing": missing, "new since the run": added}
    told = [f"{what}: {_listed(names)}" for what, names in parts.items() if names]
    if told:
        return Check("seal", is_good=False, said=f"{'; '.join(told)}.")
    at = utc(run.manifest.get("finished")).replace("T", " ").removesuffix("+00:00")
    return Check("seal", is_good=True, said=f"{len(known)} files are as they were sealed, {at} UTC.")


def check_signature(run: Sealed, *, keys: Collection[str]) -> Check:
    """Return whether the manifest was signed by one of the public `keys`; without any, whose signature it carries."""
    if not (run.folder / SIGNATURE).is_file():
        return Check("signature", is_good=not keys, said=_UNSIGNED_THOUGH if keys else _UNSIGNED)
    signature = signature_of(run.content, read_json(run.folder / SIGNATURE), keys=keys)
    if not signature.is_genuine:
        said = f"{SIGNATURE} does not fit the manifest: one of them was changed since the run."
        return Check("signature", is_good=False, said=said)
    if signature.is_known:
        return Check("signature", is_good=True, said=f"signed with {signature.key}, which is trusted here.")
    return Check("signature", is_good=not keys, said=f"signed with {signature.key}, {_STRANGER if keys else _NOBODY}")


def is_signed_by(run: Sealed, *, keys: Collection[str]) -> bool:
    """Return whether the manifest carries the signature of one of these public `keys`."""
    return signature_of(run.content, read_json(run.folder / SIGNATURE), keys=keys).is_known


_UNSIGNED = "none; whoever can write to the folder could have made this seal."
_UNSIGNED_THOUGH = "none, though the casebook or --key names keys; the manifest may have been made anew."
_STRANGER = "which is none of the keys that are trusted here."
_NOBODY = "which nothing here names as trusted (signing_keys in casebook.toml, or --key)."


def _listed(names: list[str]) -> str:
    shown = ", ".join(plain(name) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{shown}{more}"
