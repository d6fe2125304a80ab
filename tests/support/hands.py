"""Stands in for the runs of a batch in processes of their own, which can import nothing else of a test."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

from tskit.runs.batch import Standing

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.runs.batch import Planned

__all__ = ["act", "sealed"]


def act(run: Planned, place: Path) -> Standing:
    """Do what the run's label says: end in some way, die, or wait until somebody comes."""
    word, _, number = run.label.partition(" ")
    if word == "dies" or (word == "dies-once" and not mark(place, "died")):
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "waits":
        mark(place, f"waits-{os.getpid()}")
        time.sleep(60)
    if word == "lost":
        return Standing("failed", "DeadKernel", 0.5)
    outcome, kind = (word, "") if word in ("ok", "no_data") else ("failed", "KeyError")
    sealed(place / run.id, outcome if word != "dies-once" else "ok", kind)
    return Standing("ok", "", 1.0) if word == "dies-once" else Standing(outcome, kind, float(number or 1))


def sealed(folder: Path, status: str, kind: str = "") -> None:
    """Make the folder of a run that ended so."""
    folder.mkdir(parents=True)
    (folder / "findings.json").write_text("{}\n", encoding="utf-8")
    (folder / "notebook.ipynb").write_text("{}\n", encoding="utf-8")
    failure = {"section": "", "cell": 1, "kind": kind} if kind else None
    outputs = {name: {"bytes": 3, "sha256": ""} for name in ("findings.json", "notebook.ipynb")}
    body = {"id": folder.name, "status": status, "failure": failure, "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(body), encoding="utf-8")


def mark(place: Path, name: str) -> bool:
    """Leave a mark beside the attempts, and return whether it was there already."""
    place.parents[1].mkdir(parents=True, exist_ok=True)
    path = place.parents[1] / name
    is_there = path.exists()
    path.touch()
    return is_there
