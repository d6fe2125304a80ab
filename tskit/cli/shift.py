"""tskit shift: what one shift promises the next, hands over, notes and checks."""

from __future__ import annotations

from pathlib import Path  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated

import typer

from tskit.cli.case_named import case_named
from tskit.cli.casebook import casebook_of
from tskit.cli.log_shown import rows_of
from tskit.cli.on_duty import desk_of, fresh_key, number_of, words_of
from tskit.cli.screen import say
from tskit.cli.shift_shown import say_checklist, say_promise, say_site, show_list
from tskit.cli.shift_turns import shift_ending, shift_on
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from tskit.cli.on_duty import Desk
    from tskit.duty import DutyLog
    from tskit.model import Casebook
    from tskit.records import Entry

__all__ = ["app"]

app = typer.Typer(help="Keep what one shift promises the next, hands over and checks.", no_args_is_help=True)

_Text = Annotated[str, typer.Argument(metavar="TEXT", help="What to write; - reads it from a pipe.")]
_Words = Annotated[str, typer.Argument(metavar="[TEXT]", help="A word on it; - reads it from a pipe.")]
_Promise = Annotated[str, typer.Argument(metavar="PROMISE", help="Its short name, as in P12.")]
_Site = Annotated[str, typer.Option("--site", help="A site of the casebook; the first that has a shift otherwise.")]
_Shift = Annotated[str, typer.Option("--shift", help="A shift of the casebook; by the time otherwise.")]
_Case = Annotated[str, typer.Option("--case", help="The id of the case that it is about.")]
_Owner = Annotated[str, typer.Option("--owner", help="Who does it; its author otherwise.")]
_Due = Annotated[str, typer.Option("--due", help="Until when: 2026-11-02T09:00 in the casebook's zone, or +2h.")]
_Instead = Annotated[str, typer.Option("--instead", metavar="PROMISE", help="The promise that this one replaces.")]
_Until = Annotated[str, typer.Option("--until", help="As of a day, a time, or a number of entries, as in #12.")]
_Json = Annotated[bool, typer.Option("--json", help="Print it as JSON, times in UTC.")]
_Author = Annotated[str, typer.Option("--author", help="Who writes; TSKIT_PERSON or the name of the login otherwise.")]
_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]


