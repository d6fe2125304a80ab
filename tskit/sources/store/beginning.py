"""The begin of a delivery: alone in the store, and where the last one was cut."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.store.delivery import Delivery
from tskit.sources.store.durable import in_words, make_folder, only_one, write_file
from tskit.sources.store.journal import Journal
from tskit.sources.store.sealed import NOTE, PARTIAL, drop, folder_of, sealed, settle
from tskit.sources.store.shape import shape_of

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.model import Source
    from tskit.sources.store.shape import Shape

__all__ = ["begin"]

_LOCK = ".lock"


def begin(folder: Path, *, source: Source, now: datetime) -> Delivery:
    """Return a new delivery into the store `folder` of a source, or the one that was cut; no other process has it.

    The folder is `sources/NAME` of a casebook. A delivery that was cut under another query or address is dropped.

    Raises:
        SourceError: another sync of this source is under way, or the folder cannot be written.
    """
    with in_words(str(folder)):
        make_folder(folder)
        _ignore_in_git(folder)
        lock = only_one(folder / _LOCK)
        if lock is None:
            raise SourceError(
                f"Another sync of {source.name} is under way. Wait for its end, then start this one again."
            )
        try:
            return _begun(folder, lock, shape=shape_of(source, root=folder.parent.parent), now=now)
        except BaseException:
            os.close(lock)
            raise


def _begun(folder: Path, lock: int, *, shape: Shape, now: datetime) -> Delivery:
    for left in folder.glob(f"*{PARTIAL}"):
        if (left / NOTE).exists():
            settle(left)  # it was sealed, and cut before it got its name
    before = sealed(folder)
    number = before[-1].number + 1 if before else 1
    place = folder_of(folder, number).with_suffix(PARTIAL)
    journal = _journal(place, shape=shape, now=now)
    started = datetime.fromisoformat(journal.lines[0]["at"])
    return Delivery(folder, place, number, shape, started, now, before, journal, lock)


def _journal(place: Path, *, shape: Shape, now: datetime) -> Journal:
    """Return the journal of the cut delivery in a folder, or of a new one where it asked for something else."""
    if place.exists():
        journal = Journal.of(place)
        if journal.lines and journal.lines[0]["shape"] == shape.digest:
            return journal
        journal.close()
        drop(place)
    make_folder(place)
    journal = Journal.of(place)
    journal.add("begin", shape=shape.digest, at=now.isoformat())
    return journal


def _ignore_in_git(folder: Path) -> None:
    note = folder / ".gitignore"
    if not note.exists():
        write_file(note, b"*\n")
