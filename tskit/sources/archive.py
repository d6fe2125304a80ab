"""Packed files: gzip and zip, unpacked beside the engine under names of our own, and never without a limit."""

from __future__ import annotations

import gzip
import uuid
import zipfile
import zlib
from typing import TYPE_CHECKING, Protocol

from tskit.errors import SourceError
from tskit.sources.engine import spill_folder
from tskit.sources.part import Piece
from tskit.sources.places import kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.raw import ReadOptions

__all__ = ["check_zip", "is_litter", "pieces"]

_BLOCK = 1 << 20
_SMALL = 100 * _BLOCK  # below this a high ratio is no bomb: a short repetitive export packs well, too
_PACKED = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst")
# What the standard library raises over a damaged, encrypted or unknown kind of packing.
_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def pieces(
    path: Path, *, options: ReadOptions, connection: Connection, wanted: Collection[str] | None = None
) -> Iterator[Piece]:
    """Yield the plain files that `path` holds: itself, what it was before gzip, or the members of a zip.

    Where `wanted` names members of a zip, the others are not unpacked.

    Raises:
        SourceError: it is broken, encrypted, a zip within a zip, or would unpack to more than the options allow.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if magic.startswith(b"\x1f\x8b"):
        yield _gunzip(path, options=options, connection=connection)
    elif path.suffix.lower() == ".zip":
        yield from _unzip(path, options=options, connection=connection, wanted=wanted)
    else:
        yield Piece(path.name, path, kind_of(path.name), path.stat().st_size)


def check_zip(path: Path, *, options: ReadOptions) -> list[zipfile.ZipInfo]:
    """Return what a zip (or an Excel workbook, which is one) holds, once its directory is within the limits."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except _BROKEN:
        raise SourceError(f"{path.name} is not a whole zip file. Export or download it again.") from None
    size = sum(info.file_size for info in members)
    _within(size, packed=path.stat().st_size, name=path.name, options=options)
    return members


def _gunzip(path: Path, *, options: ReadOptions, connection: Connection) -> Piece:
    target = spill_folder(connection) / f"unpacked-{uuid.uuid4().hex}"
    name = path.name if path.suffix.lower() != ".gz" else path.name[:-3]
    try:
        with gzip.open(path) as stream:
            size = _copy(stream, target, packed=path.stat().st_size, name=path.name, options=options)
    except _BROKEN:
        raise SourceError(f"{path.name} is not a whole gzip file. Export or download it again.") from None
    return Piece(name, target, kind_of(name), size)


def _unzip(
    path: Path, *, options: ReadOptions, connection: Connection, wanted: Collection[str] | None
) -> Iterator[Piece]:
    members = [info for info in check_zip(path, options=options) if not is_litter(info.filename)]
    if not members:
        raise SourceError(f"{path.name} is an empty archive.")
    members = [info for info in members if wanted is None or info.filename in wanted]
    with zipfile.ZipFile(path) as archive:
        for info in sorted(members, key=lambda info: info.filename):
            yield _member(archive, info, options=options, connection=connection)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, options: ReadOptions, connection: Connection) -> Piece:
    name = f"{archive.filename and archive.filename.replace(chr(92), '/').rpartition('/')[2]}/{info.filename}"
    if info.filename.lower().endswith(_PACKED):
        raise SourceError(f"{name} is an archive within an archive. Unpack the outer one and read the inner one.")
    if info.flag_bits & 1:
        raise SourceError(f"{name} is encrypted. Unpack it with its password and read the file itself.")
    target = spill_folder(connection) / f"unpacked-{uuid.uuid4().hex}"
    try:
        with archive.open(info) as stream:
            size = _copy(stream, target, packed=info.compress_size, name=name, options=options)
    except _BROKEN:
        raise SourceError(f"{name} is damaged. Export or download the archive again.") from None
    return Piece(name, target, kind_of(info.filename), size)


def _copy(stream: _Readable, target: Path, *, packed: int, name: str, options: ReadOptions) -> int:
    size = 0
    with target.open("wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            _within(size, packed=packed, name=name, options=options)
            out.write(block)
    return size


def _within(size: int, *, packed: int, name: str, options: ReadOptions) -> None:
    if size > options.largest:
        raise SourceError(
            f"{name} unpacks to more than {options.largest:,} bytes. If that is right, raise the limit `largest`."
        )
    if size > _SMALL and size > packed * options.ratio:
        raise SourceError(
            f"{name} unpacks to more than {options.ratio} times its size, as a zip bomb does. "
            "If that is right, raise the limit `ratio`."
        )


def is_litter(name: str) -> bool:
    """Tell whether a member of an archive is what a system of files leaves behind, and no data."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in {".DS_Store", "Thumbs.db"}
