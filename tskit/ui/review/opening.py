"""Opens a queue for a person: who they are, which cases, which round, and where they stopped."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs

from tskit import causes
from tskit.cases import load, require_copy
from tskit.causes.adjudicate import adjudication_of, disputed
from tskit.causes.rounds import case_order, round_of
from tskit.errors import ParameterError
from tskit.ui.review.adviser import adviser
from tskit.ui.review.exposure import Exposure
from tskit.ui.review.facts import FactBook
from tskit.ui.review.ledger import Ledger
from tskit.ui.review.queue import Queue, opened_order
from tskit.ui.review.session import Round, Session
from tskit.ui.review.widget import Review

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tskit.causes import TagLog
    from tskit.model import CaseSet
    from tskit.ui.review.showing import Advice

__all__ = ["person_at_desk", "review"]

_TRIAGE = "triage"
_VARIABLE = "TSKIT_PERSON"
_SNIPPETS = (
    "Seen in the events of the case.",
    "The rule's text of that day was checked.",
    "The quality note agrees.",
    "Needs the item itself to be sure.",
    "Ask the policy team.",
)
_FILE = "snippets.txt"
_MOST = 9


def review(  # noqa: PLR0913  # one call opens the desk: which cases, where to, who, in what order and round, with what help
    case_set: CaseSet,
    *,
    log: TagLog | None = None,
    person: str = "",
    order: Sequence[str] | Literal["triage"] | None = None,
    round: str = "",  # noqa: A002  # the word of the domain
    adjudicate: bool = False,
    suggest: Callable[[str], Sequence[Advice] | None] | None = None,
) -> Review:
    """Return the widget to review and tag cases with, open at the first case that this person has not answered.

    Args:
        case_set: the cases.
        log: where tags are kept; the casebook's own by default.
        person: who tags; the one named in `TSKIT_PERSON`, or the one who is logged in, by default.
        order: case ids in order, or "triage" for what is open, the most urgent first, each with the reason for its place;
            by default the cases of the round, or those opened in the scope's period.
        round: the round that the tags belong to; a blind one hides what others judged.
        adjudicate: show what was judged in the round, and record what settles it.
        suggest: returns suggested causes for a case id, as `Suggester.suggest` does; None where they are still being
            made. By default they are made from the casebook's rules and tags when the person first asks for them.

    Raises:
        ParameterError: there is nothing to review, or no such round or order.
        SourceError: the source is asked in place, where single cases and their text stay.
    """
    require_copy(case_set)
    tags = log or causes.open_log(case_set.casebook)
    who = person or person_at_desk()
    # JupyterLab hands messages to a thread beside the one that runs cells, and a connection does one thing at a time.
    own = load(case_set.scope, casebook=case_set.casebook)
    places: Mapping[str, str] = {}
    if isinstance(order, str):
        places = _by_urgency(own, order)
        order = list(places)
    queue = Queue(order if order is not None else _order(own, tags, who, round, is_adjudication=adjudicate))
    exposure = Exposure(Path(platformdirs.user_data_dir("tskit", appauthor=False)), _now().astimezone().date())
    is_blind = _is_blind(tags, round) and not adjudicate
    session = Session(
        own,
        queue,
        FactBook(own, places),
        Ledger(tags, who, _written_round(round, is_adjudication=adjudicate), queue),
        exposure,
        Round(round, is_blind=is_blind, is_adjudication=adjudicate),
        clock=_now,
        snippets=_snippets(case_set.casebook.root),
        suggest=suggest or adviser(case_set, tags, leave_out=round if is_blind else ""),
    )
    return Review(session)


def person_at_desk(environment: Mapping[str, str] | None = None) -> str:
    """Return who sits here: `TSKIT_PERSON`, or the name of the login.

    Raises:
        ParameterError: the system knows no name.
    """
    variables = os.environ if environment is None else environment
    named = variables.get(_VARIABLE, "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise ParameterError(f"Nobody is named as the reviewer. Set {_VARIABLE}, or pass person='...'.") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _order(case_set: CaseSet, log: TagLog, person: str, name: str, *, is_adjudication: bool) -> Sequence[str]:
    if is_adjudication:
        return _to_settle(case_set, log, person, name)
    if not name:
        return opened_order(case_set)
    order = case_order(round_of(log, name), person)
    if not order:
        raise ParameterError(f"No case of the round {name!r} was given to this person. Check the name in {_VARIABLE}.")
    return order


def _by_urgency(case_set: CaseSet, name: str) -> dict[str, str]:
    """Return the ids of the open cases, the most urgent first, each with the reason for its place."""
    from tskit.patterns import triage  # noqa: PLC0415  # no other order needs it

    if name != _TRIAGE:
        raise ParameterError.unknown(name, (_TRIAGE,), what="order")
    found = triage(case_set).frame
    if found.empty:
        raise ParameterError("Nothing is open: there is no queue to work on. Pick cases to review instead.")
    columns = ("case_id", "rank", "score", "why")
    rows = found[list(columns)].itertuples(index=False, name=None)
    return {
        case_id: f"{rank:,} of {len(found):,} with {score:,.1f} points: {why}" for case_id, rank, score, why in rows
    }


def _to_settle(case_set: CaseSet, log: TagLog, person: str, name: str) -> Sequence[str]:
    """Return the cases that this person has settled, then those that are left, the worst first."""
    cases = case_set.cases.select("case_id", "severity").to_pyarrow().to_pandas() if case_set.has("severity") else None
    settled = causes.judgements(log, round=adjudication_of(name), tagger=person)["case_id"]
    order = [str(case_id) for part in (settled, disputed(log, name, cases=cases)["case_id"]) for case_id in part]
    if not order:
        raise ParameterError("There is nothing to adjudicate: nobody disagrees on a case that two people have tagged.")
    return order


def _is_blind(log: TagLog, name: str) -> bool:
    return bool(name) and round_of(log, name).is_blind


def _written_round(name: str, *, is_adjudication: bool) -> str:
    return adjudication_of(name) if is_adjudication else name


def _snippets(folder: Path) -> tuple[str, ...]:
    """Return the notes in stock: the lines of the casebook's snippets.txt, or ours; nine at most, one for each digit."""
    try:
        lines = (folder / _FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return _SNIPPETS
    return tuple(line.strip() for line in lines if line.strip())[:_MOST]
