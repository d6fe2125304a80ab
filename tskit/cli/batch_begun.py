"""Begins a batch, and takes one up again where it rests on what it rested on."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cli.alarms import refuse_without_rules, ring
from tskit.cli.batch_marks import data_marks, refuse_changed, still_marks
from tskit.cli.batch_places import casebook_asked, folder_of, found, kept, seen
from tskit.cli.batch_shown import ending, preview, progress, stopped
from tskit.cli.casebook import casebook_around, casebook_of
from tskit.cli.reports import export, formats_of, runs_folder
from tskit.cli.run_kernel import kernel_of
from tskit.cli.screen import say
from tskit.cli.sealing import sealing
from tskit.errors import NoDataError, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import BatchSummary, Casebook
    from tskit.runs import Template
    from tskit.runs.batch import Crew, Ended, Plan, Work
    from tskit.runs.execute import Kernel

__all__ = ["Asked", "begin", "take_up"]

_INTERRUPTED = 130
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """How runs are to be done, as the command line says it; `limits` are the fields of a Setting by name.

    `kernel` None takes what is quickest, `is_alert` holds the casebook's alerts against the batch, and `cluster` is the
    address of a Dask scheduler.
    """

    formats: tuple[str, ...]
    kernel: Kernel | None
    limits: Mapping[str, int]
    workers: int | None
    share: float | None
    is_alert: bool = False
    cluster: str = ""


def begin(
    template: str,
    grid: Path,
    pairs: Sequence[str],
    asked: Asked,
    *,
    casebook: Path | None,
    out: Path | None,
    is_dry: bool,
) -> int:
    """Begin a batch and see it through; return the exit code of what became of it."""
    from tskit.metrics import choices
    from tskit.runs import find, folders, read_pairs
    from tskit.runs.batch import make, points, read_grid, reserve, write_plan

    told, fixed = read_grid(grid), read_pairs(pairs)
    asked = replace(asked, formats=formats_of(asked.formats))
    book = casebook_of(casebook or casebook_asked(told, fixed))
    if asked.is_alert:
        refuse_without_rules(book)
    named = find(template, folders(book.root))
    allowed = choices(parameter.name for parameter in named.parameters)
    listed = seen(points(told, named.parameters, fixed=fixed, choices=allowed), book)
    plan = make(named, listed, names=told.names, title=told.title, started=_now())
    if is_dry:
        preview(plan, plan.runs)
        return 0
    held, data = data_marks(plan, named, book)
    given = {
        "template": kept(Path(template).resolve()) if named.path == Path(template) else template,
        "grid": kept(grid.resolve()),
        "casebook": kept(book.root.resolve()),
        "how": asdict(asked),
    }
    plan = replace(plan, marks={**still_marks(named, grid, book), **data}, asked=given)
    folder = reserve(plan, (out or runs_folder(book)).resolve())
    plan = replace(plan, id=folder.name)
    write_plan(plan, folder)
    return _carry_out(plan, folder, asked, book=book, template=named, held=held)


def take_up(name: str, asked: Asked, *, casebook: Path | None, out: Path | None, is_again: bool, is_dry: bool) -> int:
    """Take a batch up again and see it through; return the exit code of what became of it.

    Raises:
        ParameterError: there is no such batch, or what its runs rest on has changed since it was begun.
    """
    from tskit.runs import find, folders
    from tskit.runs.batch import left_to_do, read_plan, standings

    folder = folder_of(name, casebook=casebook, out=out)
    plan = read_plan(folder)
    book = casebook_of(casebook or casebook_around(folder) or found(plan.asked["casebook"]))
    named = find(str(found(plan.asked["template"])), folders(book.root))
    refuse_changed(plan, still_marks(named, found(plan.asked["grid"]), book))
    todo = left_to_do(plan, standings(plan, folder), is_failed_repeated=is_again)
    if is_dry:
        preview(plan, todo)
        return 0
    held: Sequence[object] = ()
    if todo:
        held, data = data_marks(plan, named, book)
        refuse_changed(plan, data)
    begun = plan.asked["how"]
    how = replace(
        asked,
        formats=tuple(begun["formats"]),
        kernel=asked.kernel or begun["kernel"],
        limits={**begun["limits"], **asked.limits},
        workers=asked.workers or begun["workers"],
        share=begun["share"] if asked.share is None else asked.share,
        is_alert=asked.is_alert or begun["is_alert"],
    )
    return _carry_out(plan, folder, how, book=book, template=named, held=held, is_again=is_again)


def _carry_out(
    plan: Plan,
    folder: Path,
    asked: Asked,
    *,
    book: Casebook,
    template: Template,
    held: Sequence[object],
    is_again: bool = False,
) -> int:
    """See a batch through; `held` are the loads that its runs read, which stay in the cache while somebody has them."""
    from tskit.runs.batch import Conduct, carry_out, left_to_do, standings

    work = _work(asked, book, template)
    todo = left_to_do(plan, standings(plan, folder), is_failed_repeated=is_again)
    share = _SHARE if asked.share is None else asked.share
    before = len(plan.runs) - len(todo)
    say(f"{folder}: {len(todo)} of {len(plan.runs)} runs to do", err=True)
    try:
        with progress(plan.title or template.title, before=before, total=len(plan.runs)) as tell:
            conduct = Conduct(partial(_crew, work, asked, folder), _now, tell, share, is_again)
            ended = carry_out(plan, folder, conduct)
        del held
        code = _close(plan, folder, ended, band=book.band)
    except KeyboardInterrupt:  # a second one, while the first is still being heeded
        stopped(folder)
        raise
    if todo and asked.is_alert:
        sealed = [folder / key for key in standings(plan, folder) if (folder / key).is_dir()]
        ring(book, sealed, root=folder.parent, about=folder.name)
    return code


def _crew(work: Work, asked: Asked, folder: Path, count: int) -> Crew:
    """Return who does so many runs: processes of this machine, or the workers of a cluster."""
    from tskit.runs.batch import ClusterCrew, LocalCrew

    if asked.cluster and count:
        assert work.setting.casebook is not None
        return ClusterCrew.of(work, asked.cluster, folder=folder, casebook=work.setting.casebook)
    return LocalCrew(work, max(1, min(asked.workers or _cores(), count)))


def _close(plan: Plan, folder: Path, ended: Ended, *, band: str) -> int:
    """Write what compares the runs, say what became of them, and return the exit code."""
    from tskit.export.html import batch_page
    from tskit.runs.batch import summary, write_csv

    told = summary(plan, folder)
    write_csv(told, folder)
    page = batch_page(told, folder, band=band, made=_now())
    _renew(folder.parent)
    ending(told, ended, folder=folder)
    say(str(page))
    return _code(told, ended)


def _renew(root: Path) -> None:
    """Write the page of all runs anew where there is one: each batch's page leads to it."""
    from tskit.export.html import site
    from tskit.runs import rows, with_changes

    if (root / "index.html").is_file():
        site(with_changes(rows(root), root), root, made=_now())


