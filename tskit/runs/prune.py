"""Which runs may go by rule, and their removal, each in one step that no kill can halve."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.errors import RunError
from tskit.runs.at_work import is_at_work, is_held, lock_of
from tskit.runs.catalogue import BATCH
from tskit.runs.covered import is_of_days
from tskit.runs.kept import UNFINISHED, is_run_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tskit.model.retention import Retention
    from tskit.model.run_row import RunRow

__all__ = ["GONE", "Doomed", "Pruning", "prunable", "remove", "sweep"]

GONE = ".gone-"
"""How the name of a folder begins that is being removed; a list of runs leaves it out."""
_LOCK = ".lock"
_QUIET = timedelta(hours=1)
"""How long nothing may have been written into an unfinished run's folder, whatever its lock says."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A run, or a batch as a whole, that may go: its folder, why, how many runs it holds and how many bytes."""

    folder: Path
    why: str
    runs: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """What the rules would remove, and how many runs they would remove were it not for a pin, a batch or a process."""

    doomed: tuple[Doomed, ...]
    pinned: int = 0
    in_batches: int = 0
    at_work: int = 0

    @property
    def bytes(self) -> int:
        """Return how many bytes would be free."""
        return sum(one.bytes for one in self.doomed)

    @property
    def runs(self) -> int:
        """Return how many runs would go."""
        return sum(one.runs for one in self.doomed)


def prunable(rows: Sequence[RunRow], root: Path, *, rules: Retention, pins: Collection[str], now: datetime) -> Pruning:
    """Return which of the runs below `root` may go.

    A run of a batch goes with the whole batch only, since the batch's page links to it. Whatever is pinned, is no
    folder of a run by its name, or has a process at work on it stays.
    """
    newest = _newest(rows, rules.keep_newest)
    why = {row.folder: reason for row in rows if (reason := _reason(row, newest, rules=rules, now=now))}
    wanted = [row for row in rows if row.folder in why and is_run_name((root / row.folder).name)]
    free = [row for row in wanted if not {row.id, row.batch} & set(pins)]
    busy = {row.folder for row in free if _is_busy(root / row.folder, row, now=now)}
    idle = [row for row in free if row.folder not in busy]
    alone = [row for row in idle if not row.batch]
    whole = _whole(rows, root, {row.folder for row in idle})
    doomed = [_doomed(root / row.folder, why[row.folder], 1) for row in alone]
    doomed += [_doomed(root / name, "all runs of the batch may go", _size(name, rows)) for name in sorted(whole)]
    kept = sum(bool(row.batch) and row.batch not in whole for row in idle)
    return Pruning(tuple(doomed), len(wanted) - len(free), kept, len(busy))


def remove(doomed: Doomed, root: Path) -> None:
    """Remove a run or a batch below `root`: at once out of sight, then file by file.

    Raises:
        RunError: it is a link or lies elsewhere by now, or the system does not let it go; nothing was removed.
    """
    folder = doomed.folder
    if folder.is_symlink() or not folder.is_dir() or folder.resolve().parent != root.resolve():
        raise RunError(f"{folder} is not the folder of a run any more; nothing of it was removed.")
    gone = next(path for n in count() if not (path := root / f"{GONE}{n or ''}{folder.name}").exists())
    try:
        folder.rename(gone)
    except OSError as error:
        raise RunError(
            f"{folder} cannot be removed: {error.strerror}. Close what has it open, and prune again."
        ) from None
    lock_of(folder).unlink(missing_ok=True)
    shutil.rmtree(gone, ignore_errors=True)


def sweep(root: Path) -> int:
    """Remove what a removal that was cut off left behind, and locks without a run; return how many folders that were."""
    try:
        left = [one for one in root.iterdir() if one.name.startswith(GONE) and one.is_dir() and not one.is_symlink()]
    except OSError:
        return 0
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    for lock in root.glob(f".*{UNFINISHED}.lock"):
        if not (root / lock.name[1:].removesuffix(".lock")).exists() and not is_held(lock):
            lock.unlink(missing_ok=True)
    return len(left)


def _reason(row: RunRow, newest: Collection[str], *, rules: Retention, now: datetime) -> str:
    """Return why a run may go by the rules; empty when it stays."""
    age = _age(row, now)
    if age is None:
        return ""
    if row.status == "unfinished":
        return _older(age, rules.unfinished_after_days, "unfinished")
    if row.status != "ok":
        return _older(age, rules.failed_after_days, "without a report")
    if row.folder in newest or not (rules.keep_newest or rules.older_than_days):
        return ""
    if rules.older_than_days:
        return _older(age, rules.older_than_days, "")
    return f"{rules.keep_newest} newer of the same template and parameters stay"


def _older(age: timedelta, days: int, what: str) -> str:
    if not days or age <= timedelta(days=days):
        return ""
    return ", ".join(filter(None, (what, f"older than {days} {'day' if days == 1 else 'days'}")))


def _age(row: RunRow, now: datetime) -> timedelta | None:
    known = row.finished or row.started
    return now - datetime.fromisoformat(known) if known else None


def _newest(rows: Sequence[RunRow], most: int) -> frozenset[str]:
    """Return the folders of the `most` latest reports to each question."""
    found: dict[object, list[RunRow]] = {}
    for row in sorted((row for row in rows if row.status == "ok"), key=lambda row: (row.started, row.id), reverse=True):
        found.setdefault(_question(row), []).append(row)
    return frozenset(row.folder for asked in found.values() for row in asked[:most])


def _question(row: RunRow) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what a run was asked, the days included that somebody named: June's report is no newer one of February's."""
    return row.series, tuple(sorted(one for one in row.asked if is_of_days(one[0])))


def _is_busy(folder: Path, row: RunRow, *, now: datetime) -> bool:
    if row.status != "unfinished":
        return False
    touched = max((path.lstat().st_mtime for path in _files(folder)), default=0.0)
    return is_at_work(folder) or now - datetime.fromtimestamp(touched, UTC) < _QUIET


def _whole(rows: Sequence[RunRow], root: Path, free: Collection[str]) -> frozenset[str]:
    """Return the batches all of whose runs may go, and on which nobody works."""
    kept = {row.batch for row in rows if row.folder not in free}
    names = {row.batch for row in rows if row.batch} - kept
    return frozenset(name for name in names if (root / name / BATCH).is_file() and not is_held(root / name / _LOCK))


def _size(name: str, rows: Sequence[RunRow]) -> int:
    return sum(row.batch == name for row in rows)


def _doomed(folder: Path, why: str, runs: int) -> Doomed:
    return Doomed(folder, why, runs, sum(path.lstat().st_size for path in _files(folder)))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the folder and all that lies in it; links are not followed."""
    yield folder
    for base, names, files in os.walk(folder, followlinks=False):
        yield from (Path(base) / name for name in (*names, *files))
