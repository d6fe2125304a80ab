"""Which module reads which kind of file. To add a kind: one module, one line in READERS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.model import InputFile
from tskit.sources import archive, places
from tskit.sources.delimited import read_delimited
from tskit.sources.excel import read_excel
from tskit.sources.jsonlines import read_json
from tskit.sources.parquet import read_parquet
from tskit.sources.stack import stack
from tskit.sources.store.reading import inputs_of, notes_of, read_stored, require_whole
from tskit.sources.store.stored import only, stored_at
from tskit.sources.survey import digest
from tskit.sources.xes import read_xes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Protocol

    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import RawTable, ReadOptions
    from tskit.sources.store.stored import Stored

    class Reader(Protocol):
        """Read one piece into parts; none for a piece that holds nothing at all."""

        def __call__(self, piece: Piece, *, options: ReadOptions, connection: Connection) -> tuple[Part, ...]: ...


__all__ = ["READERS", "read"]

READERS: Mapping[str, Reader] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".tab": read_delimited,
    ".txt": read_delimited,
    ".json": read_json,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".parquet": read_parquet,
    ".xlsx": read_excel,
    ".xlsm": read_excel,
    ".xlsb": read_excel,
    ".xls": read_excel,
    ".ods": read_excel,
    ".xes": read_xes,
}
_KINDS = (*READERS, ".zip")


def read(
    location: str,
    *,
    root: Path,
    options: ReadOptions,
    connection: Connection,
    digests: Mapping[Path, str] = MappingProxyType({}),
) -> RawTable:
    """Return the rows of a file, a folder, a pattern or a snapshot, every cell as text, and the records that are no rows.

    Relative locations start at `root`; `connection` comes from `connect`. Files of the same header are stacked.
    `digests` holds the SHA-256 of files that are known already, by path: hashing costs as much as reading.

    Raises:
        SourceError: nothing is there, it cannot be read or understood, or the headers differ.
    """
    held = stored_at(location, root=root)
    if held and not held[0].are_files:
        return read_stored(only(held, location), connection=connection, digests=digests)
    if held:
        return _read_stored_files(only(held, location), options=options, connection=connection, digests=digests)
    files = [_File(path, path.name, digests.get(path)) for path in places.find(location, root=root, kinds=_KINDS)]
    return _stacked(files, options=options, connection=connection)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to be read, how it is called as an input, what its parts are called below, and its SHA-256 if known."""

    path: Path
    name: str
    digest: str | None = None
    below: str = ""


def _read_stored_files(
    stored: Stored, *, options: ReadOptions, connection: Connection, digests: Mapping[Path, str]
) -> RawTable:
    """Return the rows of files that deliveries brought as they were found; a later one may hold a row once more."""
    require_whole(stored, digests=digests)
    inputs = inputs_of(stored)
    files = [
        _File(path, given.name, given.sha256, below=f"{one.folder.name}/")
        for (one, path), given in zip(stored.files(), inputs, strict=True)
    ]
    raw = _stacked(files, options=options, connection=connection)
    return replace(raw, notes=(*notes_of(stored), *raw.notes))


def _stacked(files: Sequence[_File], *, options: ReadOptions, connection: Connection) -> RawTable:
    parts: list[Part] = []
    inputs: list[InputFile] = []
    empty: list[str] = []
    for file in files:
        try:
            found = [part for piece in archive.pieces(file.path, options=options, connection=connection)
                     for part in _read_piece(piece, file, options=options, connection=connection)]  # fmt: skip
            records = sum(part.rows + part.rejected for part in found)
            inputs.append(InputFile(file.name, file.digest or digest(file.path), file.path.stat().st_size, records))
        except OSError as error:
            raise SourceError(f"{file.path} cannot be read: {error.strerror or 'it is damaged'}.") from None
        parts += found
        empty += [] if found else [file.name]
    if not parts:
        raise SourceError(f"{', '.join(empty[:5])} holds nothing at all, not even column names. Export it again.")
    return stack(parts, inputs=inputs, connection=connection)


def _read_piece(piece: Piece, file: _File, *, options: ReadOptions, connection: Connection) -> tuple[Part, ...]:
    # Two deliveries of one name are two files, and so must be their rows.
    called = replace(piece, name=f"{file.below}{piece.name}")
    return _reader(piece)(called, options=options, connection=connection)


def _reader(piece: Piece) -> Reader:
    reader = READERS.get(piece.suffix)
    if reader is None:
        known = ", ".join(_KINDS)
        raise SourceError(f"{piece.name} is of no known kind ({piece.suffix or 'no suffix'}). Known are: {known}.")
    return reader
