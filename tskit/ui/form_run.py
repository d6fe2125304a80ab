"""A run that goes on beside the notebook: begun, followed and stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.runs import ParameterValue

__all__ = ["Asked", "Followed", "Running", "begin"]

_WORKER = Path(__file__).with_name("form_worker.py")
_LOST = "The run ended without a word, most often since memory ran out. Take a shorter period, and run again."

_EARLY = "It was stopped before it began; nothing was kept."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be run: a template's file, parameters that differ from its defaults, and where."""

    template: Path
    given: Mapping[str, ParameterValue]
    casebook: Path
    root: Path
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """Who is told: of each section with its number from 0 and how many there are, and once of the end.

    `done` gets the run's folder; `failed` a message for the person, and whether the run was stopped by them.
    """

    section: Callable[[str, int, int], None]
    done: Callable[[Path], None]
    failed: Callable[[str, bool], None]


class Running:
    """A run that goes on in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], followed: Followed) -> None:
        self._process = process
        self._followed = followed
        self._is_stopped = False
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    def stop(self) -> None:
        """Stop the run; what there is of it is kept, and marked as failed."""
        self._is_stopped = True
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def wait(self, seconds: float) -> bool:
        """Wait until its end was told, and return whether it was."""
        self._reader.join(seconds)
        return not self._reader.is_alive()

    def _follow(self) -> None:
        end: dict[str, Any] = {"kind": "failed", "message": ""}
        with self._process as process:
            assert process.stdout is not None
            for event in filter(None, map(_event, process.stdout)):
                if event["kind"] == "section":
                    self._followed.section(event["section"], event["done"], event["total"])
                else:
                    end = event
        if end["kind"] == "done":
            self._followed.done(Path(end["folder"]))
        else:
            silence = _EARLY if self._is_stopped else _LOST
            self._followed.failed(str(end["message"]) or silence, self._is_stopped)


def _event(line: str) -> dict[str, Any] | None:
    """Return the event that a line tells of; whatever else was printed is none."""
    try:
        found: object = json.loads(line)
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) and "kind" in found else None


def begin(asked: Asked, followed: Followed) -> Running:
    """Begin a run and return at once; `followed` is called from a thread of its own."""
    request = {
        "template": str(asked.template),
        "given": dict(asked.given),
        "casebook": str(asked.casebook),
        "root": str(asked.root),
        "formats": list(asked.formats),
    }
    process = subprocess.Popen(  # noqa: S603  # our own program, in this interpreter
        # By its path and with switches: a variable of Python would change which warm process is the notebook's own.
        [sys.executable, "-P", "-X", "utf8", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what libraries print can quote what they read
        text=True,
        encoding="utf-8",
        # Interrupting a cell of the notebook is meant for the notebook.
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return Running(process, followed)
