"""tskit lab: JupyterLab on a casebook."""

from __future__ import annotations

import os
import socket
import threading
from functools import partial
from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.notebooks import notebooks_of, own_casebook
from tskit.cli.screen import say
from tskit.cli.sealing import secrets_in
from tskit.errors import ParameterError, SourceError

if TYPE_CHECKING:
    from tskit.model import Casebook
    from tskit.runs.warm import WarmPlace

__all__ = ["lab"]


def lab(
    *,
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="The port; the first free one from 8888 otherwise.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open the browser.")] = True,
    warm: Annotated[
        bool | None,
        typer.Option(
            "--warm/--no-warm",
            help="Whether kernels are forked from a process that has everything imported; where the system can, otherwise.",
        ),
    ] = None,
) -> None:
    """Open JupyterLab on a casebook: its notebooks, runs and templates, and nothing that leaves this machine."""
    book = own_casebook(casebook)
    if port:
        _refuse_taken(port)
    _prepare(book)
    _serve(book, port=port, is_shown=browser, warm=_warm(warm))


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ParameterError(
                f"Something else uses port {port}, perhaps another JupyterLab. "
                "Choose another with --port, or leave it out to take a free one."
            ) from None


def _warm(asked: bool | None) -> WarmPlace | None:
    """Return where kernels are forked, or None; the process they come from is started while the browser opens."""
    from tskit.cli.lab_setup import offer_kernel
    from tskit.cli.warm import preheat, warm_place
    from tskit.runs.warm import why_not

    if asked is False:
        return None
    place = warm_place(is_forced=bool(asked))
    reason = why_not(place)
    if reason:
        say(f"Kernels take a few seconds to start. {reason}", err=True)
        return None
    trouble = offer_kernel(place)
    if trouble:
        say(trouble, err=True)
    told = partial(_tell, "Kernels take a few seconds to start.")
    threading.Thread(target=partial(preheat, place, trouble=told), daemon=True).start()
    return place


def _tell(before: str, why: str) -> None:
    say(f"{before} {why}", err=True)


def _prepare(book: Casebook) -> None:
    """Write what JupyterLab reads: the first notebook and its settings."""
    from tskit.cli.lab_setup import write_settings
    from tskit.cli.lab_start import write_start

    folder = notebooks_of(book)
    try:
        write_start(folder)
        for trouble in write_settings(book):
            say(trouble, err=True)
    except OSError as error:
        raise SourceError(f"{book.root} cannot be written ({error.strerror}). Ask who owns the casebook.") from None


def _serve(book: Casebook, *, port: int | None, is_shown: bool, warm: WarmPlace | None) -> None:
    from jupyterlab.labapp import LabApp

    from tskit.cli.lab_setup import EXTENSIONS, OwnServer, settings

    # Nothing that is made in the lab is signed or tells anybody, and a notebook can show its environment.
    for name in secrets_in(os.environ):
        os.environ.pop(name, None)
    os.environ["TSKIT_CASEBOOK"] = str(book.root)
    # Widgets in a notebook make links to files from it; a kernel does not know where its server begins.
    os.environ["TSKIT_LAB_ROOT"] = str(book.root)
    config = settings(book, port=port, is_shown=is_shown, warm=warm)
    server = OwnServer.instance(jpserver_extensions=dict(EXTENSIONS), config=config)
    server.aliases.update(LabApp.aliases)
    server.initialize(argv=[], starter_extension="lab", find_extensions=False)
    say(f"JupyterLab on {book.root}")
    say(f"  {server.connection_url}lab?token={server.identity_provider.token}")
    say("Stop it with Ctrl-C.")
    server.start()
    say("JupyterLab is stopped, and its kernels with it.")
