"""Files of Salesforce objects: Data Export zips, Data Loader and Bulk API files, in any number of parts."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.model import InputFile
from tskit.sources import archive, places
from tskit.sources.engine import identifier
from tskit.sources.headers import brief
from tskit.sources.registry import READERS
from tskit.sources.salesforce.objects import named_object, object_of
from tskit.sources.seams import stitched
from tskit.sources.stack import stack
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import RawTable, ReadOptions

__all__ = ["holds_objects", "read_objects"]

_KINDS = (*READERS, ".zip")
_TEXT = (".csv", ".tsv", ".tab", ".txt")
_HEAD = 1 << 16
_SHOWN = 5
_NAMES = re.compile(r"\w+")
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


def holds_objects(location: str, *, root: Path) -> bool:
    """Return whether a location holds Salesforce objects that belong together: cases and at least one other.

    Only names and first lines are read. A location where nothing is, or that is broken, holds none: whoever reads it
    says so.
    """
    try:
        paths = places.find(location, root=root, kinds=_KINDS)
        found = {kind for path in paths for _, kind in _members(path)}
    except (SourceError, OSError):
        return False
    return "Case" in found and len(found - {""}) > 1


def read_objects(
    location: str,
    *,
    root: Path,
    options: ReadOptions,
    connection: Connection,
    digests: Mapping[Path, str] = MappingProxyType({}),
) -> dict[str, RawTable]:
    """Return the rows of each object by API name, every cell as text; parts may lack columns that others have.

    The account of the files stands in the table of cases alone. Members that hold no object of cases are not unpacked.

    Raises:
        SourceError: a file cannot be read or understood.
    """
    parts: dict[str, list[Part]] = {}
    inputs: list[InputFile] = []
    ignored: list[str] = []
    for path in places.find(location, root=root, kinds=_KINDS):
        shelf = _Shelf(dict(_members(path)))
        found = shelf.read(path, options=options, connection=connection)
        ignored += shelf.others()
        records = sum(part.rows + part.rejected for _, part in found)
        inputs.append(InputFile(path.name, digests.get(path) or digest(path), path.stat().st_size, records))
        for kind, part in found:
            parts.setdefault(kind, []).append(part)
    tables = {kind: _stacked(listed, connection=connection) for kind, listed in parts.items()}
    if "Case" not in tables:
        raise SourceError(f"{location} holds no file of the object Case. Export it with the others.")
    cases = tables["Case"]
    return {**tables, "Case": replace(cases, inputs=tuple(inputs), notes=(*cases.notes, *_unread(ignored)))}


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The members of one file by name, each with its object."""

    kinds: Mapping[str, str]

    def others(self) -> list[str]:
        """Return the members that hold no object of cases."""
        return [name for name, kind in self.kinds.items() if not kind]

    def read(self, path: Path, *, options: ReadOptions, connection: Connection) -> list[tuple[str, Part]]:
        """Return the parts of the file with the object that each holds."""
        try:
            pieces = archive.pieces(path, options=options, connection=connection, wanted=self._wanted(path))
            return [
                (self._kind(piece, part), part)
                for piece in pieces
                for part in READERS[piece.suffix](piece, options=options, connection=connection)
            ]
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror or 'it is damaged'}.") from None

    def _wanted(self, path: Path) -> frozenset[str] | None:
        is_zip = path.suffix.lower() == ".zip"
        return frozenset(name for name, kind in self.kinds.items() if kind) if is_zip else None

    def _kind(self, piece: Piece, part: Part) -> str:
        # The whole header is known now; the first look may have seen a part of it.
        return object_of(piece.name, part.header) or next(iter(self.kinds.values()), "")


def _members(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the files that `path` holds, by name, with the object of each, or an empty name.

    What is broken or encrypted is told by its name alone: whoever reads it says what is wrong.
    """
    if path.suffix.lower() != ".zip":
        yield path.name, _kind_of(path.name, partial(_first_bytes, path))
        return
    try:
        with zipfile.ZipFile(path) as packed:
            for info in packed.infolist():
                if not info.is_dir() and not archive.is_litter(info.filename):
                    yield info.filename, _kind_of(info.filename, partial(_first_packed, packed, info))
    except _BROKEN:
        return


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        if file.read(2) == b"\x1f\x8b":
            file.seek(0)
            with gzip.open(file) as unpacked:
                return unpacked.read(_HEAD)
        file.seek(0)
        return file.read(_HEAD)


def _first_packed(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        return stream.read(_HEAD)


def _kind_of(name: str, head: Callable[[], bytes]) -> str:
    if places.kind_of(name) not in _TEXT:
        return ""
    try:
        # API names hold no sign that could delimit them, so that a look need not know the dialect.
        first = head().decode("utf-8", "replace").lstrip("\ufeff\r\n").partition("\n")[0]
    except _BROKEN:
        return named_object(name)
    return object_of(name, _NAMES.findall(first))


def _stacked(parts: Sequence[Part], *, connection: Connection) -> RawTable:
    """Return the parts of one object as one table; a column that a part lacks is empty there, and told."""
    header = tuple(dict.fromkeys(column for part in parts for column in part.header))
    table = stack([_filled(part, header) for part in parts], inputs=(), connection=connection)
    return stitched(table, key="Id", connection=connection)


def _filled(part: Part, header: tuple[str, ...]) -> Part:
    lacks = [column for column in header if column not in part.header]
    if not lacks:
        return part
    empty = ", ".join(f"''::varchar as {identifier(column)}" for column in lacks)
    note = f"{part.name} lacks {brief(lacks)}, which other parts have; its rows are blank there."
    return replace(
        part,
        header=header,
        rows_sql=f"select *, {empty} from ({part.rows_sql})",
        notes=(*part.notes, note),
    )


def _unread(ignored: Sequence[str]) -> tuple[str, ...]:
    if not ignored:
        return ()
    more = f" and {len(ignored) - _SHOWN} more" if len(ignored) > _SHOWN else ""
    return (f"Not read, since they hold no object of cases: {', '.join(ignored[:_SHOWN])}{more}.",)
