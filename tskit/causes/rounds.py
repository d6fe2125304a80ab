"""Blind rounds: which cases were drawn, who judges which, and in what order, kept in a log of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.causes.people import look_alike, refuse_look_alike
from tskit.causes.sampling import hashed
from tskit.errors import DataError, ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tskit.causes.entries import TagLog
    from tskit.records import Draft, Entry

__all__ = ["LOG", "Round", "case_order", "draft_of", "open_round", "round_of", "rounds"]

LOG = "rounds"
_OPEN = "open"
_NAME = re.compile(r"[\w][\w .()+-]{0,79}")
_CASE = ("case_id", "stratum", "inclusion_probability", "weight", "raters")
_HEAD = ("is_blind", "design", "seed", "question")


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """A round of review: a sample, the people who judge it, and how it was drawn.

    In a blind round nobody sees what others judged, nor a suggestion, before they have decided themselves. `cases` has
    one row a case: `case_id`, `stratum`, `inclusion_probability`, `weight` (NA where it was drawn by uncertainty) and
    `raters`, a list. `question` says what the round is to answer.
    """

    name: str
    is_blind: bool
    cases: pd.DataFrame = field(repr=False)
    people: tuple[str, ...]
    design: str
    seed: int | None
    question: str
    author: str
    opened_at: datetime

    def cases_of(self, person: str) -> list[str]:
        """Return the cases that a person is to judge, in the order in which they were drawn."""
        mine = [person in raters for raters in self.cases["raters"]]
        return self.cases["case_id"][mine].tolist()


def open_round(  # noqa: PLR0913  # what a round is, all but the sample by name
    log: TagLog,
    name: str,
    assigned: pd.DataFrame,
    *,
    author: str,
    at: datetime,
    is_blind: bool = True,
    question: str = "",
) -> Round:
    """Keep a round under its name, and return it; rounds are never changed, a top-up is a round of its own.

    Args:
        log: where to keep it.
        name: letters, digits, spaces and `. ( ) + - _`; a name is used once.
        assigned: the sample with its raters, as `assign` returns it; `design` and `seed` say how it was drawn.
        author: who opens it.
        at: when, with a zone.
        is_blind: whether earlier tags and suggestions stay hidden until a person has decided.
        question: what the round is to answer.

    Raises:
        ParameterError: the name is in use or cannot be one, a case stands twice or has no rater, or two people's names
            look alike.
    """
    head = {"name": name, "is_blind": is_blind, "question": question, "author": author, "at": at}
    draft = draft_of({**head, **_drawn(assigned), "cases": _rows(assigned)})
    _refuse_look_alikes(log, draft.body["cases"])
    if log.store.entries(LOG, subject=name):
        raise _in_use(name)
    try:
        entry = log.store.append(LOG, [draft])[0]
    except DataError:  # somebody opened one of that name a moment ago
        raise _in_use(name) from None
    return _round_of(entry)


def _refuse_look_alikes(log: TagLog, cases: Sequence[Mapping[str, Any]]) -> None:
    people = sorted({str(person) for row in cases for person in row["raters"]})
    for number, person in enumerate(people):
        other = look_alike(person, people[:number])
        if other:
            raise ParameterError(f"{person!r} and {other!r} look like one person. Write each name in one way.")
        refuse_look_alike(log, person)


def round_of(log: TagLog, name: str) -> Round:
    """Return the round of that name.

    Raises:
        ParameterError: there is none; the message names the nearest.
    """
    found = log.store.standing(LOG, subject=name)
    if not found:
        known = [entry.subject for entry in log.store.standing(LOG)]
        fix = nearest(name, known) if known else "No round was opened yet: tskit tags round open NAME."
        raise ParameterError(f"There is no round {name!r}. {fix}")
    return _round_of(found[-1])


def rounds(log: TagLog) -> pd.DataFrame:
    """Return one row a round, the latest first; `cases` is their number, `people` a text."""
    import pandas as pd  # noqa: PLC0415  # slow to import, and the review of a case does without

    found = [_round_of(entry) for entry in reversed(log.store.standing(LOG))]
    columns = ["name", "opened_at", "author", "design", "is_blind", "cases", "people", "question"]
    rows = [
        (r.name, r.opened_at, r.author, r.design, r.is_blind, len(r.cases), ", ".join(r.people), r.question)
        for r in found
    ]
    return pd.DataFrame(rows, columns=columns)


def case_order(round_: Round, person: str) -> list[str]:
    """Return the cases of a person in an order of their own: the same each time, and another for each person.

    So what tiredness and practice do to judgements does not fall on the same cases for everybody.
    """
    key = f"order:{round_.name}:{person}"
    return sorted(round_.cases_of(person), key=lambda case: (hashed(case, key=key), case))


def draft_of(line: Mapping[str, Any]) -> Draft:
    """Return what is to be written for a round: one line of `rounds.jsonl`, with `at` as a moment or as ISO text.

    Raises:
        ParameterError: the name cannot be one, there is no case, a case stands twice, or a case has no rater.
    """
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which a review's order does not need

    name, cases = str(line["name"]), [{key: row.get(key) for key in _CASE} for row in line["cases"]]
    if not _NAME.fullmatch(name) or name.strip() != name or name.casefold() == "adjudication":
        raise ParameterError("A round is named by up to 80 letters, digits, spaces and . ( ) + - _; name it anew.")
    if not cases:
        raise ParameterError("There is no case to judge; draw a sample from other cases or a longer period.")
    if len({row["case_id"] for row in cases}) < len(cases):
        raise ParameterError("A case stands twice in the round; draw from one row a case.")
    if not all(row["raters"] and len(set(row["raters"])) == len(row["raters"]) for row in cases):
        raise ParameterError("Each case of a round needs somebody to judge it, and nobody twice; use `assign`.")
    at = line["at"] if isinstance(line["at"], datetime) else datetime.fromisoformat(line["at"])
    body = {key: line.get(key) for key in _HEAD} | {"cases": cases}
    return Draft(_OPEN, name, str(line["author"]), at, f"round:{name}", "", body)


def _drawn(assigned: pd.DataFrame) -> dict[str, Any]:
    """Return how the sample was drawn, where it says so."""
    told = [name for name in ("design", "seed") if name in assigned.columns and len(assigned)]
    return {name: _plain(assigned[name].iloc[0]) for name in told}


def _rows(assigned: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a sample as plain values; what it does not have, as a list that somebody made by hand, is unknown."""
    missing = [name for name in ("case_id", "raters") if name not in assigned.columns]
    if missing:
        raise ParameterError(f"The sample has no column {missing[0]!r}; `draw` and then `assign` make one.")
    part = assigned[[name for name in _CASE if name in assigned.columns]]
    known = part.astype("object").where(part.notna(), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in known.to_dict("records")]


