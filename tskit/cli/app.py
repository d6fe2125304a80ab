"""The verbs, each from its module."""

from __future__ import annotations

from typing import Annotated

import typer

from tskit import __version__
from tskit.cli import (
    alert,
    batch,
    check,
    init,
    key,
    lab,
    log,
    new,
    run,
    runs,
    secret,
    shift,
    sync,
    tags,
    template,
    triage,
    verify,
    verify_org,
)
from tskit.cli.screen import say

__all__ = ["app"]

app = typer.Typer(
    name="tskit",
    help="Write-ups of Trust & Safety cases that anybody can run again.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # Typer's signature of an option that acts at once
    if asked:
        say(f"tskit {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error comes from; works after a verb, too.")
    ] = False,
) -> None:
    """Write-ups of Trust & Safety cases that anybody can run again."""


app.command("init")(init.init)
app.command("check")(check.check)
app.command("sync")(sync.sync)
app.command("run")(run.run)
app.command("batch")(batch.batch)
app.add_typer(runs.app, name="runs")
app.command("verify")(verify.verify)
app.command("verify-org")(verify_org.verify_org)
app.add_typer(key.app, name="key")
app.command("alert")(alert.alert)
app.command("new")(new.new)
app.command("lab")(lab.lab)
app.add_typer(template.app, name="template")
app.add_typer(tags.app, name="tags")
app.command("log")(log.log)
app.command("triage")(triage.triage)
app.add_typer(shift.app, name="shift")
app.add_typer(secret.app, name="secret")