@app.command()
def promise(
    *,
    text: _Text,
    site: _Site = "",
    case: _Case = "",
    owner: _Owner = "",
    due: _Due = "",
    instead: _Instead = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Promise something to the next shift, for somebody and until a time."""
    from tskit.duty import ShiftEntry, write_shift

    book, duty, desk = _at_the_desk(casebook, author)
    old = _promised(duty, instead) if instead else None
    entry = ShiftEntry(
        site=_site(book, site or (old.subject if old else "")),
        kind="promise",
        author=desk.author,
        at=desk.now,
        key=fresh_key(),
        text=words_of(text),
        case_id=_case(book, duty, case),
        owner=owner.strip(),
        due_at=desk.due(due),
        supersedes=old.key if old else "",
    )
    say_promise(duty, desk, write_shift(duty, entry).seq)


@app.command()
def done(*, promised: _Promise, text: _Words = "", author: _Author = "", casebook: _Casebook = None) -> None:
    """Say that a promise was kept."""
    _end("done", promised, text, author=author, casebook=casebook)


@app.command()
def drop(*, promised: _Promise, text: _Text, author: _Author = "", casebook: _Casebook = None) -> None:
    """Give a promise up, and say why; it stays in the log as dropped."""
    _end("dropped", promised, text, author=author, casebook=casebook)


@app.command("list")
def list_(
    *,
    site: _Site = "",
    every: Annotated[bool, typer.Option("--all", help="Also promises that were kept or dropped.")] = False,
    until: _Until = "",
    as_json: _Json = False,
    casebook: _Casebook = None,
) -> None:
    """List what was promised and is not done, late first, with the last handover and the notes since."""
    _, duty, desk = _at_the_desk(casebook, "")
    show_list(duty, desk, site=site, until=desk.until(until), every=every, as_json=as_json)


@app.command()
def note(
    *,
    text: _Text,
    site: _Site = "",
    shift: _Shift = "",
    case: _Case = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Note what whoever comes on duty should know."""
    from tskit.duty import ShiftEntry, write_shift

    book, duty, desk = _at_the_desk(casebook, author)
    place = _site(book, site)
    name = shift_on(book, place, at=desk.now, named=shift).name
    entry = ShiftEntry(
        place, "note", desk.author, desk.now, fresh_key(), words_of(text), _case(book, duty, case), shift=name
    )
    say(f"#{write_shift(duty, entry).seq} note, {desk.full(desk.now)}, {desk.author}")


@app.command()
def handover(
    *,
    text: _Words = "",
    to: Annotated[str, typer.Option("--to", help="Who takes over: a person or a shift.")] = "",
    site: _Site = "",
    shift: _Shift = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Hand a site over at the end of a shift, and say what goes with it."""
    from tskit.duty import ShiftEntry, write_shift

    book, duty, desk = _at_the_desk(casebook, author)
    place = _site(book, site)
    name = shift_ending(book, place, at=desk.now, named=shift)
    entry = ShiftEntry(place, "handover", desk.author, desk.now, fresh_key(), words_of(text), shift=name, to=to.strip())
    number = write_shift(duty, entry).seq
    goes = f" to {entry.to}" if entry.to else ""
    say(f"#{number} {place} handed over{goes}, {desk.full(desk.now)}, {desk.author}")
    say_site(duty, desk, place)


@app.command()
def check(
    *,
    item: Annotated[str, typer.Argument(metavar="[ITEM]", help="An item of the checklist; the list otherwise.")] = "",
    text: _Words = "",
    is_open: Annotated[
        bool, typer.Option("--open", help="It was looked at, and is not in order; TEXT says why.")
    ] = False,
    site: _Site = "",
    shift: _Shift = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Tick an item of the checklist, or show the list as it stands for the shift that is on."""
    from tskit.duty import CHECKLIST, ShiftEntry, write_shift

    book, duty, desk = _at_the_desk(casebook, author)
    place = _site(book, site)
    turn = shift_on(book, place, at=desk.now, named=shift)
    if item:
        if item not in CHECKLIST:
            raise ParameterError.unknown(item, CHECKLIST, what="item of the checklist")
        entry = ShiftEntry(
            place, "check", desk.author, desk.now, fresh_key(), words_of(text), shift=turn.name, item=item, is_done=not is_open
        )  # fmt: skip
        write_shift(duty, entry)
    say_checklist(duty, desk, site=place, turn=turn)


@app.command()
def undo(
    *,
    number: Annotated[str, typer.Argument(metavar="N", help="The entry, as in 12 or #12; a promise as in P12.")],
    text: _Words = "",
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Take an entry back that was a mistake; it stays in the log, and so does who took it back."""
    from tskit.duty import SHIFTS, numbered, take_back

    _, duty, desk = _at_the_desk(casebook, author)
    entry = numbered(duty, SHIFTS, number_of(number))
    gone = take_back(duty, entry, author=desk.author, at=desk.now, key=fresh_key(), reason=words_of(text))
    say(f"#{gone.seq} took the {entry.kind} of #{entry.seq} back, {desk.full(desk.now)}, {desk.author}")


def _at_the_desk(casebook: Path | None, author: str) -> tuple[Casebook, DutyLog, Desk]:
    from tskit.duty import open_duty

    book = casebook_of(casebook)
    return book, open_duty(book), desk_of(book, author)


def _site(book: Casebook, site: str) -> str:
    from tskit.calendars import duty_site

    return duty_site(book, site).name


def _case(book: Casebook, duty: DutyLog, name: str) -> str:
    hint = "If it is newer than the source, name it in TEXT."
    return case_named(duty, name.strip(), book=book, hint=hint) if name.strip() else ""


def _promised(duty: DutyLog, name: str) -> Entry:
    """Return the promise that goes by a short name."""
    from tskit.duty import SHIFTS, numbered, promises

    known = promises(duty)
    short = f"P{number_of(name)}"
    if short not in set(known["id"]):
        waiting = ", ".join(known.loc[known["done_at"].isna(), "id"])
        none = "Every promise is done or dropped." if len(known) else "Nothing is promised yet:"
        fix = f"Not done yet: {waiting}." if waiting else f'{none} tskit shift promise "..."'
        raise ParameterError(f"There is no promise {short}. {fix}")
    return numbered(duty, SHIFTS, number_of(name))


def _end(kind: str, name: str, text: str, *, author: str, casebook: Path | None) -> None:
    from tskit.duty import ShiftEntry, promises, write_shift

    _, duty, desk = _at_the_desk(casebook, author)
    promised = _promised(duty, name)
    words = words_of(text)
    if kind == "dropped" and not words:
        raise ParameterError("Say why it is given up: tskit shift drop PROMISE TEXT")
    (row,) = (row for row in rows_of(promises(duty)) if row["key"] == promised.key)
    if row["state"] in ("done", "dropped"):
        raise ParameterError(
            f"{row['id']} is {row['state']} already, since {desk.full(row['done_at'])}, by {row['done_by']}."
        )
    write_shift(
        duty,
        ShiftEntry(promised.subject, kind, desk.author, desk.now, fresh_key(), words, promise=promised.key),
    )
    say_promise(duty, desk, promised.seq)
