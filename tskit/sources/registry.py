"""Which module reads which kind of file. To add a kind: one module, one line in READERS."""

from __future__ import annotations

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
from tskit.sources.survey import digest
from tskit.sources.xes import read_xes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Protocol

    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import RawTable, ReadOptions

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
    """Return the rows of a file, a folder or a pattern, every cell as text, and the records that are no rows.

    Relative locations start at `root`; `connection` comes from `connect`. Files of the same header are stacked.
    `digests` holds the SHA-256 of files that are known already, by path: hashing costs as much as reading.

    Raises:
        SourceError: nothing is there, it cannot be read or understood, or the headers differ.
    """
    parts: list[Part] = []
    inputs: list[InputFile] = []
    empty: list[str] = []
    for path in places.find(location, root=root, kinds=_KINDS):
        try:
            found = [part for piece in archive.pieces(path, options=options, connection=connection)
                     for part in _reader(piece)(piece, options=options, connection=connection)]  # fmt: skip
            records = sum(part.rows + part.rejected for part in found)
            inputs.append(InputFile(path.name, digests.get(path) or digest(path), path.stat().st_size, records))
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror or 'it is damaged'}.") from None
        parts += found
        empty += [] if found else [path.name]
    if not parts:
        raise SourceError(f"{', '.join(empty[:5])} holds nothing at all, not even column names. Export it again.")
    return stack(parts, inputs=inputs, connection=connection)


def _reader(piece: Piece) -> Reader:
    reader = READERS.get(piece.suffix)
    if reader is None:
        known = ", ".join(_KINDS)
        raise SourceError(f"{piece.name} is of no known kind ({piece.suffix or 'no suffix'}). Known are: {known}.")
    return reader
