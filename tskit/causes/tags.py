"""Writes judgements and takes them back; reads what was said of one case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.causes.entries import BROUGHT, LOG, UNDO, TagLog, draft_of, entries, standing, tag_of, undo_draft, undo_key
from tskit.causes.judgements import frame_of
from tskit.causes.taxonomy_file import taxonomy_of
from tskit.causes.validity import checked_choice, checked_form
from tskit.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.model import Casebook, Tag
    from tskit.records import Entry

__all__ = ["history", "notes", "open_log", "record", "undo", "written"]


def open_log(casebook: Casebook) -> TagLog:
    """Return the log of a casebook's judgements; a synthetic casebook's brings those of its own raters along.

    Raises:
        SourceError: the database cannot be reached.
        ParameterError: the casebook's taxonomy does not hold up.
    """
    from tskit.records import open_store  # noqa: PLC0415  # brings SQLAlchemy, which reading a taxonomy does not need

    log = TagLog(open_store(casebook.store), taxonomy_of(casebook))
    if casebook.is_sample:
        from tskit.causes.sample import bring_along  # noqa: PLC0415  # imports what this module offers

        bring_along(log, casebook.root / "data")
    return log


def record(log: TagLog, tag: Tag) -> Tag:
    """Write a judgement, safe on the disk on return, and return it as it stands.

    Without evidence it refers to the case's own record, without a version to the present taxonomy, and unless it says
    what it supersedes it takes the place of what the same person said of the case in the same round. A flag is a
    bookmark beside that: it replaces no tag and no skip, and they do not replace it. Writing the same key twice is the same as once.

    Raises:
        ParameterError: a cause is unknown or retired, a role or a text does not hold up, or the key was used for
            another judgement. Nothing is written.
        SourceError: the database cannot be written.
    """
    tag = checked_choice(checked_form(tag), log.taxonomy)
    mine = entries(log, subject=tag.case_id, author=tag.tagger)
    if tag.supersedes and all(entry.key != tag.supersedes for entry in mine):
        raise ParameterError(
            "A judgement replaces only what the same person said of the same case; others' are theirs."
        )
    again = next((tag_of(entry) for entry in mine if entry.key == tag.key), None)
    if not tag.supersedes:
        # Most cases are new to a person, and what stands need not be asked for.
        earlier = _earlier(log, tag) if mine else ""
        tag = replace(tag, supersedes=again.supersedes if again else earlier)
    if again is not None and again == tag:
        return again
    try:
        return tag_of(log.store.append(LOG, [draft_of(tag)])[0])
    except DataError:
        raise ParameterError("The key was used for another judgement. Give each one a key of its own.") from None


def undo(log: TagLog, *, key: str, tagger: str, at: datetime, case_id: str = "") -> Tag:
    """Take back the judgement of that key, and return it; what it had superseded stands again.

    Naming the case finds it without reading everything that the person ever said.

    Raises:
        ParameterError: there is no such judgement, somebody else made it, or the person replaced it since.
    """
    mine = {entry.key: entry for entry in entries(log, subject=case_id, author=tagger)}
    entry = mine.get(key)
    if entry is None or entry.kind == UNDO:
        raise ParameterError("There is nothing of that key that this person could take back; others' tags are theirs.")
    if undo_key(key) in mine:
        return tag_of(entry)
    # Without it, what had been superseded would stand beside what stands now.
    if all(other.key != key for other in standing(log, subject=entry.subject, author=tagger)):
        raise ParameterError("That judgement was replaced since. Take back the newer one first.")
    log.store.append(LOG, [undo_draft(entry, tagger=tagger, at=at)])
    return tag_of(entry)


def history(log: TagLog, case_id: str) -> pd.DataFrame:
    """Return everything that was written about a case, in order: one row an entry, those of kind undo as well."""
    return frame_of(entries(log, subject=case_id), log.taxonomy)


def written(
    log: TagLog, *, until: Moment = None, subject: str = "", tagger: str = "", with_notes: bool = False
) -> pd.DataFrame:
    """Return every entry of the log, undone or not, in order, with the columns of `judgements` and `brought_by`.

    That is who imported it, empty for what was said here. With notes there are `note` and `evidence`, too, which can quote a case.
    """
    found = entries(log, until=until, subject=subject, author=tagger)
    frame = frame_of(found, log.taxonomy).assign(**{BROUGHT: [str(entry.body.get(BROUGHT, "")) for entry in found]})
    return frame.assign(**_texts(found)) if with_notes else frame


def notes(log: TagLog, case_id: str) -> pd.DataFrame:
    """Return the standing judgements of a case with the text of their notes and their evidence, for the screen alone."""
    found = standing(log, subject=case_id)
    return frame_of(found, log.taxonomy).assign(**_texts(found))


def _earlier(log: TagLog, tag: Tag) -> str:
    """Return the key of the person's own judgement that a new one takes the place of; empty if there is none."""
    mine = standing(log, subject=tag.case_id, author=tag.tagger)
    replaced = ("flag",) if tag.kind == "flag" else ("tag", "skip")
    found = (e.key for e in reversed(mine) if e.kind in replaced and e.body.get("round", "") == tag.round)
    return next(found, "")


def _texts(found: Sequence[Entry]) -> dict[str, list[str]]:
    return {name: [str(entry.body.get(name, "")) for entry in found] for name in ("note", "evidence")}