def _plain(value: Any) -> Any:  # noqa: ANN401  # a cell of a frame
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return [str(name) for name in value]
    return int(value) if isinstance(value, int | np.integer) else float(value)


def _round_of(entry: Entry) -> Round:
    import pandas as pd  # noqa: PLC0415  # as above

    body: Mapping[str, Any] = entry.body
    rows: Sequence[Mapping[str, Any]] = body["cases"]
    numbers = {name: pd.array([row.get(name) for row in rows], dtype="Float64") for name in _CASE[2:4]}
    cases = pd.DataFrame(
        {
            "case_id": pd.Series([row["case_id"] for row in rows], dtype="str"),
            "stratum": pd.Series([row.get("stratum") or "all" for row in rows], dtype="str"),
            **numbers,
            "raters": pd.Series([list(row["raters"]) for row in rows], dtype="object"),
        }
    )
    people = tuple(sorted({person for row in rows for person in row["raters"]}))
    design, question = str(body.get("design") or ""), str(body.get("question") or "")
    is_blind = bool(body.get("is_blind", True))
    return Round(entry.subject, is_blind, cases, people, design, body.get("seed"), question, entry.author, entry.at)


def _in_use(name: str) -> ParameterError:
    return ParameterError(f"The round {name!r} was opened already, and rounds are never changed. Take another name.")
