"""Puts lines on the screen, and shows how far long work is: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["counting", "pour", "receiving", "say", "sections"]


def say(text: str, *, err: bool = False) -> None:
    """Print a line without what could command a terminal: names of files, columns and sections come from anybody."""
    typer.echo(neutralise(text), err=err)


def pour(part: str) -> None:
    """Print data exactly as it is into a file or a pipe; on a terminal without what could command it."""
    if sys.stdout.isatty():
        part = "".join(neutralise(line) + "\n" for line in part.splitlines())
    typer.echo(part.encode(), nl=False)


@contextmanager
def sections(title: str) -> Generator[Callable[[str, int, int], None]]:
    """Give a function that is told each section as it begins, its number from 0, and how many there are."""
    if not sys.stderr.isatty():
        yield lambda section, done, total: say(f"{done + 1}/{total} {section}", err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda section, done, total: progress.update(
            task, description=neutralise(section), completed=done, total=total
        )


@contextmanager
def counting(title: str) -> Generator[Callable[[int, int], None]]:
    """Give a function that is told how much is done, and of how much."""
    if not sys.stderr.isatty():
        say(f"{title} ...", err=True)
        yield _untold
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def receiving(title: str) -> Generator[Callable[[str, int], None]]:
    """Give a function that is told a table as its rows come in, and how many of them are here."""
    begun: set[str] = set()

    def once(table: str, _: int) -> None:
        if table not in begun:
            say(f"{title}: {table} ...", err=True)
        begun.add(table)

    if not sys.stderr.isatty():
        yield once
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda table, rows: progress.update(task, description=neutralise(f"{title}: {table}, {rows:,}"))


def _untold(done: int, total: int) -> None:
    """Print nothing: a log of counts helps nobody."""
