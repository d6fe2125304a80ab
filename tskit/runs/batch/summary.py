"""What became of a batch, read from its plan and the folders of its runs: as one value, and as a table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from tskit.model import BatchSummary, Missing
from tskit.runs.batch.journal import read_journal
from tskit.runs.batch.standing import LOST, standings
from tskit.runs.collect import guarded
from tskit.runs.covered import in_words
from tskit.runs.row import kind_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tskit.model import RunRow
    from tskit.runs.batch.plan import Plan, Planned
    from tskit.runs.batch.standing import Standing

__all__ = ["CSV", "summary", "write_csv"]

CSV = "summary.csv"
_NOT_YET = "It was not begun, or was stopped before it was whole."


def summary(plan: Plan, folder: Path) -> BatchSummary:
    """Return what became of the batch in `folder`, whose runs are in the order of its grid."""
    # The same words as in the list of runs and on their page.
    kind = kind_of(plan.template)
    found = standings(plan, folder)
    rows = {run.id: _row(folder / run.id, folder.parent) for run in plan.runs}
    return BatchSummary(
        id=plan.id,
        name=plan.title or f"{kind} for {len(plan.runs)} questions",
        template=plan.template,
        kind=kind,
        started=plan.started,
        finished=_finished(folder, is_whole=all(run.id in found for run in plan.runs)),
        grid=plan.names,
        rows=tuple(row for row in rows.values() if row),
        missing=tuple(_missing(run, found.get(run.id)) for run in plan.runs if not rows[run.id]),
        command=f"tskit batch --resume {folder.name}",
    )


def write_csv(told: BatchSummary, folder: Path) -> Path:
    """Write a table with one line a run, its figures in columns of their own, and return its path."""
    metrics = list(dict.fromkeys(one.metric for row in told.rows for one in row.headlines))
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    names = [guarded(name) for name in (*told.grid, *_figure_names(metrics))]
    writer.writerow(["run", "outcome", "why", "started", "seconds", *names])
    for row in told.rows:
        writer.writerow([guarded(value) for value in _line(row, told, metrics)])
    for one in told.missing:
        asked = dict(one.asked)
        line = ["", "missing", one.why, "", "", *(asked.get(name, "") for name in told.grid)]
        line += [""] * len(list(_figure_names(metrics)))
        writer.writerow([guarded(value) for value in line])
    path = folder / CSV
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def _row(folder: Path, root: Path) -> RunRow | None:
    return row_of(folder, root=root) if folder.is_dir() else None


def _figure_names(metrics: list[str]) -> Iterator[str]:
    for name in metrics:
        yield from (name, f"{name}_low", f"{name}_high", f"{name}_change")


def _line(row: RunRow, told: BatchSummary, metrics: list[str]) -> Iterator[object]:
    asked = dict(row.asked)
    yield from (row.id, row.status, row.failure, row.started, row.seconds)
    yield from (asked.get(name, "") for name in told.grid)
    headlines = {one.metric: one for one in row.headlines}
    for name in metrics:
        one = headlines.get(name)
        yield from (one.value, one.low, one.high, one.change) if one else ("", "", "", "")


def _missing(run: Planned, found: Standing | None) -> Missing:
    asked = tuple((name, in_words(name, value)) for name, value in run.given.items())
    if found is None:
        return Missing(asked, _NOT_YET)
    why = "Its process was killed again and again" if found.kind in LOST else f"It stopped with {found.kind}"
    return Missing(asked, f"{why}, before it had a folder.")


def _finished(folder: Path, *, is_whole: bool) -> str:
    ended = [line["at"] for line in read_journal(folder) if line["event"] == "ended"]
    return str(ended[-1]) if ended and is_whole else ""
