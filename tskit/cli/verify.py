"""tskit verify: says whether a finished run still holds."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tskit.cli.casebook import casebook_around, casebook_of
from tskit.cli.records_as_of import records_as_of
from tskit.cli.reports import export
from tskit.cli.run_kernel import kernel_of
from tskit.cli.runs_place import Book, RunsFolder, root_of, run_called
from tskit.cli.screen import say, sections
from tskit.cli.sealing import sealing
from tskit.cli.source_today import source_today
from tskit.cli.vouching import vouched
from tskit.errors import ParameterError, VerifyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.model import Casebook
    from tskit.runs import Setting, Template
    from tskit.runs.verify import Check, Means, Sealed

__all__ = ["verify"]


def verify(
    *,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id or a part of it, its folder, or: latest")],
    cold: Annotated[bool, typer.Option("--cold", help="Make the fresh run in a plain kernel of its own.")] = False,
    key: Annotated[
        Path | None, typer.Option("--key", help="A file with the public key that the run must be signed with.")
    ] = None,
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Execute the run's cells even where no template or key here vouches for them."),
    ] = False,
    casebook: Book = None,
    runs: RunsFolder = None,
) -> None:
    """Check that a run is as it was sealed, and that a fresh run says the same; fail with 15 where not.

    The fresh run executes the run's own cells: where a template that is here has them, or a trusted key signed them.
    """
    from tskit.runs.verify import open_sealed
    from tskit.runs.verify import verify as look

    sealed = open_sealed(run_called(run, root_of(casebook, runs)).folder)
    book = casebook_of(casebook or _book_of(sealed))
    with (
        tempfile.TemporaryDirectory(prefix="tskit-verify-", ignore_cleanup_errors=True) as scratch,
        sections(f"Verifying {sealed.id}") as progress,
    ):
        means = _means(sealed, book, Path(scratch), cold=cold, key=key, progress=progress)
        means = vouched(means, book, asked=casebook, key=key, is_trusted=trust)
        verdict = look(sealed, means=means, told=_say)
    if not verdict.is_good:
        raise VerifyError(f"{verdict.run} does not hold: {', '.join(check.name for check in verdict.broken)}.")
    say(f"{verdict.run} holds." if sealed.status == "ok" else f"The seal of {verdict.run} holds.")


def _say(check: Check) -> None:
    say(f"{'ok  ' if check.is_good else 'FAIL'} {check.name}: {check.said}")


def _book_of(run: Sealed) -> Path | str:
    """Return the folder of the casebook that a run belongs to: the one around it, else the one that it was given."""
    given = str(run.given.get("casebook", ""))
    return casebook_around(run.folder) or (
        given if (Path(given).expanduser() / "casebook.toml").is_file() and given else ""
    )


def _means(
    run: Sealed,
    book: Casebook,
    scratch: Path,
    *,
    cold: bool,
    key: Path | None,
    progress: Callable[[str, int, int], None],
) -> Means:
    from tskit.cases import input_files
    from tskit.cases.snapshots import pinned
    from tskit.runs.verify import Means

    snapshots = _snapshots(run)
    book = pinned(book, snapshots)
    given, places = _given(run, book)
    source = str(given.get("source", ""))
    return Means(
        setting=_setting(book, snapshots, cold=cold),
        given=given,
        places=places,
        keys=_keys(book, key),
        scratch=scratch,
        export=partial(export, formats=(), record_url=str(run.manifest.get("record_url", book.record_url))),
        find=partial(_template, book=book),
        look=lambda told: input_files(source if _ends_with(source, told) else told, casebook=book),
        records=partial(records_as_of, book=book, scratch=scratch),
        progress=progress,
    )


def _snapshots(run: Sealed) -> dict[str, str]:
    """Return what a kernel's environment needs so that it reads the snapshots of sources that the run read."""
    from tskit.cases.snapshots import VARIABLE, pins_of

    pins = pins_of(str(file.get("name", "")) for file in _files(run))
    return {VARIABLE: pins} if pins else {}


def _setting(book: Casebook, environment: Mapping[str, str], *, cold: bool) -> Setting:
    from tskit.runs import Setting

    kernel, place = kernel_of("cold" if cold else "auto")
    setting = Setting(
        clock=lambda: datetime.now(UTC),
        casebook=book.root.resolve(),
        home=Path.home(),
        zone=book.zone,
        kernel=kernel,
        warm=place,
        environment=environment,
    )
    return sealing(setting, book=book)


def _given(run: Sealed, book: Casebook) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the run's parameters with paths as they are here, and these paths, then and now."""
    given = dict(run.given)
    places: list[tuple[str, str]] = []
    if folder := str(given.pop("casebook", "")):
        places.append((folder, str(book.root)))
    if source := str(given.get("source", "")):
        given["source"] = source_today(source, book=book, known=_digests(run))
        places.append((source, given["source"]))
    return given, places


def _digests(run: Sealed) -> frozenset[str]:
    return frozenset(str(file.get("sha256", "")) for file in _files(run))


def _files(run: Sealed) -> list[Mapping[str, Any]]:
    return [file for given in run.inputs for file in given.get("inputs", [])]


def _ends_with(source: str, told: str) -> bool:
    return bool(source) and told in (source, Path(source).name)


def _keys(book: Casebook, asked: Path | None) -> tuple[str, ...]:
    from tskit.runs.signing import public_key

    if asked is None:
        return tuple(public_key(key) for key in book.signing_keys)
    try:
        return (public_key(asked.read_text(encoding="utf-8")),)
    except (OSError, UnicodeDecodeError):
        raise ParameterError(f"{asked} cannot be read; --key takes the file of a public key.") from None


def _template(name: str, *, book: Casebook) -> Template | None:
    from tskit.runs import find, folders, templates

    places = folders(book.root)
    # A name out of a manifest may be a path, which is not to be read.
    return find(name, places) if name in templates(places) else None
