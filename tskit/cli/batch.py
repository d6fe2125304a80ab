"""tskit batch: runs a template once for each line of a grid, and says how they compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tskit.errors import ParameterError

__all__ = ["batch"]

_Template = Annotated[
    str, typer.Argument(help="A template's name (see: tskit template list) or its file; not with --resume.")
]
_Pairs = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter of every run; repeat it for more."),
]
_Grid = Annotated[Path | None, typer.Option("--grid", help="What varies: a TOML or CSV file.")]
_Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="How many at a time; as many as there are cores otherwise.")
]
_Dry = Annotated[bool, typer.Option("--dry-run", help="Show the runs, and start nothing.")]
_Resume = Annotated[
    str, typer.Option("--resume", metavar="BATCH", help="Take a batch up again: its folder, its name or `latest`.")
]
_Again = Annotated[bool, typer.Option("--retry-failed", help="With --resume: repeat failed runs as well.")]
_Share = Annotated[
    float | None,
    typer.Option(
        "--stop-after-failures", min=0.0, max=1.0, help="Stop when more than this share failed; half otherwise."
    ),
]
_Formats = Annotated[list[str] | None, typer.Option("--to", help="Another format beside report.html, as in pdf.")]
_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
_Out = Annotated[Path | None, typer.Option("--out", help="The folder for runs; runs/ of the casebook otherwise.")]
_Kernel = Annotated[
    Literal["engine", "warm", "cold"] | None,
    typer.Option("--kernel", help="What executes the cells; forks of one process where they are to be had."),
]
_Cluster = Annotated[
    str, typer.Option("--cluster", metavar="URL", help="Send the runs to a Dask scheduler, as in tcp://10.0.0.5:8786.")
]
_CellSeconds = Annotated[int | None, typer.Option("--cell-seconds", min=1, help="Stop a run when a cell takes longer.")]
_RunSeconds = Annotated[int | None, typer.Option("--run-seconds", min=1, help="Stop a run that takes longer.")]
_Memory = Annotated[int | None, typer.Option("--memory-mb", min=64, help="Stop a run that takes more memory.")]
_Alert = Annotated[
    bool, typer.Option("--alert", help="Hold the casebook's rules for alerts against the runs, and send what fires.")
]


def batch(
    *,
    template: _Template = "",
    grid: _Grid = None,
    pairs: _Pairs = None,
    workers: _Workers = None,
    dry: _Dry = False,
    resume: _Resume = "",
    again: _Again = False,
    share: _Share = None,
    to: _Formats = None,
    casebook: _Casebook = None,
    out: _Out = None,
    kernel: _Kernel = None,
    cluster: _Cluster = "",
    cell_seconds: _CellSeconds = None,
    run_seconds: _RunSeconds = None,
    memory: _Memory = None,
    alert: _Alert = False,
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
