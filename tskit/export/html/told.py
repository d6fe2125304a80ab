"""What comes first in a brief: questions with their answers, and what each audience may be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tskit.export.html.blocks import text
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.export.html.answer import Link
    from tskit.export.html.due import Clock, Due

__all__ = ["Answer", "Answers", "Said", "answers", "said"]

_TONES = {"worse", "better"}
_OTHERS = "Others"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer in sentences or points, what it rests on, and when it falls due if it does."""

    question: str
    lines: tuple[str, ...]
    is_list: bool
    tone: str
    due: Due | None
    link: Link | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The first page of a brief; `caption` stands below it."""

    title: str
    rows: tuple[Answer, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one audience may be told; `id` is its place on the page."""

    id: str
    audience: str
    headline: str
    paragraphs: tuple[str, ...]
    is_asked: bool


def answers(table: Mapping[str, Any] | None, places: Mapping[str, Link], clock: Clock) -> Answers | None:
    """Return the first page from a table with the role "answers"; None where there is none, or none may be shown."""
    rows = (table or {}).get("rows", [])
    if not table or not rows:
        return None
    names = [text(column, "name") for column in table.get("columns", [])]
    made = tuple(_answer(dict(zip(names, row, strict=False)), places, clock) for row in rows)
    return Answers(neutralise(text(table, "title")) or "Answers", made, neutralise(text(table, "caption")))


def said(answer: Mapping[str, Any]) -> tuple[Said, ...]:
    """Return the statements of a write-up, that for the audience which asked first."""
    told = [_said(statement, n) for n, statement in enumerate(answer.get("statements", []), 1)]
    return tuple(sorted(told, key=lambda one: not one.is_asked))


def _answer(row: Mapping[str, Any], places: Mapping[str, Link], clock: Clock) -> Answer:
    held = row.get("answer")
    lines = cast("list[object]", held) if isinstance(held, list) else text(row, "answer").splitlines()
    tone = text(row, "tone")
    return Answer(
        question=neutralise(text(row, "question")),
        lines=tuple(neutralise(str(line)) for line in lines if str(line).strip()),
        is_list=isinstance(held, list) and len(lines) > 1,
        tone=tone if tone in _TONES else "",
        due=clock.due(row.get("due")),
        link=places.get(text(row, "ref")),
    )


def _said(statement: Mapping[str, Any], number: int) -> Said:
    audience = neutralise(text(statement, "audience")).strip() or _OTHERS
    paragraphs: Sequence[object] = statement.get("paragraphs", [])
    return Said(
        f"statement-{number}",
        f"{audience[:1].upper()}{audience[1:]}",
        neutralise(text(statement, "headline")),
        tuple(neutralise(str(paragraph)) for paragraph in paragraphs if str(paragraph).strip()),
        bool(statement.get("is_asked")),
    )
