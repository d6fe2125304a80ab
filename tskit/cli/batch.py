"""tskit batch: runs a template once for each line of a grid, and says how they compare."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import Annotated, Literal

import typer

from tskit.errors import ParameterError

__all__ = ["batch"]


def batch(
    *,
    template: Annotated[
        str, typer.Argument(help="A template's name (see: tskit template list) or its file; not with --resume.")
    ] = "",
    grid: Annotated[Path | None, typer.Option("--grid", help="What varies: a TOML or CSV file.")] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter of every run; repeat it for more."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="How many at a time; as many as there are cores otherwise.")
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Show the runs, and start nothing.")] = False,
    resume: Annotated[
        str, typer.Option("--resume", metavar="BATCH", help="Take a batch up again: its folder, its name or `latest`.")
    ] = "",
    again: Annotated[bool, typer.Option("--retry-failed", help="With --resume: repeat failed runs as well.")] = False,
    share: Annotated[
        float | None,
        typer.Option(
            "--stop-after-failures", min=0.0, max=1.0, help="Stop when more than this share failed; half otherwise."
        ),
    ] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help="Another format beside report.html, as in pdf.")] = None,
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder for runs; runs/ of the casebook otherwise.")
    ] = None,
    kernel: Annotated[
        Literal["engine", "warm", "cold"] | None,
        typer.Option("--kernel", help="What executes the cells; forks of one process where they are to be had."),
    ] = None,
    cluster: Annotated[
        str,
        typer.Option("--cluster", metavar="URL", help="Send the runs to a Dask scheduler, as in tcp://10.0.0.5:8786."),
    ] = "",
    cell_seconds: Annotated[int | None, typer.Option("--cell-seconds", min=1, help="Stop a longer cell.")] = None,
    run_seconds: Annotated[int | None, typer.Option("--run-seconds", min=1, help="Stop a longer run.")] = None,
    memory: Annotated[int | None, typer.Option("--memory-mb", min=64, help="Stop a run that takes more.")] = None,
    alert: Annotated[
        bool, typer.Option("--alert", help="Hold the casebook's [[alerts]] against the runs, and send what fires.")
    ] = False,
) -> None:
    """Run a template for each line of a grid, several at a time; a batch that was killed is taken up with --resume."""
    from tskit.cli.batch_begun import Asked, begin, take_up

    limits = {"cell_seconds": cell_seconds, "run_seconds": run_seconds, "memory_mb": memory}
    given = {name: value for name, value in limits.items() if value}
    asked = Asked(tuple(to or ()), kernel, given, workers, share, alert, cluster)
    if resume:
        if template or grid or pairs or to:
            raise ParameterError("A batch is taken up as it was begun; leave out the template, --grid, -p and --to.")
        raise typer.Exit(take_up(resume, asked, casebook=casebook, out=out, is_again=again, is_dry=dry))
    if again:
        raise ParameterError("--retry-failed goes with --resume, as in: tskit batch --resume latest --retry-failed")
    if not template or grid is None:
        raise ParameterError("Name a template and a grid, as in: tskit batch trend_report --grid markets.toml")
    raise typer.Exit(begin(template, grid, pairs or (), asked, casebook=casebook, out=out, is_dry=dry))