def _code(told: BatchSummary, ended: Ended) -> int:
    counts = told.counts
    if ended == "interrupted":
        return _INTERRUPTED
    if set(counts) == {"no_data"}:
        return NoDataError.exit_code
    return 0 if set(counts) <= {"ok", "no_data"} else RunError.exit_code


def _work(asked: Asked, book: Casebook, template: Template) -> Work:
    from tskit.runs import Setting
    from tskit.runs.batch import Work

    # The workers of a cluster live elsewhere, each under its own user, and fork from nothing of ours.
    kernel, place = kernel_of(asked.kernel or ("cold" if asked.cluster else "engine"))
    setting = Setting(
        clock=_now,
        casebook=book.root.resolve(),
        home=Path.home(),
        zone=book.zone,
        cell_seconds=asked.limits.get("cell_seconds"),
        run_seconds=asked.limits.get("run_seconds"),
        memory_mb=asked.limits.get("memory_mb"),
        kernel=kernel,
        warm=place,
    )
    setting = sealing(setting, book=book)
    return Work(template, setting, partial(export, formats=asked.formats, record_url=book.record_url))


def _now() -> datetime:
    return datetime.now(UTC)


def _cores() -> int:
    # Of those that this process may use, where the system tells: a container often has fewer than its machine.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
