"""One person at one queue: each message of the page in, one answer out. No widget, no browser, no clock of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tskit.cases import contents
from tskit.errors import ParameterError
from tskit.ui.review.messages import Go, Judgement, text
from tskit.ui.review.showing import advice_view, content_view, judged_view, mark_view, progress_view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from tskit.causes import Taxonomy
    from tskit.model import CaseSet
    from tskit.ui.review.exposure import Exposure
    from tskit.ui.review.facts import FactBook
    from tskit.ui.review.ledger import Ledger
    from tskit.ui.review.queue import Queue
    from tskit.ui.review.showing import Advice

__all__ = ["Round", "Session"]

_AHEAD = 60
_NEAR = 20
_REMEMBERED = 200

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """What is being done: plain review (no name), a blind round, or the adjudication of one."""

    name: str = ""
    is_blind: bool = False
    is_adjudication: bool = False


@dataclass(slots=True)
class Session:
    """What a person does with a queue.

    A judgement lands on the case that its message names, which is the one that was on the screen; the answer to a
    message that is sent again, with the same key, is the first answer.
    """

    case_set: CaseSet
    queue: Queue
    facts: FactBook
    ledger: Ledger
    exposure: Exposure
    round: Round
    clock: Callable[[], datetime]
    snippets: Sequence[str] = ()
    suggest: Callable[[str], Sequence[Advice] | None] | None = None
    _answered: dict[str, Answer] = field(default_factory=dict[str, Answer], repr=False)

    def __post_init__(self) -> None:
        """Begin where the person stopped: at the first case of the order without an answer."""
        self.queue.go(self.queue.open_place(self.ledger.answers) or 0)

    @property
    def taxonomy(self) -> Taxonomy:
        """Return the causes that a tag may name."""
        return self.ledger.log.taxonomy

    def answer(self, message: Mapping[str, Any]) -> Answer:
        """Do what a message asks and return what the page has to know.

        Raises:
            ParameterError: the message, or the judgement in it, cannot be used; nothing has been written.
        """
        key = text(message, "key")
        if key in self._answered:
            return self._answered[key]
        handler = _HANDLERS.get(str(message.get("type")))
        if handler is None:
            raise ParameterError("The page asked for something unknown. Run the cell again.")
        answer = handler(self, message)
        if key and message.get("type") in _WRITING:
            self._answered[key] = answer
            for old in list(self._answered)[: max(0, len(self._answered) - _REMEMBERED)]:
                del self._answered[old]
        return answer

    def look_ahead(self) -> None:
        """Have the facts of the next cases fetched beside the work, once those at hand run low."""
        if self.facts.lacks(self.queue.ahead(_NEAR)):
            self.facts.fetch_beside(self.queue.ahead(_AHEAD))

    def hello(self, _: Mapping[str, Any]) -> Answer:
        """Return all that the page needs to begin, or to begin again after it was loaded anew."""
        setup = {
            "desk": self._desk(),
            "person": self.ledger.person,
            "round": self.round.name,
            "is_blind": self.round.is_blind,
            "is_adjudication": self.round.is_adjudication,
            "snippets": list(self.snippets),
            "has_suggestions": self.suggest is not None,
            "opened": self.exposure.count,
        }
        return {"setup": setup, **self.view()}

    def judge(self, message: Mapping[str, Any]) -> Answer:
        """Write a tag or a skip, and go to the next case without an answer when the page asks for it."""
        judgement = Judgement.read(message)
        self._known(judgement.case_id)
        mark = self.ledger.record(judgement, at=self.clock())
        place = self.queue.place_of(judgement.case_id)
        self.queue.go(place)
        following = self.queue.open_place(self.ledger.answers, after=place)
        if message.get("advance", True) and following is not None:
            self.queue.go(following)
        said = "Skipped" if mark.kind == "skip" else f"Saved {mark.cause} {self.taxonomy.name(mark.cause)}"
        return {"saved": mark_view(mark, self.taxonomy), "said": f"{said} on {mark.case_id}.", **self.view()}

    def flag(self, message: Mapping[str, Any]) -> Answer:
        """Mark a case for later, or take the mark away."""
        judgement = Judgement.read({**message, "kind": "flag"})
        self._known(judgement.case_id)
        flagged = self.ledger.flags.get(judgement.case_id)
        if flagged:
            self.ledger.undo(flagged.key, at=self.clock())
        else:
            self.ledger.record(judgement, at=self.clock())
        self.queue.go(self.queue.place_of(judgement.case_id))
        said = "Flag taken away from" if flagged else "Flagged for later:"
        return {"said": f"{said} {judgement.case_id}.", **self.view()}

    def undo(self, message: Mapping[str, Any]) -> Answer:
        """Take back the last deed that still stands, if it is the one that the page means, and show its case."""
        meant, last = text(message, "target"), self.ledger.last()
        if not last:
            return {"said": "There is nothing to undo.", **self.view()}
        if meant != last:
            return {"said": "Not undone: the page was behind. Look again, then undo.", "is_bad": True, **self.view()}
        case_id = self.ledger.undo(last, at=self.clock())
        self.queue.go(self.queue.place_of(case_id))
        return {"said": f"Undone on {case_id}.", **self.view()}

    def go(self, message: Mapping[str, Any]) -> Answer:
        """Go to another case."""
        go = Go.read(message)
        if go.case_id in self.queue:
            self.queue.go(self.queue.place_of(go.case_id))
        place = self._aim(go)
        if place is None:
            said = "No case of this queue fits. Type a position, a case id or its last characters."
            return {"said": said if go.find else "There is none.", "is_bad": bool(go.find), **self.view()}
        self.queue.go(place)
        return self.view()

    def reveal(self, message: Mapping[str, Any]) -> Answer:
        """Return the content of the case on the screen; withheld content is never read, its route is told instead."""
        case_id = text(message, "case_id", needed=True)
        self._known(case_id)
        content = contents(self.case_set, [case_id])[case_id]
        if content.is_withheld:
            return {"case_id": case_id, "content": content_view(content), "opened": self.exposure.count}
        count = self.exposure.add(self.clock().astimezone().date())
        is_due = self.exposure.asks_for_a_break
        return {"case_id": case_id, "content": content_view(content), "opened": count, "asks_for_a_break": is_due}

    def advise(self, message: Mapping[str, Any]) -> Answer:
        """Return suggested causes, or that they are being made; in a blind round only for a case that is decided."""
        case_id = text(message, "case_id", needed=True)
        self._known(case_id)
        answer = self.ledger.answers.get(case_id)
        if self.suggest is None or (self.round.is_blind and (answer is None or answer.kind != "tag")):
            return {"case_id": case_id, "suggestions": None}
        found = self.suggest(case_id)
        if found is None:
            return {"case_id": case_id, "suggestions": None, "is_coming": True}
        return {"case_id": case_id, "suggestions": [advice_view(one, self.taxonomy) for one in found]}

    def view(self) -> Answer:
        """Return the case at hand and the state of the queue, as the page shows them."""
        case_id = self.queue.here
        sheet = self.facts.of(case_id, ahead=self.queue.ahead(_AHEAD))
        mark = self.ledger.answers.get(case_id)
        own = mark_view(mark, self.taxonomy) if mark else None
        case = {
            **sheet,
            "mark": own,
            "is_flagged": case_id in self.ledger.flags,
            "others": self._others(case_id),
        }
        return {
            "case": case,
            "queue": progress_view(self.queue, self.ledger),
            "recent": [mark_view(each, self.taxonomy) for each in self.ledger.recent()],
            "last": self.ledger.last(),
        }

    def _desk(self) -> str:
        """Return a name for who works on what: what one begins at a desk is kept for that desk alone."""
        told = json.dumps([str(self.case_set.casebook.root), self.ledger.person, self.ledger.round])
        return sha256(told.encode()).hexdigest()[:16]

    def _others(self, case_id: str) -> list[Answer]:
        if self.round.is_blind:
            return []
        said = [tag for tag in self.ledger.said_of(case_id) if tag.kind == "tag" and tag.round == self.round.name]
        # Who adjudicates may have been one of the two, and sees both; elsewhere one's own judgement is the one at hand.
        shown = [tag for tag in said if self.round.is_adjudication or tag.tagger != self.ledger.person]
        return [judged_view(tag, self.taxonomy) for tag in shown]

    def _aim(self, go: Go) -> int | None:
        if go.find:
            return self.queue.find(go.find)
        if go.to == "open":
            return self.queue.open_place(self.ledger.answers, after=self.queue.place)
        if go.to == "flagged":
            places = sorted(self.queue.place_of(case_id) for case_id in self.ledger.flags)
            return next((place for place in places if place > self.queue.place), places[0] if places else None)
        return self.queue.place + go.steps

    def _known(self, case_id: str) -> None:
        if case_id not in self.queue:
            raise ParameterError("The case on the page is not in this queue. Run the cell again.")


_HANDLERS: Mapping[str, Callable[[Session, Mapping[str, Any]], Answer]] = {
    "hello": Session.hello,
    "judge": Session.judge,
    "flag": Session.flag,
    "undo": Session.undo,
    "go": Session.go,
    "reveal": Session.reveal,
    "advise": Session.advise,
}
_WRITING = frozenset({"judge", "flag", "undo"})
