"""Where the runs are that a verb speaks of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tskit.cli.casebook import root_nearby
from tskit.cli.screen import pour
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from tskit.runs import Kept

__all__ = ["AsJson", "Book", "RunsFolder", "pour_json", "root_of", "run_called"]

Book = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
RunsFolder = Annotated[
    Path | None, typer.Option("--runs", help="The folder of the runs; runs/ of the casebook, or here, otherwise.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON, for scripts.")]


def root_of(casebook: Path | None, runs: Path | None) -> Path:
    """Return the folder of the runs: the one asked for, that of the casebook, or `runs` here."""
    return (runs or (root_nearby(casebook) or Path.cwd()) / "runs").resolve()


def run_called(asked: str, root: Path) -> Kept:
    """Return the run of that id or part of one, the latest, or the one in a folder, wherever that lies.

    Raises:
        ParameterError: there is none, or several could be meant.
    """
    from tskit.runs import find_run, open_run

    if not ("/" in asked or "\\" in asked or asked in (".", "..")):
        return find_run(asked, root)
    folder = Path(asked).expanduser().resolve()
    found = open_run(folder) if folder.is_dir() else None
    if found is None:
        raise ParameterError(f"{asked} is not the folder of a run. List the runs with: tskit runs")
    return found


def pour_json(value: Any) -> None:  # noqa: ANN401  # any JSON value
    """Print a value as JSON, as it is into a file or a pipe."""
    import json

    pour(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
