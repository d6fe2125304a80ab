"""tskit runs: what was run, what it said, what changed since, and what may go."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli import runs_diff
from tskit.cli.runs_listed import chosen, lines, zone_of
from tskit.cli.runs_place import AsJson, Book, RunsFolder, pour_json, root_of, run_called
from tskit.cli.runs_prune import carried_out, planned, rules_of
from tskit.cli.runs_shown import told
from tskit.cli.screen import say
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import RunRow
    from tskit.runs import Kept

__all__ = ["app"]

app = typer.Typer(help="List, show and compare runs, make a page of them, and prune old ones.")

_Templates = Annotated[list[str] | None, typer.Option("--template", "-t", help="Only this template; may be repeated.")]
_Markets = Annotated[list[str] | None, typer.Option("--market", help="Only this market; may be repeated.")]
_Statuses = Annotated[
    list[str] | None, typer.Option("--status", help="Only done, no data, failed or unfinished; may be repeated.")
]
_Since = Annotated[str, typer.Option("--since", metavar="DAY", help="Only runs begun on this day or later.")]
_Batch = Annotated[str, typer.Option("--batch", help="Only runs of this batch; a part of its name is enough.")]
_Top = Annotated[int, typer.Option("--top", "-n", min=0, help="How many to show; 0 shows all.")]
_Run = Annotated[str, typer.Argument(help="A run's id or a part of it, latest, or its folder.")]
_Keep = Annotated[
    int | None,
    typer.Option("--keep-newest", min=0, help="How many of each template and parameters stay; alone, all others go."),
]
_Older = Annotated[int | None, typer.Option("--older-than", min=0, metavar="DAYS", help="Reports older than this go.")]
_Failed = Annotated[
    int | None, typer.Option("--failed-after", min=0, metavar="DAYS", help="Runs without a report older than this go.")
]
_Unfinished = Annotated[
    int | None, typer.Option("--unfinished-after", min=0, metavar="DAYS", help="What a killed run left goes then.")
]
_MANY = 20


@app.callback(invoke_without_command=True)
def runs(
    context: typer.Context,
    *,
    template: _Templates = None,
    market: _Markets = None,
    status: _Statuses = None,
    since: _Since = "",
    batch: _Batch = "",
    top: _Top = _MANY,
    as_json: AsJson = False,
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """List, show and compare runs, make a page of them, and prune old ones. Without a verb: list them."""
    if context.invoked_subcommand is None:
        list_runs(template=template, market=market, status=status, since=since, batch=batch,
                  top=top, as_json=as_json, casebook=casebook, runs=runs)  # fmt: skip


@app.command("list")
def list_runs(
    *,
    template: _Templates = None,
    market: _Markets = None,
    status: _Statuses = None,
    since: _Since = "",
    batch: _Batch = "",
    top: _Top = _MANY,
    as_json: AsJson = False,
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """List the runs, the newest first: when, what, of what, how it ended, and what it found."""
    from tskit.runs import rows

    root = root_of(casebook, runs)
    every = rows(root)
    found = chosen(
        every, templates=template or (), markets=market or (), statuses=status or (), since=_day(since), batch=batch
    )
    shown = found[:top] if top else found
    if as_json:
        pour_json([asdict(row) for row in shown])
        return
    for line in lines(shown, among=every):
        say(line)
    say(_counted(len(shown), len(found), every, root))


@app.command()
def show(run: _Run, *, as_json: AsJson = False, casebook: Book = None, runs: RunsFolder = None) -> None:
    """Show one run: its answer, parameters, inputs, findings and files, and where it lies."""
    from tskit.runs import pins, row_of_kept

    root = root_of(casebook, runs)
    kept = run_called(run, root)
    row = row_of_kept(kept, root=root)
    if as_json:
        pour_json(asdict(row))
        return
    pinned = pins(root)
    for line in told(kept, row, pinned=pinned.get(row.id, pinned.get(row.batch))):
        say(line)


@app.command()
def diff(
    run: _Run,
    other: Annotated[
        str,
        typer.Argument(
            help="The later run; without it, RUN against the one before it of the same template and parameters."
        ),
    ] = "",
    *,
    as_json: AsJson = False,
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """Say what changed from one run to another, and whether data, parameters, code or restated history did it."""
    from tskit.runs import difference, row_of_kept

    root = root_of(casebook, runs)
    first = run_called(run, root)
    before, after = (first, run_called(other, root)) if other else (_run_before(first, root), first)
    found = difference(before, after)
    if as_json:
        pour_json(runs_diff.as_json(found))
        return
    for line in runs_diff.told(found, row_of_kept(before, root=root), row_of_kept(after, root=root)):
        say(line)


@app.command()
def site(*, casebook: Book = None, runs: RunsFolder = None) -> None:
    """Write one page of all runs, to be searched and filtered offline, and say where it is."""
    from tskit.runs import rows, with_changes, without_address_parser

    without_address_parser()
    from tskit.export.html import site as written

    root = root_of(casebook, runs)
    found = rows(root)
    if not found:
        raise ParameterError(f"There is no run in {root} yet. Make one with: tskit run TEMPLATE")
    say(str(written(with_changes(found, root), root, made=datetime.now(UTC))))


@app.command()
def pin(
    run: _Run,
    *,
    why: Annotated[str, typer.Option("--why", help="The reason, for whoever asks later.")] = "",
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """Keep a run, or a batch by its name, whatever the rules of pruning say."""
    from tskit.runs import pin as pinned

    root = root_of(casebook, runs)
    name = _pinnable(run, root)
    pinned(root, name, why=why)
    say(f"{name} is pinned: tskit runs prune leaves it alone.")


@app.command()
def unpin(run: _Run, *, casebook: Book = None, runs: RunsFolder = None) -> None:
    """Take the pin of a run or a batch away again."""
    from tskit.runs import pins
    from tskit.runs import unpin as unpinned

    root = root_of(casebook, runs)
    # A pin may outlive its run, and must go all the same.
    name = run if run in pins(root) else _pinnable(run, root)
    unpinned(root, name)
    say(f"{name} is no longer pinned.")


@app.command()
def prune(
    *,
    keep_newest: _Keep = None,
    older_than: _Older = None,
    failed_after: _Failed = None,
    unfinished_after: _Unfinished = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it, nothing is removed.")] = False,
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """Say which runs may go by the rules given here or in casebook.toml, and with --yes remove them."""
    from tskit.runs import pins, prunable, rows

    given = {"keep_newest": keep_newest, "older_than_days": older_than}
    rules = rules_of(casebook, given | {"failed_after_days": failed_after, "unfinished_after_days": unfinished_after})
    root = root_of(casebook, runs)
    every = rows(root)
    found = prunable(every, root, rules=rules, pins=pins(root), now=datetime.now(UTC))
    if yes:
        carried_out(found, root)
        return
    for line in planned(found, root, every=len(every)):
        say(line)
    if found.doomed:
        say("Nothing was removed. Do it with --yes; keep one with: tskit runs pin RUN")


def _pinnable(asked: str, root: Path) -> str:
    is_batch = asked not in ("", ".", "..") and Path(asked).name == asked and (root / asked / "batch.json").is_file()
    return asked if is_batch else run_called(asked, root).id


def _run_before(run: Kept, root: Path) -> Kept:
    from tskit.runs import open_run, row_before, row_of_kept, rows

    row = row_before(row_of_kept(run, root=root), rows(root))
    found = open_run(root / row.folder) if row else None
    if found is None:
        raise ParameterError(
            "No run of the same template and parameters is before this one. Name the one to hold it against: "
            "tskit runs diff THAT THIS"
        )
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ParameterError("--since takes a day, as in 2026-11-01.") from None


def _counted(shown: int, found: int, every: Sequence[RunRow], root: Path) -> str:
    if not every:
        return f"There is no run in {root} yet. Make one with: tskit run TEMPLATE"
    if not found:
        return f"None of the {len(every):,} runs in {root} is such a one."
    runs = "1 run" if found == 1 else f"{found:,} runs"
    more = f"; {shown:,} shown, --top 0 shows all" if shown < found else ""
    return f"{runs} in {root}{more}. Times are those of {zone_of(every)}."
