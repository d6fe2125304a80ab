"""What one person has judged in one round, as the log holds it: written through, and read again when somebody undoes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from tskit import causes
from tskit.model import Tag

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    import pandas as pd

    from tskit.causes import TagLog
    from tskit.ui.review.messages import Judgement

__all__ = ["Ledger", "Mark"]

_SHOWN = 10
_RULE = "rule:"


@dataclass(frozen=True, slots=True)
class Mark:
    """A standing judgement as the page shows it; text that somebody wrote about it is read only when it is asked for."""

    key: str
    case_id: str
    kind: Literal["tag", "skip", "flag"]
    tagger: str
    cause: str = ""
    contributing: tuple[str, ...] = ()
    trigger: str = ""
    confidence: str = "medium"
    tagged_at: datetime | None = None

    @classmethod
    def of_tag(cls, tag: Tag) -> Mark:
        """Return the mark of a tag."""
        return cls(
            *(tag.key, tag.case_id, tag.kind, tag.tagger, tag.cause),
            *(tag.contributing, tag.trigger, tag.confidence, tag.tagged_at),
        )

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Mark:
        """Return the mark of a row of `causes.judgements`."""
        several = row["contributing"]
        return cls(
            key=_word(row["key"]),
            case_id=_word(row["case_id"]),
            kind=cast("Literal['tag', 'skip', 'flag']", _word(row["kind"])),
            tagger=_word(row["tagger"]),
            cause=_word(row["cause"]),
            contributing=() if several is None or isinstance(several, float) else tuple(map(str, several)),
            trigger=_word(row["trigger"]),
            confidence=_word(row["confidence"]) or "medium",
            tagged_at=row["tagged_at"],
        )


@dataclass(slots=True)
class Ledger:
    """The judgements of `person` in `round` about the cases `among` which they work, all cases for None.

    `answers` has the standing tag or skip by case, `flags` the flag's key.

    `deeds` are the keys of what still stands, in the order in which it was done: the last one is what undo takes back.
    """

    log: TagLog
    person: str
    round: str = ""
    among: Container[str] | None = None
    answers: dict[str, Mark] = field(default_factory=dict[str, Mark], repr=False)
    flags: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    deeds: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    """The case of each deed by its key."""

    def __post_init__(self) -> None:
        """Read what the person has judged so far."""
        found = causes.judgements(self.log, round=self.round, tagger=self.person)
        for mark in _marks(found):
            if self.among is None or mark.case_id in self.among:
                self._keep(mark)

    def record(self, judgement: Judgement, *, at: datetime) -> Mark:
        """Write a judgement; when this returns, it is safe on the disk. The same key again changes nothing.

        Raises:
            ParameterError: the judgement breaks a rule of tagging; the message says which.
        """
        if judgement.key in self.deeds:
            return self._kept(judgement.key)
        tag = causes.record(
            self.log,
            Tag(
                case_id=judgement.case_id,
                cause=judgement.cause,
                tagger=self.person,
                tagged_at=at,
                kind=judgement.kind,
                contributing=judgement.contributing,
                trigger=judgement.trigger,
                confidence=judgement.confidence,
                note=judgement.note,
                evidence=judgement.evidence,
                round=self.round,
                key=judgement.key,
                supersedes=self._standing(judgement),
            ),
        )
        mark = Mark.of_tag(tag)
        self._keep(mark)
        return mark

    def undo(self, key: str, *, at: datetime) -> str:
        """Take a deed back, and return the case that it was about; what stood before it stands again."""
        case_id = self.deeds[key]
        causes.undo(self.log, key=key, tagger=self.person, at=at)
        del self.deeds[key]
        self._reread(case_id)
        return case_id

    def last(self) -> str:
        """Return the key of what undo would take back, or nothing."""
        return next(reversed(self.deeds), "")

    def recent(self) -> list[Mark]:
        """Return the last ten cases that have an answer, newest first."""
        stood = [
            self.answers[case_id] for case_id in dict.fromkeys(reversed(self.deeds.values())) if case_id in self.answers
        ]
        return stood[:_SHOWN]

    def tags_of(self, case_id: str, *, round: str) -> list[Mark]:  # noqa: A002  # the word of the domain
        """Return the standing tags that people gave a case in a round."""
        found = _marks(causes.judgements(self.log, round=round, subject=case_id))
        return [mark for mark in found if mark.kind == "tag" and not mark.tagger.startswith(_RULE)]

    def written(self, case_id: str) -> dict[str, tuple[str, str]]:
        """Return note and evidence of a case's judgements by key."""
        rows = cast("list[dict[str, Any]]", causes.notes(self.log, case_id).to_dict("records"))
        return {_word(row["key"]): (_word(row["note"]), _word(row["evidence"])) for row in rows}

    def _standing(self, judgement: Judgement) -> str:
        """Return the key of the answer that a new one takes the place of; a message sent again replaces nothing."""
        earlier = self.answers.get(judgement.case_id)
        is_answer = judgement.kind != "flag"
        return earlier.key if is_answer and earlier and earlier.key != judgement.key else ""

    def _kept(self, key: str) -> Mark:
        """Return the mark of a deed that a page tells a second time, as it does after a lost answer."""
        case_id = self.deeds[key]
        answer = self.answers.get(case_id)
        return answer if answer and answer.key == key else Mark(key, case_id, "flag", self.person)

    def _keep(self, mark: Mark) -> None:
        if mark.kind == "flag":
            self.flags[mark.case_id] = mark.key
        else:
            self.answers[mark.case_id] = mark
        self.deeds.pop(mark.key, None)
        self.deeds[mark.key] = mark.case_id

    def _reread(self, case_id: str) -> None:
        """Take over what the log says of one case now; its deeds keep their order."""
        self.answers.pop(case_id, None)
        self.flags.pop(case_id, None)
        for mark in _marks(causes.judgements(self.log, round=self.round, tagger=self.person, subject=case_id)):
            if mark.kind == "flag":
                self.flags[case_id] = mark.key
            else:
                self.answers[case_id] = mark
            if mark.key not in self.deeds:
                self.deeds = {mark.key: case_id, **self.deeds}


def _marks(frame: pd.DataFrame) -> list[Mark]:
    return [Mark.of_row(row) for row in cast("list[dict[str, Any]]", frame.to_dict("records"))]


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
