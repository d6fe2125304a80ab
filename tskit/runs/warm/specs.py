"""The kernelspec of warm kernels: what a Jupyter client reads to start one."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tskit.runs.warm.kernels import LAUNCHER
from tskit.runs.warm.place import WarmPlace, own_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "NAME",
    "PROVISIONER",
    "environment_of",
    "install",
    "is_registered",
    "place_in",
    "provisioned",
    "remove",
    "spec",
    "standing_folder",
]

NAME = "tskit-warm"
PROVISIONER = "tskit-warm-provisioner"
ENVIRONMENT = {"PYTHONHASHSEED": "0"}
"""What every kernel of tskit is started with; one and the same, so that notebooks and runs share a zygote."""

_GROUP = "jupyter_client.kernel_provisioners"
_ORIGIN = "TSKIT_WARM"


def is_registered() -> bool:
    """Return whether Jupyter knows the provisioner: a clone that is not installed has none."""
    return bool(entry_points(group=_GROUP, name=PROVISIONER))


def provisioned(place: WarmPlace, *, is_shared: bool = False) -> dict[str, Any]:
    """Return the metadata of a kernelspec that make its kernels warm; a shared one leaves the folder to each user."""
    return {"kernel_provisioner": {"provisioner_name": PROVISIONER, "config": _config(place, is_shared=is_shared)}}


def environment_of(place: WarmPlace, *, is_shared: bool = False) -> dict[str, str]:
    """Return the variables of warm kernels; one tells where they come from, so that a form's run takes a fork as well."""
    told = json.dumps(_config(place, is_shared=is_shared))
    return {**ENVIRONMENT, _ORIGIN: told.replace("$", "$$")}  # Jupyter puts variables in, and takes two for one


def place_in(environment: Mapping[str, str]) -> WarmPlace | None:
    """Return where the kernel of this environment was forked; None where it does not say so."""
    try:
        told: dict[str, Any] = json.loads(environment.get(_ORIGIN, ""))
        folder = Path(told["folder"]) if told["folder"] else own_folder(environment)
        return WarmPlace(folder, tuple(told["preload"]), told["idle_seconds"], is_forced=told["is_forced"])
    except (ValueError, KeyError, TypeError):
        return None


def _config(place: WarmPlace, *, is_shared: bool) -> dict[str, Any]:
    return {
        "preload": list(place.preload),
        "idle_seconds": place.idle_seconds,
        "folder": "" if is_shared else str(place.folder),
        "is_forced": place.is_forced,
    }


def spec(place: WarmPlace) -> dict[str, Any]:
    """Return the content of `kernel.json` for the clients of this environment.

    Its command is a launcher, which finds a warm process by itself: some clients start the command of a kernelspec
    without asking for a provisioner.
    """
    return {
        "argv": [
            sys.executable,
            "-m",
            LAUNCHER,
            f"--preload={','.join(place.preload)}",
            f"--idle-seconds={place.idle_seconds}",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
        ],
        "display_name": "Python 3 (tskit, warm)",
        "language": "python",
        "interrupt_mode": "signal",
        "env": environment_of(place, is_shared=True),
        "metadata": {"debugger": False, "supported_encryption": "curve", **provisioned(place, is_shared=True)},
    }


def standing_folder() -> Path:
    """Return the folder of this environment's kernelspecs."""
    return Path(sys.prefix) / "share" / "jupyter" / "kernels"


def install(place: WarmPlace, folder: Path) -> Path:
    """Write the kernelspec below `folder`, unless it is there as it is, and return its own folder.

    Raises:
        OSError: it cannot be written.
    """
    own = folder / NAME
    text = json.dumps(spec(place), indent=1) + "\n"
    path = own / "kernel.json"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        own.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return own


def remove(folder: Path) -> bool:
    """Remove the kernelspec from `folder` and return whether it was there."""
    own = folder / NAME
    if not (own / "kernel.json").is_file():
        return False
    shutil.rmtree(own)
    return True
