"""tskit log: writes to the log of an escalation, shows it, and lists the escalations in flight."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.case_named import case_named
from tskit.cli.casebook import casebook_of
from tskit.cli.log_shown import show_all, show_case, show_written
from tskit.cli.on_duty import desk_of, fresh_key, number_of, words_of
from tskit.cli.verified import expected_heads, verify_logs
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from tskit.cli.on_duty import Desk
    from tskit.duty import DutyLog

__all__ = ["log"]

_Case = Annotated[str, typer.Argument(metavar="[CASE]", help="The id or number of a case; all in flight otherwise.")]
_Text = Annotated[str, typer.Argument(metavar="[TEXT]", help="What to write; - reads it from a pipe.")]
_Kind = Annotated[
    str,
    typer.Option("--kind", "-k", help="note, decision, next, owner, handoff, reply, opened or closed; by the options."),
]
_Owner = Annotated[str, typer.Option("--owner", help="Who has it from now on; with --due, who decides the next step.")]
_Due = Annotated[
    str, typer.Option("--due", help="Until when the next step is due: 2026-11-02T09:00 in the casebook's zone, or +2h.")
]
_To = Annotated[str, typer.Option("--to", help="Whom it is handed to; with --kind reply, who was told.")]
_Beside = Annotated[bool, typer.Option("--beside", help="A decision that leaves the next step open.")]
_Instead = Annotated[str, typer.Option("--instead", metavar="N", help="The entry that this one replaces.")]
_Undo = Annotated[str, typer.Option("--undo", metavar="N", help="Take entry N back; TEXT says why.")]
_Until = Annotated[str, typer.Option("--until", help="As of a day, a time, or a number of entries, as in #12.")]
_History = Annotated[bool, typer.Option("--history", help="Also what was replaced or taken back.")]
_All = Annotated[bool, typer.Option("--all", help="Also escalations that are closed.")]
_Json = Annotated[bool, typer.Option("--json", help="Print it as JSON, times in UTC.")]
_Verify = Annotated[bool, typer.Option("--verify", help="Check that no entry was changed or removed; fail with 15.")]
_Expect = Annotated[
    list[str] | None,
    typer.Option("--expect", metavar="LOG:COUNT:DIGEST", help="With --verify: what it said on an earlier day."),
]
_New = Annotated[bool, typer.Option("--new", help="The source does not hold the case yet; write all the same.")]
_Author = Annotated[str, typer.Option("--author", help="Who writes; TSKIT_PERSON or the name of the login otherwise.")]
_Source = Annotated[str, typer.Option("--source", help="Where the case is looked up; the casebook's first otherwise.")]
_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]

_NEW = "If it is newer than the source, write with --new."
_NEEDS_OPEN = ("next", "owner", "handoff", "closed")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the command line says, but for where and whose."""

    case: str
    text: str = field(repr=False)
    kind: str
    owner: str = field(repr=False)
    due: str
    to: str = field(repr=False)
    is_beside: bool
    instead: str
    undo: str

    @property
    def writes(self) -> bool:
        """Return whether anything is to be written."""
        return bool(self.text or self.kind or self.owner or self.due or self.to or self.instead or self.undo)


def log(
    *,
    case: _Case = "",
    text: _Text = "",
    kind: _Kind = "",
    owner: _Owner = "",
    due: _Due = "",
    to: _To = "",
    beside: _Beside = False,
    instead: _Instead = "",
    undo: _Undo = "",
    until: _Until = "",
    history: _History = False,
    every: _All = False,
    as_json: _Json = False,
    verify: _Verify = False,
    expect: _Expect = None,
    new: _New = False,
    author: _Author = "",
    source: _Source = "",
    casebook: _Casebook = None,
) -> None:
    """Write to the log of an escalation; show it where there is no TEXT; list those in flight where there is no CASE."""
    from tskit.duty import ESCALATIONS, SHIFTS, open_duty

    typed = _Typed(case.strip(), text, kind, owner, due, to, beside, instead, undo)
    _check(typed, shows=bool(until) or history or every or verify)
    book = casebook_of(casebook)
    duty, desk = open_duty(book), desk_of(book, author)
    if verify or expect:
        verify_logs(duty.store, (ESCALATIONS, SHIFTS), expected=expected_heads(expect or []))
    elif not typed.case:
        show_all(duty, desk, until=desk.until(until), every=every, as_json=as_json)
    else:
        case_id = typed.case if new else case_named(duty, typed.case, book=book, source=source, hint=_NEW)
        if typed.writes:
            show_written(duty, desk, _written(duty, typed, case_id, desk), as_json=as_json)
        else:
            show_case(duty, desk, case_id, until=desk.until(until), history=history, as_json=as_json)


def _check(typed: _Typed, *, shows: bool) -> None:
    if typed.writes and not typed.case:
        raise ParameterError("Name the case that it is about: tskit log CASE TEXT")
    if typed.writes and shows:
        raise ParameterError("--until, --history, --all and --verify show what is there; leave them out to write.")


def _written(duty: DutyLog, typed: _Typed, case_id: str, desk: Desk) -> int:
    """Write what was typed, and return its number."""
    from tskit.duty import ESCALATIONS, CaseEntry, case_entries, numbered, standing_of, take_back, write_case

    words = words_of(typed.text)
    if typed.undo:
        gone = numbered(duty, ESCALATIONS, number_of(typed.undo), subject=case_id)
        return take_back(duty, gone, author=desk.author, at=desk.now, key=fresh_key(), reason=words).seq
    old = numbered(duty, ESCALATIONS, number_of(typed.instead), subject=case_id) if typed.instead else None
    entry = CaseEntry(
        case_id,
        typed.kind or (old.kind if old else _kind(typed)),
        desk.author,
        desk.now,
        fresh_key(),
        text=words,
        owner=typed.owner.strip(),
        to=typed.to.strip(),
        due_at=desk.due(typed.due),
        is_beside=typed.is_beside,
        supersedes=old.key if old else "",
    )
    state = standing_of(case_entries(duty, case_id))
    if state and not state.is_open and entry.kind in _NEEDS_OPEN:
        raise ParameterError(f"This escalation is closed. Open it again first: tskit log {typed.case} --kind opened")
    return write_case(duty, entry).seq


def _kind(typed: _Typed) -> str:
    """Return what an entry is by the options that go with it."""
    return "next" if typed.due else "handoff" if typed.to else "owner" if typed.owner else "note"
