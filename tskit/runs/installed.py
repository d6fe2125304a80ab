"""What is installed: the versions of the packages that a run rests on, and the state of tskit's own code."""

from __future__ import annotations

import re
import shutil
import subprocess
from email import message_from_string
from email.message import Message
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["code_state", "packages"]

_DISTRIBUTION = "ts-investigation-kit"
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)(?:\[[^]]*\])?[^;]*(;.*)?")
_CODE = ("tskit", "templates")
_COMPILED = "__pycache__"
_SECONDS = 10
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@cache
def packages(distribution: str = _DISTRIBUTION) -> Mapping[str, str]:
    """Return the version of every package that `distribution` needs; of all that are installed when it is not.

    It is looked up once: a process goes on with what it has imported, whatever is installed meanwhile.
    """
    found: dict[str, str] = {}
    waiting = [distribution]
    while waiting:
        name = waiting.pop()
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # needed on another system only
        if _key(name) not in found:
            told = _metadata(installed)
            found[_key(name)] = str(told["Version"])
            waiting += _needs(told.get_all("Requires-Dist", ()))
    everything = found or {_key(d.name): d.version for d in metadata.distributions()}
    return MappingProxyType(dict(sorted(everything.items())))


@cache
def code_state(root: Path = Path(__file__).parents[2]) -> Mapping[str, object]:
    """Return which code of tskit this is: its version, a digest of its files, and of a clone the commit.

    `digest` alone tells two states apart. `is_dirty` says whether files were changed since the commit; None where
    nobody can tell, since git is not installed. Of an installed wheel `record` is the SHA-256 of its list of files.

    Args:
        root: the folder that holds the package; a clone's, where it is a clone.
    """
    from tskit import __version__  # noqa: PLC0415  # the front door, which imports nothing of this

    state: dict[str, object] = {"version": __version__, "digest": _digest(root / _CODE[0])}
    if (root / ".git").exists():
        return MappingProxyType(state | _commit(root))
    try:
        record = metadata.distribution(_DISTRIBUTION).read_text("RECORD") or ""
    except metadata.PackageNotFoundError:
        record = ""
    return MappingProxyType(state | ({"record": sha256(record.encode()).hexdigest()} if record else {}))


def _digest(package: Path) -> str:
    whole = sha256()
    paths = (path for path in package.rglob("*") if path.is_file() and _COMPILED not in path.parts)
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in paths):
        # The ends of lines are git's choice on each system, and no other code.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(f"{name}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def _commit(root: Path) -> dict[str, object]:
    told = _asked_of_git(root)
    if told is None:
        return {"commit": _head(root), "is_dirty": None}
    lines = told.splitlines()
    commit = next((line.split()[-1] for line in lines if line.startswith("# branch.oid")), "")
    return {"commit": commit, "is_dirty": any(not line.startswith("#") for line in lines)}


def _asked_of_git(root: Path) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    # Without optional locks it only looks: somebody may be committing in this clone just now.
    asked = ["--no-optional-locks", "-C", str(root), "status", "--porcelain=v2", "--branch", "--", *_CODE]
    try:
        done = subprocess.run(  # noqa: S603  # git, on our own folder
            [program, *asked], capture_output=True, timeout=_SECONDS, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def _head(root: Path) -> str:
    """Return the commit that a clone's own files name, or nothing where they are kept in another way."""
    folder = root / ".git"
    try:
        if folder.is_file():
            folder = root / folder.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        said = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not said.startswith("ref:"):
            return said if _COMMIT.fullmatch(said) else ""
        return _ref(folder, said.removeprefix("ref:").strip())
    except (OSError, UnicodeDecodeError):
        return ""


def _ref(folder: Path, name: str) -> str:
    shared = folder / "commondir"
    home = folder / shared.read_text(encoding="utf-8").strip() if shared.is_file() else folder
    loose = home / name
    if loose.is_file():
        return loose.read_text(encoding="utf-8").strip()
    packed = (home / "packed-refs").read_text(encoding="utf-8").splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


def _metadata(installed: metadata.Distribution) -> Message:
    """Return what is told of a distribution, without its description, which is most of it and takes long to read."""
    text = installed.read_text("METADATA")
    if text is None:  # of an older kind, which keeps its requirements elsewhere
        told = Message()
        told["Version"] = installed.version
        for line in installed.requires or ():
            told["Requires-Dist"] = line
        return told
    return message_from_string(text.partition("\n\n")[0])


def _needs(lines: Iterable[str]) -> list[str]:
    matches = [_REQUIREMENT.fullmatch(line) for line in lines]
    return [match[1] for match in matches if match and "extra" not in (match[2] or "")]


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
