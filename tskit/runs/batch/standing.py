"""How far a batch has come, read from the folders of its runs, and the clearing away of what is half made."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from tskit.runs.batch.journal import read_journal
from tskit.runs.kept import UNFINISHED
from tskit.runs.kernel import STOPPED
from tskit.runs.manifest import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.runs.batch.plan import Plan

__all__ = ["ATTEMPTS", "LOST", "WORKER_DIED", "Outcome", "Standing", "clear", "clear_attempts", "standing", "standings"]

Outcome = Literal["ok", "no_data", "failed"]

WORKER_DIED = "WorkerDied"
LOST = frozenset({STOPPED, "DeadKernel", "NoKernel", WORKER_DIED})
"""Kinds of failures that come from outside the template: its process was killed, or did not start."""

ATTEMPTS = ".attempts"
"""The folder within a batch's in which its runs are made; a whole one is moved out of it."""

NOTEBOOK = "notebook.ipynb"
_GONE = ".gone-"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run ended: its outcome, the kind of its failure, and how many seconds it took (0 when nobody knows).

    `has_notebook` is False where it failed before its notebook was begun, or left no folder at all.
    """

    outcome: Outcome
    kind: str = ""
    seconds: float = 0.0
    has_notebook: bool = True

    @property
    def is_lost(self) -> bool:
        """Return whether the run failed for a reason that does not lie in it, so that it is worth another attempt."""
        return self.outcome == "failed" and (self.kind in LOST or not self.has_notebook)


def standings(plan: Plan, folder: Path) -> dict[str, Standing]:
    """Return how each run of the batch in `folder` ended, by its id; one that is not whole is not among them.

    A run's own folder is believed before the journal: the process may have been killed between the two.
    """
    found = {run.id: standing(folder / run.id) for run in plan.runs}
    told = {line["run"]: _told(line) for line in read_journal(folder) if line["event"] == "ended"}
    for key, line in told.items():
        seen = found.get(key)
        if seen is not None:
            found[key] = replace(seen, seconds=line.seconds)
        elif line.outcome == "failed" and not (folder / key).exists():
            found[key] = replace(line, has_notebook=False)  # it never came to a folder, as on a full disk
    return {key: value for key, value in found.items() if value}


def standing(folder: Path) -> Standing | None:
    """Return how the run in this folder ended; None where it is not there, not sealed, or has lost a file since."""
    try:
        body: Mapping[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        outputs: Mapping[str, Mapping[str, Any]] = body["outputs"]
        if any((folder / name).stat().st_size != entry["bytes"] for name, entry in outputs.items()):
            return None
        kind = (body["failure"] or {}).get("kind", "") if body["status"] == "failed" else ""
        return Standing(body["status"], kind, has_notebook=NOTEBOOK in outputs)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear(folder: Path) -> None:
    """Remove a run's folder and the one that it was made in, where they are there."""
    for path in (folder, folder.with_name(folder.name + UNFINISHED)):
        if path.is_dir():
            # Renamed first, so that nobody takes what is half removed for a run.
            aside = path.with_name(_GONE + path.name)
            shutil.rmtree(aside, ignore_errors=True)
            path.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)


def clear_attempts(folder: Path) -> None:
    """Remove what killed processes left half made or half removed in the folder of a batch."""
    for path in [folder / ATTEMPTS, *folder.glob(f"{_GONE}*")]:
        shutil.rmtree(path, ignore_errors=True)


def _told(line: Mapping[str, Any]) -> Standing:
    return Standing(line["outcome"], line["kind"], line["seconds"])
