"""The plan of a batch: every run that it has, under an id that is known before anything starts."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError, RunError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tskit.runs.batch.points import Point
    from tskit.runs.parameters import ParameterValue
    from tskit.runs.template import Template

__all__ = ["PREFIX", "Plan", "Planned", "latest", "make", "read_plan", "reserve", "write_plan"]

PREFIX = "batch-"
"""How the name of a batch's folder begins."""

FILE = "batch.json"
SCHEMA = 1
_MOST = 1000
_ID = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Planned:
    """One run of a plan: the id that its folder will have, what it is called, and its parameters."""

    id: str
    label: str = field(repr=False)
    given: Mapping[str, ParameterValue] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a batch is; it is written once, and what becomes of it stands in the journal.

    `kind` is the template's title, `names` are the parameters that vary. `marks` are digests of what the runs rest on,
    by what it is called (template, grid, casebook ...); a batch is taken up again only while they hold. `asked` is how
    the command line was given, for whoever takes it up again: plain JSON values.
    """

    id: str
    title: str
    template: str
    kind: str
    started: str
    names: tuple[str, ...]
    marks: Mapping[str, str]
    asked: Mapping[str, Any] = field(repr=False)
    runs: tuple[Planned, ...] = field(repr=False)


def make(template: Template, points: Sequence[Point], *, names: Sequence[str], title: str, started: datetime) -> Plan:
    """Return the plan of these runs; its id has to be reserved, and its marks are those of the template alone."""
    stamp = started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    whole = _digest([template.sha256, [dict(point.given) for point in points]])
    runs: dict[str, Planned] = {}
    for point in points:
        stem = f"{stamp}-{template.name}-{_digest([template.sha256, dict(point.given)])}"
        # Six signs of a digest meet now and then.
        key = next(name for n in range(1, _MOST) if (name := stem if n == 1 else f"{stem}-{n}") not in runs)
        runs[key] = Planned(key, point.label, dict(point.given))
    return Plan(
        f"{PREFIX}{stamp}-{template.name}-{whole}",
        title,
        template.name,
        template.title,
        started.astimezone(UTC).isoformat(timespec="seconds"),
        tuple(names),
        {"template": template.sha256},
        {},
        tuple(runs.values()),
    )


def reserve(plan: Plan, root: Path) -> Path:
    """Make a folder for the plan in `root` and return it; a number is added where another batch has the name."""
    root.mkdir(parents=True, exist_ok=True)
    for number in range(1, _MOST):
        folder = root / (plan.id if number == 1 else f"{plan.id}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise RunError(f"{root} already holds a thousand batches of this second; use another folder.")


def write_plan(plan: Plan, folder: Path) -> None:
    """Write the plan whole and durably: whoever finds it finds all of it."""
    text = json.dumps({"schema": SCHEMA, **asdict(plan), "id": folder.name}, ensure_ascii=False, indent=1) + "\n"
    partial = folder / f".{FILE}.partial"
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / FILE)


def read_plan(folder: Path) -> Plan:
    """Return the plan in the folder of a batch.

    Raises:
        SourceError: there is none, or it is not whole.
    """
    try:
        body: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if body.pop("schema") != SCHEMA:
            raise SourceError(f"{folder / FILE} was written by a newer tskit; use that one.")
        runs = tuple(_planned(run) for run in body.pop("runs"))
        body |= {"names": tuple(body["names"]), "id": folder.name}
        return Plan(**body, runs=runs)
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceError(
            f"{folder} holds no whole plan of a batch, so nothing of it was started. Start the batch again."
        ) from None


def latest(root: Path) -> Path:
    """Return the folder of the batch that was begun last.

    Raises:
        ParameterError: there is none in `root`.
    """
    found = sorted((path.parent.name, path.parent) for path in root.glob(f"{PREFIX}*/{FILE}"))
    if not found:
        raise ParameterError(f"{root} holds no batch. Start one with: tskit batch TEMPLATE --grid FILE")
    return found[-1][1]


def _planned(told: Mapping[str, Any]) -> Planned:
    run = Planned(**told)
    if not _ID.fullmatch(run.id):
        raise ValueError  # a path, and what lies there would be cleared away before its run is made
    return run


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:6]
