"""What one person has judged in one round, as the log holds it: written through, and read again when somebody undoes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tskit import causes
from tskit.causes.entries import standing, tag_of
from tskit.causes.people import refuse_look_alike
from tskit.model import Tag

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from tskit.causes import TagLog
    from tskit.ui.review.messages import Judgement

__all__ = ["Ledger"]

_SHOWN = 10
_RULE = "rule:"


@dataclass(slots=True)
class Ledger:
    """The judgements of `person` in `round` about the cases `among` which they work, all cases for None.

    `answers` has the standing tag or skip by case, `flags` the standing flag.

    `deeds` are the keys of what still stands, in the order in which it was done: the last one is what undo takes back.
    """

    log: TagLog
    person: str
    round: str = ""
    among: Container[str] | None = None
    answers: dict[str, Tag] = field(default_factory=dict[str, Tag], repr=False)
    flags: dict[str, Tag] = field(default_factory=dict[str, Tag], repr=False)
    deeds: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    """The case of each deed by its key."""
    skipped: int = 0
    """How many of the answers are skips; counted along, since it is told after every save."""

    def __post_init__(self) -> None:
        """Read what the person has judged so far; raises ParameterError where their name looks like somebody else's."""
        judged = self._read(author=self.person)
        if not judged:
            refuse_look_alike(self.log, self.person)
        for tag in judged:
            if tag.round == self.round and (self.among is None or tag.case_id in self.among):
                self._keep(tag)

    def record(self, judgement: Judgement, *, at: datetime) -> Tag:
        """Write a judgement; when this returns, it is safe on the disk. The same key again changes nothing.

        Raises:
            ParameterError: the judgement breaks a rule of tagging; the message says which.
        """
        if judgement.key in self.deeds:
            return self._kept(self.deeds[judgement.key], judgement.key)
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
        self._keep(tag)
        return tag

    def undo(self, key: str, *, at: datetime) -> str:
        """Take a deed back, and return the case that it was about; what stood before it stands again."""
        case_id = self.deeds[key]
        causes.undo(self.log, key=key, tagger=self.person, at=at, case_id=case_id)
        del self.deeds[key]
        self._reread(case_id)
        return case_id

    def last(self) -> str:
        """Return the key of what undo would take back, or nothing."""
        return next(reversed(self.deeds), "")

    def recent(self) -> list[Tag]:
        """Return the last ten cases that have an answer, newest first."""
        found: dict[str, Tag] = {}
        for case_id in reversed(self.deeds.values()):
            if case_id in self.answers:
                found.setdefault(case_id, self.answers[case_id])
            if len(found) == _SHOWN:
                break
        return list(found.values())

    def said_of(self, case_id: str) -> list[Tag]:
        """Return every standing judgement of a case, whoever made it, with what they wrote; those of rules are none."""
        return [tag for tag in self._read(subject=case_id) if not tag.tagger.startswith(_RULE)]

    def _standing(self, judgement: Judgement) -> str:
        """Return the key of the answer that a new one takes the place of; a message sent again replaces nothing."""
        earlier = self.answers.get(judgement.case_id)
        is_answer = judgement.kind != "flag"
        return earlier.key if is_answer and earlier and earlier.key != judgement.key else ""

    def _kept(self, case_id: str, key: str) -> Tag:
        """Return a judgement that a page tells a second time, as it does after a lost answer."""
        flag = self.flags.get(case_id)
        return flag if flag and flag.key == key else self.answers[case_id]

    def _keep(self, tag: Tag) -> None:
        self._place(tag)
        self.deeds.pop(tag.key, None)
        self.deeds[tag.key] = tag.case_id

    def _place(self, tag: Tag) -> None:
        if tag.kind == "flag":
            self.flags[tag.case_id] = tag
            return
        self._take_away(tag.case_id)
        self.answers[tag.case_id] = tag
        self.skipped += tag.kind == "skip"

    def _take_away(self, case_id: str) -> None:
        answer = self.answers.pop(case_id, None)
        self.skipped -= answer is not None and answer.kind == "skip"

    def _reread(self, case_id: str) -> None:
        """Take over what the log says of one case now; its deeds keep their order."""
        self._take_away(case_id)
        self.flags.pop(case_id, None)
        for tag in self._read(subject=case_id, author=self.person):
            if tag.round != self.round:
                continue
            self._place(tag)
            if tag.key not in self.deeds:
                self.deeds = {tag.key: case_id, **self.deeds}

    def _read(self, *, subject: str = "", author: str = "") -> list[Tag]:
        # Entries rather than a frame: a case is shown at every key, and building a frame costs more than reading it.
        found = standing(self.log, subject=subject, author=author)
        return [self._carried(tag_of(entry)) for entry in found]

    def _carried(self, tag: Tag) -> Tag:
        """Return the judgement with the present ids of its causes."""
        if tag.taxonomy_version == self.log.taxonomy.version:
            return tag
        ids = [
            self.log.taxonomy.carry(cause, tag.taxonomy_version)
            for cause in (tag.cause, tag.trigger, *tag.contributing)
        ]
        return replace(tag, cause=ids[0], trigger=ids[1], contributing=tuple(ids[2:]))
