"""Carries judgements out to files and in from them, so that both hold the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tskit.causes.entries import BROUGHT, LOG, UNDO, entries, standing
from tskit.causes.lines import FIELDS, Line, line_of, read_line
from tskit.causes.people import look_alike
from tskit.causes.sheets import read_rows, write_rows
from tskit.errors import DataError, ParameterError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
    from tskit.records import Draft, Entry

__all__ = ["Imported", "drafts_of", "export_csv", "export_jsonl", "import_file", "read_file"]

_CLOCKS_DIFFER = timedelta(hours=1)

Turn = tuple[str, str, str, bool]
"""One person's turn at a case: case, person, blind round, and whether it is about the flag."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file's lines: written now, or in the log already; `foreign` name a cause of another taxonomy."""

    added: int
    known: int
    foreign: int


def export_jsonl(log: TagLog, *, until: Moment = None, with_notes: bool = False) -> Iterator[str]:
    """Yield everything that was written, undone or not, as lines of JSON; notes only where they are asked for."""
    for entry in entries(log, until=until):
        yield f"{json.dumps(line_of(entry, with_notes=with_notes), ensure_ascii=False, separators=(',', ':'))}\n"


def export_csv(log: TagLog, *, until: Moment = None, with_notes: bool = False) -> Iterator[str]:
    """Yield the same as rows of a CSV file, the names of the fields first."""
    fields = [name for name in FIELDS if with_notes or name != "note"]
    yield from write_rows((line_of(entry, with_notes=with_notes) for entry in entries(log, until=until)), fields)


def import_file(
    log: TagLog,
    path: Path,
    *,
    now: datetime | None = None,
    by: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Write the judgements of a file, JSON lines or CSV by its ending: all of them, or none.

    What the log has already is not written again. A file may bring what other people judged, and take back or replace
    only what stands under the same name; the log does not know who anybody is, and so notes with each entry who brought it.

    Args:
        log: where to write.
        path: a file that ends in .jsonl or .csv.
        now: refuse what was tagged after this moment; None takes any time.
        by: who imports it.
        progress: told how many bytes are read, and of how many.

    Raises:
        SourceError: the file cannot be read.
        DataError: a line does not hold up; the message names its number, and nothing is written. Or two names look alike.
        ParameterError: the file ends in something else, or has a column that is none of a tag.
    """
    lines = _until(read_file(log, path, progress=progress), now)
    drafts, known = drafts_of(log, lines)
    _check_people(log, drafts)
    told = {BROUGHT: by} if by else {}
    log.store.append(LOG, [replace(draft, body={**draft.body, **told}) for draft in drafts])
    taxonomy = log.taxonomy
    foreign = sum(draft.kind == "tag" and draft.body["cause"] not in taxonomy for draft in drafts)
    return Imported(len(drafts), known, foreign)


def _check_people(log: TagLog, drafts: Iterable[Draft]) -> None:
    people = log.store.authors(LOG)
    for name in dict.fromkeys(draft.author for draft in drafts):
        other = "" if name in people else look_alike(name, people)
        if other:
            raise DataError(
                f"The file names {name!r} and the log or the file {other!r}: they look alike. If that is one person, "
                "write one name throughout; else give one another name."
            )
        people.append(name)


def _until(lines: Iterable[Line], now: datetime | None) -> Iterator[Line]:
    for line in lines:
        if now is not None and line.draft.at > now + _CLOCKS_DIFFER:
            raise DataError(f"Line {line.number}: tagged_at lies in the future. Is its zone right?")
        yield line


def read_file(log: TagLog, path: Path, *, progress: Callable[[int, int], None] | None = None) -> Iterator[Line]:
    """Yield the lines of a file, each checked by itself; raises what `import_file` does."""
    readers = {".jsonl": _read_jsonl, ".csv": _read_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ParameterError(f"{path.name} is read by its ending, which is .jsonl (JSON lines) or .csv.")
    try:
        for number, fields in reader(_texts(path, progress)):
            yield read_line(fields, log.taxonomy, number=number)
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None


def drafts_of(log: TagLog, lines: Iterable[Line]) -> tuple[list[Draft], int]:
    """Return what is to be written for lines, in order, and how many of them are in the log already.

    Raises:
        DataError: a key stands for two different judgements, or a line supersedes what is not there, or is of another
            case or person.
    """
    written = {entry.key: entry for entry in entries(log)}
    turns = {_turn(entry): entry.key for entry in standing(log)}
    new: dict[str, Draft] = {}
    known = 0
    for line in lines:
        there = written.get(line.draft.key) or new.get(line.draft.key)
        if there is None:
            draft = _in_turn(line, turns)
            if draft.supersedes:
                _check_own(line.number, draft, written.get(draft.supersedes) or new.get(draft.supersedes))
            new[draft.key] = draft
        else:
            _check_same(line, there)
            known += 1
    return list(new.values()), known


def _check_own(number: int, draft: Draft, other: Entry | Draft | None) -> None:
    if other is None:
        raise DataError(f"Line {number}: what it supersedes is neither in the log nor above it in the file.")
    if (other.subject, other.author) != (draft.subject, draft.author):
        raise DataError(
            f"Line {number}: it supersedes a judgement of another case or person; each person's are theirs."
        )


def _in_turn(line: Line, turns: dict[Turn, str]) -> Draft:
    """Return what a line asks to write; a line that somebody wrote by hand replaces the person's earlier one."""
    draft = line.draft
    if draft.kind == UNDO:
        return draft
    earlier = turns.get(_turn(draft))
    turns[_turn(draft)] = draft.key
    if earlier is None or line.is_ours or draft.supersedes:
        return draft
    return replace(draft, supersedes=earlier)


def _turn(written: Entry | Draft) -> Turn:
    # A flag is a bookmark beside a tag or a skip: neither replaces the other.
    return (written.subject, written.author, written.body.get("round", ""), written.kind == "flag")


def _check_same(line: Line, there: Entry | Draft) -> None:
    mine, theirs = _content(line.draft), _content(there)
    other = [name for name in mine if name not in line.silent and mine[name] != theirs[name]]
    if other:
        raise DataError(
            f"Line {line.number}: its key stands for another judgement, with another {', '.join(other)}. "
            "Give what is new a key of its own."
        )


def _content(written: Entry | Draft) -> dict[str, Any]:
    body: Mapping[str, Any] = written.body
    names = ("cause", "contributing", "trigger", "confidence", "note", "evidence", "taxonomy_version", "round")
    about = {"kind": written.kind, "case_id": written.subject, "tagger": written.author, "tagged_at": written.at}
    return {**about, **{name: body.get(name) for name in names}, "supersedes": written.supersedes}


def _texts(path: Path, progress: Callable[[int, int], None] | None) -> Iterator[str]:
    """Yield the lines of a file with their endings, and tell how far it is."""
    total, done = path.stat().st_size, 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            done += len(raw)
            if progress and not number % 1000:
                progress(done, total)
            try:
                yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise DataError(f"Line {number} is not UTF-8. Save the file in UTF-8.") from None


def _read_jsonl(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise DataError(f"Line {number} is not an object of JSON. Each line holds one judgement.")
        yield number, found


def _read_csv(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from read_rows(lines, FIELDS)
